import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { OpenGateway } from '../../host/gateway.ts';
import { ROUTES } from '../../host/http/routes/index.ts';
import type { Credential } from '../../host/kernel/tokens.ts';
import { openChat } from '../support/chat.ts';
import { until } from '../support/ccos-process.ts';
import { bearer, send } from '../support/http-request.ts';
import type { Answered } from '../support/http-request.ts';
import { openHomeToServe, serve } from '../support/serve.ts';
import type { Served } from '../support/serve.ts';
import { closed, knock } from '../support/web-socket.ts';

type Plane = Credential['plane'];

let gateway: OpenGateway;
let served: Served;
/** One credential of each plane, none of them that of the home. */
let tokens: Readonly<Record<Plane, string>>;

beforeAll(async () => {
  gateway = await openHomeToServe();
  const { channel } = await openChat(gateway);
  served = await serve(gateway);
  const made = async (plane: Plane, scope: object = {}): Promise<string> =>
    (await gateway.services.tokens.create(plane, scope)).token;
  tokens = {
    admin: await made('admin'),
    agent: await made('agent', { session: 'one' }),
    channel: await made('channel', { channel }),
  };
  return () => served.close();
});

interface Sent {
  readonly method?: string;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const asking =
  (to: Served) =>
  (path: string, token: string, sent: Sent = {}): Promise<Answered> =>
    send(`${to.url}${path.replaceAll(/:[a-z]+/g, 'x')}`, {
      method: sent.method ?? (sent.json === undefined ? 'GET' : 'POST'),
      headers: { ...bearer(token), 'content-type': 'application/json', ...sent.headers },
      ...(sent.json !== undefined && { body: JSON.stringify(sent.json) }),
    });
const at = (path: string, token: string, sent?: Sent) => asking(served)(path, token, sent);

/** A gateway that takes whoever has any credential for the plane that he says he is of. */
async function trusting(plane: Plane): Promise<Served> {
  const everybody = {
    authenticate: () => ({ plane, id: 'x', session: null, channel: null }),
    create: (of: Plane) => gateway.services.tokens.create(of),
  };
  const open = await serve(gateway, { services: { tokens: everybody as never } });
  onTestFinished(() => open.close());
  return open;
}

const madeTokens = async (): Promise<number> =>
  (await gateway.services.audit.rows({ type: 'token.created', after: 0, limit: 1000 })).length;

test('attack 7 (GP4-a): what a caller says of his scopes is nothing, in headers, query or body', async () => {
  const headers = {
    'x-plane': 'admin',
    'x-scopes': 'admin',
    'x-session': 'two',
    'x-tenant': 'other',
    'x-forwarded-user': 'operator',
  };
  const claimed = await at('/v1/admin/status', tokens.agent, { headers });
  expect([claimed.status, claimed.code]).toEqual([403, 'wrong_plane']);
  const query = await at('/v1/admin/approvals?plane=admin&scopes=*', tokens.agent);
  expect(query.code).toBe('wrong_plane');
  const open = await trusting('admin');
  expect((await asking(open)('/v1/admin/status', tokens.agent, { headers })).status).toBe(200); // H6
});

test.each(['label', 'step_id', 'policy_pack_version', 'tenant', 'plane', 'scopes', '__ccos_meta'])(
  'attack 7 (GP4-a): a body that says its own %s is refused',
  async (name) => {
    const json = { capability: 'a', [name]: 'public' };
    const forged = await at('/v1/agent/execute', tokens.agent, { json });
    expect([forged.status, forged.code]).toEqual([422, 'invalid_input']);
  },
);

test('attack 7: a credential of one session opens no other, whatever it names', async () => {
  const before = await at('/v1/agent/sessions/two', tokens.agent);
  const asked = await at('/v1/agent/execute', tokens.agent, {
    json: { capability: 'a', session: 'two', refs: ['q_x'] },
  });
  expect([before.code, asked.code]).toEqual(['policy_denied', 'policy_denied']);
});

test('attacks 8, 9: nobody but an admin makes a credential, or decides about an approval', async () => {
  const count = await madeTokens();
  for (const plane of ['admin', 'agent'] as const)
    for (const by of [tokens.agent, tokens.channel]) {
      const made = await at('/v1/admin/tokens', by, { json: { plane } });
      expect([made.status, made.code]).toEqual([403, 'wrong_plane']);
    }
  expect(await madeTokens()).toBe(count);
  const asked = await gateway.services.channels.requestGrant({
    channel: (await gateway.services.channels.list())[0]?.id ?? '',
    capability: 'a@1.0.0',
  });
  const path = `/v1/admin/approvals/${asked.id}/approve`;
  for (const by of [tokens.agent, tokens.channel])
    expect((await at(path, by, { json: { digest: asked.digest } })).code).toBe('wrong_plane');
  expect(await gateway.services.approvals.get(asked.id)).toMatchObject({ status: 'pending' });
  const open = await trusting('admin');
  await asking(open)('/v1/admin/tokens', tokens.agent, { json: { plane: 'admin' } });
  expect(await madeTokens()).toBe(count + 1); // H6
});

describe('attack 10 (GP3-d): plane by route, and no other', () => {
  const ALL = ROUTES.map(({ method, path, plane }) => ({ method, path, plane }));

  test.each(ALL)('$method $path is for $plane alone', async ({ method, path, plane }) => {
    const changed = await madeTokens();
    for (const [of, token] of Object.entries(tokens)) {
      if (of === plane) continue;
      const sent = { method, ...(method === 'POST' && { json: {} }) };
      const { status, code } = await at(path, token, sent);
      expect([of, status, code]).toEqual([of, 403, 'wrong_plane']);
    }
    expect(await madeTokens()).toBe(changed);
  });

  test('and each refusal is on the chain, or counted there', async () => {
    const rows = await gateway.services.audit.rows({
      ...{ type: 'request.refused', after: 0, limit: 1000 },
    });
    expect(rows.filter(({ data }) => data['code'] === 'wrong_plane').length).toBeGreaterThan(0);
  });
});

test.each(['admin', 'agent'] as const)(
  'attack 11: a revoked credential of the %s plane fails on the next request, and its stream ends',
  async (plane) => {
    const { services } = gateway;
    const { channel } = await openChatSession();
    const scope = plane === 'agent' ? { session: channel } : {};
    const { token, id } = await services.tokens.create(plane, scope);
    const stream = { path: `/v1/${plane}/stream` };
    const { status, socket } = await knock(served.url, bearer(token), stream);
    expect(status).toBe('open');
    const ended = closed(socket);
    await services.tokens.revoke(id);
    const path = plane === 'admin' ? '/v1/admin/status' : '/v1/agent/sessions';
    expect((await at(path, token)).code).toBe('unauthenticated');
    await services.tokens.create('agent'); // a row, which the stream would send
    expect(await ended).not.toBe(1000);
    expect((await at('/v1/admin/status', tokens.admin)).status).toBe(200);
  },
);

test('attack 11, H6: where a revoked credential counts as live, its stream goes on', async () => {
  const { services } = gateway;
  const { token, id } = await services.tokens.create('admin');
  const forgetful = Object.assign(Object.create(services.tokens) as typeof services.tokens, {
    authenticate: (given: string) => services.tokens.authenticate(given),
    isLive: () => true,
  });
  const open = await serve(gateway, { services: { tokens: forgetful } });
  onTestFinished(() => open.close());
  const { socket, rows } = await knock(open.url, bearer(token));
  onTestFinished(() => {
    socket.terminate();
  });
  await services.tokens.revoke(id);
  await services.tokens.create('agent');
  await until(
    () => (rows.some(({ type }) => type === 'token.created') ? true : undefined),
    'a row for a revoked token',
  );
});

test('attack 13: forwarded headers make nobody local, and take nothing away from who is', async () => {
  const headers = {
    'x-forwarded-for': '127.0.0.1',
    'x-real-ip': '127.0.0.1',
    forwarded: 'for=127.0.0.1;host=localhost',
    'x-forwarded-host': 'evil.example',
    via: '1.1 localhost',
  };
  const { status, code } = await send(`${served.url}/v1/admin/status`, { headers });
  expect([status, code]).toEqual([401, 'unauthenticated']);
  expect((await at('/v1/admin/status', tokens.admin, { headers })).status).toBe(200);
});

test('attack 12 (GP3-d): no route of an agent or a channel decides, reveals, enables or makes anything', () => {
  const theirs = ROUTES.filter(({ plane }) => plane !== 'admin');
  expect(theirs.length).toBeGreaterThan(5);
  for (const { path } of theirs)
    expect(path).not.toMatch(/approve|deny|revoke|reveal|token|secret|bundle|trust|config/);
});

/** The id of a session that has an event. */
async function openChatSession(): Promise<{ readonly channel: string }> {
  const { services } = gateway;
  const [channel] = await services.channels.list();
  const { connector = 'local', id = '' } = channel ?? {};
  const place = { connection: id, connector, channel: 'c', thread: '', sender: 'ann' };
  const session = await services.sessions.open(await services.sessions.locate(place), 'local');
  return { channel: session.id };
}
