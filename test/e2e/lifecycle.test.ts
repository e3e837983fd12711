import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ccosJson } from '../support/ccos-command.ts';
import { ccosProcess, descendants, isAlive, until, up } from '../support/ccos-process.ts';
import type { Up } from '../support/ccos-process.ts';
import { makeTestFolder, makeTestHome } from '../support/home.ts';
import { bearer, getJson, rowsAfter, send } from '../support/http-request.ts';
import type { ChainRow } from '../support/http-request.ts';
import {
  EXTRACTION,
  extractWith,
  installPlugins,
  mediaTypeOf,
  says,
  saysAfter,
} from '../support/plugin-bundle.ts';

const LIMITS = { timeMs: 60_000 };
/** Counting so far takes longer than what a test does meanwhile, and less than a drain lasts. */
const TURNS = 800_000_000;
const home = makeTestHome().directory;

/** A gateway that the end of the test stops. */
async function running(...args: readonly string[]): Promise<Up> {
  const gateway = await up(home, ...args);
  onTestFinished(async () => {
    gateway.signal('SIGKILL');
    await gateway.exited;
  });
  return gateway;
}

/** Resolves when a plugin is at work. */
function busy(gateway: Up): Promise<true> {
  return until(async () => {
    const { sandbox } = await getJson<{ sandbox: { busy: number } }>(gateway, '/v1/admin/status');
    return sandbox.busy > 0 ? true : undefined;
  }, 'a plugin is at work');
}

async function log(after: number): Promise<readonly ChainRow[]> {
  const { rows } = await ccosJson<{ rows: readonly ChainRow[] }>(
    ...([home, 'audit', 'log', '--limit', '10000'] as const),
  );
  return rows.filter(({ seq }) => seq > after);
}

beforeAll(async () => {
  const output = JSON.stringify(EXTRACTION);
  await installPlugins(home, [
    { name: 'quick', plugin: says(output) },
    { name: 'slow', plugin: saysAfter(TURNS, output), limits: LIMITS },
  ]);
});

describe('one home, one owner', () => {
  test('a second gateway on the same home exits with 7 and says who has it', async () => {
    const first = await running();
    const { exit, stdout, stderr } = await ccosProcess(home, 'up', '--port', '0');
    expect([exit, stdout]).toEqual([7, '']);
    expect(stderr).toMatch(new RegExp(`^ccos: .*pid ${String(first.pid)} \\(locked\\)\n {6}\\S`));
    expect((await send(`${first.url}/readyz`)).status).toBe(200);
  });

  test('a command waits for another that has the home', async () => {
    const file = join(makeTestFolder(), 'document');
    writeFileSync(file, 'some document');
    const slow = ccosProcess(home, 'extract', file, '--type', mediaTypeOf('slow'));
    await until(() => owner(), 'the first command has the home');
    const second = await ccosProcess(home, 'audit', 'log', '--limit', '1', '--json');
    expect(second.exit).toBe(0);
    const { rows } = JSON.parse(second.stdout) as { rows: readonly ChainRow[] };
    expect(rows[0], 'the last row of the first command').toMatchObject({
      type: 'capability.result',
      data: { outcome: 'ok' },
    });
    expect(await slow).toMatchObject({ exit: 0, stdout: 'as it should be\n' });
  });

  test('a port in use is named, and nothing is left behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => other.once('listening', done));
    const { port } = other.address() as AddressInfo;
    const { exit, stderr } = await ccosProcess(home, 'up', '--port', String(port));
    other.close();
    expect(exit).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`another program listens there: port ${String(port)} \\(conflict\\)$`, 'm'),
    );
    expect(owner()).toBeUndefined();
    const gateway = await running();
    expect(await gateway.stop()).toBe(0);
  });

  test('an address beyond loopback stops the start before anything listens', async () => {
    const { exit, stdout, stderr } = await ccosProcess(
      home,
      'up',
      '--port',
      '0',
      '--bind',
      '0.0.0.0',
    );
    expect([exit, stdout]).toEqual([3, '']);
    expect(stderr).toContain('(policy_denied)');
  });
});

/** The living process that says it has the home. */
function owner(): number | undefined {
  const file = join(home, 'owner.json');
  if (!existsSync(file)) return undefined;
  const pid = Number(/"pid":(\d+)/.exec(readFileSync(file, 'utf8'))?.[1]); // it may be half written
  return isAlive(pid) ? pid : undefined;
}

describe('how a gateway ends', () => {
  test('SIGTERM lets an extraction in flight complete, and takes no new one', async () => {
    const gateway = await running();
    const asked = extractWith(gateway, 'slow');
    await busy(gateway);
    const children = descendants(gateway.pid);
    const began = performance.now();
    const exit = await gateway.stop();
    expect(exit).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await asked).toMatchObject({ status: 200 });
    await expect(send(`${gateway.url}/readyz`)).rejects.toThrow('ECONNREFUSED');
    expect(children.filter(isAlive)).toEqual([]);
    const rows = await log(0);
    expect(rows.at(-1)?.type).toBe('gateway.stop');
    const outcome = rows.filter(({ type }) => type === 'capability.result').at(-1);
    expect(outcome?.data['outcome']).toBe('ok');
  });

  test('after SIGKILL the next start is clean: lost calls have a row, and no plugin runs on', async () => {
    const killed = await running();
    const asked = extractWith(killed, 'slow').catch((failure: unknown) => failure);
    await busy(killed);
    const children = descendants(killed.pid);
    expect(children.length).toBeGreaterThan(0);
    killed.signal('SIGKILL');
    expect(await killed.exited).toBeNull();
    await asked;
    const next = await running();
    const rows = await rowsAfter(next, 0);
    const [called] = rows.filter(({ type }) => type === 'capability.call').slice(-1);
    const result = rows.find(
      ({ type, data }) => type === 'capability.result' && data['call'] === called?.data['call'],
    );
    expect(result?.data['outcome']).toBe('lost');
    expect(rows.some(({ type }) => type === 'gateway.recovered')).toBe(true);
    expect(await extractWith(next, 'quick')).toMatchObject({ status: 200 });
    expect(await ccosJson(home, 'audit', 'verify')).toMatchObject({ ok: true });
    await until(() => (children.some(isAlive) ? undefined : true), 'orphans end', 20_000);
  });

  test('a caller who goes away takes the call with him', async () => {
    const gateway = await running();
    const gone = new AbortController();
    const asked = fetch(`${gateway.url}/v1/admin/extract?type=${mediaTypeOf('slow')}`, {
      method: 'POST',
      headers: bearer(gateway.token),
      body: 'some document',
      signal: gone.signal,
    }).catch((failure: unknown) => failure);
    await busy(gateway);
    const before = (await rowsAfter(gateway, 0)).length;
    gone.abort();
    await asked;
    const [row] = await until(async () => {
      const rows = await rowsAfter(gateway, before);
      return rows.length > 0 ? rows : undefined;
    }, 'a row about the call');
    expect(row).toMatchObject({ type: 'capability.result', data: { outcome: 'not_ready' } });
    expect(await extractWith(gateway, 'quick')).toMatchObject({ status: 200 });
  });
});

describe('configuration', () => {
  const file = join(home, 'config.json');

  test('SIGHUP reads it again, says what waits for a restart, and leaves a row', async () => {
    const gateway = await running();
    const before = (await rowsAfter(gateway, 0)).length;
    writeFileSync(file, JSON.stringify({ port: 9, limits: { pages: 7 } }));
    onTestFinished(() => {
      writeFileSync(file, '{}');
    });
    gateway.signal('SIGHUP');
    await until(() => (gateway.output().includes('read again') ? true : undefined), 'a note');
    expect(gateway.output()).toContain('a restart is needed for port');
    const shown = await ccosJson<{ effective_limits: { pages: number } }>(home, 'config', 'show');
    expect(shown.effective_limits.pages).toBe(7);
    const rows = await rowsAfter(gateway, before);
    expect(rows.map(({ type }) => type)).toContain('config.loaded');
    writeFileSync(file, '{"limits":{"pagez":7}}');
    gateway.signal('SIGHUP');
    await until(() => (gateway.output().includes('config_invalid') ? true : undefined), 'an error');
    expect(await ccosJson(home, 'config', 'show')).toMatchObject({
      effective_limits: { pages: 7 },
    });
  });

  test.each([
    ['{"limits":{"pagez":1}}', 'key limits, unrecognized keys'],
    ['{"port":"8822"}', 'key port, invalid type'],
    ['{"port":', 'not valid: json'],
  ])('%s stops the start with exit 2 and the place', async (content, place) => {
    writeFileSync(file, content);
    onTestFinished(() => {
      writeFileSync(file, '{}');
    });
    const { exit, stderr } = await ccosProcess(home, 'up', '--port', '0');
    expect(exit).toBe(2);
    expect(stderr).toContain(`${place} (config_invalid)`);
    expect(stderr).not.toContain('pagez');
  });
});
