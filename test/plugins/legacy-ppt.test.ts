import { describe, expect, test } from 'vitest';
import { u16, u32 } from '../support/bytes.ts';
import { compound } from '../support/compound.ts';
import {
  atom,
  holder,
  presentation,
  presentationStreams,
  textAtoms,
  textShape,
} from '../support/presentation.ts';
import { FAIL } from './office-guest.ts';
import { extractLegacy, legacyFailure, legacyText } from './legacy-guest.ts';

const shape = (kind: number, text: string): Buffer => textShape(...textAtoms(kind, text));

describe('extract_text for PPT', () => {
  test('a page for each slide: titles as headings, other texts, notes last', async () => {
    const result = await extractLegacy(
      presentation([
        {
          shapes: [shape(0, 'Title'), shape(1, 'one\rtwo\u000bmore')],
          notes: [shape(2, 'a note')],
        },
        { shapes: [shape(6, '漢字 😀'), shape(4, 'caf\u00e9')] },
      ]),
    );
    expect(result).toMatchObject({ format: 'ppt', counts: { pages: 2 } });
    expect(result.blocks).toEqual([
      { kind: 'heading', level: 1, text: 'Title' },
      { kind: 'paragraph', text: 'one' },
      { kind: 'paragraph', text: 'two\nmore' },
      { kind: 'paragraph', text: 'a note' },
      { kind: 'page_break' },
      { kind: 'heading', level: 1, text: '漢字 😀' },
      { kind: 'paragraph', text: 'café' },
    ]);
  });

  test('texts that are kept in the outline are shown where a shape refers to them', async () => {
    const outline = [atom(0x0f9f, u32(0)), ...textAtoms(1, 'second')];
    const reference = (index: number): Buffer => textShape(atom(0x0f9e, u32(index)));
    const slide = { shapes: [shape(4, 'first'), reference(1), reference(7)], outline };
    expect(await legacyText(presentation([slide]))).toBe('first\nsecond');
  });

  test('indented and bulleted paragraphs are items with their level', async () => {
    const runs = [
      [u32(4), u16(0), u32(1), u16(1)],
      [u32(4), u16(2), u32(0x00100800), u16(0), u16(1), u32(7)],
      [u32(6), u16(0), u32(0)],
    ].map((parts) => Buffer.concat(parts));
    const box = [...textAtoms(1, 'one\rtwo\rthree'), atom(0x0fa1, Buffer.concat(runs))];
    const { blocks } = await extractLegacy(presentation([{ shapes: [textShape(...box)] }]));
    expect(blocks).toEqual([
      { kind: 'list_item', level: 1, text: 'one' },
      { kind: 'list_item', level: 3, text: 'two' },
      { kind: 'paragraph', text: 'three' },
    ]);
  });

  test('stand-ins for numbers and dates are left out, groups are read', async () => {
    const box = [...textAtoms(4, 'page *'), atom(0x0fd8, u32(5))];
    const group = holder(0xf003, [textShape(...box), shape(4, 'in a group')]);
    expect(await legacyText(presentation([{ shapes: [group] }]))).toBe('page \nin a group');
  });

  test('footers that the slide, or else the document, shows', async () => {
    const footers = (flags: number, ...texts: readonly (readonly [number, string])[]): Buffer[] => [
      atom(0x0fda, u16(0, flags)),
      ...texts.map(([instance, text]) => atom(0x0fba, Buffer.from(text, 'utf16le'), instance)),
    ];
    const all = holder(0x0fd9, footers(0x24, [0, '14 March'], [2, 'Kite Club']), 3);
    const own = holder(0x0fd9, footers(0x20, [0, 'never'], [2, 'own']));
    const file = presentation(
      [{ shapes: [shape(0, 'a')] }, { shapes: [shape(0, 'b')], more: [own] }],
      [all],
    );
    expect(await legacyText(file)).toBe('a\n14 March\nKite Club\fb\nown');
  });

  test('a slide that is not there is said, and what the outline has of it shown', async () => {
    const streams = presentationStreams([
      { shapes: [shape(0, 'x')], outline: textAtoms(0, 'kept') },
    ]);
    const parts = Buffer.from(streams['PowerPoint Document']);
    parts.writeUInt16LE(0, parts.indexOf(Buffer.from('0f00ee03', 'hex')) + 2);
    const result = await extractLegacy(compound({ ...streams, 'PowerPoint Document': parts }));
    expect(result).toMatchObject({ warnings: ['missing_part'], pages: [{ text: 'kept' }] });
  });

  test('a later edit counts; without the stream of the user the last one is looked for', async () => {
    const { 'PowerPoint Document': parts } = presentationStreams([{ shapes: [shape(0, 'found')] }]);
    expect(await legacyText(compound({ 'PowerPoint Document': parts }))).toBe('found');
  });

  test('a presentation for 95 and 97 is read in the form of 97, one for 95 alone is unsupported', async () => {
    const streams = presentationStreams([{ shapes: [shape(0, 'new')] }]);
    const old = { 'PowerPoint Document': Buffer.alloc(64), Text_Content: Buffer.alloc(64) };
    expect(await legacyText(compound({ ...old, PP97_DUALSTORAGE: streams }))).toBe('new');
    expect(await legacyFailure(compound(old))).toBe(FAIL.unsupported);
  });

  test('a password, no text, edits and parts that are none', async () => {
    const streams = presentationStreams([{ shapes: [shape(0, 'x')] }]);
    const user = Buffer.from(streams['Current User']);
    user.writeUInt32LE(0xf3d1c4df, 12);
    expect(await legacyFailure(compound({ ...streams, 'Current User': user }))).toBe(
      FAIL.encrypted,
    );
    expect(await legacyFailure(presentation([{ shapes: [] }]))).toBe(FAIL.empty);
    const none = { ...streams, 'PowerPoint Document': Buffer.alloc(200) };
    expect(await legacyFailure(compound(none))).toBe(FAIL.malformed);
  });

  test('records more than 63 deep are over a limit', async () => {
    const deep = Array.from({ length: 80 }).reduce<Buffer>(
      (content) => holder(0xf003, [content]),
      shape(4, 'x'),
    );
    expect(await legacyFailure(presentation([{ shapes: [deep] }]))).toBe(FAIL.overLimit);
  });

  test('slides and text are cut at the limits of the call', async () => {
    const slides = ['one', 'two', 'three'].map((text) => ({ shapes: [shape(0, text)] }));
    const result = await extractLegacy(presentation(slides), { pages: 2 });
    expect(result).toMatchObject({ truncated: true, counts: { pages: 2 } });
    const cut = await extractLegacy(presentation(slides), { textBytes: 4 });
    expect(cut).toMatchObject({ truncated: true });
  });
});
