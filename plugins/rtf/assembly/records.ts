/** Blocks as bytes: one of kind, one of level, four of length, the text in UTF-8. */
import { Bytes } from '../../lib/assembly/bytes';

export namespace Record {
  export const PARAGRAPH: i32 = 0;
  export const HEADING: i32 = 1;
  export const LIST_ITEM: i32 = 2;
  export const CELL: i32 = 3;
  export const ROW_END: i32 = 4;
  export const TABLE_END: i32 = 5;
  export const PAGE_BREAK: i32 = 6;
}

export const HEAD: usize = 6;

export function appendRecord(into: Bytes, kind: i32, level: i32, text: Bytes): void {
  into.reserve(HEAD + text.length);
  into.byte(<u32>kind);
  into.byte(<u32>level);
  const length = into.at + into.length;
  store<u32>(length, <u32>text.length);
  into.length += 4;
  into.append(text.at, text.length);
}

/** Reads records in their order. */
export class Cursor {
  kind: i32 = 0;
  level: i32 = 0;
  text: usize = 0;
  length: usize = 0;
  private at: usize;
  private end: usize;

  constructor(records: Bytes) {
    this.at = records.at;
    this.end = records.at + records.length;
  }

  next(): bool {
    if (this.at >= this.end) return false;
    this.kind = load<u8>(this.at);
    this.level = load<u8>(this.at, 1);
    this.length = load<u32>(this.at, 2);
    this.text = this.at + HEAD;
    this.at = this.text + this.length;
    return true;
  }
}
