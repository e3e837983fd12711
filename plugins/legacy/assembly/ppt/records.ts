/** The records of a presentation, which are in each other ([MS-PPT] 2.3.1, [MS-ODRAW] 2.2.1). */
import { Failure, fail } from '../../../lib/assembly/host';
import { View } from '../view';

const HEAD: usize = 8;
const MAX_DEPTH: i32 = 64;

export namespace Record {
  export const DOCUMENT: u32 = 0x03e8;
  export const SLIDE: u32 = 0x03ee;
  export const SLIDE_ATOM: u32 = 0x03ef;
  export const NOTES: u32 = 0x03f0;
  export const SLIDE_PERSIST: u32 = 0x03f3;
  export const PLACEHOLDER: u32 = 0x0bc3;
  export const OUTLINE_REFERENCE: u32 = 0x0f9e;
  export const TEXT_HEADER: u32 = 0x0f9f;
  export const TEXT_CHARACTERS: u32 = 0x0fa0;
  export const TEXT_STYLE: u32 = 0x0fa1;
  export const TEXT_BYTES: u32 = 0x0fa8;
  export const STRING: u32 = 0x0fba;
  export const FOOTERS: u32 = 0x0fd9;
  export const FOOTER_FLAGS: u32 = 0x0fda;
  export const SLIDE_LIST: u32 = 0x0ff0;
  export const USER_EDIT: u32 = 0x0ff5;
  export const PERSIST_DIRECTORY: u32 = 0x1772;
  export const DRAWING_GROUP: u32 = 0x040c;
  export const DRAWING: u32 = 0xf002;
  export const SHAPE_GROUP: u32 = 0xf003;
  export const SHAPE: u32 = 0xf004;
  export const SHAPE_ATOM: u32 = 0xf00a;
  export const TEXT_BOX: u32 = 0xf00d;
  export const CHILD_ANCHOR: u32 = 0xf00f;
  export const CLIENT_DATA: u32 = 0xf011;
  export const MORE_PROPERTIES: u32 = 0xf122;
}

/** Goes from record to record; into those that the caller enters. */
export class Walker {
  type: u32 = 0;
  instance: u32 = 0;
  data: usize = 0;
  length: usize = 0;
  /** Records are in each other more deeply than any program writes them; the failure is set. */
  tooDeep: bool = false;
  depth: i32 = 0;
  private at: usize;
  private ends: StaticArray<usize> = new StaticArray<usize>(MAX_DEPTH);

  constructor(private stream: View) {
    this.at = 0;
  }

  /** Starts anew with the records from one offset to another. */
  start(from: usize, length: usize): void {
    const stream = this.stream;
    this.at = min(from, stream.length);
    this.depth = 0;
    this.ends[0] = this.at + min(length, stream.length - this.at);
  }

  /** Goes to the next record; a record ends at the latest with the one that it is in. */
  next(): bool {
    while (this.depth > 0 && this.at + HEAD > this.ends[this.depth]) {
      this.at = this.ends[this.depth];
      this.depth--;
    }
    const end = this.ends[this.depth];
    if (this.tooDeep || this.at + HEAD > end) return false;
    this.instance = this.stream.u16(this.at) >>> 4;
    this.type = this.stream.u16(this.at + 2);
    this.data = this.at + HEAD;
    this.length = min(<usize>this.stream.u32(this.at + 4), end - this.data);
    this.at = this.data + this.length;
    return true;
  }

  /** The next record is the first in this one. */
  enter(): void {
    if (this.depth + 1 == MAX_DEPTH) {
      this.tooDeep = true;
      fail(Failure.LIMIT);
      return;
    }
    this.ends[++this.depth] = this.data + this.length;
    this.at = this.data;
  }
}
