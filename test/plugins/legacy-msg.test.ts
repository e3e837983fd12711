import { describe, expect, test } from 'vitest';
import { jsonOutput } from '../support/abi-host.ts';
import { u32 } from '../support/bytes.ts';
import { storageOf } from '../support/compound-reader.ts';
import {
  attachedMessage,
  attachment,
  binary,
  messageStorage,
  narrow,
  outlook,
  richBody,
  short,
  text,
} from '../support/outlook.ts';
import type { MessageParts } from '../support/outlook.ts';
import type { Storage } from '../support/compound.ts';
import { FAIL } from './office-guest.ts';
import { callLegacy, extractLegacy, legacyFailure, legacyText } from './legacy-guest.ts';

const SUBJECT = text(0x0037, 'Größe 漢');
const BODY = text(0x1000, 'one\r\n\r\ntwo 😀\r\n');
/** 14 March 2005, 09:26:53, in the time of Windows. */
const TIME = BigInt(Date.UTC(2005, 2, 14, 9, 26, 53) + 11_644_473_600_000) * 10_000n;

const withStreams = (...streams: readonly Storage[]): Buffer => outlook({ streams });

describe('extract_text for MSG', () => {
  test('the lines of the header, the text, a line for each attachment, its bytes as a child', async () => {
    const file = outlook({
      properties: [short(0x0039, TIME)],
      streams: [SUBJECT, text(0x0042, 'Ann'), text(0x5d02, 'ann@example.org'), BODY],
      recipients: [
        ['Bob', 'bob@example.org', 1],
        ['cy@example.org', 'cy@example.org', 1],
        ['Dan', '/o=x/cn=dan', 2],
        ['Eve', 'eve@example.org', 3],
      ],
      attachments: [
        attachment('übung.pdf', 'Application/PDF', Buffer.from('%PDF-1.7')),
        attachment('', 'not a type', Buffer.alloc(100_000, 7)),
      ],
    });
    const outcome = await callLegacy(file);
    expect(jsonOutput(outcome)).toMatchObject({
      format: 'msg',
      title: 'Größe 漢',
      attachments: [
        { child: 0, media_type: 'application/pdf', bytes: 8 },
        { child: 1, media_type: 'application/octet-stream', bytes: 100_000 },
      ],
    });
    expect(outcome.children[0]?.bytes).toEqual(Uint8Array.from(Buffer.from('%PDF-1.7')));
    expect(outcome.children[1]?.bytes).toHaveLength(100_000);
    expect(await legacyText(file)).toBe(
      'Subject: Größe 漢\nFrom: Ann <ann@example.org>\nTo: Bob <bob@example.org>, cy@example.org\n' +
        'Cc: Dan\nDate: Mon, 14 Mar 2005 09:26:53 +0000\none\n\ntwo 😀\n' +
        '[attachment] übung.pdf\n[attachment] application/octet-stream\n',
    );
    const { blocks } = await extractLegacy(file);
    expect(blocks?.[0]).toEqual({ kind: 'heading', level: 1, text: 'Größe 漢' });
    expect(blocks).toContainEqual({ kind: 'paragraph', text: 'two 😀' });
  });

  test('plain text is preferred to HTML, and HTML to RTF', async () => {
    const html = binary(
      0x1013,
      Buffer.from('<h1>html</h1><table><tr><th>a<th>b<tr><td>1<td>2</table><pre>c'),
    );
    const rich = binary(0x1009, richBody('{\\rtf1 rich\\par text}'));
    expect(await legacyText(withStreams(BODY, html, rich))).toBe('one\n\ntwo 😀\n');
    const blank = text(0x1000, ' \r\n');
    const { blocks } = await extractLegacy(withStreams(blank, html, rich));
    expect(blocks).toEqual([
      { kind: 'heading', level: 1, text: 'html' },
      {
        kind: 'table',
        header: true,
        rows: [
          ['a', 'b'],
          ['1', '2'],
        ],
      },
      { kind: 'code', text: 'c' },
    ]);
    expect(await legacyText(withStreams(rich))).toBe('rich\ntext');
  });

  test('compressed RTF, and HTML that was put into RTF', async () => {
    // The first example of [MS-OXRTFCP], 3.1.
    const example =
      '2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0';
    expect(await legacyText(withStreams(binary(0x1009, Buffer.from(example, 'hex'))))).toBe(
      'hello world',
    );
    const rtf =
      "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 {\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 caf\\'e9" +
      "{\\*\\htmltag84 &nbsp;}\\htmlrtf \\'a0\\htmlrtf0 au lait{\\*\\htmltag72 </p>}\\htmlrtf\\par}\\htmlrtf0}";
    expect(await legacyText(withStreams(binary(0x1009, richBody(rtf))))).toBe('café\u00a0au lait');
  });

  test('bytes are in the code page of the message, HTML in its own or that of the internet', async () => {
    const cyrillic = Buffer.from('cff0e8e2e5f2', 'hex');
    const properties = [short(0x3ffd, 1251)];
    const subject = narrow(0x0037, cyrillic);
    const body = narrow(0x1000, cyrillic);
    expect(await legacyText(outlook({ properties, streams: [subject, body] }))).toBe(
      'Subject: Привет\nПривет',
    );
    const html = binary(0x1013, Buffer.from('<p>\u00cf', 'latin1'));
    const page = [short(0x3fde, 1251)];
    expect(await legacyText(outlook({ properties: page, streams: [html] }))).toBe('П');
    const named = Buffer.from('<meta charset=windows-1253><p>\u00cf', 'latin1');
    const own = outlook({ properties: page, streams: [binary(0x1013, named)] });
    expect(await legacyText(own)).toBe('Ο');
  });

  test('a message in a message is a child that is a file of its own, with all that is in it', async () => {
    const inside: MessageParts = {
      streams: [text(0x0037, 'inside'), text(0x1000, 'x'.repeat(5000))],
      attachments: [
        attachment('a.bin', 'application/x-a', Buffer.alloc(70_000, 1)),
        attachedMessage('deeper', { streams: [text(0x0037, 'deeper')] }),
      ],
    };
    const file = outlook({ streams: [SUBJECT], attachments: [attachedMessage('fwd', inside)] });
    expect(await legacyText(file)).toBe('Subject: Größe 漢\n[attachment] fwd\n');
    const { children } = await callLegacy(file);
    expect(children.map(({ kind }) => kind)).toEqual(['application/vnd.ms-outlook']);
    const child = children[0]?.bytes ?? new Uint8Array();
    expect(plain(storageOf(child))).toEqual(plain(messageStorage(inside)));
    expect(await legacyText(child)).toBe(
      `Subject: inside\n${'x'.repeat(5000)}\n[attachment] a.bin\n[attachment] deeper\n`,
    );
    const deeper = (await callLegacy(child)).children[1]?.bytes ?? new Uint8Array();
    expect(await legacyText(deeper)).toBe('Subject: deeper\n');
  });

  test('an encrypted message is said to be one', async () => {
    const result = await extractLegacy(withStreams(SUBJECT, text(0x001a, 'IPM.Note.SMIME')));
    expect(result.warnings).toEqual(['encrypted_part']);
  });

  test('more than 1000 attachments, no text, damaged RTF, and text over the limit', async () => {
    const one = attachment('a', 'text/plain', Buffer.from('x'));
    const many = outlook({ attachments: Array.from({ length: 1001 }, () => one) });
    const outcome = await callLegacy(many);
    expect(outcome.children).toHaveLength(1000);
    expect(jsonOutput(outcome)).toMatchObject({ warnings: ['attachments_omitted'] });
    expect(await legacyFailure(outlook({}))).toBe(FAIL.empty);
    const lies = Buffer.concat([u32(0xffffffff, 0xffffffff), Buffer.from('LZFu'), u32(0)]);
    expect(await legacyFailure(withStreams(binary(0x1009, lies)))).toBe(FAIL.empty);
    const cut = await extractLegacy(withStreams(SUBJECT, BODY), { textBytes: 30 });
    expect(cut.truncated).toBe(true);
  });
});

/** Streams in hexadecimal, so that what differs is seen. */
function plain(storage: Storage): unknown {
  return Object.fromEntries(
    Object.entries(storage).map(([name, content]) => [
      name,
      content instanceof Uint8Array ? Buffer.from(content).toString('hex') : plain(content),
    ]),
  );
}
