/** What the fuzzer starts from, of the formats that are compound files. */
import { u16, u32 } from '../support/bytes.ts';
import {
  attachedMessage,
  attachment,
  binary,
  narrow,
  outlook,
  richBody,
  short,
  text,
} from '../support/outlook.ts';
import { atom, holder, presentation, textAtoms, textShape } from '../support/presentation.ts';
import { HIDDEN, IN_TABLE, ROW_END, inner, property, word, wordStyle } from '../support/word.ts';
import { biffString, number, record, shared, xls } from '../support/workbook.ts';

export const XLS = xls({
  sheets: [
    [
      'Größe',
      [shared([0, 0], 0), number([0, 1], 44927.5, 1), record(0x027e, u16(1, 0, 0), u32(18))],
    ],
    ['Two', [record(0x0204, u16(3, 2, 0), biffString('漢')), number([0, 0], -1.5, 2)]],
  ],
  strings: ['a string', 'Ω 😀'],
  formats: ['[$-407]dddd, d. mmmm yyyy hh:mm:ss.00', '[Red]# ?/?;(0.0%);"zero";@'],
  globals: [
    record(0xfc, u32(2, 2), u16(6), Buffer.of(0), Buffer.from('ab')),
    record(
      0x3c,
      Buffer.of(1),
      Buffer.from('cdéf', 'utf16le'),
      u16(2),
      Buffer.of(12),
      u16(1),
      u32(3),
    ),
  ],
});

export const DOC = word({
  main: [
    { text: 'Head', style: 1 },
    { text: 'see \u0013 HYPERLINK "x"\u0014here\u0015', characters: HIDDEN },
    { text: 'a', mark: '\u0007', properties: IN_TABLE },
    { text: 'in', properties: inner(0x244b) },
    { text: '', properties: inner(0x244c) },
    { text: 'after', mark: '\u0007', properties: IN_TABLE },
    { text: '', mark: '\u0007', properties: ROW_END },
    { text: '漢字 😀', mark: '\f', properties: property(0x460b, 1, 0) },
  ],
  headers: [[{ text: 'head' }], [], [{ text: 'foot' }]],
  footnotes: [{ text: 'note' }],
  styles: [wordStyle(0), wordStyle(1)],
});
export const PPT = presentation([
  {
    shapes: [
      textShape(...textAtoms(0, 'Title')),
      textShape(
        ...textAtoms(1, 'one\r漢 *'),
        atom(0x0fa1, Buffer.concat([u32(4), u16(1), u32(0x00100801), u16(1, 0, 1), u32(7)])),
        atom(0x0fd8, u32(6)),
      ),
      holder(0xf003, [textShape(atom(0x0f9e, u32(0)))]),
    ],
    outline: textAtoms(1, 'outline'),
    notes: [textShape(...textAtoms(2, 'a note'))],
    more: [holder(0x0fd9, [atom(0x0fda, u16(0, 0x20)), atom(0x0fba, Buffer.from('f\0'), 2)])],
  },
]);

export const MSG = outlook({
  properties: [short(0x0039, 127_552_948_130_000_000n), short(0x3ffd, 1251)],
  streams: [text(0x0037, 'Größe 漢'), narrow(0x1000, Buffer.from('cff0e8e2e5f2', 'hex'))],
  recipients: [
    ['Bob', 'bob@example.org', 1],
    ['Dan', '/o=x', 2],
  ],
  attachments: [
    attachment('a.pdf', 'application/pdf', Buffer.from('%PDF-1.7')),
    attachedMessage('fwd', { streams: [text(0x0037, 'in'), text(0x1000, 'x'.repeat(5000))] }),
  ],
});
export const MSG_OF_HTML = outlook({
  streams: [binary(0x1013, Buffer.from('<meta charset=koi8-r><h1>h</h1><table><tr><td>a<td>b'))],
});
export const MSG_OF_RTF = outlook({
  streams: [
    text(0x0042, 'Ann'),
    binary(0x1009, richBody("{\\rtf1\\fromhtml1 {\\*\\htmltag64 <p>}caf\\'e9\\par{\\b x}}")),
  ],
});
export const MSG_OF_LZFU = outlook({
  streams: [
    binary(
      0x1009,
      Buffer.from(
        '2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0',
        'hex',
      ),
    ),
  ],
});
