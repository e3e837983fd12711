import { beforeAll, describe, expect, test } from 'vitest';
import { packBundle, signContainer } from '../../host/bundle/pack.ts';
import { REVEAL_REASONS } from '../../host/core/reveal-reason.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import { exceptionRequest } from '../../host/kernel/exception-request.ts';
import { ROUTES } from '../../host/http/routes/index.ts';
import { NO_INPUT } from '../support/acme-bundle.ts';
import { ANN } from '../support/chat-event.ts';
import { onlySession, openChat, say } from '../support/chat.ts';
import type { Chat } from '../support/chat.ts';
import { bearer, rowsAfter, send } from '../support/http-request.ts';
import { EXTRACTION, draftOf, mediaTypeOf, says } from '../support/plugin-bundle.ts';
import { openHomeToServe, serve } from '../support/serve.ts';
import type { Served } from '../support/serve.ts';

const CAPABILITY = 'ccos.attachment.extract_text';
const VERSIONED = `${CAPABILITY}@1.0.0`;
const ACTION = 'acme.pure.act';
const BIND = { capability: VERSIONED, domain: 'api.example.org' };

/** A request to a route that gets as far as its decision; made when its turn comes, in this order. */
interface Sample {
  /** Ids in the place of the names in the path. */
  readonly ids?: readonly string[];
  readonly query?: string;
  readonly json?: unknown;
  readonly bytes?: Uint8Array | string;
}

let gateway: OpenGateway;
let chat: Chat;
let served: Served;
let session = '';
let ref = '';
let channelToken = '';
let words = 5;
const key = generateKeyPair();

beforeAll(async () => {
  gateway = await openHomeToServe();
  chat = await openChat(gateway);
  await say(chat);
  session = await onlySession(chat);
  ref = (await gateway.services.messages.texts(session, 1))[0] ?? '';
  const made = await gateway.services.tokens.create('channel', { channel: chat.channel });
  channelToken = made.token;
  const { trust } = gateway.services;
  const publisher = { publisher: 'acme', publicKey: key.raw, namespaces: ['acme/*'] };
  await yes((await trust.request({ ...publisher, effects: ['quarantine.read'] })).id);
  for (const { id } of (await gateway.services.installer.install(bundle())).approvals)
    await yes(id);
  served = await serve(gateway);
  return () => served.close();
});

async function yes(id: string): Promise<void> {
  const { approvals } = gateway.services;
  await approvals.approve(id, { digest: (await approvals.get(id)).digest, by: 'operator' });
}

const pending = async (): Promise<string> => {
  const asked = { channel: chat.channel, capability: VERSIONED, maxVerbatimWords: words };
  words += 1; // another request each time
  return (await gateway.services.channels.requestGrant(asked)).id;
};
const digestOf = async (id: string): Promise<string> =>
  (await gateway.services.approvals.get(id)).digest;
const bundle = (): Uint8Array =>
  signContainer(
    packBundle(
      draftOf([
        { name: 'ok', plugin: says(JSON.stringify(EXTRACTION)) },
        {
          name: 'act',
          plugin: says('{}'),
          manifest: {
            ...{ id: ACTION, kind: 'action', input: NO_INPUT, effects: [] },
            output: { kind: 'action', schema: 'schemas/act.json', classes: [] },
          },
        },
      ]),
    ).container,
    key,
  );

/** An exception that was approved. */
async function exception(): Promise<string> {
  const { approvals, world } = gateway.services;
  const request = exceptionRequest({
    ...{
      capability: `${ACTION}@1.0.0`,
      publisher: 'acme',
      sink: 'http.public',
      target: 'a.example',
    },
    ...{ label: [], scope: { session }, maxBytes: 1, maxUses: 1, expires: world.now() + 3_600_000 },
  });
  const { id } = await approvals.request(request);
  await yes(id);
  return id;
}

/** Every route that changes something or hands out what a person wrote: its decision is on the chain. */
const GATED: Readonly<Record<string, () => Promise<Sample> | Sample>> = {
  'POST /v1/admin/config/set': () => ({ json: { key: 'limits.pages', value: 100 } }),
  'POST /v1/admin/tokens': () => ({ json: { plane: 'agent' } }),
  'DELETE /v1/admin/tokens/:id': async () => ({
    ids: [(await gateway.services.tokens.create('agent')).id],
  }),
  'POST /v1/admin/approvals/:id/approve': async () => {
    const id = await pending();
    return { ids: [id], json: { digest: await digestOf(id) } };
  },
  'POST /v1/admin/approvals/:id/deny': async () => ({ ids: [await pending()] }),
  'POST /v1/admin/approvals/:id/revoke': async () => {
    const id = await pending();
    await yes(id);
    return { ids: [id] };
  },
  'POST /v1/admin/extract': () => ({ query: `?type=${mediaTypeOf('ok')}`, bytes: 'a document' }),
  'POST /v1/admin/capabilities/:id/act': () => ({ ids: [ACTION], json: { args: {} } }),
  'POST /v1/admin/secrets/:name': () => ({ ids: ['TOKEN'], bytes: 'the first value' }),
  'POST /v1/admin/secrets/:name/rotate': async () => {
    const [asked] = (await gateway.services.approvals.list('pending')).filter(
      ({ kind }) => kind === 'secret.insert',
    );
    await yes(asked?.id ?? '');
    return { ids: ['TOKEN'], bytes: 'the second value' };
  },
  'POST /v1/admin/secrets/:name/unbind': () => ({ ids: ['TOKEN'], json: BIND }),
  'DELETE /v1/admin/secrets/:name': () => ({ ids: ['TOKEN'] }),
  'POST /v1/admin/exceptions/:id/revoke': async () => ({ ids: [await exception()] }),
  'GET /v1/agent/sessions': () => ({}),
  'GET /v1/agent/sessions/:id': () => ({ ids: [session] }),
  'GET /v1/agent/capabilities': () => ({}),
  'POST /v1/agent/execute': () => ({ json: { capability: CAPABILITY, refs: [ref] } }),
  'POST /v1/agent/approvals': () => ({ json: { kind: 'channel.grant', capability: CAPABILITY } }),
  'GET /v1/agent/approvals/:id': async () => {
    const { agents } = gateway.services;
    const credential = { plane: 'agent', id: 't_x', session, channel: null } as const;
    const wanted = { session, capability: CAPABILITY };
    return { ids: [(await agents.requestGrant(credential, wanted)).id] };
  },
  'POST /v1/channels/local/messages': () => ({
    json: { kind: 'message', id: 'm2', channel: 'general-4712', sender: ANN, text: 'hello again' },
  }),
  'POST /v1/admin/channels/:id/token': () => ({ ids: [chat.channel] }),
  'POST /v1/admin/channels/:id/grants/end': async () => {
    const { channels } = gateway.services;
    await yes((await channels.requestGrant({ channel: chat.channel, capability: VERSIONED })).id);
    return { ids: [chat.channel], json: { capability: CAPABILITY } };
  },
  'POST /v1/admin/channels/:id/allow': () => ({ ids: [chat.channel], json: { sender: 'bob' } }),
  'POST /v1/admin/channels/:id/deny': () => ({ ids: [chat.channel], json: { sender: 'bob' } }),
  'GET /v1/admin/audit/export': () => ({}),
  'POST /v1/admin/quarantine/:ref/reveal': () => ({
    ids: [ref],
    json: { reason: REVEAL_REASONS[0] },
  }),
  'POST /v1/admin/quarantine/purge': () => ({ json: { scope: { kind: 'expired' } } }),
  'POST /v1/admin/bundles/:publisher/:name/disable': () => ({ ids: ['acme', 'plugins'] }),
  'DELETE /v1/admin/bundles/:publisher/:name': () => ({ ids: ['acme', 'plugins'] }),
  'POST /v1/admin/trust/revoke': () => ({ json: { key_id: key.id } }),
  'DELETE /v1/admin/channels/:id': () => ({ ids: [chat.channel] }),
};

/** They ask for an approval and change nothing: its request is on the chain, its decision is another route. */
const ASKS = [
  'POST /v1/admin/bundles',
  'POST /v1/admin/trust',
  'POST /v1/admin/channels',
  'POST /v1/admin/channels/:id/grants',
  'POST /v1/admin/secrets/:name/bind',
  'POST /v1/admin/egress/exceptions',
];

/** They change nothing that outlives the request, or only write down that something failed, or end. */
const CHANGES_NOTHING = [
  'POST /v1/admin/bundles/verify',
  'POST /v1/admin/policy/eval',
  'POST /v1/admin/policy/eval/release',
  'POST /v1/admin/policy/lint',
  'POST /v1/admin/audit/verify',
  'POST /v1/admin/audit/checkpoint',
  'POST /v1/admin/refusals',
  'POST /v1/admin/shutdown',
];

const nameOf = ({ method, path }: { readonly method: string; readonly path: string }): string =>
  `${method} ${path}`;

test('GP4-c: each route that changes something, or is not the operator’s, is named here', () => {
  const named = [...Object.keys(GATED), ...ASKS, ...CHANGES_NOTHING];
  const must = ROUTES.filter(({ method, plane }) => method !== 'GET' || plane !== 'admin');
  expect(must.map(nameOf).filter((name) => !named.includes(name))).toEqual([]);
  const known = ROUTES.map(nameOf);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

const planeOf = (name: string): string =>
  ROUTES.find((route) => nameOf(route) === name)?.plane ?? '';

async function call(
  name: string,
  { ids = [], query = '', json, bytes }: Sample,
  at: Served = served,
): Promise<number> {
  const [method = '', path = ''] = name.split(' ');
  const left = [...ids];
  const url = `${at.url}${path.replaceAll(/:[a-z]+/g, () => left.shift() ?? 'x')}${query}`;
  const tokens = { agent: served.agentToken, channel: channelToken, admin: served.token };
  const token = tokens[planeOf(name) as keyof typeof tokens];
  const headers = {
    ...bearer(token),
    'content-type': json === undefined ? 'application/octet-stream' : 'application/json',
  };
  const body = json === undefined ? (bytes ?? '') : JSON.stringify(json);
  return (await send(url, { method, headers, ...(method !== 'GET' && { body }) })).status;
}

describe('GP4-c: a decision is on the chain after', () => {
  test.each(Object.entries(GATED))('%s', async (name, sample) => {
    if (planeOf(name) === 'agent') {
      const { token } = await gateway.services.tokens.create('agent', { session });
      served = { ...served, agentToken: token };
    }
    const made = await sample();
    const before = (await rowsAfter(served, 0)).at(-1)?.seq ?? 0;
    const status = await call(name, made);
    const types = (await rowsAfter(served, before)).map(({ type }) => type);
    expect([status, types]).toEqual([
      status,
      expect.arrayContaining(['policy.decision']) as unknown,
    ]);
  });
});

test('GP4-c, H6: a route that decides nothing is seen', async () => {
  const tokens = {
    authenticate: (given: string) => gateway.services.tokens.authenticate(given),
    create: () => Promise.resolve({ token: 'x', id: 't_x' }),
  };
  const open = await serve(gateway, { services: { tokens: tokens as never } });
  const before = (await rowsAfter(served, 0)).at(-1)?.seq ?? 0;
  const name = 'POST /v1/admin/tokens';
  expect(await call(name, (await GATED[name]?.()) ?? {}, open)).toBe(200);
  await open.close();
  expect(await rowsAfter(served, before)).toEqual([]);
});
