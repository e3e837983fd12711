// Row 4: what one host call costs. The peer is a bare echo between two processes over pipes, by the same
// kind of reads and writes: blocking in the child, event-driven in the host.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { loadHost } from './bundle.mjs';
import { median, timed } from './measure.mjs';
import { against, micros, verdict } from './table.mjs';

const TRIPS = 2000;
const ROUNDS = 5;
const READ_BYTES = 64 * 1024;
const TARGET_ECHO = 0.05;
const TARGET_READ = 0.15;

/** Asks with a byte and reads `answer` bytes, for ever. */
const CHILD = `
  const { readSync, writeSync } = require('node:fs');
  const room = Buffer.alloc(Number(process.argv[1]));
  const ask = Buffer.alloc(64);
  for (;;) {
    writeSync(1, ask);
    for (let got = 0; got < room.length; ) {
      const read = readSync(0, room, got, room.length - got, null);
      if (read === 0) process.exit(0);
      got += read;
    }
  }`;

export async function hostCall() {
  const echo = await makeEcho(64);
  const echoLarge = await makeEcho(READ_BYTES);
  const sandboxed = await makeSandboxed();
  const times = { echo: [], echoLarge: [], stat: [], read: [] };
  const { stat, read } = sandboxed;
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, work] of Object.entries({ echo, echoLarge, stat, read }))
      times[name].push((await timed(work)) / TRIPS);
  echo.stop();
  echoLarge.stop();
  await sandboxed.close();
  const at = Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
  return [
    {
      row: '4a bare pipe echo, 64 bytes',
      measured: micros(at.echo),
      target: micros(TARGET_ECHO),
      verdict: verdict(at.echo, TARGET_ECHO),
    },
    {
      row: '4b host call q_stat',
      measured: micros(at.stat),
      peers: against('the echo', at.stat, at.echo),
    },
    {
      row: '4c host call q_read of 64 KiB, decided already',
      measured: micros(at.read),
      target: micros(TARGET_READ),
      peers: against(`an echo of 64 KiB (${micros(at.echoLarge)})`, at.read, at.echoLarge),
      verdict: verdict(at.read, TARGET_READ),
    },
  ];
}

async function makeEcho(bytes) {
  const child = spawn(process.execPath, ['-e', CHILD, String(bytes)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const answer = Buffer.alloc(bytes, 1);
  await once(child.stdout, 'data');
  const trips = () =>
    new Promise((resolve) => {
      let left = TRIPS;
      child.stdout.removeAllListeners('data');
      child.stdout.on('data', () => {
        left -= 1;
        if (left === 0) resolve();
        else child.stdin.write(answer);
      });
      child.stdin.write(answer);
    });
  return Object.assign(trips, { stop: () => child.kill('SIGKILL') });
}

/** A plugin that makes the same host call over and over, answered as the flow answers it. */
async function makeSandboxed() {
  const { answerHostCall, createSandbox, plugin, silentLog, world, SANDBOX_PROCESS } =
    await loadHost();
  const sandbox = createSandbox({
    processFile: SANDBOX_PROCESS,
    runtime: 'node',
    processes: 1,
    idleMs: 60_000,
    maxMemoryPages: 1024,
    log: silentLog,
    world,
  });
  const scope = {
    handles: [{ ref: 'q_bench', bytes: new Uint8Array(READ_BYTES), decision: 'd', rule: 'r' }],
    outputBytes: 0,
    output: [],
    written: 0,
    failure: null,
    overLimit: false,
    onProgress: () => undefined,
  };
  const again = (uses, operands) => {
    const step = `(drop (call $${uses} ${operands}))
      (br_if $again (i32.lt_s (local.tee $n (i32.add (local.get $n) (i32.const 1)))
        (i32.const ${TRIPS})))`;
    const { module, imports } = plugin({
      uses: [uses],
      memory: '2 2',
      run: `(loop $again ${step}) i32.const 0`,
    });
    return async () => {
      const { outcome } = await sandbox.call({
        module,
        imports,
        exportName: 'run',
        input: new Uint8Array(),
        limits: { timeMs: 60_000, memoryPages: 16, hostCalls: TRIPS, outputBytes: 0 },
        onHostCall: (asked) => answerHostCall(scope, asked, world).answer,
      });
      if (outcome !== 'returned') throw new Error(outcome);
    };
  };
  return {
    stat: again('q_stat', '(i32.const 0)'),
    read: again('q_read', `(i32.const 0) (i64.const 0) (i32.const 0) (i32.const ${READ_BYTES})`),
    close: () => sandbox.close(),
  };
}
