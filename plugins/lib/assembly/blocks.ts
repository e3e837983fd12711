/**
 * The blocks of a document: kinds, and ranges of its text. What a block shows that is not in the text as it
 * stands, such as a value without its escapes, is in `own`.
 */
import { Bytes } from './bytes';
import { integer, quoted, raw } from './output';

/** Blocks, rows and cells together, and blocks alone: the host takes no more. */
const MAX_RECORDS: i32 = 1_000_000;
const MAX_BLOCKS: i32 = 200_000;
const MAX_CELLS_OF_ROW: i32 = 16384;
const RECORD: usize = 12;
/** In the start of a range: it is one of `own`. */
const OWN: u32 = 1 << 31;

export namespace Block {
  /** A record that is no more. */
  export const NOTHING: i32 = 0;
  export const PARAGRAPH: i32 = 1;
  export const HEADING: i32 = 2;
  export const ITEM: i32 = 3;
  export const PAGE_BREAK: i32 = 4;
  /** Its level is one when its first row names the columns. */
  export const TABLE: i32 = 5;
  export const ROW: i32 = 6;
  export const CELL: i32 = 7;
  export const END_TABLE: i32 = 8;
  /** Text whose line ends and blanks count. */
  export const CODE: i32 = 9;
}

export class Blocks {
  /** More than are kept: none is written. */
  omitted: bool = false;
  own: Bytes = new Bytes(16);
  private records: Bytes = new Bytes(4096);
  private blocks: i32 = 0;
  /** Cells of the row. */
  private width: i32 = 0;
  /** While writing. */
  private rows: i32 = 0;
  private cells: i32 = 0;
  private written: i32 = 0;

  get isEmpty(): bool {
    return this.records.length == 0;
  }

  /** Records so far: the number of the next. */
  get count(): i32 {
    return <i32>(this.records.length / RECORD);
  }

  /** `level` is that of a heading or an item; the range is from the start of the text. */
  add(kind: i32, level: i32, from: usize, to: usize): void {
    if (kind < Block.ROW || kind == Block.CODE) this.blocks++;
    this.width = kind == Block.CELL ? this.width + 1 : 0;
    const isTooWide = this.width > MAX_CELLS_OF_ROW;
    if (this.count >= MAX_RECORDS || this.blocks > MAX_BLOCKS || isTooWide) {
      this.omitted = true;
      return;
    }
    this.records.reserve(RECORD);
    const at = this.records.at + this.records.length;
    store<u32>(at, ((<u32>kind) << 16) | (<u32>level));
    store<u32>(at + 4, <u32>from);
    store<u32>(at + 8, <u32>to);
    this.records.length += RECORD;
  }

  /** The same for what `own` has had behind `from`. */
  addOwn(kind: i32, level: i32, from: usize): void {
    this.add(kind, level, from | OWN, this.own.length | OWN);
  }

  /** The same, without a level, for a range of it. */
  addOwnRange(kind: i32, from: usize, to: usize): void {
    this.add(kind, 0, from | OWN, to | OWN);
  }

  /** A record without a range: of a table, or a break. */
  mark(kind: i32): void {
    this.add(kind, 0, 0, 0);
  }

  /** The first row of the table with this number names its columns. */
  setHeader(table: i32): void {
    if (table < this.count) store<u16>(this.records.at + <usize>table * RECORD, 1);
  }

  /** Makes a table that has not ended, the one with this number, a line of paragraphs. */
  dissolve(table: i32): void {
    for (let i = table; i < this.count; i++) {
      const at = this.records.at + <usize>i * RECORD;
      const isText = load<u16>(at + 2) == Block.CELL && load<u32>(at + 4) < load<u32>(at + 8);
      store<u32>(at, (isText ? Block.PARAGRAPH : Block.NOTHING) << 16);
      if (isText) this.blocks++;
    }
    if (this.blocks > MAX_BLOCKS) this.omitted = true;
  }

  /** Adds those of a text that starts at `offset` of this one's text, and of which `length` bytes are in it. */
  append(others: Blocks, offset: usize, length: usize): void {
    const end = others.records.at + others.records.length;
    if (others.omitted) this.omitted = true;
    for (let at = others.records.at; at < end; at += RECORD) {
      const from = min(<usize>load<u32>(at + 4), length);
      const to = min(<usize>load<u32>(at + 8), length);
      const kind = load<u16>(at + 2);
      const isRange = kind != Block.CELL && !isMark(kind);
      if (isRange && from == to) continue;
      this.add(kind, load<u16>(at), offset + from, offset + to);
    }
  }

  /** Writes the JSON array; `text` is what the ranges are of. */
  write(text: usize): void {
    const end = this.records.at + this.records.length;
    this.written = 0;
    raw('[');
    for (let at = this.records.at; at < end; at += RECORD) this.writeRecord(text, at);
    raw(']');
  }

  private writeRecord(text: usize, at: usize): void {
    const kind = load<u16>(at + 2);
    if (kind == Block.ROW) {
      raw(this.rows++ > 0 ? '],[' : '[');
      this.cells = 0;
    } else if (kind == Block.CELL) {
      if (this.cells++ > 0) raw(',');
      this.writeRange(text, at);
    } else if (kind == Block.END_TABLE) {
      raw(this.rows > 0 ? ']]}' : ']}');
    } else if (kind != Block.NOTHING) {
      if (this.written++ > 0) raw(',');
      this.rows = 0;
      this.open(kind, text, at);
    }
  }

  private open(kind: i32, text: usize, at: usize): void {
    const level = load<u16>(at);
    if (kind == Block.TABLE) {
      raw(level == 1 ? '{"kind":"table","header":true,"rows":[' : '{"kind":"table","rows":[');
      return;
    }
    if (kind == Block.PAGE_BREAK) {
      raw('{"kind":"page_break"}');
      return;
    }
    raw('{"kind":"');
    raw(nameOf(kind));
    if (kind == Block.HEADING || kind == Block.ITEM) {
      raw('","level":');
      integer(level);
      raw(',"text":');
    } else raw('","text":');
    this.writeRange(text, at);
    raw('}');
  }

  private writeRange(text: usize, at: usize): void {
    const from = load<u32>(at + 4);
    const to = load<u32>(at + 8);
    const base = (from & OWN) != 0 ? this.own.at : text;
    quoted(base + <usize>(from & ~OWN), <usize>(to - from));
  }
}

function isMark(kind: i32): bool {
  return (
    kind == Block.TABLE ||
    kind == Block.ROW ||
    kind == Block.END_TABLE ||
    kind == Block.PAGE_BREAK ||
    kind == Block.NOTHING
  );
}

function nameOf(kind: i32): string {
  if (kind == Block.HEADING) return 'heading';
  if (kind == Block.ITEM) return 'list_item';
  return kind == Block.CODE ? 'code' : 'paragraph';
}
