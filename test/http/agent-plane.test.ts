import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '../../host/http/routes/index.ts';
import type { Executor } from '../../host/flow/execute.ts';
import type { HomeFiles } from '../../host/core/home.ts';
import { listOf, plant } from '../harness/canaries.ts';
import { chainEnd, rowsSince } from '../harness/chain-check.ts';
import { sweep } from '../harness/leak-sweep.ts';
import { onlySession, openChat, say } from '../support/chat.ts';
import { ANN } from '../support/chat-event.ts';
import type { Chat } from '../support/chat.ts';
import { approveDocuments, makeTestHome, openTestGateway } from '../support/home.ts';
import { bearer, send } from '../support/http-request.ts';
import type { Answered } from '../support/http-request.ts';
import { installPlugins, says } from '../support/plugin-bundle.ts';
import { serve } from '../support/serve.ts';
import type { Served, Without } from '../support/serve.ts';
import { closed, knock } from '../support/web-socket.ts';

const EXTRACT = 'ccos.attachment.extract_text';
const ACTION = 'acme.chat.send';
const VERIFIER = 'acme.chat.judge';
const CANARIES = plant();
/** Sizes that nothing else has. */
const TEXT_BYTES = 7919;
const FILE_BYTES = 104_729;

let home: HomeFiles;
let chat: Chat;
let session = '';
/** A token for the session, and one for every session. */
let token = '';
let wide = '';
let url = '';
let served: Served;

/** What the agent's routes answered: every byte. */
const captured: Record<string, string> = {};

beforeAll(async () => {
  home = makeTestHome();
  await installPlugins(home.directory, [
    { name: 'judge', plugin: says('{}'), manifest: { id: VERIFIER, kind: 'verifier' } },
    {
      name: 'send',
      plugin: says('{}'),
      manifest: {
        id: ACTION,
        kind: 'action',
        output: { kind: 'action', schema: 'schemas/send.json', classes: ['pii.attachment'] },
      },
    },
  ]);
  const gateway = await openTestGateway(home, 'gateway');
  await approveDocuments(gateway);
  chat = await openChat(gateway);
  await say(chat, {
    text: `${CANARIES.text} https://example.org/?q=${encodeURIComponent(CANARIES.link)} `.padEnd(
      TEXT_BYTES,
      '.',
    ),
    sender_name: CANARIES.sender_name,
    channel_name: CANARIES.channel_name,
    thread_name: CANARIES.thread_name,
    quote: { text: CANARIES.quote, author_name: CANARIES.quote_author },
    attachments: [
      {
        data: Buffer.from(CANARIES.attachment.padEnd(FILE_BYTES, ' ')),
        file_name: CANARIES.file_name,
      },
    ],
  });
  await say(chat, { kind: 'edit', id: 'msg-4713', text: CANARIES.edit });
  await say(chat, {
    kind: 'reaction',
    message: 'msg-4713',
    emoji: CANARIES.emoji,
    change: 'added',
  });
  await say(chat, { id: 'other', sender: CANARIES.stranger, text: CANARIES.stranger });
  session = await onlySession(chat);
  ({ token } = await gateway.services.tokens.create('agent', { session }));
  ({ token: wide } = await gateway.services.tokens.create('agent'));
  served = await serve(gateway);
  ({ url } = served);
  return async () => {
    await served.close();
  };
});

const at = async (path: string, body?: unknown, by = token): Promise<Answered> => {
  const answered = await send(`${url}${path}`, {
    headers: { ...bearer(by), 'content-type': 'application/json' },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
  const name = `${String(Object.keys(captured).length)} ${path}`;
  captured[name] = JSON.stringify(answered.headers) + answered.body;
  return answered;
};

interface Page {
  readonly session: Readonly<Record<string, unknown>>;
  readonly events: readonly {
    readonly refs: readonly { readonly ref: string; readonly class: string }[];
  }[];
}
const pageOf = async (by = token): Promise<Page> =>
  JSON.parse((await at(`/v1/agent/sessions/${session}`, undefined, by)).body) as Page;
const refsOf = async (of?: string): Promise<readonly string[]> =>
  (await pageOf()).events
    .flatMap(({ refs }) => refs)
    .filter((blob) => of === undefined || blob.class === of)
    .map(({ ref }) => ref);

/** Every question that can be put to the agent plane with what an agent knows. */
async function askEverything(): Promise<void> {
  const refs = await refsOf();
  for (const { method, path, plane } of ROUTES) {
    if (plane !== 'agent') continue;
    const here = path.replace('/sessions/:id', `/sessions/${session}`).replaceAll(/:[a-z]+/g, 'x');
    await at(here, method === 'POST' ? {} : undefined);
    for (const query of ['?limit=1000', '?after=0', `?session=${session}`, '?include=text'])
      if (method === 'GET') await at(`${here}${query}`);
  }
  for (const ref of refs)
    for (const body of [
      { content_ref: ref },
      { refs: [ref] },
      { refs: [ref], args: { content_ref: ref, nested: [{ ref }], url: `http://x/${ref}` } },
    ])
      await at('/v1/agent/execute', { capability: EXTRACT, ...body });
  await at('/v1/agent/approvals', { kind: 'channel.grant', capability: EXTRACT });
  const knocked = await knock(url, bearer(token), { path: '/v1/agent/stream' });
  await new Promise((wake) => setTimeout(wake, 300));
  captured['stream'] = JSON.stringify(knocked.rows);
  expect(knocked.rows.length).toBe(3);
  knocked.socket.close();
}

test('GP1-a: with a channel and no grant, nothing on the agent plane has a word, a name or a size of a message (INV-AGENT-2)', async () => {
  await askEverything();
  const statuses = new Set(Object.keys(captured));
  expect(statuses.size).toBeGreaterThan(30);
  const everything = Object.values(captured).join('\n');
  for (const size of [TEXT_BYTES, FILE_BYTES]) expect(everything).not.toContain(String(size));
  expect(everything).not.toMatch(/sha256|commit|bytes|media_type|expires":/);
  const { body } = await at(`/v1/agent/sessions/${session}`);
  const page = JSON.parse(body) as Page;
  expect(page.session).toMatchObject({ id: session, events: 3, messages: 1 });
  expect(Object.keys(page.session).sort()).toEqual(['events', 'id', 'messages', 'run']);
  for (const event of page.events)
    expect(Object.keys(event).sort()).toEqual(['kind', 'message', 'n', 'refs', 'state']);
  for (const ref of page.events.flatMap(({ refs }) => refs))
    expect(Object.keys(ref).sort()).toEqual(['class', 'ref']);
});

test('GP1-a, GP2-a, H1: no canary is in an answer or in any file of the home', async () => {
  await askEverything();
  await chat.services.store.ask('checkpoint', null);
  expect(sweep(listOf(CANARIES), { folders: [home.directory], captured })).toEqual([]);
});

test('H6: the same sweep sees the leak of an executor that asks no gate', async () => {
  const leaky = {
    execute: async (_: unknown, __: unknown, { refs }: { readonly refs: readonly string[] }) => ({
      output: Buffer.from(await chat.services.store.ask('blobRead', refs[0] as never)).toString(),
    }),
  } as unknown as Executor;
  const without: Without = { services: { executor: leaky } };
  const open = await serve(chat.gateway, without);
  const answers: Record<string, string> = {};
  for (const ref of await refsOf()) {
    const { body } = await send(`${open.url}/v1/agent/execute`, {
      method: 'POST',
      headers: bearer(token),
      body: JSON.stringify({ capability: EXTRACT, content_ref: ref }),
    });
    answers[ref] = body;
  }
  await open.close();
  const hits = sweep(listOf(CANARIES), { folders: [], captured: answers });
  const expected = Object.keys(CANARIES).filter((place) => !['stranger'].includes(place));
  expect([...new Set(hits.map(({ place }) => place))].sort()).toEqual(expected.sort());
});

describe('GP1-c: a ref that an agent may not have (INV-AGENT-1)', () => {
  const random = (): string => `q_${randomBytes(16).toString('hex')}`;
  let bad: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    const { services } = chat;
    await services.channels.allow(chat.channel, 'bob');
    await say(chat, { id: 'of-bob', sender: 'bob', attachments: [{ data: Buffer.from('b') }] });
    const own = await refsOf('pii.attachment');
    await say(chat, { id: 'to-purge', attachments: [{ data: Buffer.from('p') }] });
    const purged = (await refsOf('pii.attachment')).find((ref) => !own.includes(ref)) ?? '';
    const rows = await services.store.select({
      sql: `SELECT ref FROM blob_row WHERE session <> ?`,
      args: [session],
    });
    await say(chat, { kind: 'delete', id: 'to-purge' });
    bad = {
      unknown: random(),
      foreign: String(rows[0]?.[0]),
      purged,
      malformed: '../../etc/passwd',
      empty: '',
    };
  });

  const execute = (ref: string, by = token): Promise<Answered> =>
    at('/v1/agent/execute', { capability: EXTRACT, refs: [ref] }, by);

  test('is refused alike: one status, one body', async () => {
    const answers = await Promise.all(Object.values(bad).map((ref) => execute(ref)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(JSON.parse(answers[0]?.body ?? '')).toEqual({
      error: {
        code: 'not_found',
        message: 'there is nothing by that name',
        details: { what: 'ref' },
      },
    });
  });

  test('and one that is its own is refused by the policy, with the rule', async () => {
    const [own = ''] = await refsOf('pii.attachment');
    const { status, body } = await execute(own);
    expect(status).toBe(409);
    expect(body).toContain('const.channel.ungranted');
    const [text = ''] = await refsOf('pii.chat.message');
    const other = await execute(text);
    expect([other.status, other.code]).toEqual([403, 'policy_denied']);
    expect(other.body).toContain('const.blob.class');
  });

  test('is a denial on the chain with its rule, and a flood of them is few rows and a count (INV-GATE-3)', async () => {
    const before = (await chat.services.audit.rows({ limit: 1 })).at(-1)?.seq ?? 0;
    for (let sent = 0; sent < 300; sent += 30)
      await Promise.all(Array.from({ length: 30 }, () => execute(random(), wide2)));
    const rows = await rowsSince(chat.services, before);
    const denials = rows.filter(
      ({ type, data }) => type === 'quarantine.access' && data['decision'] === 'deny',
    );
    expect(denials.length).toBeGreaterThan(0);
    expect(denials.length).toBeLessThanOrEqual(20);
    expect(denials[0]?.data).toMatchObject({
      capability: EXTRACT,
      justification: 'summarize',
      rule: 'const.blob.purged',
    });
    expect(JSON.stringify(rows)).not.toContain('passwd');
    expect(rows.length).toBeLessThanOrEqual(2 * 20); // and no row beside these
  });

  test('and so is a flood of guesses at runs, approvals, capabilities and sessions', async () => {
    const [ref = ''] = await refsOf('pii.attachment');
    const { token: by } = await chat.services.tokens.create('agent');
    const before = await chainEnd(chat.services);
    const guesses: readonly (() => Promise<Answered>)[] = [
      () => at(`/v1/agent/sessions/${random().replace('q_', 's_')}`, undefined, by),
      () =>
        at(
          `/v1/agent/approvals/${random().replace('q_', 'ap_')}?session=${session}`,
          undefined,
          by,
        ),
      () =>
        at('/v1/agent/execute', { capability: EXTRACT, refs: [ref], session, run: random() }, by),
      () => at('/v1/agent/execute', { capability: random(), refs: [ref], session }, by),
    ];
    for (const guess of guesses)
      for (let i = 0; i < 40; i++) expect((await guess()).status).toBe(404);
    const rows = await rowsSince(chat.services, before);
    expect(rows.length).toBeLessThanOrEqual(2 * 20);
    expect(new Set(rows.map(({ type }) => type))).toEqual(new Set(['request.refused']));
  });

  let wide2 = '';
  beforeAll(async () => {
    ({ token: wide2 } = await chat.services.tokens.create('agent', { session }));
  });
});

describe('D1.1-d: the session of a credential', () => {
  test('is the only one that it opens, and what is not there looks like somebody else’s', async () => {
    const { services } = chat;
    const other = (await services.sessions.list({ limit: 10 })).find(
      ({ id }) => id !== session && id !== 'local',
    );
    if (other === undefined) throw new Error('one session only');
    for (const by of [token]) {
      const foreign = await at(`/v1/agent/sessions/${other.id}`, undefined, by);
      const unknown = await at(`/v1/agent/sessions/s_${'0'.repeat(32)}`, undefined, by);
      const local = await at('/v1/agent/sessions/local', undefined, by);
      expect([foreign.status, foreign.code]).toEqual([403, 'policy_denied']);
      const shape = ({ body }: Answered) => body.replaceAll(/"d_[0-9a-f]{32}"/g, '');
      expect(shape(foreign)).toBe(shape(unknown));
      expect(shape(local)).toBe(shape(unknown));
    }
    const { body } = await at('/v1/agent/sessions');
    expect(JSON.parse(body)).toMatchObject({ sessions: [{ id: session }] });
    for (const body of [
      { capability: EXTRACT, refs: ['x'], session: other.id },
      { kind: 'channel.grant', capability: EXTRACT, session: other.id },
    ]) {
      const path = 'kind' in body ? '/v1/agent/approvals' : '/v1/agent/execute';
      expect((await at(path, body)).status).toBe(403);
    }
    const knocked = await knock(url, bearer(token), {
      path: `/v1/agent/stream?session=${other.id}`,
    });
    expect(knocked.status).toBe(403);
  });

  test('and a credential for all of them sees each, and is told what is not there', async () => {
    expect((await pageOf(wide)).session['id']).toBe(session);
    const unknown = await at(`/v1/agent/sessions/s_${'0'.repeat(32)}`, undefined, wide);
    expect([unknown.status, unknown.code]).toEqual([404, 'not_found']);
    expect((await at('/v1/agent/sessions/local', undefined, wide)).status).toBe(404);
    const { body } = await at('/v1/agent/sessions', undefined, wide);
    expect((JSON.parse(body) as { sessions: unknown[] }).sessions.length).toBe(2);
    expect((await at('/v1/agent/execute', { capability: EXTRACT, refs: ['x'] }, wide)).status).toBe(
      422,
    );
  });

  test('a run of another session, an unknown one and one that has ended are no run of this one', async () => {
    const { services } = chat;
    const other = (await services.sessions.list({ limit: 10 })).find(
      ({ id }) => id !== session && id !== 'local',
    );
    const foreign = await services.runs.ofSession(other?.id ?? '');
    const [ref] = await refsOf('pii.attachment');
    const run = (id: string) =>
      at('/v1/agent/execute', { capability: EXTRACT, refs: [ref], run: id });
    const answers = await Promise.all([run(foreign.id), run(`run_${'0'.repeat(32)}`), run('x')]);
    expect(new Set(answers.map(({ status, body }) => `${String(status)} ${body}`)).size).toBe(1);
    expect(answers[0].status).toBe(404);
  });
});

test('GP4-a: forged session, run, label, policy and tenant fields are refused', async () => {
  const [ref] = await refsOf('pii.attachment');
  for (const forged of [
    { label: 'public' },
    { session_id: 'x' },
    { run_id: 'x' },
    { step_id: 'x' },
    { tenant: 'other' },
    { policy_pack_version: '0' },
    { __ccos_meta: { label: [] } },
    { justification: '' },
    { content_ref: ref },
  ]) {
    const { status } = await at('/v1/agent/execute', {
      capability: EXTRACT,
      refs: [ref],
      ...forged,
    });
    expect(status, JSON.stringify(forged)).toBe(422);
  }
});

test('GP1-b: a ref in the arguments is only a word, and what is neither a transform nor an action is denied with its rule', async () => {
  const [ref = ''] = await refsOf('pii.attachment');
  // Of its own: rows of denials are capped for each credential.
  const { token: by } = await chat.services.tokens.create('agent', { session });
  const args = { content_ref: ref, nested: { list: [ref] }, url: `http://127.0.0.1/{${ref}}` };
  for (const refs of [{}, { refs: [ref] }, { content_ref: ref }]) {
    const before = await chainEnd(chat.services);
    const asked = { capability: VERIFIER, args, ...refs };
    const { status, body } = await at('/v1/agent/execute', asked, by);
    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({
      error: { code: 'policy_denied', rule_id: 'default.deny' },
    });
    const rows = await rowsSince(chat.services, before);
    const denied = rows.filter(({ data }) => data['decision'] === 'deny');
    expect(denied.map(({ data }) => data['gate'])).toEqual(['execute']);
    expect(JSON.stringify(denied)).toContain('base.execute.agent: ');
    expect(rows.map(({ type }) => type)).not.toContain('quarantine.access');
  }
  const nothing = await at('/v1/agent/execute', { capability: EXTRACT, args });
  expect([nothing.status, nothing.body]).toEqual([422, expect.stringContaining('body.refs')]);
});

test('GP1-b: an action of an agent opens nothing of a chat, whatever its arguments name', async () => {
  const [ref = ''] = await refsOf('pii.attachment');
  const args = { content_ref: ref };
  const before = await chainEnd(chat.services);
  const done = await at('/v1/agent/execute', { capability: ACTION, args });
  expect([done.status, JSON.parse(done.body)]).toMatchObject([200, { output: {} }]);
  const refused = await at('/v1/agent/execute', { capability: ACTION, args, refs: [ref] });
  expect([refused.status, refused.body]).toEqual([422, expect.stringContaining('body.refs')]);
  const types = (await rowsSince(chat.services, before)).map(({ type }) => type);
  expect(types).toContain('capability.call');
  expect(types).not.toContain('quarantine.access');
});

describe('GP3-a: a capability without a grant for the channel', () => {
  test('is refused with the one approval that would lift it, which the agent may watch and not give', async () => {
    const [ref = ''] = await refsOf('pii.attachment');
    const call = () => at('/v1/agent/execute', { capability: EXTRACT, refs: [ref] });
    const ids = new Set<unknown>();
    for (let i = 0; i < 3; i++) {
      const { status, body } = await call();
      expect(status).toBe(409);
      ids.add((JSON.parse(body) as { error: { approval_id: string } }).error.approval_id);
    }
    const asked = await at('/v1/agent/approvals', { kind: 'channel.grant', capability: EXTRACT });
    const { approval } = JSON.parse(asked.body) as { approval: { id: string; status: string } };
    ids.add(approval.id);
    expect([...ids]).toEqual([approval.id]);
    const path = `/v1/agent/approvals/${approval.id}`;
    expect(JSON.parse((await at(path)).body)).toMatchObject({
      approval: { id: approval.id, kind: 'channel.grant', status: 'pending' },
    });
    for (const by of [token, wide]) {
      const shown = await chat.services.approvals.get(approval.id);
      const answer = await at(
        `/v1/admin/approvals/${approval.id}/approve`,
        { digest: shown.digest, by: 'operator' },
        by,
      );
      expect([answer.status, answer.code]).toEqual([403, 'wrong_plane']);
    }
    const { digest } = await chat.services.approvals.get(approval.id);
    await chat.services.approvals.approve(approval.id, { digest, by: 'operator' });
    expect(JSON.parse((await at(path)).body)).toMatchObject({ approval: { status: 'approved' } });
    const granted = await call();
    // What an attachment says is raw: the grant lets it be read, and nothing releases it.
    expect([granted.status, granted.body]).toEqual([
      403,
      expect.stringContaining('const.agent.raw'),
    ]);
  });

  test('approvals that others have asked for are not there', async () => {
    const { services } = chat;
    const other = await services.channels.requestGrant({
      channel: chat.channel,
      capability: 'x@1',
    });
    const unknown = await at(`/v1/agent/approvals/ap_${'0'.repeat(32)}`);
    const foreign = await at(`/v1/agent/approvals/${other.id}`);
    expect([foreign.status, foreign.body]).toEqual([unknown.status, unknown.body]);
    expect(foreign.status).toBe(404);
  });
});

test('a session whose sender is not let in any more shows nothing, and its stream ends', async () => {
  const { services } = chat;
  const knocked = await knock(url, bearer(token), { path: '/v1/agent/stream' });
  expect(knocked.status).toBe('open');
  const ends = closed(knocked.socket);
  await services.channels.deny(chat.channel, ANN);
  expect(await ends).toBe(1008);
  const { status, body } = await at(`/v1/agent/sessions/${session}`);
  expect([status, body]).toEqual([403, expect.stringContaining('const.session.frozen')]);
  await services.channels.allow(chat.channel, ANN);
  expect((await at(`/v1/agent/sessions/${session}`)).status).toBe(200);
});

test('attack 11: a stream ends with the credential that opened it', async () => {
  const made = await chat.services.tokens.create('agent', { session });
  const knocked = await knock(url, bearer(made.token), {
    path: '/v1/agent/stream?after=1000000',
  });
  const ends = closed(knocked.socket);
  await chat.services.tokens.revoke(made.id);
  expect(await ends).toBe(1008);
});

test('the stream goes on where it was left, in order and once', async () => {
  const first = await knock(url, bearer(token), { path: '/v1/agent/stream' });
  await new Promise((wake) => setTimeout(wake, 300));
  first.socket.close();
  const last = first.rows.length;
  await say(chat, { id: 'late-1' });
  await say(chat, { id: 'late-2' });
  const second = await knock(url, bearer(token), {
    path: `/v1/agent/stream?after=${String(last)}`,
  });
  await new Promise((wake) => setTimeout(wake, 300));
  await say(chat, { id: 'late-3' });
  await new Promise((wake) => setTimeout(wake, 300));
  second.socket.close();
  expect(second.rows.map((row) => (row as unknown as { n: number }).n)).toEqual([
    last + 1,
    last + 2,
    last + 3,
  ]);
});
