import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { OpenGateway } from '../../host/gateway.ts';
import { ROUTES } from '../../host/http/routes/index.ts';
import type { Tokens } from '../../host/kernel/tokens.ts';
import { world } from '../../host/runtime/world.ts';
import { bearer, send } from '../support/http-request.ts';
import type { Answered } from '../support/http-request.ts';
import { openHomeToServe, serve } from '../support/serve.ts';
import type { Served } from '../support/serve.ts';

/** CVE-2026-25593: a route that changes the configuration and asked for nothing. */
const TABLE = [
  ...ROUTES.map(({ method, path, plane }) => ({ method, path, plane })),
  { method: 'GET', path: '/openapi.json', plane: 'admin' },
] as const;

/** So many wrong secrets would close every plane; that is another test's. */
const NONE = { wrong: () => undefined };

let opened: OpenGateway;
let guarded: Served;
let open: Served;

beforeAll(async () => {
  opened = await openHomeToServe();
  guarded = await serve(opened, { lockout: NONE });
  const everybody = {
    authenticate: () => ({ plane: 'admin', id: 'operator', session: null }),
    list: () => opened.services.tokens.list(),
  } as unknown as Tokens; // what the routes under test call
  open = await serve(opened, { services: { tokens: everybody } });
  return async () => {
    await Promise.all([guarded.close(), open.close()]);
  };
});

interface Listed {
  readonly method: string;
  readonly path: string;
}

function call(
  { method, path }: Listed,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  return send(`${guarded.url}${path.replaceAll(/:[a-z]+/g, 'x')}`, { method, headers });
}

async function chainSize(): Promise<number> {
  return (await guarded.services.audit.rows({ limit: 1 })).at(-1)?.seq ?? 0;
}

describe.each(TABLE)('attack 6: $method $path', (route) => {
  const { plane } = route;

  test('without a credential (INV-HTTP-2) is 401, whatever the caller says of himself', async () => {
    for (const headers of [
      {},
      bearer(''),
      bearer('wrong'),
      bearer(`${guarded.token}x`),
      { authorization: guarded.token },
      { authorization: `Basic ${btoa(`operator:${guarded.token}`)}` },
      { cookie: `token=${guarded.token}`, 'x-api-key': guarded.token },
      { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1', 'x-real-ip': '127.0.0.1' },
    ]) {
      const { status, code } = await call(route, headers);
      expect([status, code], JSON.stringify(headers)).toEqual([401, 'unauthenticated']);
    }
  });

  test('with a credential of another plane is 403', async () => {
    const other = plane === 'admin' ? guarded.agentToken : guarded.token;
    const { status, code } = await call(route, bearer(other));
    expect([status, code]).toEqual([403, 'wrong_plane']);
  });
});

test('attack 6: none of that has changed anything but the rows of refusals, which are few', async () => {
  const rows = await guarded.services.audit.rows({ after: 0, limit: 10_000 });
  const types = new Set(rows.map(({ type }) => type));
  expect([...types].sort()).toEqual([
    'config.loaded',
    'gateway.start',
    'home.created',
    'policy.decision',
    'policy.loaded',
    'request.refused',
    'token.created',
  ]);
  const refusals = rows.filter(({ type }) => type === 'request.refused');
  expect(refusals.length).toBeLessThan(100);
  for (const { data } of refusals) expect(Object.keys(data).sort()).toEqual(['code', 'skipped']);
});

test('attack 6: without the check of credentials the same requests are served', async () => {
  const before = await chainSize();
  expect((await send(`${open.url}/v1/admin/tokens`, { headers: bearer('any') })).status).toBe(200);
  const changed = await send(`${open.url}/v1/admin/config/set`, {
    method: 'POST',
    headers: bearer('any'),
    body: '{"key":"limits.pages","value":5}',
  });
  expect(changed.status).toBe(200);
  expect(await chainSize()).toBeGreaterThan(before);
});

test('attack 6: a route that is not in the table does not exist', async () => {
  for (const path of [
    '/',
    '/v1',
    '/v1/admin',
    '/v1/admin/',
    '/v1/admin/..%2fstatus',
    '/v1/admin/status/',
  ])
    expect((await send(`${guarded.url}${path}`, { headers: bearer(guarded.token) })).status).toBe(
      404,
    );
});

test('attack 6: an ended credential ends at once', async () => {
  const made = await send(`${guarded.url}/v1/admin/tokens`, {
    method: 'POST',
    headers: bearer(guarded.token),
    body: '{"plane":"admin"}',
  });
  const { id, token } = JSON.parse(made.body) as { id: string; token: string };
  const status = () => send(`${guarded.url}/v1/admin/status`, { headers: bearer(token) });
  expect((await status()).status).toBe(200);
  await guarded.services.tokens.revoke(id);
  expect((await status()).status).toBe(401);
});

test('attack 7: a plane or a session that the caller declares is not listened to', async () => {
  const headers = {
    ...bearer(guarded.agentToken),
    'x-ccos-plane': 'admin',
    'x-plane': 'admin',
    'x-scopes': 'admin',
  };
  const { status } = await send(`${guarded.url}/v1/admin/status`, { headers });
  expect(status).toBe(403);
  const query = await send(`${guarded.url}/v1/admin/status?plane=admin`, { headers });
  expect(query.status).toBe(403);
});

test('attack 6: a flood of refusals is few rows, and every one is counted', async () => {
  let later = 0;
  const clock = { ...world, monotonic: () => world.monotonic() + later };
  const flooded = await serve(opened, { services: { world: clock } });
  onTestFinished(() => flooded.close());
  const before = await chainSize();
  const knock = () => send(`${flooded.url}/v1/admin/status`);
  for (let sent = 0; sent < 300; sent += 30) await Promise.all(Array.from({ length: 30 }, knock));
  const refusals = async () =>
    (await flooded.services.audit.rows({ after: before, limit: 1000 })).filter(
      ({ type }) => type === 'request.refused',
    );
  expect((await refusals()).length).toBeLessThanOrEqual(20);
  later = 60_000;
  await knock();
  const rows = await refusals();
  const skipped = rows.reduce((sum, { data }) => sum + Number(data['skipped']), 0);
  expect(rows.length + skipped).toBe(301);
});

test('authenticate: the scheme is the same in any case (RFC 9110, 11.1)', async () => {
  for (const scheme of ['bearer', 'BEARER', 'Bearer ']) {
    const headers = { authorization: `${scheme} ${guarded.token}` };
    expect((await call({ method: 'GET', path: '/v1/admin/status' }, headers)).status).toBe(200);
  }
});
