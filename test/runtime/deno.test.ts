import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import type { Approval } from '../../host/kernel/approval-request.ts';
import { openHome } from '../../host/runtime/home.ts';
import { HANG } from '../sandbox/plugins.ts';
import { descendants, isAlive, until } from '../support/ccos-process.ts';
import { makeTestFolder, openTestGateway } from '../support/home.ts';
import { bearer, getJson, send } from '../support/http-request.ts';
import type { ChainRow } from '../support/http-request.ts';
import { draftOf, extractWith, signAnything } from '../support/plugin-bundle.ts';

/** The script that holds the one list of flags; what it starts is the real program. */
const UNDER_DENO = resolve('scripts/deno.mjs');
const HANG_MILLIS = 500;
const SAMPLES = ['minutes.pdf', 'newsletter.html', 'notice-shift-jis.txt'].map((name) =>
  resolve('bundles/documents/samples', name),
);

const deno = findDeno();
if (deno === undefined) process.stderr.write('SKIPPED: the Deno suite, whose program is missing\n');

function findDeno(): string | undefined {
  const folder = resolve('node_modules/@deno');
  const platforms = existsSync(folder) ? readdirSync(folder) : [];
  return platforms.map((name) => join(folder, name, 'deno')).find((file) => existsSync(file));
}

describe.skipIf(deno === undefined)('ccos under Deno', () => {
  const home = join(makeTestFolder(), 'home');
  let gateway: ChildProcess;
  let printed = '';
  let at = { url: '', token: '' };

  const ccos = (...args: readonly string[]) => {
    const options = { env: { CCOS_HOME: home }, encoding: 'utf8', timeout: 60_000 } as const;
    return spawnSync(process.execPath, [UNDER_DENO, ...args], options);
  };

  beforeAll(async () => {
    expect(ccos('init')).toMatchObject({ status: 0, stderr: expect.any(String) as string });
    expect(ccos('--first-party', home, '--approve')).toMatchObject({ status: 0 });
    await installHang(home);
  });

  afterAll(() => {
    gateway.kill('SIGKILL');
  });

  test('extract reads the three samples', () => {
    const { stdout, status } = ccos('extract', ...SAMPLES, '--json');
    expect(status).toBe(0);
    const results = JSON.parse(stdout) as readonly { format: string; text: string }[];
    expect(results.map(({ format }) => format)).toEqual(['pdf', 'html', 'text']);
    for (const { text } of results) expect(text.length).toBeGreaterThan(100);
  });

  test('audit verify proves the chain that Deno and Node have both written', () => {
    const { stdout, status } = ccos('audit', 'verify', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
  });

  test('up serves, and the stream sends the rows of an extraction in order', async () => {
    const child = spawn(process.execPath, [UNDER_DENO, 'up', '--port', '0'], {
      env: { CCOS_HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    gateway = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const url = await until(() => /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0], 'it listens');
    at = { url, token: openHome(home).adminToken() };
    expect(await send(`${url}/healthz`)).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    expect((await send(`${url}/v1/admin/status`)).status).toBe(401);
    const { runtime, chain } = await getJson<Status>(at, '/v1/admin/status');
    expect(runtime.name).toBe('deno');

    const rows: ChainRow[] = [];
    const address = `${url.replace('http', 'ws')}/v1/admin/stream?after=${String(chain.rows)}`;
    const socket = new WebSocket(address, { headers: bearer(at.token) });
    socket.on('message', (data: Buffer) => rows.push(JSON.parse(data.toString()) as ChainRow));
    const answer = await send(`${url}/v1/admin/extract`, {
      method: 'POST',
      headers: bearer(at.token),
      body: readFileSync(SAMPLES[0] ?? ''),
    });
    expect(JSON.parse(answer.body)).toMatchObject({ format: 'pdf' });
    await until(() => rows.find(({ type }) => type === 'capability.result'), 'the result streams');
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => chain.rows + 1 + i));
    socket.close();
  });

  test('a plugin that loops is killed within its limit and a second', async () => {
    const started = performance.now();
    const { status, code } = await extractWith(at, 'hang');
    expect({ status, code }).toEqual({ status: 422, code: 'timeout' });
    expect(performance.now() - started).toBeLessThan(HANG_MILLIS + 1000);
  });

  test('the gateway reads its home and itself, speaks to loopback, and starts the shell', () => {
    expect(probe(commandOf(gateway, 'host/main.ts') ?? [], 'host/main.ts')).toEqual({
      readsHome: 'done',
      readsAnother: 'denied',
      writes: 'denied',
      connects: 'denied',
      listens: 'denied',
      runs: 'denied',
      loads: 'denied',
      environment: ['HOME', 'TERM'], // and not SECRET
    });
  });

  test('the sandbox process has no right but to read its own file', async () => {
    await extractWith(at, 'hang'); // which leaves a fresh process behind
    const command = await until(() => commandOf(gateway, 'sandbox-process.js'), 'a process');
    const own = resolve('dist/sandbox-process.js');
    expect(command.filter((word) => word.startsWith('--allow-'))).toEqual([
      '--allow-env', // which is empty
      `--allow-read=${own}`,
    ]);
    expect(probe(command, own)).toEqual({
      readsHome: 'denied',
      readsAnother: 'denied',
      writes: 'denied',
      connects: 'denied',
      listens: 'denied',
      runs: 'denied',
      loads: 'denied',
      environment: ['DENO_NODE_SHIM_ACTIVE', 'PATH'], // Deno's own
    });
  });

  test('SIGTERM ends it in order, with exit code 0 and no process left', async () => {
    const started = descendants(gateway.pid ?? 0);
    const asked = performance.now();
    gateway.kill('SIGTERM');
    await until(() => gateway.exitCode ?? undefined, 'it ends');
    expect(gateway.exitCode).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5000);
    expect(started.filter((pid) => isAlive(pid))).toEqual([]);
    expect(printed).toContain('gateway.stopped');
    expect(printed).not.toMatch(/deprecated|warning|uncaught/i);
  });
});

interface Status {
  readonly runtime: { readonly name: string };
  readonly chain: { readonly rows: number };
}

/** A signed bundle with one plugin that never returns, approved in this home by Node. */
async function installHang(directory: string): Promise<void> {
  const gateway = await openTestGateway(openHome(directory));
  const { approvals, installer, trust } = gateway.services;
  const approve = ({ id, digest }: Approval) => approvals.approve(id, { digest, by: 'operator' });
  const key = generateKeyPair();
  await approve(
    await trust.request({
      publisher: 'acme',
      publicKey: key.raw,
      namespaces: ['acme/*'],
      effects: ['quarantine.read'],
    }),
  );
  const draft = draftOf([{ name: 'hang', plugin: HANG, limits: { timeMs: HANG_MILLIS } }]);
  const installed = await installer.install(signAnything(draft, key));
  for (const approval of installed.approvals) await approve(approval);
  await gateway.close();
}

/** The words with which a Deno process below `pid` was started that has one ending so. */
function commandOf({ pid }: ChildProcess, ending: string): readonly string[] | undefined {
  return descendants(pid ?? 0)
    .map(wordsOf)
    .find((words) => words[0] === deno && words.some((word) => word.endsWith(ending)));
}

function wordsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')
      .split('\0')
      .slice(0, -1);
  } catch {
    return []; // it ended while we looked
  }
}

/** Runs a script that tries everything, with the flags of that process up to its own `entry`. */
function probe(command: readonly string[], entry: string): unknown {
  const home = /--allow-write=(\S+)/.exec(command.join(' '))?.[1] ?? '/';
  const file = join(makeTestFolder(), 'probe.mjs');
  writeFileSync(file, PROBE);
  const at = command.findIndex((word) => word.endsWith(entry) && !word.startsWith('-'));
  const [program = '', ...flags] = command.slice(0, at);
  const { stdout } = spawnSync(program, [...flags, file, home], {
    env: flags.includes('--ignore-env') ? { HOME: '/', TERM: 'dumb', SECRET: 'x' } : {},
    encoding: 'utf8',
  });
  return JSON.parse(stdout);
}

const PROBE = `
  const attempt = async (action) => {
    try { await action(); return 'done'; }
    catch (error) { return error.name === 'NotCapable' ? 'denied' : error.name; }
  };
  console.log(JSON.stringify({
    readsHome: await attempt(() => Deno.readDirSync(Deno.args[0]).next()),
    readsAnother: await attempt(() => Deno.readTextFileSync('/etc/hostname')),
    writes: await attempt(() => Deno.writeTextFileSync(new URL('written', import.meta.url), '')),
    connects: await attempt(() => Deno.connect({ hostname: '192.0.2.1', port: 9 })),
    listens: await attempt(() => Deno.listen({ hostname: '0.0.0.0', port: 0 })),
    runs: await attempt(() => new Deno.Command('/bin/true').outputSync()),
    loads: await attempt(() => Deno.dlopen('libc.so.6', {})),
    environment: Object.keys(Deno.env.toObject()).sort(),
  }));`;
