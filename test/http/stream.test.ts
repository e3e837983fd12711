import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { ccosJson } from '../support/ccos-command.ts';
import { until, up } from '../support/ccos-process.ts';
import type { Up } from '../support/ccos-process.ts';
import { makeTestHome } from '../support/home.ts';
import { bearer, chainSize, send } from '../support/http-request.ts';
import { openHomeToServe, serve } from '../support/serve.ts';
import { closed, knock } from '../support/web-socket.ts';
import type { Knock } from '../support/web-socket.ts';

let home = '';
let gateway: Up;

beforeAll(async () => {
  home = makeTestHome().directory;
  gateway = await up(home);
  return async () => {
    await gateway.stop();
  };
});

async function connected(after?: number): Promise<Knock> {
  const path = `/v1/admin/stream${after === undefined ? '' : `?after=${String(after)}`}`;
  const opened = await knock(gateway.url, bearer(gateway.token), { path });
  expect(opened.status).toBe('open');
  onTestFinished(() => {
    opened.socket.terminate();
  });
  return opened;
}

/** Leaves two rows. */
async function makeToken(): Promise<void> {
  const { status } = await send(`${gateway.url}/v1/admin/tokens`, {
    method: 'POST',
    headers: bearer(gateway.token),
    body: '{"plane":"agent"}',
  });
  expect(status).toBe(200);
}

const count = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + 1 + index);

test('D1.1-b: who reconnects with the last number gets what was missed, once and in order', async () => {
  const { socket, rows: seen } = await connected(0);
  await makeToken();
  const size = await chainSize(gateway);
  await until(() => (seen.length >= size ? true : undefined), 'all rows so far');
  expect(seen.map(({ seq }) => seq)).toEqual(count(0, size));
  socket.terminate();
  for (let i = 0; i < 5; i++) await makeToken();
  const { rows: missed } = await connected(seen.at(-1)?.seq);
  await Promise.all(Array.from({ length: 10 }, makeToken));
  const end = await chainSize(gateway);
  await until(() => (missed.length >= end - size ? true : undefined), 'what was missed');
  expect(missed.map(({ seq }) => seq)).toEqual(count(size, end));
  const { rows } = await ccosJson<{ rows: unknown }>(
    ...([home, 'audit', 'log', '--limit', '1000'] as const),
  );
  expect(rows).toEqual(expect.arrayContaining([...missed]));
});

test.each([['-1'], ['abc'], ['1.5'], ['1e300']])(
  'after=%s is refused before the upgrade',
  async (after) => {
    const path = `/v1/admin/stream?after=${after}`;
    expect((await knock(gateway.url, bearer(gateway.token), { path })).status).toBe(422);
  },
);

test('D1.1-b: a client that sends is closed, and a large message is not taken in', async () => {
  const { socket: talker } = await connected();
  const ended = closed(talker);
  talker.send('{"method":"config.set"}');
  expect(await ended).toBe(1008);
  const { socket: flooder } = await connected();
  const cut = closed(flooder);
  flooder.send(Buffer.alloc(10_000_000));
  expect(await cut).not.toBe(1000);
  expect((await send(`${gateway.url}/healthz`)).status).toBe(200);
});

test('D1.1-b: for a client that does not read little is read ahead, and it misses nothing', async () => {
  const opened = await openHomeToServe();
  const { store, audit } = opened.services;
  let read = 0;
  const counting = Object.assign(Object.create(audit) as typeof audit, {
    async rows(filter: Parameters<typeof audit.rows>[0]) {
      const rows = await audit.rows(filter);
      read += rows.length;
      return rows;
    },
  });
  const served = await serve(opened, { services: { audit: counting } });
  onTestFinished(() => served.close());
  const { socket, rows: seen } = await knock(served.url, bearer(served.token), {
    path: '/v1/admin/stream?after=0',
    reads: false,
  });
  const large = { type: 'trace.exported', data: { filler: 'x'.repeat(60_000) } } as const;
  for (let i = 0; i < 9; i++) await store.commit({ rows: Array.from({ length: 50 }, () => large) });
  const size = (await audit.rows({ limit: 1 }))[0]?.seq ?? 0;
  expect(size).toBeGreaterThan(450);
  await new Promise((wake) => setTimeout(wake, 300));
  expect(read).toBeLessThan(300); // one page, and what came before it filled
  socket.resume();
  await until(() => (seen.length >= size ? true : undefined), 'the slow reader catches up');
  expect(seen.map(({ seq }) => seq)).toEqual(count(0, size));
});

test('the streams end with the gateway', async () => {
  const other = await up(makeTestHome().directory);
  const { socket } = await knock(other.url, bearer(other.token));
  const ended = closed(socket);
  expect(await other.stop()).toBe(0);
  expect(await ended).toBe(1001);
});
