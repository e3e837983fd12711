/** A writer of Word documents ([MS-DOC], [MS-CFB]) for tests: the least that has pieces and properties. */
import { u16, u32 } from './bytes.ts';
import { compound } from './compound.ts';

const PAGE = 512;
const TEXT_AT = 1024;

/** A paragraph of characters that look the same, with the mark that ends it. */
export interface WordParagraph {
  readonly text: string;
  readonly mark?: string;
  /** Single properties: of the paragraph, and of its characters. */
  readonly properties?: Buffer;
  readonly characters?: Buffer;
  readonly style?: number;
}

export const property = (code: number, ...operand: readonly number[]): Buffer =>
  Buffer.concat([u16(code), Buffer.from(operand)]);
export const IN_TABLE = property(0x2416, 1);
export const ROW_END = Buffer.concat([IN_TABLE, property(0x2417, 1)]);
export const DELETED = property(0x0800, 1);
export const HIDDEN = property(0x083c, 1);
/** A cell or row of a table in a cell, with what ends it. */
export const inner = (code: number): Buffer =>
  Buffer.concat([IN_TABLE, property(0x6649, 2, 0, 0, 0), property(code, 1)]);

export interface WordParts {
  readonly main: readonly WordParagraph[];
  readonly footnotes?: readonly WordParagraph[];
  readonly headers?: readonly (readonly WordParagraph[])[];
  readonly comments?: readonly WordParagraph[];
  readonly endnotes?: readonly WordParagraph[];
  readonly textBoxes?: readonly WordParagraph[];
  readonly styles?: readonly Buffer[];
  /** Text of bytes; else UTF-16. */
  readonly isBytes?: boolean;
  readonly flags?: number;
}

const charactersOf = ({ text, mark = '\r' }: WordParagraph): string => text + mark;
const lengthOf = (paragraphs: readonly WordParagraph[] = []): number =>
  paragraphs.map(charactersOf).join('').length;

/** A page with the properties of ranges, and the table that says where it is. */
function bin(ends: readonly number[], lists: readonly Buffer[], head: number): Buffer {
  const page = Buffer.alloc(PAGE);
  const start = (lists.length + 1) * 4;
  let at = PAGE - 1;
  u32(TEXT_AT, ...ends).copy(page);
  lists.forEach((list, index) => {
    if (list.length === 0) return;
    at = (at - list.length) & ~1;
    list.copy(page, at);
    page[start + index * head] = at / 2;
  });
  page[PAGE - 1] = lists.length;
  return page;
}

const paragraphList = ({ properties = Buffer.alloc(0), style = 0 }: WordParagraph): Buffer => {
  const data = Buffer.concat([u16(style), properties]);
  const even = data.length % 2 === 0 ? data : Buffer.concat([data, Buffer.alloc(1)]);
  return Buffer.concat([Buffer.of(0, even.length / 2), even]);
};
const runList = ({ characters = Buffer.alloc(0) }: WordParagraph): Buffer =>
  Buffer.concat([Buffer.of(characters.length), characters]);

/** A style of paragraphs: what it is built in as, what it is based on, and its properties. */
export function wordStyle(
  builtIn: number,
  base = 0xfff,
  properties: Buffer = Buffer.alloc(0),
): Buffer {
  const changes = Buffer.concat([u16(0), properties]);
  return Buffer.concat([
    u16(builtIn, 1 | (base << 4), 1, 0, 0),
    u16(1),
    Buffer.from('S\0', 'utf16le'),
    u16(changes.length),
    changes,
  ]);
}

const styleSheet = (styles: readonly Buffer[]): Buffer =>
  Buffer.concat([
    u16(18, styles.length, 10),
    Buffer.alloc(14),
    ...styles.flatMap((style) => [u16(style.length), style]),
  ]);

/** The streams of a document. */
export function wordStreams(parts: WordParts): { WordDocument: Buffer; '0Table': Buffer } {
  const { main, footnotes, headers = [], comments, endnotes, textBoxes } = parts;
  const { styles = [], isBytes = false, flags = 0 } = parts;
  const stories = [main, footnotes, headers.flat(), [], comments, endnotes, textBoxes];
  const all = stories.flatMap((story = []) => story);
  const text = Buffer.from(all.map(charactersOf).join(''), isBytes ? 'latin1' : 'utf16le');
  const width = isBytes ? 1 : 2;
  let end = TEXT_AT;
  const ends = all.map((paragraph) => (end += charactersOf(paragraph).length * width));
  const textPages = Math.ceil(text.length / PAGE);
  const page = TEXT_AT / PAGE + textPages;
  const table = u32(TEXT_AT, end);
  const count = text.length / width;
  const place = isBytes ? ((TEXT_AT * 2) | (1 << 30)) >>> 0 : TEXT_AT;
  const pieces = Buffer.concat([u32(0, count), u16(0), u32(place), u16(0)]);
  let position = 0;
  const starts = headers.map((story) => (position += lengthOf(story)));
  const tables: readonly (readonly [number, Buffer])[] = [
    [1, styleSheet(styles)],
    [11, u32(...Array.from({ length: 7 }, () => 0), ...starts, position)],
    [12, Buffer.concat([table, u32(page)])],
    [13, Buffer.concat([table, u32(page + 1)])],
    [33, Buffer.concat([Buffer.of(2), u32(pieces.length), pieces])],
  ];
  const fib = Buffer.alloc(TEXT_AT);
  u16(0xa5ec, 0xc1, 0, 0x409, 0, flags).copy(fib);
  u16(14).copy(fib, 32);
  u16(22).copy(fib, 62);
  u32(...stories.map((story) => lengthOf(story))).copy(fib, 0x4c);
  let at = 0;
  for (const [pair, content] of tables) {
    u32(at, content.length).copy(fib, 0x9a + pair * 8);
    at += content.length;
  }
  return {
    WordDocument: Buffer.concat([
      fib,
      text,
      Buffer.alloc(textPages * PAGE - text.length),
      bin(ends, all.map(runList), 1),
      bin(ends, all.map(paragraphList), 13),
    ]),
    '0Table': Buffer.concat(tables.map(([, content]) => content)),
  };
}

export const word = (parts: WordParts): Buffer => compound(wordStreams(parts));
