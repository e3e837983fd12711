import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { CallRequest } from '../../host/sandbox/index.ts';
import { blobHost, requestFor, sandboxFor } from './harness.ts';
import { HANG, TRAP, bulky, callOnce, echo, plugin } from './plugins.ts';

const trivial = plugin({});
const stat = callOnce('q_stat', '(i32.const 0)');

function limited(timeMs: number): Pick<CallRequest, 'limits'> {
  return { limits: { ...requestFor(trivial).limits, timeMs } };
}

/** Processes whose parent is this one, zombies too; Linux only. */
function children(): string[] {
  const pids: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, parent] = /\) \w (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      if (Number(parent) === process.pid) pids.push(pid);
    } catch {
      // it ended meanwhile
    }
  }
  return pids;
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !condition(); i += 1) await sleep(10);
  expect(condition()).toBe(true);
}

describe('createSandbox', () => {
  test('starts nothing before it is asked to', () => {
    expect(sandboxFor().stats()).toEqual({
      processes: 0,
      busy: 0,
      queued: 0,
      calls: 0,
      spawned: 0,
      ended: 0,
    });
  });

  test.each([1, 2])('serves in order, one call at a time in each of %i', async (processes) => {
    const sandbox = sandboxFor({ processes });
    const started: number[] = [];
    let running = 0;
    let most = 0;
    const calls = Array.from({ length: 8 }, (_, i) =>
      sandbox.call(
        requestFor(stat, {
          onHostCall: async () => {
            started.push(i);
            running += 1;
            most = Math.max(most, running);
            await sleep(20);
            running -= 1;
            return { result: 0n };
          },
        }),
      ),
    );
    await Promise.all(calls);
    expect(most).toBe(processes);
    if (processes === 1) expect(started).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(sandbox.stats()).toMatchObject({ spawned: processes, busy: 0, queued: 0 });
  });

  test('warm starts one process and compiles the module ahead', async () => {
    const large = bulky(1_000_000);
    const cold = await sandboxFor().call(requestFor(large));
    const sandbox = sandboxFor({ processes: 2 });
    sandbox.warm(large.module);
    sandbox.warm(large.module);
    await until(() => sandbox.stats().busy === 0);
    expect(sandbox.stats().spawned).toBe(1);
    const { times } = await sandbox.call(requestFor(large));
    expect(times.spawnMs).toBeUndefined();
    expect(times.loadMs).toBeLessThan(cold.times.loadMs / 2);
  });

  test('sends a module once to a process', async () => {
    const sandbox = sandboxFor();
    const large = bulky(1_000_000);
    const first = await sandbox.call(requestFor(large));
    const second = await sandbox.call(requestFor(large));
    expect(second.times.loadMs).toBeLessThan(first.times.loadMs / 2);
  });

  test('lets an idle process go', async () => {
    const sandbox = sandboxFor({ idleMs: 50 });
    await sandbox.call(requestFor(trivial));
    expect(sandbox.stats().processes).toBe(1);
    await until(() => sandbox.stats().processes === 0);
    await until(() => children().length === 0);
    expect((await sandbox.call(requestFor(trivial))).outcome).toBe('returned');
  });

  test('a process serves 200 calls and is replaced', async () => {
    const sandbox = sandboxFor();
    for (let i = 0; i < 200; i += 1) await sandbox.call(requestFor(trivial));
    expect(sandbox.stats()).toMatchObject({ spawned: 2, ended: 1 });
  });

  test('the next process is there before one is spent', async () => {
    const sandbox = sandboxFor({ processes: 2 });
    for (let i = 0; i < 195; i += 1) await sandbox.call(requestFor(trivial));
    expect(sandbox.stats()).toMatchObject({ spawned: 2, ended: 0, processes: 2 });
    await until(() => sandbox.stats().busy === 0);
    for (let i = 0; i < 10; i += 1) await sandbox.call(requestFor(trivial));
    expect(sandbox.stats()).toMatchObject({ spawned: 2, ended: 1, processes: 1 });
  });

  test.each([
    ['a trap', TRAP, 0],
    ['an input of more than 8 MiB', echo(9 * 1024 * 1024), 9 * 1024 * 1024],
  ])('a process is replaced after %s, ahead of the next call', async (_, given, size) => {
    const sandbox = sandboxFor();
    const limits = { ...limited(5000).limits, outputBytes: 16 * 1024 * 1024 };
    await sandbox.call(requestFor(given, { ...blobHost(new Uint8Array(size)), limits }));
    expect(sandbox.stats()).toMatchObject({ spawned: 2, ended: 1, processes: 1 });
  });

  test('a signal takes a call out of the queue, or ends it', async () => {
    const sandbox = sandboxFor();
    const running = new AbortController();
    const waiting = new AbortController();
    const first = sandbox.call(requestFor(HANG, { signal: running.signal }));
    const second = sandbox.call(requestFor(trivial, { signal: waiting.signal }));
    const third = sandbox.call(requestFor(trivial));
    waiting.abort();
    expect((await second).outcome).toBe('aborted');
    await until(() => sandbox.stats().busy === 1);
    running.abort();
    expect((await first).outcome).toBe('aborted');
    expect((await third).outcome).toBe('returned');
    const before = sandbox.call(requestFor(trivial, { signal: AbortSignal.abort() }));
    expect((await before).outcome).toBe('aborted');
  });

  test('close ends what waits and what runs, and leaves no process', async () => {
    const sandbox = sandboxFor({ processes: 2 });
    const calls = Array.from({ length: 5 }, () => sandbox.call(requestFor(HANG)));
    await sleep(150);
    await sandbox.close();
    for (const outcome of await Promise.all(calls)) expect(outcome.outcome).toBe('aborted');
    expect(sandbox.stats()).toMatchObject({ processes: 0, busy: 0, queued: 0 });
    expect(children()).toEqual([]);
    expect((await sandbox.call(requestFor(trivial))).outcome).toBe('aborted');
    sandbox.warm();
    expect(sandbox.stats().processes).toBe(0);
  });

  test('a process has no core file and an end to its processor time', async () => {
    const sandbox = sandboxFor();
    await sandbox.call(requestFor(trivial));
    const [pid = ''] = children();
    const limits = readFileSync(`/proc/${pid}/limits`, 'utf8');
    expect(limits).toMatch(/^Max core file size +0 +0 /m);
    expect(limits).toMatch(/^Max cpu time +900 +900 /m);
  });

  test('a hundred kills leave no zombie and no open file', async () => {
    const sandbox = sandboxFor({ processes: 2 });
    await sandbox.call(requestFor(trivial));
    await until(() => sandbox.stats().busy === 0);
    const before = openFiles();
    const one = () => sandbox.call(requestFor(HANG, limited(5)));
    for (let i = 0; i < 50; i += 1) await Promise.all([one(), one()]);
    expect(sandbox.stats().ended).toBe(100);
    await sandbox.close();
    expect(children()).toEqual([]);
    expect(openFiles()).toBeLessThanOrEqual(before);
  }, 60_000);
});
