import { beforeAll, expect, test } from 'vitest';
import { bearer } from '../support/http-request.ts';
import { openHomeToServe, serve } from '../support/serve.ts';
import type { Served } from '../support/serve.ts';
import { knock } from '../support/web-socket.ts';

/** ClawJacked: browsers let any page open a WebSocket to loopback. */
let guarded: Served;
let open: Served;

beforeAll(async () => {
  const gateway = await openHomeToServe();
  guarded = await serve(gateway);
  open = await serve(gateway, { ownHosts: () => null });
  return async () => {
    await Promise.all([guarded.close(), open.close()]);
  };
});

test.each([
  ['https://evil.example'],
  ['http://127.0.0.1'],
  ['http://localhost:1'],
  ['null'],
  ['file://'],
])('attack 3: an upgrade from %s is refused although it has the token', async (origin) => {
  const headers = { ...bearer(guarded.token), origin };
  expect((await knock(guarded.url, headers)).status).toBe(403);
  const without = await knock(open.url, headers);
  expect(without.status, 'without the check of its source').toBe('open');
  without.socket.terminate();
});

test.each([
  ['no token', {}],
  ['a wrong token', bearer('wrong')],
  ['the token in the sub-protocol', { 'sec-websocket-protocol': 'bearer' }],
])('attack 3: an upgrade with %s is answered 401 and never opens', async (_, headers) => {
  expect((await knock(guarded.url, headers)).status).toBe(401);
});

test('attack 3: a token in the address is none', async () => {
  const path = `/v1/admin/stream?token=${guarded.token}&access_token=${guarded.token}`;
  expect((await knock(guarded.url, {}, { path })).status).toBe(401);
});

test('attack 3: an agent does not get the stream of the operator', async () => {
  expect((await knock(guarded.url, bearer(guarded.agentToken))).status).toBe(403);
});

test('attack 3: the operator does, from a program and from our own page', async () => {
  for (const headers of [{}, { origin: guarded.url }]) {
    const { status, socket } = await knock(guarded.url, { ...bearer(guarded.token), ...headers });
    expect(status).toBe('open');
    socket.terminate();
  }
});
