import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { SANDBOX_PROCESS } from '../../host/runtime/paths.ts';
import { bareSandbox } from '../support/bare-sandbox.ts';
import { ccosJson } from '../support/ccos-command.ts';
import { descendants, isAlive, until, up } from '../support/ccos-process.ts';
import type { Up } from '../support/ccos-process.ts';
import { makeTestHome } from '../support/home.ts';
import { getJson, rowsAfter } from '../support/http-request.ts';
import type { Answered } from '../support/http-request.ts';
import { EXTRACTION, extractWith, installPlugins, says } from '../support/plugin-bundle.ts';
import { FLOOD, HANG } from '../sandbox/plugins.ts';

const home = makeTestHome().directory;
const LIMIT_MILLIS = 1000;
const GRACE_MILLIS = 1000;
let gateway: Up;

beforeAll(async () => {
  gateway = await up(home);
  await installPlugins(home, [
    { name: 'loop', plugin: HANG, limits: { timeMs: LIMIT_MILLIS } },
    { name: 'flood', plugin: FLOOD },
    { name: 'good', plugin: says(JSON.stringify(EXTRACTION)) },
  ]);
  return async () => {
    await gateway.stop();
  };
});

/** How long the call took that is in the chain last. */
async function lastResult(): Promise<Readonly<Record<string, unknown>>> {
  const rows = await rowsAfter(gateway, 0);
  return rows.filter(({ type }) => type === 'capability.result').at(-1)?.data ?? {};
}

test('attack 50: loop{} ends within its limit and a second, while others are served', async () => {
  await extractWith(gateway, 'good'); // so that a process is there
  const looping = extractWith(gateway, 'loop');
  let others = 0;
  let answer: Answered | undefined;
  while (answer === undefined) {
    expect((await extractWith(gateway, 'good')).status).toBe(200);
    others += 1;
    answer = await Promise.race([looping, Promise.resolve(undefined)]);
  }
  expect([answer.status, answer.code]).toEqual([422, 'timeout']);
  const details = { outcome: 'timeout', limit: 'timeMs', value: LIMIT_MILLIS };
  expect(answer.error?.details).toEqual(details);
  expect(others).toBeGreaterThan(3);
  const result = (await rowsAfter(gateway, 0)).find(({ data }) => data['outcome'] === 'timeout');
  const millis = Number(result?.data['duration_ms']);
  expect(millis).toBeGreaterThanOrEqual(LIMIT_MILLIS);
  expect(millis).toBeLessThan(LIMIT_MILLIS + GRACE_MILLIS);
});

test('attack 50: as many loops as there are processes delay others by no more than the limit', async () => {
  const loops = Array.from({ length: 2 }, () => extractWith(gateway, 'loop'));
  const began = performance.now();
  expect((await extractWith(gateway, 'good')).status).toBe(200);
  expect(performance.now() - began).toBeLessThan(LIMIT_MILLIS + 3 * GRACE_MILLIS);
  for (const { code } of await Promise.all(loops)) expect(code).toBe('timeout');
});

test('attack 50: a flood of host calls ends at the limit of calls', async () => {
  const { status, code, error } = await extractWith(gateway, 'flood');
  expect([status, code]).toEqual([422, 'limit']);
  const details = { outcome: 'host_call_limit', limit: 'hostCalls', value: 200 };
  expect(error?.details).toEqual(details);
  expect(await lastResult()).toMatchObject({ outcome: 'limit', host_calls: 200 });
});

test('attack 50: the operator lowers the limit, and the error tells the one in force', async () => {
  await ccosJson(home, 'config', 'set', 'limits.callMillis', '300');
  onTestFinished(async () => {
    await ccosJson(home, 'config', 'set', 'limits.callMillis', '20000');
  });
  const { code, error } = await extractWith(gateway, 'loop');
  expect(code).toBe('timeout');
  expect(error?.details).toEqual({ outcome: 'timeout', limit: 'timeMs', value: 300 });
});

test('attack 50: without the limit the same loop would still run', async () => {
  const sandbox = bareSandbox();
  const gone = new AbortController();
  let outcome: string | undefined;
  const call = sandbox
    .call({
      module: HANG.module,
      exportName: 'run',
      imports: [],
      input: new Uint8Array(),
      limits: { timeMs: 60_000, memoryPages: 64, hostCalls: 10, outputBytes: 1024 },
      onHostCall: () => ({ result: 0n }),
      signal: gone.signal,
    })
    .then((end) => {
      ({ outcome } = end);
    });
  await new Promise((wake) => setTimeout(wake, LIMIT_MILLIS + GRACE_MILLIS));
  expect(outcome).toBeUndefined();
  gone.abort();
  await call;
  expect(outcome).toBe('aborted');
});

test('attack 63: only a process that we have started is ended, whatever others are called', async () => {
  const commandOf = (pid: number): string => readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8');
  await extractWith(gateway, 'good');
  const [ours = 0] = descendants(gateway.pid);
  const args = commandOf(ours).split('\0').slice(1, -1);
  const foreign = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'ignore'], env: {} });
  onTestFinished(() => {
    foreign.kill('SIGKILL');
  });
  const pid = foreign.pid ?? 0;
  await until(() => (commandOf(pid) === commandOf(ours) ? true : undefined), 'the same command');
  expect(commandOf(pid)).toContain(SANDBOX_PROCESS);
  expect((await extractWith(gateway, 'loop')).code).toBe('timeout');
  expect((await extractWith(gateway, 'loop')).code).toBe('timeout');
  const { sandbox } = await getJson<{ sandbox: { ended: number } }>(gateway, '/v1/admin/status');
  expect(sandbox.ended).toBeGreaterThan(1);
  expect(await gateway.stop()).toBe(0);
  expect(isAlive(ours)).toBe(false);
  expect(isAlive(pid)).toBe(true);
});
