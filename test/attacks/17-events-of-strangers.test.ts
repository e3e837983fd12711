import { beforeAll, describe, expect, test } from 'vitest';
import { inboundSchema } from '../../host/core/inbound.ts';
import type { InboundKind } from '../../host/core/inbound.ts';
import type { Channels } from '../../host/kernel/channels.ts';
import { listOf, plant } from '../harness/canaries.ts';
import { chainEnd, rowsSince } from '../harness/chain-check.ts';
import { sweep } from '../harness/leak-sweep.ts';
import { openChat, say } from '../support/chat.ts';
import { event } from '../support/chat-event.ts';
import type { Chat } from '../support/chat.ts';
import { makeTestHome, openTestGateway } from '../support/home.ts';

/** GHSA-9vvh-2768-c8vp: reactions did not ask the list of who may speak. Here every kind of event does. */
const CANARIES = plant();
const STRANGER = CANARIES.stranger;
const EVENTS: Readonly<Record<InboundKind, Readonly<Record<string, unknown>>>> = {
  message: {
    id: 'new',
    text: CANARIES.text,
    sender_name: CANARIES.sender_name,
    channel_name: CANARIES.channel_name,
    thread: CANARIES.thread_name,
    quote: { text: CANARIES.quote, author_name: CANARIES.quote_author },
    attachments: [{ data: Buffer.from(CANARIES.attachment), file_name: CANARIES.file_name }],
  },
  edit: { id: 'msg-4713', text: CANARIES.edit },
  delete: { id: 'msg-4713' },
  reaction: { message: 'msg-4713', emoji: CANARIES.emoji, change: 'added' },
  membership: { change: 'joined', sender_name: CANARIES.sender_name },
  thread: { thread: 't', thread_name: CANARIES.thread_name, change: 'opened' },
};

const home = makeTestHome();
let chat: Chat;

beforeAll(async () => {
  chat = await openChat(await openTestGateway(home));
  await say(chat);
});

const state = async ({ services }: Chat) => ({
  blobs: await services.blobs.stats(),
  sessions: (await services.sessions.list({ limit: 100 })).length,
  events: await services.store.select({ sql: 'SELECT id, state FROM event', args: [] }),
});

test('attack 17: there is a case for every kind of event', () => {
  const kinds = inboundSchema.options.map(({ shape }) => shape.kind.value);
  expect(Object.keys(EVENTS).sort()).toEqual([...kinds].sort());
});

describe.each(Object.entries(EVENTS))('attack 17 (INV-MSG-2): %s', (kind, said) => {
  test('by somebody who is not on the list changes nothing and leaves one row without a word', async () => {
    const before = await state(chat);
    const end = await chainEnd(chat.services);
    await say(chat, { kind, ...said, sender: STRANGER });
    expect(await state(chat)).toEqual(before);
    const rows = await rowsSince(chat.services, end);
    expect(rows.map(({ type }) => type)).toEqual(['policy.decision', 'message.ignored']);
    expect(rows[1]?.data).toEqual({
      connector: 'local',
      connection: chat.channel,
      kind,
      reason: 'sender',
    });
  });
});

test('attack 17, H1: no word and no id of a stranger is in any file', () => {
  expect(sweep(listOf(CANARIES), { folders: [home.directory], captured: {} })).toEqual([]);
});

test('attack 17, H6: with a list that lets everybody in, the same events are kept', async () => {
  const open = await openChat();
  const everybody: Pick<Channels, 'allows'> = { allows: () => true };
  Object.assign(open.services.channels, everybody);
  const before = await state(open);
  await say(open, { kind: 'message', ...EVENTS.message, sender: STRANGER });
  await say(open, { kind: 'thread', ...EVENTS.thread, sender: STRANGER });
  const after = await state(open);
  expect(after.events.length).toBe(before.events.length + 2);
  expect(after.blobs.blobs).toBeGreaterThan(before.blobs.blobs);
});

test('attack 21: a name is no identity: only an id that is the same to the byte', async () => {
  const similar = ['ANN-4711', 'ann-4711 ', 'ann\u200b-4711', '\uff41nn-4711', 'ann‐4711'];
  const before = await state(chat);
  for (const sender of similar) await say(chat, { id: `by ${sender}`, sender });
  for (const name of similar) await say(chat, { id: `as ${name}`, sender: 'x', sender_name: name });
  expect(await state(chat)).toEqual(before);
  expect(event({ sender: 'ann-4711' }).sender).toBe('ann-4711');
});
