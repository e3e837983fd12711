import { beforeAll, describe, expect, test } from 'vitest';
import { listOf, plant } from '../harness/canaries.ts';
import { chainEnd, rowsSince } from '../harness/chain-check.ts';
import { sweep } from '../harness/leak-sweep.ts';
import { openChat } from '../support/chat.ts';
import { ANN } from '../support/chat-event.ts';
import type { Chat } from '../support/chat.ts';
import { makeTestHome, openTestGateway } from '../support/home.ts';
import { bearer, send } from '../support/http-request.ts';
import type { Answered } from '../support/http-request.ts';
import { serve } from '../support/serve.ts';
import type { Served } from '../support/serve.ts';

const PATH = '/v1/channels/local/messages';
const CANARIES = plant();
const home = makeTestHome();

let chat: Chat;
let served: Served;
let token = '';
const captured: Record<string, string> = {};

beforeAll(async () => {
  chat = await openChat(await openTestGateway(home, 'gateway'));
  served = await serve(chat.gateway);
  ({ token } = await chat.services.tokens.create('channel', { channel: chat.channel }));
  return async () => {
    await served.close();
  };
});

async function post(
  body: string | Uint8Array,
  contentType = 'application/json',
  by = token,
): Promise<Answered> {
  const answered = await send(`${served.url}${PATH}`, {
    method: 'POST',
    headers: { ...bearer(by), 'content-type': contentType },
    body,
  });
  captured[String(Object.keys(captured).length)] = JSON.stringify(answered.headers) + answered.body;
  return answered;
}

const message = (said: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ kind: 'message', id: 'm1', channel: 'c', sender: ANN, text: 'hello', ...said });

async function rowsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = await chainEnd(chat.services);
  await work();
  return (await rowsSince(chat.services, before)).map(({ type, data }) => {
    const reason = data['reason'];
    return type === 'message.ignored' && typeof reason === 'string' ? `${type} ${reason}` : type;
  });
}

const blobText = async (like: string): Promise<readonly string[]> => {
  const rows = await chat.services.store.select({
    sql: 'SELECT ref FROM event_blob ORDER BY rowid',
    args: [],
  });
  const texts = await Promise.all(
    rows.map(async ([ref]) =>
      Buffer.from(await chat.services.store.ask('blobRead', ref as never)).toString(),
    ),
  );
  return texts.filter((text) => text.includes(like));
};

describe('POST /v1/channels/local/messages', () => {
  test('takes JSON with attachments in base64', async () => {
    const data = Buffer.from('attached as json').toString('base64');
    const body = message({ id: 'json', attachments: [{ data, file_name: 'a.txt' }, { data: '' }] });
    const { status, body: answer } = await post(body);
    expect([status, answer]).toEqual([200, '{"received":true}']);
    expect(await blobText('attached as json')).toEqual(['attached as json']);
    expect(await blobText('a.txt')).toEqual(['a.txt']);
  });

  test('takes a form with the event and its files (RFC 7578), bytes as they are', async () => {
    const form = new FormData();
    form.append('event', message({ id: 'form', text: 'with files' }));
    form.append('file', new Blob([Uint8Array.from([0, 255, 13, 10, 45, 45])]), 'raw näme.bin');
    form.append('file', new Blob(['second']), 'two.txt');
    const request = new Request('http://x/', { method: 'POST', body: form });
    const contentType = request.headers.get('content-type') ?? '';
    const { status } = await post(new Uint8Array(await request.arrayBuffer()), contentType);
    expect(status).toBe(200);
    expect(await blobText('second')).toEqual(['second']);
    expect(await blobText('raw näme')).toEqual(['raw näme.bin']);
    const raw = (await blobText('\r\n--')).map((text) => Buffer.from(text));
    expect(raw.length).toBe(1);
  });

  test('D1.2-c: the same message from many posts at once is one', async () => {
    const posts = Array.from({ length: 10 }, () => post(message({ id: 'same' })));
    const rows = await rowsOf(() => Promise.all(posts));
    expect(rows.filter((type) => type === 'message.ingest').length).toBe(1);
    expect(rows.filter((type) => type === 'message.ignored duplicate').length).toBe(9);
  });

  test('D0.2-d: whoever is let in and whoever is not get the same answer, and of a stranger nothing is kept', async () => {
    const before = await chat.services.blobs.stats();
    const mine = await post(message({ id: 'answer' }));
    const rows = await rowsOf(async () => {
      const his = await post(
        message({
          sender: CANARIES.stranger,
          text: CANARIES.text,
          sender_name: CANARIES.sender_name,
          attachments: [{ data: Buffer.from(CANARIES.attachment).toString('base64') }],
        }),
      );
      expect([his.status, his.body]).toEqual([mine.status, mine.body]);
    });
    expect(rows).toEqual(['policy.decision', 'message.ignored sender']);
    expect((await chat.services.blobs.stats()).blobs).toBe(before.blobs + 1);
    const last = await chat.services.audit.rows({ limit: 2 });
    expect(last.map(({ session }) => session)).toEqual([null, null]);
    expect(last[0]?.data).toMatchObject({ bytes: 0, rule: 'const.channel.stranger' });
    expect(Object.keys(last[1]?.data ?? {}).sort()).toEqual([
      'connection',
      'connector',
      'kind',
      'reason',
    ]);
    expect(sweep(listOf(CANARIES), { folders: [home.directory], captured })).toEqual([]);
  });

  test.each([
    ['no JSON', '{', 400],
    ['not UTF-8', Uint8Array.from([0x22, 0xff, 0x22]), 400],
    ['a list', '[]', 422],
    ['nothing', '', 422],
    ['an unknown kind', message({ kind: 'typing' }), 422],
    ['an unknown field', message({ label: 'public' }), 422],
    ['no sender', message({ sender: undefined }), 422],
    ['an empty id', message({ id: '' }), 422],
    ['an id that is too long', message({ id: 'x'.repeat(8193) }), 422],
    ['an attachment that is no base64', message({ attachments: [{ data: '#' }] }), 422],
    ['an attachment from elsewhere', message({ attachments: [{ url: 'http://x' }] }), 422],
    [
      'too many attachments',
      message({ attachments: Array.from({ length: 11 }, () => ({ data: '' })) }),
      422,
    ],
  ])('D0.4-b: %s is refused, with a row and without a word', async (_, body, status) => {
    const rows = await rowsOf(async () => {
      const answered = await post(body);
      expect(answered.status).toBe(status);
      expect(answered.body).not.toContain('typing');
    });
    expect(rows).toEqual(['message.ignored malformed']);
  });

  test.each([
    ['multipart/form-data', 'x', 400],
    ['multipart/form-data; boundary=b', '--b\r\n\r\n', 400],
    ['multipart/form-data; boundary=b', formWith('event', '[]'), 422],
    ['multipart/form-data; boundary=b', formWith('else', message()), 422],
    ['text/plain', message(), 415],
    ['', message(), 415],
  ])('D0.4-b: %s with a body that is none is refused, with a row', async (type, body, status) => {
    const rows = await rowsOf(async () => {
      expect((await post(body, type)).status).toBe(status);
    });
    expect(rows).toEqual(['message.ignored malformed']);
  });

  test('D0.4-b: what is larger than an event may be is refused before it is read, with a row', async () => {
    const rows = await rowsOf(async () => {
      const { status } = await send(`${served.url}${PATH}`, {
        method: 'POST',
        headers: { ...bearer(token), 'content-length': String(65 * 1024 * 1024) },
      });
      expect(status).toBe(413);
    });
    expect(rows).toEqual(['message.ignored too_large']);
  });

  test('GP3-d: a credential of the channel opens nothing else, and no other opens the channel', async () => {
    for (const path of ['/v1/admin/status', '/v1/agent/sessions', '/v1/agent/capabilities']) {
      const { status, code } = await send(`${served.url}${path}`, { headers: bearer(token) });
      expect([status, code], path).toEqual([403, 'wrong_plane']);
    }
    const { token: agent } = await chat.services.tokens.create('agent');
    for (const by of [agent, home.adminToken()])
      expect((await post(message(), 'application/json', by)).code).toBe('wrong_plane');
  });

  test('GP3-d: what is said in a chat decides nothing', async () => {
    const { id } = await chat.services.channels.requestGrant({
      channel: chat.channel,
      capability: 'x@1',
    });
    await post(message({ id: 'order', text: `/approve ${id}` }));
    expect((await chat.services.approvals.get(id)).status).toBe('pending');
  });

  test('a credential ends with its channel', async () => {
    const gateway = await openTestGateway();
    const other = await openChat(gateway);
    const made = await gateway.services.tokens.create('channel', { channel: other.channel });
    await gateway.services.channels.disconnect(other.channel);
    expect(gateway.services.tokens.authenticate(made.token)).toBeNull();
  });
});

function formWith(name: string, value: string): string {
  return `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--b--\r\n`;
}
