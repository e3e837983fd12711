import { beforeAll, describe, expect, test } from 'vitest';
import { exportsOf, importsOf, jsonOutput } from '../support/abi-host.ts';
import type { Attached, Block } from './office-guest.ts';
import { FAIL, encoderFor, loadGuest, mutate, seeded, type Guest } from './text-guest.ts';

interface Mail {
  readonly attachments: readonly Attached[];
  readonly blocks: readonly Block[];
  readonly counts: { readonly characters: number };
  readonly format: string;
  readonly pages: readonly { readonly text: string }[];
  readonly title?: string;
  readonly truncated: boolean;
  readonly warnings: readonly string[];
}
interface Options {
  readonly mediaType?: string;
  readonly textBytes?: number;
}

const MALFORMED = 1;
const utf8 = (text: string) => new TextEncoder().encode(text);
const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64');
const joined = (...parts: (string | Uint8Array)[]) =>
  Uint8Array.from(Buffer.concat(parts.map((part) => Buffer.from(part))));

let guest: Guest;
beforeAll(async () => {
  guest = await loadGuest('dist/plugins/mail.wasm', 'message/rfc822');
});

async function read(mail: string | Uint8Array, options?: Options) {
  const outcome = await guest.call(typeof mail === 'string' ? utf8(mail) : mail, options);
  expect(outcome.trap).toBeUndefined();
  expect(outcome.failCode).toBeUndefined();
  return { ...(jsonOutput(outcome) as Mail), children: outcome.children };
}
const textOf = async (mail: string | Uint8Array, options?: Options) =>
  (await read(mail, options)).pages[0]?.text;
const failOf = async (mail: string | Uint8Array) =>
  (await guest.call(typeof mail === 'string' ? utf8(mail) : mail)).failCode;

/** A multipart of parts that are headers and body already. */
const multipart = (kind: string, boundary: string, ...parts: string[]) =>
  `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\npreamble\r\n` +
  parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('') +
  `--${boundary}--\r\nepilogue\r\n`;
const plain = (text: string) => `Content-Type: text/plain\r\n\r\n${text}`;
const html = (text: string) => `Content-Type: text/html\r\n\r\n${text}`;
const file = (name: string, bytes: string) =>
  `Content-Type: application/pdf; name="${name}"\r\nContent-Disposition: attachment; ` +
  `filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(bytes)}`;

describe('the mail plugin', () => {
  test('imports only functions of the ABI, and exports extract_text alone', () => {
    expect(importsOf(guest.module)).toEqual([
      'ccos:host/1.child_new',
      'ccos:host/1.child_write',
      'ccos:host/1.fail',
      'ccos:host/1.out_write',
      'ccos:host/1.q_read',
      'ccos:host/1.q_stat',
      'extism:host/env.input_length',
      'extism:host/env.input_load_u8',
    ]);
    expect(exportsOf(guest.module)).toEqual(['_initialize', 'extract_text', 'memory']);
  });

  test('writes the fields in their order, then the body', async () => {
    const result = await read(
      'Date: Mon, 2 Mar 2026 10:00:00 +0000\r\nX-Other: no\r\nCc: c@example.org\r\n' +
        'To: b@example.org,\r\n\td@example.org\r\nFrom: A (the first) <a@example.org>\r\n' +
        'Subject: Hello\r\n\r\nLine one\r\nLine two\r\n',
    );
    const text =
      'Subject: Hello\nFrom: A (the first) <a@example.org>\nTo: b@example.org,\td@example.org\n' +
      'Cc: c@example.org\nDate: Mon, 2 Mar 2026 10:00:00 +0000\nLine one\nLine two\n';
    expect(result.pages[0]?.text).toBe(text.replace('\t', ' '));
    expect(result).toMatchObject({
      format: 'eml',
      title: 'Hello',
      truncated: false,
      warnings: [],
      counts: { characters: text.length },
    });
  });

  test.each([
    ['=?utf-8?q?caf=C3=A9_=26_tea?=', 'café & tea'],
    ['=?utf-8?B?w6k=?= x =?utf-8?b?w6g=?=', 'é x è'],
    ['=?utf-8?B?w6k=?=\r\n =?utf-8?b?w6g=?=', 'éè'],
    ['=?utf-8?B?44G=?= =?utf-8?b?vg==?=', 'ま'],
    ['=?ISO-8859-1?Q?=E9?= =?koi8-r?Q?=E4?=', 'éД'],
    ['=?utf-8*en?q?lang?=', 'lang'],
    ['=?iso-2022-jp?B?GyRCJF4bKEI=?=', 'ま'],
    ['(=?utf-8?q?=C3=A9?=) "=?utf-8?q?q?="', '(é) "q"'],
    ['=?utf-8?x?no?= =?utf-8?q?open', '=?utf-8?x?no?= =?utf-8?q?open'],
    ['a=?b?c=?=', 'a=?b?c=?='],
    ['=?utf-8?q?one=0D=0AFrom:_forged?=', 'one From: forged'],
    ['8-bit é', '8-bit é'],
  ])('decodes the subject %j', async (subject, expected) => {
    expect(await textOf(`Subject: ${subject}\r\n\r\n.`)).toBe(`Subject: ${expected}\n.`);
  });

  test.each([
    ['filename="a \\"b\\".txt"', 'a "b".txt'],
    ['filename="C:\\dir\\a.txt"', 'C:\\dir\\a.txt'],
    ['filename=plain name.txt', 'plain name.txt'],
    ["filename*=utf-8'en'%e2%82%ac%20rates.txt", '€ rates.txt'],
    ["filename*0*=iso-8859-1''caf%E9;\r\n filename*1=-menu.txt", 'café-menu.txt'],
    ['filename*1=b.txt; filename*0=a', 'ab.txt'],
    ["filename=fallback.txt; filename*=utf-8''%C3%A9.txt", 'é.txt'],
    ['filename="=?utf-8?q?=C3=A9.txt?="', 'é.txt'],
    ['size=1', 'application/pdf'],
  ])('names an attachment by %j', async (parameter, expected) => {
    const part = `Content-Type: application/pdf\r\nContent-Disposition: attachment; ${parameter}\r\n\r\nx`;
    const text = await textOf(`From: a\r\n${multipart('mixed', 'b', part)}`);
    expect(text).toBe(`From: a\n[attachment] ${expected}\n`);
  });

  test('has the subject as a heading, and the blocks of what is shown', async () => {
    const inner = `Content-Type: message/rfc822\r\n\r\nSubject: Inner\r\nFrom: b\r\n\r\none\r\ntwo\r\n\r\n \r\nthree`;
    const page = html('<h2>Head</h2><ul><li>item</ul><table><tr><td>a<td>b</table>');
    const { blocks, pages } = await read(
      `Subject: Outer\r\nFrom: a\r\n${multipart('mixed', 'b', page, file('x.pdf', 'x'), inner)}`,
    );
    expect(blocks).toEqual([
      { kind: 'heading', level: 1, text: 'Outer' },
      { kind: 'paragraph', text: 'From: a' },
      { kind: 'heading', level: 2, text: 'Head' },
      { kind: 'list_item', level: 1, text: 'item' },
      { kind: 'table', rows: [['a', 'b']] },
      { kind: 'paragraph', text: '[attachment] x.pdf' },
      { kind: 'heading', level: 2, text: 'Inner' },
      { kind: 'paragraph', text: 'From: b' },
      { kind: 'paragraph', text: 'one\ntwo' },
      { kind: 'paragraph', text: 'three' },
    ]);
    expect(pages[0]?.text).toContain('Subject: Outer\nFrom: a\nHead\n');
  });

  test('has a heading for each message of a mailbox', async () => {
    const message = (subject: string) => `From x\r\nSubject: ${subject}\r\n\r\nbody\r\n\r\n`;
    const { blocks } = await read(message('one') + message('two'), {
      mediaType: 'application/mbox',
    });
    expect(blocks.filter(({ kind }) => kind === 'heading')).toEqual([
      { kind: 'heading', level: 1, text: 'Message 1' },
      { kind: 'heading', level: 2, text: 'one' },
      { kind: 'heading', level: 1, text: 'Message 2' },
      { kind: 'heading', level: 2, text: 'two' },
    ]);
  });

  test('hands attachments over as decoded children', async () => {
    const pdf = '%PDF-'.repeat(40_000);
    const odd = 'Content-Type: not a type!\r\nContent-Disposition: attachment\r\n\r\nraw\r\nbytes';
    const result = await read(
      `From: a\r\n${multipart('mixed', 'b', plain('text'), file('x.pdf', pdf), odd)}`,
    );
    expect(result.pages[0]?.text).toBe(
      'From: a\ntext\n[attachment] x.pdf\n[attachment] application/octet-stream\n',
    );
    expect(result.attachments).toEqual([
      { bytes: pdf.length, child: 0, media_type: 'application/pdf' },
      { bytes: 10, child: 1, media_type: 'application/octet-stream' },
    ]);
    expect(result.children.map(({ kind, bytes }) => [kind, Buffer.from(bytes).toString()])).toEqual(
      [
        ['application/pdf', pdf],
        ['application/octet-stream', 'raw\r\nbytes'],
      ],
    );
  });

  test.each([
    ['plain before HTML', multipart('alternative', 'b', plain('one'), html('<p>two')), 'one'],
    ['HTML where plain is empty', multipart('alternative', 'b', plain(' '), html('<p>two')), 'two'],
    [
      'other text where nothing else is',
      multipart('alternative', 'b', 'Content-Type: text/x-y\r\n\r\nz'),
      'z',
    ],
    [
      'plain in a multipart before HTML',
      multipart('alternative', 'b', html('no'), multipart('mixed', 'c', plain('yes'))),
      'yes',
    ],
    [
      'the page of a related, its files attached',
      multipart('related', 'b', html('page'), 'Content-Type: text/css\r\n\r\np{}'),
      'page\n[attachment] text/css\n',
    ],
    [
      'attachments of what is not shown',
      multipart('alternative', 'b', plain('t'), multipart('mixed', 'c', html('h'), file('f', 'x'))),
      't\n[attachment] f\n',
    ],
    [
      'a signed body with its signature',
      multipart('signed', 'b', plain('t'), 'Content-Type: application/pgp-signature\r\n\r\ns'),
      't\n[attachment] application/pgp-signature\n',
    ],
    [
      'the messages of a digest',
      multipart('digest', 'b', '\r\nSubject: one\r\n\r\n1', '\r\nSubject: two\r\n\r\n2'),
      'Subject: one\n1\n\nSubject: two\n2',
    ],
    [
      'a delivery report',
      multipart(
        'report',
        'b',
        plain('failed'),
        'Content-Type: message/delivery-status\r\n\r\nStatus: 5.0.0',
      ),
      'failed\n\nStatus: 5.0.0',
    ],
    [
      'several texts',
      multipart('mixed', 'b', plain('one\r\n\r\n'), html('<b>two</b>')),
      'one\n\ntwo',
    ],
    [
      'a part without an end',
      multipart('mixed', 'b', plain('one')).replace('--b--\r\n', ''),
      'one\nepilogue',
    ],
    [
      'a boundary that starts another',
      multipart('mixed', 'bb', multipart('mixed', 'b', plain('x'))),
      'x',
    ],
    ['text where the boundary is missing', 'Content-Type: multipart/mixed\r\n\r\nx', 'x'],
    [
      'parts where the boundary is wrong',
      multipart('mixed', 'b', plain('x')).replace('boundary="b"', 'boundary="c"'),
      'x',
    ],
    ['an unnamed boundary', multipart('mixed', 'b', plain('x')).replace('; boundary="b"', ''), 'x'],
    [
      'text by its name only when it is inline',
      multipart(
        'mixed',
        'b',
        'Content-Type: text/plain; name=a.txt\r\nContent-Disposition: inline\r\n\r\nx',
        'Content-Type: text/plain; name=b.txt\r\n\r\ny',
      ),
      'x\n[attachment] b.txt\n',
    ],
  ])('reads %s', async (_, body, expected) => {
    expect(await textOf(`From: a\r\n${body}`)).toBe(
      `From: a\n${expected}`.replace('a\nSubject', 'a\n\nSubject'),
    );
  });

  test('inlines messages, those in a transfer encoding too', async () => {
    const inner = `Subject: inner\r\n${multipart('mixed', 'c', plain('deep'), file('f.pdf', 'x'))}`;
    const seven = `Content-Type: message/rfc822\r\n\r\n${inner}`;
    const encoded = `Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(inner)}`;
    const result = await read(
      `Subject: outer\r\n${multipart('mixed', 'b', plain('top'), seven, encoded)}`,
    );
    const once = 'Subject: inner\ndeep\n[attachment] f.pdf\n';
    expect(result.pages[0]?.text).toBe(`Subject: outer\ntop\n\n${once}\n${once}`);
    expect(result.attachments.length).toBe(2);
  });

  test.each([
    ['quoted-printable', 'a=3Db =\r\nc  \r\nd=3d =zz =\r\n', 'a=b c\nd= =zz '],
    ['quoted-printable', '=E2=82=AC=', '€'],
    ['base64', 'aGVs\r\n bG8=\r\n', 'hello'],
    ['base64', 'aGVsbG8', 'hello'],
    ['base64', 'aGVs!bG8===IHg=', 'hello x'],
    ['BASE64 (as ever)', 'aGVsbG8=', 'hello'],
    ['x-unknown', 'as it =3D is', 'as it =3D is'],
  ])('decodes %s %j', async (encoding, body, expected) => {
    const head = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding:';
    expect(await textOf(`${head} ${encoding}\r\n\r\n${body}`)).toBe(expected);
  });

  test.each(['koi8-r', 'windows-1251', 'iso-8859-5'])('decodes a body in %s', async (charset) => {
    const head = `Content-Type: text/plain; charset="${charset}" (Cyrillic)\r\n\r\n`;
    expect(await textOf(joined(head, encoderFor(charset)('Дача')))).toBe('Дача');
  });

  test('decodes ISO-2022-JP and the charset that HTML declares in itself', async () => {
    const jp = 'Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B$^\x1b(B';
    expect(await textOf(jp)).toBe('ま');
    const page = joined(
      'Content-Type: text/html\r\n\r\n<meta charset=koi8-r><p>',
      encoderFor('koi8-r')('Дача'),
    );
    expect(await textOf(page)).toBe('Дача');
  });

  test('takes a header without an empty line, folded, 8-bit, after an mbox line', async () => {
    expect(await textOf('From x@y Mon\r\nSubject:\r\n folded\r\nno field here\r\n')).toBe(
      'Subject: folded\nno field here\n',
    );
    const koi = joined(
      'Subject: ',
      encoderFor('windows-1251')('Завтра утром мы едем на дачу'),
      '\n\nx',
    );
    expect(await textOf(koi)).toBe('Subject: Завтра утром мы едем на дачу\nx');
  });

  test('separates the messages of an mbox', async () => {
    const one = 'From a@x Mon\nSubject: one\n\nFrom here on\nbody\n\n';
    const two = `From b@x Tue\nSubject: two\n${multipart('mixed', 'b', file('f', 'x'))}`;
    const result = await read(one + two, { mediaType: 'application/mbox' });
    expect(result).toMatchObject({ format: 'mbox', attachments: [{ child: 0 }] });
    expect(result.pages[0]?.text).toBe(
      'Message 1\nSubject: one\nFrom here on\nbody\n\nMessage 2\nSubject: two\n[attachment] f\n',
    );
  });

  test('reads the root page of an MHTML file', async () => {
    const image = 'Content-Type: image/png\r\nContent-ID: <i>\r\n\r\nx';
    const root = 'Content-Type: text/html\r\nContent-ID: <r>\r\n\r\n<title>T</title><p>root';
    const body = multipart('related; start="<r>"', 'b', html('frame'), image, root);
    const result = await read(`Subject: S\r\nSnapshot-Content-Location: x:\r\n${body}`);
    expect(result).toMatchObject({ format: 'mhtml', title: 'T' });
    expect(result.pages[0]?.text).toBe('root');
  });

  test('warns of what is encrypted', async () => {
    const part = 'Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1';
    const result = await read(`From: a\r\n${multipart('encrypted', 'b', part)}`);
    expect(result.warnings).toEqual(['encrypted_part']);
  });

  test.each([
    ['no header', 'just text\r\n', MALFORMED],
    ['nothing', '', FAIL.empty],
    ['a ZIP', 'PK\x03\x04....', FAIL.unsupported],
  ])('fails for %s', async (_, mail, code) => {
    expect(await failOf(mail)).toBe(code);
  });

  const nested = (depth: number) => {
    let mail = plain('bottom');
    for (let i = 0; i < depth; i++) mail = multipart('mixed', `b${String(i)}`, mail);
    return `From: a\r\n${mail}`;
  };
  const parts = (count: number) =>
    `From: a\r\n${multipart('mixed', 'b', ...Array<string>(count).fill(plain('x')))}`;
  test.each([
    ['depth', nested(20), nested(21)],
    ['parts', parts(999), parts(1000)],
    ['header fields', `${'A: b\n'.repeat(10_000)}\nx`, `${'A: b\n'.repeat(10_001)}\nx`],
    ['the length of a field', `A: ${'x'.repeat(65_000)}\n\nx`, `A: ${' x\n'.repeat(22_000)}\n\nx`],
  ])('bounds %s', async (_, within, beyond) => {
    expect(await failOf(within)).toBeUndefined();
    expect(await failOf(beyond)).toBe(FAIL.overLimit);
  });

  test('bounds the attachments of a mailbox', async () => {
    const one = `From a@x Mon\nSubject: s\n${multipart('mixed', 'b', ...Array<string>(300).fill(file('f', 'x')))}\n`;
    const result = await read(one.repeat(4), { mediaType: 'application/mbox' });
    expect(result.children.length).toBe(1000);
    expect(result.attachments.length).toBe(1000);
    expect(result.warnings).toEqual(['attachments_omitted']);
  });

  test('bounds the text, and the memory that many pages of HTML take', async () => {
    const cut = await read('Subject: é\n\nabcdef', { textBytes: 14 });
    expect(cut).toMatchObject({ truncated: true, pages: [{ text: 'Subject: é\nab' }] });
    const page = `From a@x Mon\nSubject: s\nContent-Type: text/html\n\n<p>x\n\n`;
    const outcome = await guest.call(utf8(page.repeat(2000)), { mediaType: 'application/mbox' });
    expect(outcome.trap).toBeUndefined();
    expect((jsonOutput(outcome) as Mail).truncated).toBe(true);
    expect(outcome.memoryBytes).toBeLessThan(96 << 20);
  });

  test('takes no boundary that is too long', async () => {
    const long = multipart('mixed', 'b'.repeat(251), plain('x'));
    expect(
      (await read(`From: a\r\n${multipart('mixed', 'b'.repeat(250), plain('x'))}`)).warnings,
    ).toEqual([]);
    expect((await read(`From: a\r\n${long}`)).warnings).toEqual(['boundary_missing']);
  });

  test('cuts a page of HTML that is too long', async () => {
    const result = await read(html(`a${' '.repeat(8 << 20)}b`));
    expect(result).toMatchObject({ truncated: true, pages: [{ text: 'a' }] });
  });

  test('attaches an encoded message that is too long to be taken apart', async () => {
    const inner = `Subject: in\r\n\r\n${'x'.repeat(12 << 20)}`;
    const part = `Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(inner)}`;
    const result = await read(`From: a\r\n${multipart('mixed', 'b', part)}`);
    expect(result.pages[0]?.text).toBe('From: a\n[attachment] message/rfc822\n');
    expect(result.attachments).toEqual([
      { bytes: inner.length, child: 0, media_type: 'message/rfc822' },
    ]);
  });

  test('bounds the guesses of an encoding', async () => {
    const cyrillic = encoderFor('windows-1251')('Завтра утром мы едем на дачу, погода наладилась.');
    const part = joined('--b\r\n\r\n', cyrillic, '\r\n');
    const mail = joined(
      'From: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n',
      ...Array<Uint8Array>(100).fill(part),
    );
    const outcome = await guest.call(mail);
    expect((jsonOutput(outcome) as Mail).pages[0]?.text).toContain('\nЗавтра утром');
    expect(outcome.memoryBytes).toBeLessThan(40 << 20);
  });

  test('bounds the messages of a mailbox', async () => {
    const mail = utf8('From a\nA: b\n\n'.repeat(50_001));
    const outcome = await guest.call(mail, { mediaType: 'application/mbox' });
    expect(outcome.failCode).toBe(FAIL.overLimit);
  });

  test('survives damage', async () => {
    const mail = utf8(
      `Subject: =?utf-8?q?=C3=A9?= =?koi8-r?b?5A==?=\r\nFrom: a\r\n` +
        multipart(
          'mixed',
          'b',
          plain('t'),
          multipart('alternative', 'c', plain('x'), html('<p>y')),
          file('f', 'z'),
        ),
    );
    const below = seeded(41);
    for (let i = 0; i < 400; i++) {
      const outcome = await guest.call(mutate(mail, below));
      expect(outcome.trap).toBeUndefined();
      if (outcome.failCode === undefined) jsonOutput(outcome);
    }
  });
});
