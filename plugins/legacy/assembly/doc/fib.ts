/** What the start of a Word document says about where everything is ([MS-DOC] 2.5). */
import { Failure } from '../../../lib/assembly/host';
import { failed } from '../failed';
import { View } from '../view';

const WORD_97: u32 = 0xa5ec;
const WORD_6: u32 = 0xa5dc;
/** Word 95 of East Asia. */
const WORD_95: u32 = 0xa699;
/** Versions up to this one are of Word 6 and 95. */
const LAST_OLD: u32 = 0xc0;
const ENCRYPTED: u32 = 0x0100;
const SECOND_TABLE: u32 = 0x0200;
const WIDE: u32 = 0x1000;

/** Where pairs of offset and length are, counted from the first pair. */
export namespace Pair {
  export const STYLES: usize = 1;
  export const HEADERS: usize = 11;
  export const RUN_BINS: usize = 12;
  export const PARAGRAPH_BINS: usize = 13;
  export const FONTS: usize = 15;
  export const PIECES: usize = 33;
}

/** The parts of the text, in the order in which they follow each other. */
export namespace Story {
  export const MAIN: i32 = 0;
  export const FOOTNOTES: i32 = 1;
  export const HEADERS: i32 = 2;
  export const MACROS: i32 = 3;
  export const COMMENTS: i32 = 4;
  export const ENDNOTES: i32 = 5;
  export const TEXT_BOXES: i32 = 6;
  export const HEADER_TEXT_BOXES: i32 = 7;
  export const COUNT: i32 = 8;
}

export class Fib {
  /** Of Word 6 or 95: the tables are in the same stream, and text is of bytes. */
  isOld: bool = false;
  /** Of those, all text is UTF-16 all the same. */
  isWide: bool = false;
  /** The text of an old document that has no table of pieces. */
  oldText: u32 = 0;
  usesSecondTable: bool = false;
  private lengths: StaticArray<u32> = new StaticArray<u32>(Story.COUNT);
  private pairs: usize = 0;

  constructor(private stream: View) {}

  /** False with the failure set. */
  read(): bool {
    const stream = this.stream;
    const magic = stream.u16(0);
    const flags = stream.u16(10);
    const isKnown = magic == WORD_97 || magic == WORD_6 || magic == WORD_95;
    if (!isKnown) return failed(Failure.UNSUPPORTED);
    if ((flags & ENCRYPTED) != 0) return failed(Failure.ENCRYPTED);
    this.isOld = magic != WORD_97 || stream.u16(2) <= LAST_OLD;
    this.isWide = this.isOld && (flags & WIDE) != 0;
    this.usesSecondTable = (flags & SECOND_TABLE) != 0;
    if (this.isOld) {
      this.oldText = stream.u32(0x18);
      this.pairs = 0x58;
      return this.readLengths(0x34);
    }
    const words: usize = 34;
    const longs = words + ((<usize>stream.u16(32)) << 1) + 2;
    this.pairs = longs + ((<usize>stream.u16(longs - 2)) << 2) + 2;
    return this.readLengths(longs + 12);
  }

  private readLengths(at: usize): bool {
    let total: u64 = 0;
    for (let i = 0; i < Story.COUNT; i++) {
      this.lengths[i] = this.stream.u32(at + ((<usize>i) << 2));
      total += this.lengths[i];
    }
    // No character takes less than a byte.
    return total <= <u64>this.stream.length ? true : failed(Failure.MALFORMED);
  }

  /** Characters of a part of the text. */
  length(story: i32): u32 {
    return this.lengths[story];
  }

  /** The number of its first character. */
  start(story: i32): u32 {
    let start: u32 = 0;
    for (let i = 0; i < story; i++) start += this.lengths[i];
    return start;
  }

  /** A table in the stream of tables. */
  table(tables: View, pair: usize): View {
    // Old documents have the table of pieces at another place, and the others in another form.
    const at = this.isOld ? 0x160 : this.pairs + (pair << 3);
    return tables.part(<usize>this.stream.u32(at), <usize>this.stream.u32(at + 4));
  }
}
