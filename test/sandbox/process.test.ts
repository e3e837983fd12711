import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { sandboxCommand } from '../../host/sandbox/command.ts';
import { PROTOCOL, callHead, loadHead } from '../../host/sandbox/protocol.ts';
import { OPTIONS, PROCESS_FILE, logged, requestFor, sandboxFor } from './harness.ts';
import { callOnce, moduleOf, plugin } from './plugins.ts';

const trivial = plugin({});
const stat = callOnce('q_stat', '(i32.const 0)');

/** A process file that says `greeting` and then does `then`; `send`, `frame` and `receive` are there. */
function fake(name: string, then: string, greeting = PROTOCOL): string {
  const file = path.join(path.dirname(PROCESS_FILE), `${name}.mjs`);
  const script = `
    import { readSync, writeSync } from 'node:fs';
    import { Buffer } from 'node:buffer';
    const frame = (kind, body, length = body.length + 1) => {
      const head = Buffer.alloc(5);
      head.writeUInt32LE(length);
      head[4] = kind;
      return Buffer.concat([head, Buffer.from(body)]);
    };
    const send = (bytes, fd = 1) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    };
    const receive = () => readSync(0, Buffer.alloc(65536));
    send(frame(1, Buffer.from(${JSON.stringify(greeting)})));
    ${then}`;
  writeFileSync(file, script);
  return file;
}

/** Takes `load`, answers it, takes `call`. */
const LOADED = 'receive(); send(frame(3, [1])); receive();';
const WAIT = 'setInterval(() => {}, 1000);';
const RESULT = [0, 0, 0, 0, 0, 0];

describe('Sandbox.call with a process that has gone wrong', () => {
  test.each([
    ['ends before it has started', `process.exit(1);`, 'crashed'],
    ['ends when it should load', `receive(); process.exit(0);`, 'crashed'],
    ['ends when it should run', `${LOADED} process.exit(0);`, 'crashed'],
    [
      'ends in the middle of a frame',
      `${LOADED} send(frame(5, [1, 2], 1000)); process.exit(0);`,
      'crashed',
    ],
    ['kills itself', `${LOADED} process.kill(process.pid, 'SIGABRT'); ${WAIT}`, 'crashed'],
    ['says a frame of 4 GiB', `${LOADED} send(frame(5, [], 2 ** 32 - 1)); ${WAIT}`, 'protocol'],
    ['says an empty frame', `${LOADED} send(Buffer.alloc(5)); ${WAIT}`, 'protocol'],
    ['says a kind that is none', `${LOADED} send(frame(9, [])); ${WAIT}`, 'protocol'],
    [
      'says a kind of the host',
      `${LOADED} send(frame(6, RESULT)); ${WAIT}`.replace('RESULT', '[0,0,0,0,0,0,0,0]'),
      'protocol',
    ],
    [
      'calls a function that is none',
      `${LOADED} send(frame(5, [99, 0, 0, 0, 0, 0, 0, 0])); ${WAIT}`,
      'protocol',
    ],
    [
      'calls with too few arguments',
      `${LOADED} send(frame(5, [0, 0, 0, 0, 0, 0, 0, 0])); ${WAIT}`,
      'protocol',
    ],
    [
      'calls with more arguments than bytes',
      `${LOADED} send(frame(5, [0, 0, 9, 0, 0, 0, 0, 0])); ${WAIT}`,
      'protocol',
    ],
    [
      'refuses with an answer of its own',
      `${LOADED} send(frame(5, [0, 5, 0, 0, 0, 0, 0, 0])); ${WAIT}`,
      'protocol',
    ],
    [
      'says more than it may',
      `${LOADED} send(frame(7, Buffer.alloc(2 * 1024 * 1024))); ${WAIT}`,
      'protocol',
    ],
    [
      'has an outcome that is none',
      `${LOADED} send(frame(7, [9, 0, 0, 0, 0, 0])); ${WAIT}`,
      'protocol',
    ],
    [
      'says two things at once',
      `${LOADED} send(Buffer.concat([frame(7, [${String(RESULT)}]), frame(7, [${String(RESULT)}])])); ${WAIT}`,
      'protocol',
    ],
    ['never answers', `${LOADED} ${WAIT}`, 'timeout'],
  ])('%s', async (name, then, outcome) => {
    const sandbox = sandboxFor({ processFile: fake(name.replaceAll(' ', '-'), then) });
    const limits = { ...requestFor(stat).limits, timeMs: 400 };
    expect((await sandbox.call(requestFor(stat, { limits }))).outcome).toBe(outcome);
  });

  test('is of another version', async () => {
    const processFile = fake('version', WAIT, PROTOCOL.replace('/1', '/2'));
    expect((await sandboxFor({ processFile }).call(requestFor(stat))).outcome).toBe('protocol');
  });

  test('says something between two calls', async () => {
    const late = `${LOADED} send(frame(7, [${String(RESULT)}])); setTimeout(() => send(frame(7, [${String(RESULT)}])), 50); ${WAIT}`;
    const sandbox = sandboxFor({ processFile: fake('between', late) });
    expect((await sandbox.call(requestFor(stat))).outcome).toBe('returned');
    await sleep(200);
    expect(sandbox.stats().ended).toBe(1);
  });

  test('does not read what it is sent', async () => {
    const sandbox = sandboxFor({
      processFile: fake('deaf', 'setTimeout(() => process.exit(0), 100);'),
    });
    expect(
      (await sandbox.call(requestFor({ module: moduleOf(new Uint8Array(4_000_000)), imports: [] })))
        .outcome,
    ).toBe('crashed');
  });

  test('cannot be started, which is tried once for a call', async () => {
    const sandbox = sandboxFor({ processFile: fake('dead', 'process.exit(1);') });
    expect((await sandbox.call(requestFor(stat))).outcome).toBe('crashed');
    await sleep(300);
    expect(sandbox.stats().spawned).toBeLessThanOrEqual(2);
    const none = sandboxFor({ runtime: 'deno', executable: '/nowhere/deno' });
    expect((await none.call(requestFor(stat))).outcome).toBe('crashed');
  });

  test('floods its standard error, of which the log has the length', async () => {
    logged.length = 0;
    const flood = `for (let i = 0; i < 100; i += 1) send(Buffer.alloc(10000, 'secret '), 2); ${LOADED} process.exit(0);`;
    const sandbox = sandboxFor({ processFile: fake('flood', flood) });
    expect((await sandbox.call(requestFor(stat))).outcome).toBe('crashed');
    expect(logged[0]).toMatchObject({
      event: 'sandbox.ended',
      fields: { stderr_bytes: 1_000_000 },
    });
    expect(JSON.stringify(logged)).not.toContain('secret');
  });

  test('has run out of memory, as V8 says it', async () => {
    const fill = `${LOADED} const all = []; for (;;) all.push(Array.from({ length: 1000 }, () => ({})));`;
    const sandbox = sandboxFor({ processFile: fake('oom', fill) });
    const limits = { ...requestFor(stat).limits, timeMs: 20_000 };
    expect((await sandbox.call(requestFor(stat, { limits }))).outcome).toBe('memory');
  }, 30_000);
});

const PROBE = `
  const { readFileSync, writeFileSync } = await import('node:fs');
  const { execFileSync } = await import('node:child_process');
  const { fileURLToPath } = await import('node:url');
  const { connect } = await import('node:net');
  const own = fileURLToPath(import.meta.url);
  const attempt = (action) => { try { action(); return 'done'; } catch { return 'denied'; } };
  const network = await new Promise((resolve) => {
    const socket = attempt(() => connect(9, '127.0.0.1')
      .on('error', ({ code }) => resolve(code === 'ECONNREFUSED' ? 'done' : 'denied'))
      .on('connect', () => resolve('done')));
    if (socket === 'denied') resolve('denied');
  });
  const said = {
    readsItself: attempt(() => readFileSync(own)),
    readsAnother: attempt(() => readFileSync('/etc/passwd')),
    readsBeside: attempt(() => readFileSync(own + '.txt')),
    writes: attempt(() => writeFileSync(own + '.new', '')),
    runs: attempt(() => execFileSync('/bin/true')),
    evaluates: attempt(() => new Function('return 1')()),
    network,
    environment: Object.keys(process.env),
  };
  ${LOADED}
  const output = Buffer.from(JSON.stringify(said));
  send(frame(7, Buffer.concat([Buffer.from([0, 2, 0, 0, 0, 0]), output])));
  ${WAIT}`;

/** What Deno sets for itself. */
const DENO_OWN = ['DENO_NODE_SHIM_ACTIVE', 'PATH'];

describe('the sandbox process', () => {
  test('has no file but its own, no environment, no program and, where it can be said, no network', async () => {
    const processFile = fake('probe', PROBE);
    writeFileSync(`${processFile}.txt`, 'beside');
    const outcome = await sandboxFor({ processFile }).call(requestFor(stat));
    const output = outcome.outcome === 'returned' ? outcome.output : undefined;
    const said = JSON.parse(new TextDecoder().decode(output)) as { environment: string[] };
    const environment = said.environment.filter((name) => !DENO_OWN.includes(name));
    const node20 = OPTIONS.executable === process.execPath && process.version.startsWith('v20.');
    expect({ ...said, environment }).toEqual({
      readsItself: 'done',
      readsAnother: 'denied',
      readsBeside: 'denied',
      writes: 'denied',
      runs: 'denied',
      evaluates: 'denied',
      network: node20 ? 'done' : 'denied',
      environment: [],
    });
  });

  function start(): ChildProcess {
    const { file, args } = sandboxCommand(OPTIONS);
    return spawn(file, args, { env: {}, stdio: ['pipe', 'pipe', 'ignore'] });
  }

  test('ends by itself when its host is gone', async () => {
    const child = start();
    await once(child.stdout ?? child, 'data');
    child.stdin?.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('ends by itself when its host is gone in the middle of a call', async () => {
    const child = start();
    const { module, imports } = stat;
    const head = {
      sha256: module.sha256,
      exportName: 'run',
      imports,
      memoryPages: 16,
      outputBytes: 8,
    };
    child.stdin?.write(loadHead(module.sha256, module.bytes.byteLength));
    child.stdin?.write(module.bytes);
    child.stdin?.write(callHead(head, 0));
    await once(child.stdout ?? child, 'data');
    await sleep(100);
    child.stdin?.end();
    expect(await once(child, 'exit')).toEqual([expect.any(Number), null]);
  });

  test('takes frames byte by byte', async () => {
    const child = start();
    const { module } = trivial;
    const frames = Buffer.concat([loadHead(module.sha256, module.bytes.byteLength), module.bytes]);
    let said = 0;
    child.stdout?.on('data', (chunk: Buffer) => (said += chunk.byteLength));
    for (const byte of frames) {
      child.stdin?.write(Uint8Array.of(byte));
      await sleep(1);
    }
    child.stdin?.end();
    await once(child, 'close');
    expect(said).toBe(5 + PROTOCOL.length + 5 + 1);
  });

  test('takes no frame that is larger than the protocol allows', async () => {
    const child = start();
    child.stdin?.write(loadHead('00'.repeat(32), 2 ** 32 - 1000));
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).not.toBe(0);
  });
});

describe('the host', () => {
  test('exits by itself with an idle sandbox, and takes its processes along', async () => {
    const folder = path.dirname(PROCESS_FILE);
    const script = path.join(folder, 'host.mjs');
    const { module, imports } = trivial;
    await build({
      stdin: {
        resolveDir: process.cwd(),
        contents: `
          import { createSandbox } from './host/sandbox/index.ts';
          const silent = () => undefined;
          const sandbox = createSandbox({
            ...${JSON.stringify({ ...OPTIONS, log: undefined, world: undefined })},
            log: { info: silent, warn: silent, error: silent },
            world: { now: () => 0, monotonic: () => performance.now() },
          });
          const { outcome } = await sandbox.call({
            module: { sha256: '${module.sha256}', bytes: Uint8Array.from(${JSON.stringify([...module.bytes])}) },
            exportName: 'run', input: new Uint8Array(0), imports: ${JSON.stringify(imports)},
            limits: { timeMs: 5000, memoryPages: 100, hostCalls: 10, outputBytes: 10 },
            onHostCall: () => ({ result: 0n }),
          });
          console.log(outcome);
          sandbox.warm();`,
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: script,
    });
    const args = OPTIONS.runtime === 'deno' ? ['run', '-A', '--no-config', script] : [script];
    const said = execFileSync(OPTIONS.executable ?? '', args, {
      encoding: 'utf8',
      timeout: 10_000,
    });
    expect(said).toBe('returned\n');
    await sleep(200);
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(PROCESS_FILE);
  });
});
