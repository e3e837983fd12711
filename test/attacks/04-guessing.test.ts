import { beforeAll, expect, test } from 'vitest';
import { Lockout } from '../../host/http/lockout.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import { world as realWorld } from '../../host/runtime/world.ts';
import { bearer, send } from '../support/http-request.ts';
import type { Answered } from '../support/http-request.ts';
import { openHomeToServe, serve } from '../support/serve.ts';
import type { Served, Without } from '../support/serve.ts';

let gateway: OpenGateway;

beforeAll(async () => {
  gateway = await openHomeToServe();
});

const served = (without: Without = {}): Promise<Served> => serve(gateway, without);

const ask = (at: Served, token: string, headers: Readonly<Record<string, string>> = {}) =>
  send(`${at.url}/v1/admin/status`, { headers: { ...bearer(token), ...headers } });

/** What a caller adds in the hope of being excepted from the count. */
const EXTRA = [
  {},
  { 'x-device-token': 'abc' },
  { 'x-forwarded-for': '10.0.0.1' },
  { cookie: 'device=abc' },
];

async function guess(at: Served, times: number): Promise<readonly Answered[]> {
  const answers: Answered[] = [];
  for (let n = 0; n < times; n++)
    answers.push(await ask(at, `wrong${String(n)}`, EXTRA[n % EXTRA.length]));
  return answers;
}

const refusedRows = () =>
  gateway.services.audit.rows({ type: 'request.refused', after: 0, limit: 1000 });

test('attack 4: ten wrong secrets close the plane to more of them, with or without more fields', async () => {
  let moved = 0;
  const world = { ...realWorld, monotonic: () => realWorld.monotonic() + moved };
  const at = await served({ lockout: new Lockout(world) });
  const answers = await guess(at, 12);
  expect(answers.map(({ status }) => status)).toEqual([...Array<number>(10).fill(401), 429, 429]);
  const [last] = answers.slice(-1);
  expect(last?.code).toBe('rate_limited');
  expect(last?.headers['retry-after']).toBe('10');
  expect((await send(`${at.url}/v1/agent/sessions`, { headers: bearer('wrong') })).status).toBe(
    401,
  );
  moved = 10_001;
  expect((await guess(at, 1))[0]?.status).toBe(401);
  await at.close();
});

test('attack 4: nobody shuts out who holds the right secret, and a closed plane costs one row', async () => {
  const at = await served();
  await guess(at, 10);
  const before = (await refusedRows()).length;
  const tried = await guess(at, 40);
  expect(tried.every(({ status }) => status === 429)).toBe(true);
  expect((await ask(at, at.token)).status).toBe(200);
  expect((await refusedRows()).length - before).toBe(1);
  await at.close();
});

test('attack 4: a request without a secret, or with one of another plane, is no guess', async () => {
  const at = await served();
  for (let n = 0; n < 15; n++) {
    expect((await send(`${at.url}/v1/admin/status`)).status).toBe(401);
    expect((await ask(at, at.agentToken)).status).toBe(403);
  }
  expect((await ask(at, at.token)).status).toBe(200);
  await at.close();
});

test('attack 4: the refusals are on the chain, without a word of what was tried', async () => {
  const rows = await refusedRows();
  expect(new Set(rows.map(({ data }) => data['code']))).toEqual(
    new Set(['unauthenticated', 'rate_limited', 'wrong_plane']),
  );
  expect(JSON.stringify(rows)).not.toContain('wrong0');
});

test('attack 4, H6: without the lock, guessing goes on', async () => {
  const at = await served({ lockout: { wrong: () => undefined } });
  expect((await guess(at, 30)).every(({ status }) => status === 401)).toBe(true);
  await at.close();
});
