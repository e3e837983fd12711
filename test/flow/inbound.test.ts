import { describe, expect, test } from 'vitest';
import { chatEnvelopeSchema } from '../../host/core/chat-envelope.ts';
import { checkChain, chainEnd, rowsSince } from '../harness/chain-check.ts';
import type { ListedEvent } from '../../host/kernel/messages.ts';
import { onlySession, openChat, say } from '../support/chat.ts';
import { ANN, event } from '../support/chat-event.ts';
import type { Chat } from '../support/chat.ts';
import { failureOf } from '../store/support.ts';

const BOB = 'bob-4714';
const FULL = {
  text: 'the plan is to meet at noon',
  sender_name: 'Ann Able',
  channel_name: 'general',
  thread: 'thread-4715',
  thread_name: 'plans',
  quote: { text: 'when?', author_name: 'Bob' },
  attachments: [{ data: Buffer.from('one'), file_name: 'one.txt' }, { data: Buffer.from('two') }],
};

async function listed(chat: Chat) {
  return chat.services.messages.page(await onlySession(chat), 0, 100);
}

const read = async ({ services }: Chat, ref: string): Promise<string> =>
  Buffer.from(await services.store.ask('blobRead', ref as never)).toString();

/** The ref of the text of an event. */
const textOf = (event: ListedEvent | undefined): string => event?.blobs[0]?.ref ?? '';

const ignored = async ({ services }: Chat, after = 0): Promise<readonly unknown[]> =>
  (await rowsSince(services, after))
    .filter(({ type }) => type === 'message.ignored')
    .map(({ data }) => data['reason']);

const envelopesOf = async ({ services }: Chat): Promise<readonly unknown[]> => {
  const rows = await services.store.select({
    sql: 'SELECT envelope FROM event ORDER BY n',
    args: [],
  });
  return rows.map(([envelope]) => JSON.parse(String(envelope)) as unknown);
};

/** Every ref in an envelope, in the order of its fields. */
const refsIn = (envelope: unknown): readonly string[] =>
  JSON.stringify(envelope).match(/q_[0-9a-f]{32}/g) ?? [];

test('Inbound.receive (INV-MSG-1): each text, name, emoji and file is a blob of its own, and the envelope has refs', async () => {
  const chat = await openChat();
  const before = await chainEnd(chat.services);
  await say(chat, FULL);
  await checkChain(chat.services, before, {
    'policy.decision': 4, // the text, the names, two files
    'session.created': 1,
    'message.ingest': 1,
    'quarantine.put': 9,
  });
  const [envelope] = (await envelopesOf(chat)).map((one) => chatEnvelopeSchema.parse(one));
  const texts = await Promise.all(refsIn(envelope).map((ref) => read(chat, ref)));
  expect(texts).toEqual([
    'the plan is to meet at noon',
    'Ann Able',
    'general',
    'plans',
    'when?',
    'Bob',
    'one',
    'one.txt',
    'two',
  ]);
  const [only] = await listed(chat);
  expect(only?.blobs.map((blob) => blob.class).sort()).toEqual([
    'pii.attachment',
    'pii.attachment',
    'pii.chat.message',
    ...Array.from({ length: 6 }, () => 'pii.chat.metadata'),
  ]);
});

test('Inbound.receive: every row of a message names its session and its run, and the decision comes first', async () => {
  const chat = await openChat();
  const before = await chainEnd(chat.services);
  await say(chat);
  const session = await onlySession(chat);
  const { id: run } = await chat.services.runs.ofSession(session);
  const rows = await rowsSince(chat.services, before);
  expect(rows.map(({ type }) => type)).toEqual([
    'policy.decision',
    'session.created',
    'message.ingest',
    'quarantine.put',
  ]);
  expect(rows.slice(1).map((row) => [row.session, row.run])).toEqual(
    Array.from({ length: 3 }, () => [session, run]),
  );
  expect(rows[2]?.data).toEqual({
    connector: 'local',
    connection: chat.channel,
    kind: 'message',
    message: (await listed(chat))[0]?.id,
    version: 1,
    activation: 'direct',
    attachments: 0,
  });
});

test('Inbound.receive (D1.2-c): the same message is one, however often and however close together it comes', async () => {
  const chat = await openChat();
  await Promise.all(Array.from({ length: 5 }, () => say(chat)));
  await say(chat, { text: 'another text under the same id' });
  expect((await listed(chat)).length).toBe(1);
  expect((await chat.services.blobs.stats()).blobs).toBe(1);
  expect(await ignored(chat)).toEqual(Array.from({ length: 5 }, () => 'duplicate'));
});

test('Messages.adds (D1.2-c): the table itself takes a version once', async () => {
  const chat = await openChat();
  await say(chat);
  const { services } = chat;
  const session = await onlySession(chat);
  const made = (id: string) => ({
    ...{ id, session, connection: chat.channel, native: 'p_1', version: 1, kind: 'message' },
    ...{ state: 'live' as const, change: '', revision: '', envelope: '{}', blobs: [] },
  });
  const commit = (id: string) =>
    services.store.commit({ rows: [], changes: services.messages.adds(made(id)) });
  await commit('m_1');
  expect(await failureOf(commit('m_2'))).toMatchObject({ code: 'conflict' });
});

describe('an edit (D2.1-b)', () => {
  test('is a new version beside the old one, and what was made of that one is stale', async () => {
    const chat = await openChat();
    await say(chat);
    const [first] = await listed(chat);
    const source = textOf(first);
    const { messages, store } = chat.services;
    await store.commit({ rows: [], changes: [messages.derives('q_made', source)] });
    expect(await messages.isStale('q_made')).toBe(false);
    await say(chat, { kind: 'edit', id: 'msg-4713', text: 'hello again' });
    expect(await messages.isStale('q_made')).toBe(true);
    const events = await listed(chat);
    expect(events.map(({ state }) => state)).toEqual(['superseded', 'live']);
    const [old, edited] = events;
    expect(await read(chat, textOf(edited))).toBe('hello again');
    const [, envelope] = await envelopesOf(chat);
    expect(envelope).toMatchObject({ kind: 'edit', version: 2, previous: old?.id });
    expect(await messages.texts(await onlySession(chat), 20)).toEqual([textOf(edited)]);
    const [row] = (await rowsSince(chat.services, 0)).filter(({ data }) => data['kind'] === 'edit');
    expect(row?.data).toMatchObject({ previous: old?.id, stale: 1 });
  });

  test('that comes twice is one, where the platform tells edits apart', async () => {
    const chat = await openChat();
    await say(chat);
    const edit = { kind: 'edit', id: 'msg-4713', text: 'x', revision: 'at-1' };
    await say(chat, edit);
    await say(chat, edit);
    await say(chat, { ...edit, revision: 'at-2' });
    expect((await listed(chat)).length).toBe(3);
    expect(await ignored(chat)).toEqual(['duplicate']);
  });

  test('of what was never taken, of somebody else’s, and of what is deleted, is nothing', async () => {
    const chat = await openChat();
    await chat.services.channels.allow(chat.channel, BOB);
    await say(chat, { kind: 'edit', id: 'msg-4713', text: 'smuggled' });
    await say(chat);
    await say(chat, { kind: 'edit', id: 'msg-4713', sender: BOB, text: 'by bob' });
    await say(chat, { kind: 'delete', id: 'msg-4713' });
    await say(chat, { kind: 'edit', id: 'msg-4713', text: 'too late' });
    await say(chat);
    expect(await ignored(chat)).toEqual(['unknown', 'not_author', 'deleted', 'duplicate']);
    expect((await chat.services.blobs.stats()).blobs).toBe(0);
  });
});

describe('a deletion (D2.1-b, attack 30)', () => {
  test('destroys every version, and the chain still verifies', async () => {
    const chat = await openChat();
    await say(chat, FULL);
    await say(chat, { ...FULL, kind: 'edit', id: 'msg-4713', text: 'more' });
    const refs = (await listed(chat)).flatMap(({ blobs }) => blobs.map(({ ref }) => ref));
    expect(refs.length).toBe(18);
    const before = await chainEnd(chat.services);
    await say(chat, { kind: 'delete', id: 'msg-4713' });
    await checkChain(chat.services, before, {
      'policy.decision': 1,
      'message.ingest': 1,
      'quarantine.purge': 1,
      'quarantine.purged': 1,
    });
    expect((await chat.services.blobs.stats()).blobs).toBe(0);
    for (const ref of refs)
      expect(await failureOf(read(chat, ref))).toMatchObject({ code: 'gone' });
    expect((await listed(chat)).map(({ state, blobs }) => [state, blobs])).toEqual(
      Array.from({ length: 3 }, () => ['deleted', []]),
    );
    await say(chat, { kind: 'delete', id: 'msg-4713' });
    expect(await ignored(chat)).toEqual(['duplicate']);
  });

  test('of what is gone already announces no purge', async () => {
    const chat = await openChat();
    await say(chat);
    await chat.services.blobs.purge({ kind: 'all' });
    const before = await chainEnd(chat.services);
    await say(chat, { kind: 'delete', id: 'msg-4713' });
    await checkChain(chat.services, before, { 'policy.decision': 1, 'message.ingest': 1 });
  });

  test('by its author is heard although he is not let in any more', async () => {
    const chat = await openChat();
    await say(chat);
    await chat.services.channels.deny(chat.channel, ANN);
    await say(chat, { kind: 'delete', id: 'msg-4713', sender: BOB });
    expect((await chat.services.blobs.stats()).blobs).toBe(1);
    await say(chat, { kind: 'delete', id: 'msg-4713' });
    expect((await chat.services.blobs.stats()).blobs).toBe(0);
  });

  test('that names nobody is of the author', async () => {
    const chat = await openChat();
    await say(chat);
    await say(chat, { kind: 'delete', id: 'msg-4713', sender: undefined });
    expect((await chat.services.blobs.stats()).blobs).toBe(0);
  });

  test('that a crash cut off is finished at the next start', async () => {
    const chat = await openChat();
    await say(chat);
    const [first] = await listed(chat);
    await chat.services.store.commit({
      rows: [],
      changes: [
        { sql: `UPDATE event SET state = 'deleted' WHERE id = ?`, args: [first?.id ?? ''] },
      ],
    });
    await chat.services.blobs.destroyDeleted(); // what a start calls
    expect((await chat.services.blobs.stats()).blobs).toBe(0);
  });
});

test('a reaction: its emoji is a blob, twice is one, and taking it back destroys it', async () => {
  const chat = await openChat();
  const reaction = { kind: 'reaction', message: 'msg-4713', emoji: ':party-ann:', change: 'added' };
  await say(chat, reaction);
  expect(await ignored(chat)).toEqual(['unknown']);
  await say(chat);
  await say(chat, reaction);
  await say(chat, reaction);
  const [, reacted] = await listed(chat);
  expect(await read(chat, textOf(reacted))).toBe(':party-ann:');
  expect(reacted?.blobs[0]?.class).toBe('pii.chat.metadata');
  await say(chat, { ...reaction, change: 'removed' });
  await say(chat, { ...reaction, change: 'removed' });
  expect((await chat.services.blobs.stats()).blobs).toBe(1);
  await say(chat, reaction);
  expect((await chat.services.blobs.stats()).blobs).toBe(2);
  expect(await ignored(chat)).toEqual(['unknown', 'duplicate', 'duplicate']);
});

test('a membership (D2.1-c): who left a channel has a frozen session, and who is back has it again', async () => {
  const chat = await openChat();
  const { sessions } = chat.services;
  await say(chat, { kind: 'membership', change: 'left' });
  await say(chat, { thread: 'thread-1' });
  const session = await onlySession(chat);
  await say(chat, { kind: 'membership', change: 'joined', sender_name: 'Ann' });
  await say(chat, { kind: 'membership', change: 'left' });
  expect((await sessions.get(session)).state).toBe('frozen');
  await say(chat, { kind: 'membership', change: 'left' });
  await say(chat, { kind: 'membership', change: 'joined' });
  expect((await sessions.get(session)).state).toBe('active');
  expect(await ignored(chat)).toEqual(['unknown', 'duplicate']);
});

test('a thread: its name is a blob, and its life is told', async () => {
  const chat = await openChat();
  const thread = { kind: 'thread', thread: 'thread-1', thread_name: 'the secret plan' };
  await say(chat, { ...thread, change: 'opened' });
  await say(chat, { ...thread, change: 'opened' });
  await say(chat, { kind: 'thread', thread: 'thread-1', change: 'archived' });
  const [opened, archived] = await envelopesOf(chat);
  expect(opened).toMatchObject({ kind: 'thread', change: 'opened', version: 1 });
  expect(archived).toMatchObject({ kind: 'thread', change: 'archived', version: 2 });
  expect(await ignored(chat)).toEqual(['duplicate']);
});

test('Inbound.receive: an answer names the message that it answers, where there is such a one', async () => {
  const chat = await openChat();
  await say(chat);
  await say(chat, { id: 'msg-2', reply_to: 'msg-4713' });
  await say(chat, { id: 'msg-3', reply_to: 'never seen' });
  const [first] = await listed(chat);
  const [, answer, other] = await envelopesOf(chat);
  expect(answer).toMatchObject({ reply_to: first?.id });
  expect(other).not.toHaveProperty('reply_to');
});

test('Inbound.receive (D0.4-b): what is too large is refused with its row, and nothing of it remains', async () => {
  const chat = await openChat();
  for (const said of [
    { text: 'x'.repeat(256 * 1024 + 1) },
    { sender_name: 'x'.repeat(64 * 1024 + 1) },
    { attachments: [{ data: Buffer.alloc(25 * 1024 * 1024 + 1) }] },
  ])
    expect(await failureOf(say(chat, said))).toMatchObject({ code: 'too_large' });
  expect(await ignored(chat)).toEqual(['too_large', 'too_large', 'too_large']);
  expect(await chat.services.blobs.stats()).toEqual({ blobs: 0, bytes: 0 });
});

test('Channels (D1.2-b): a channel that is not connected takes nothing, and connecting it again is another approval', async () => {
  const chat = await openChat();
  const { services, channel } = chat;
  await say(chat);
  const session = await onlySession(chat);
  await services.channels.disconnect(channel);
  await say(chat, { id: 'later' });
  expect(await ignored(chat)).toEqual(['not_connected']);
  expect((await services.sessions.get(session)).state).toBe('frozen');
  expect(services.channels.senders(channel)).toEqual([]);
  const again = await services.channels.connect('local');
  expect(again.status).toBe('pending');
  await services.store.commit({
    rows: [],
    changes: [{ sql: 'UPDATE channel SET ended = NULL WHERE id = ?', args: [channel] }],
  });
  await say(chat, { id: 'later' });
  expect(await ignored(chat)).toEqual(['not_connected', 'not_connected']); // the database alone connects nothing
});

test('Channels (INV-APPR-2): a channel that only the database calls connected is not', async () => {
  const chat = await openChat();
  const forged = `ch_${'0'.repeat(32)}`;
  await chat.services.store.commit({
    rows: [],
    changes: [
      {
        sql: 'INSERT INTO channel SELECT ?, kind, approval, connected, NULL FROM channel',
        args: [forged],
      },
    ],
  });
  expect((await chat.services.channels.get(forged)).connected).toBe(false);
  await chat.services.inbound.receive(forged, event());
  expect(await ignored(chat)).toEqual(['not_connected']);
});

test('Inbound.receive (D1.1-d): 200 conversations at once keep apart', async () => {
  const chat = await openChat();
  const { services, channel } = chat;
  const senders = Array.from({ length: 200 }, (_, at) => `sender ${String(at)}`);
  for (const sender of senders) await services.channels.allow(channel, sender);
  const said = senders.flatMap((sender) =>
    [1, 2].map((n) => ({
      id: `${sender} ${String(n)}`,
      sender,
      text: `${sender} says ${String(n)}`,
    })),
  );
  await Promise.all(said.map((one) => say(chat, one)));
  const sessions = await services.sessions.list({ limit: 1000 });
  expect(sessions.length).toBe(200);
  for (const { id } of sessions.slice(0, 20)) {
    const events = await services.messages.page(id, 0, 10);
    const texts = await Promise.all(events.map((one) => read(chat, textOf(one))));
    expect(events.map(({ n }) => n)).toEqual([1, 2]);
    expect(new Set(texts.map((text) => text.replace(/ says \d$/, ''))).size).toBe(1);
    expect(texts.map((text) => text.slice(-1)).sort()).toEqual(['1', '2']);
  }
});
