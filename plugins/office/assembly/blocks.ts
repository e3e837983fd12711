/** The blocks of a document: kinds, and ranges of its text. Nothing is copied. */
import { Bytes } from '../../lib/assembly/bytes';
import { integer, quoted, raw } from '../../lib/assembly/output';

/** Paragraphs, rows and cells together. */
const MAX_RECORDS: usize = 200000;
const RECORD: usize = 12;

export namespace Block {
  export const PARAGRAPH: i32 = 1;
  export const HEADING: i32 = 2;
  export const ITEM: i32 = 3;
  export const PAGE_BREAK: i32 = 4;
  export const TABLE: i32 = 5;
  export const ROW: i32 = 6;
  export const CELL: i32 = 7;
  export const END_TABLE: i32 = 8;
}

export class Blocks {
  /** More than are kept: none is written. */
  omitted: bool = false;
  private records: Bytes = new Bytes(4096);

  get isEmpty(): bool {
    return this.records.length == 0;
  }

  /** `level` is that of a heading or an item; the range is from the start of the text. */
  add(kind: i32, level: i32, from: usize, to: usize): void {
    if (this.records.length >= MAX_RECORDS * RECORD) {
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

  /** Writes the JSON array; `text` is what the ranges are of. */
  write(text: usize): void {
    raw('[');
    const end = this.records.at + this.records.length;
    let rows = 0;
    let cells = 0;
    let first: bool = true;
    for (let at = this.records.at; at < end; at += RECORD) {
      const kind = load<u16>(at + 2);
      if (kind == Block.ROW) {
        if (rows > 0) raw('],');
        raw('[');
        rows++;
        cells = 0;
      } else if (kind == Block.CELL) {
        if (cells++ > 0) raw(',');
        this.writeRange(text, at);
      } else if (kind == Block.END_TABLE) {
        raw(rows > 0 ? ']]}' : ']}');
      } else {
        if (!first) raw(',');
        first = false;
        rows = 0;
        this.open(kind, load<u16>(at), text, at);
      }
    }
    raw(']');
  }

  private open(kind: i32, level: i32, text: usize, at: usize): void {
    if (kind == Block.TABLE) raw('{"kind":"table","rows":[');
    else if (kind == Block.PAGE_BREAK) raw('{"kind":"page_break"}');
    else {
      raw(kind == Block.HEADING ? '{"kind":"heading"' : '{"kind":');
      if (kind == Block.PARAGRAPH) raw('"paragraph"');
      if (kind == Block.ITEM) raw('"list_item"');
      if (kind != Block.PARAGRAPH) {
        raw(',"level":');
        integer(level);
      }
      raw(',"text":');
      this.writeRange(text, at);
      raw('}');
    }
  }

  private writeRange(text: usize, at: usize): void {
    const from = <usize>load<u32>(at + 4);
    quoted(text + from, <usize>load<u32>(at + 8) - from);
  }
}
