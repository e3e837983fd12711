import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compound } from '../support/compound.ts';
import {
  DELETED,
  HIDDEN,
  IN_TABLE,
  ROW_END,
  inner,
  property,
  word,
  wordStreams,
  wordStyle,
} from '../support/word.ts';
import type { WordParagraph } from '../support/word.ts';
import { FAIL } from './office-guest.ts';
import { extractLegacy, legacyFailure, legacyText } from './legacy-guest.ts';

const p = (text: string, more: Partial<WordParagraph> = {}): WordParagraph => ({ text, ...more });
const cell = (text: string): WordParagraph => p(text, { mark: '\u0007', properties: IN_TABLE });
const ROW = p('', { mark: '\u0007', properties: ROW_END });
const textOf = (...main: readonly WordParagraph[]): Promise<string> => legacyText(word({ main }));

describe('extract_text for DOC', () => {
  test('a document of LibreOffice: headings, items, tables, notes, comments, headers and footers', async () => {
    const result = await extractLegacy(readFileSync('bundles/legacy/samples/rules.doc'));
    expect(result).toMatchObject({ format: 'doc', title: 'Rules of the Kite Club' });
    expect(result.blocks).toEqual([
      { kind: 'paragraph', text: 'Harbour Street Kite Club' },
      { kind: 'heading', level: 1, text: 'Rules' },
      {
        kind: 'paragraph',
        text: 'Kites fly above the old sail loft, in the “Möwe” field, see the map.',
      },
      { kind: 'list_item', level: 1, text: 'no kite above 100 m' },
      { kind: 'list_item', level: 2, text: 'except on Sundays' },
      { kind: 'heading', level: 2, text: 'Fees' },
      {
        kind: 'table',
        rows: [
          ['Member', 'Fee'],
          ['adult\n(over 18)', '12 €'],
        ],
      },
      { kind: 'paragraph', text: 'Ω, 漢字 and 😀 fly too.' },
      { kind: 'paragraph', text: '\tNorth of the harbour.' },
      { kind: 'paragraph', text: 'Do they?' },
      { kind: 'paragraph', text: 'valid from 14 March' },
    ]);
  });

  test('text is of bytes in windows-1252, or UTF-16 with pairs', async () => {
    expect(await legacyText(word({ main: [p('caf\u00e9 \u0080\u0097')], isBytes: true }))).toBe(
      'café €—',
    );
    expect(await textOf(p('漢字 😀 \ud83d'), p('x'))).toBe('漢字 😀 \nx');
  });

  test('of fields the result is kept, and a field that nobody ends hides one paragraph at most', async () => {
    const field = 'see \u0013 HYPERLINK "x" \u0013 IF \u0014y\u0015\u0014here\u0015.';
    expect(await textOf(p(field), p('a \u0013 PAGE'), p('b'))).toBe('see here.\na \nb');
  });

  test('deleted text is left out, hidden text is kept and said', async () => {
    const result = await extractLegacy(
      word({ main: [p('gone', { characters: DELETED }), p('seen', { characters: HIDDEN })] }),
    );
    expect(result.pages[0]?.text).toBe('seen');
    expect(result.warnings).toEqual(['hidden_text']);
  });

  test('special characters: tabs, breaks, hyphens, symbols, and marks that show nothing', async () => {
    const symbol = property(0x6a09, 0, 0, 0xfc, 0xf0);
    expect(
      await textOf(
        p('a\tb\u000bc\u001ed\u001fe\u0001\u0002\u0005\u0008'),
        p('(', { characters: symbol }),
        p('page', { mark: '\f' }),
        p('next'),
      ),
    ).toBe('a\tb\nc-de\n✓\npage\nnext');
  });

  test('tables: rows, cells, empty ones, and a table in a cell', async () => {
    const nested = [
      p('in', { properties: inner(0x244b) }),
      p('side', { properties: inner(0x244b) }),
      p('', { properties: inner(0x244c) }),
    ];
    const result = await extractLegacy(
      word({
        main: [cell('a'), cell(''), ROW, ...nested, cell('after'), cell('d'), ROW, p('end')],
      }),
    );
    expect(result.blocks).toEqual([
      {
        kind: 'table',
        rows: [
          ['a', ''],
          ['in\tside\nafter', 'd'],
        ],
      },
      { kind: 'paragraph', text: 'end' },
    ]);
  });

  test('headings and lists come from styles, from those these are based on, and from the paragraph', async () => {
    const styles = [
      wordStyle(0),
      wordStyle(2),
      wordStyle(0xffe, 1),
      wordStyle(0xffe, 0, property(0x460b, 1, 0)),
    ];
    const main = [
      p('two', { style: 1 }),
      p('based', { style: 2 }),
      p('item', { style: 3 }),
      p('body', { style: 1, properties: property(0x2640, 9) }),
      p('deep', { properties: Buffer.concat([property(0x260a, 2), property(0x460b, 5, 0)]) }),
      p('none', { style: 3, properties: property(0x460b, 0, 0) }),
    ];
    const { blocks } = await extractLegacy(word({ main, styles }));
    expect(blocks).toEqual([
      { kind: 'heading', level: 2, text: 'two' },
      { kind: 'heading', level: 2, text: 'based' },
      { kind: 'list_item', level: 1, text: 'item' },
      { kind: 'paragraph', text: 'body' },
      { kind: 'list_item', level: 3, text: 'deep' },
      { kind: 'paragraph', text: 'none' },
    ]);
  });

  test('the parts in order; a header that all kinds of pages have is there once', async () => {
    const head = [p('head')];
    const text = await legacyText(
      word({
        main: [p('main')],
        footnotes: [p('foot')],
        headers: [head, head, [p('below')], [], head, []],
        comments: [p('comment')],
        endnotes: [p('endnote')],
        textBoxes: [p('box')],
      }),
    );
    expect(text.split(/\n+/)).toEqual([
      'head',
      'main',
      'box',
      'foot',
      'endnote',
      'comment',
      'below',
    ]);
  });

  test('Word 6 and 95: text of bytes in the encoding that it looks like', async () => {
    const text =
      'Четыре балла и семь лет назад наши отцы образовали на этом континенте новую нацию.';
    const bytes = Buffer.from(text.replace(/[\u0410-\u044f]/g, toCyrillic), 'latin1');
    const stream = Buffer.alloc(1024 + bytes.length);
    stream.writeUInt16LE(0xa5dc, 0);
    stream.writeUInt16LE(101, 2);
    stream.writeUInt32LE(1024, 0x18);
    stream.writeUInt32LE(bytes.length, 0x34);
    bytes.copy(stream, 1024);
    expect(await legacyText(compound({ WordDocument: stream }))).toBe(text);
  });

  test('a password, another version, no text, and tables that are not there or lie', async () => {
    expect(await legacyFailure(word({ main: [p('x')], flags: 0x0100 }))).toBe(FAIL.encrypted);
    expect(await legacyFailure(word({ main: [p('')] }))).toBe(FAIL.empty);
    const { WordDocument, '0Table': table } = wordStreams({ main: [p('x')] });
    expect(await legacyFailure(compound({ WordDocument }))).toBe(FAIL.malformed);
    const changed = (offset: number, value: number): Buffer => {
      const copy = Buffer.from(WordDocument);
      copy.writeUInt32LE(value >>> 0, offset);
      return compound({ WordDocument: copy, '0Table': table });
    };
    expect(await legacyFailure(changed(0, 0x0065a5db))).toBe(FAIL.unsupported);
    for (const [offset, value] of [
      [0x4c, 0x7fffffff],
      [0x9a + 33 * 8, 0xffffff00],
      [0x9a + 33 * 8 + 4, 3],
    ] as const)
      expect(await legacyFailure(changed(offset, value)), String(offset)).toBe(FAIL.malformed);
  });

  test('pieces that together are more than the file are refused', async () => {
    const { WordDocument, '0Table': table } = wordStreams({ main: [p('x'.repeat(400))] });
    const count = 100;
    const positions = Array.from({ length: count + 1 }, (_, index) => index * 400);
    const plc = Buffer.alloc(4 * (count + 1) + 8 * count);
    positions.forEach((value, index) => plc.writeUInt32LE(value, index * 4));
    for (let index = 0; index < count; index++)
      plc.writeUInt32LE(1024, 4 * (count + 1) + 8 * index + 2);
    const copy = Buffer.from(WordDocument);
    copy.writeUInt32LE(table.length, 0x9a + 33 * 8);
    copy.writeUInt32LE(plc.length + 5, 0x9a + 33 * 8 + 4);
    const head = Buffer.alloc(5);
    head.writeUInt8(2);
    head.writeUInt32LE(plc.length, 1);
    const tables = Buffer.concat([table, head, plc]);
    const file = compound({ WordDocument: copy, '0Table': tables });
    expect(await legacyFailure(file)).toBe(FAIL.malformed);
  });

  test('text is cut at the limit of the call', async () => {
    const result = await extractLegacy(word({ main: [p('ééé'), p('x')] }), { textBytes: 5 });
    expect(result).toMatchObject({ truncated: true, pages: [{ text: 'éé' }] });
  });
});

/** The byte of windows-1251 as a character of latin1. */
const toCyrillic = (letter: string): string =>
  String.fromCharCode((letter.codePointAt(0) ?? 0) - 0x410 + 0xc0);
