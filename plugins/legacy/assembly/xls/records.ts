/** The records of a workbook, and strings that go over several of them ([MS-XLS] 2.1.4, 2.5.293). */
import { Bytes } from '../../../lib/assembly/bytes';
import { Units } from '../units';
import { View } from '../view';

const HEAD: usize = 4;
const CONTINUE: u32 = 0x3c;

export class Records {
  type: u32 = 0;
  /** Where the record starts in the stream, and where its data does. */
  start: usize = 0;
  data: usize = 0;
  length: usize = 0;

  constructor(public stream: View) {}

  /** Goes to a place in the stream: the next record is the one there. */
  seek(offset: usize): void {
    this.start = this.data = min(offset, this.stream.length);
    this.length = 0;
  }

  /** Goes to the next record; of one that the stream ends in, the data are what there is. */
  next(): bool {
    const start = this.data + this.length;
    if (!this.stream.has(start, HEAD)) return false;
    this.type = this.stream.u16(start);
    this.start = start;
    this.data = start + HEAD;
    this.length = min(<usize>this.stream.u16(start + 2), this.stream.length - this.data);
    return true;
  }

  private isContinued(): bool {
    return this.stream.u16(this.data + this.length) == CONTINUE;
  }

  /** Goes to the next record if that continues this one. */
  nextPart(): bool {
    return this.isContinued() && this.next();
  }

  u8(offset: usize): u32 {
    return offset < this.length ? this.stream.u8(this.data + offset) : 0;
  }

  u16(offset: usize): u32 {
    return offset + 2 <= this.length ? this.stream.u16(this.data + offset) : 0;
  }

  u32(offset: usize): u32 {
    return offset + 4 <= this.length ? this.stream.u32(this.data + offset) : 0;
  }
}

/** Reads on from an offset of a record into those that continue it. */
export class Continued {
  /** Nothing is left. */
  ended: bool = false;
  private at: usize;
  private end: usize;
  private units: Units = new Units();

  constructor(private records: Records) {
    this.at = this.end = 0;
  }

  start(offset: usize): void {
    this.ended = offset > this.records.length;
    this.enter();
    this.at = min(this.at + offset, this.end);
  }

  private enter(): void {
    this.at = this.records.stream.at + this.records.data;
    this.end = this.at + this.records.length;
  }

  /** Whether there is a byte, be it in the next record. */
  private fill(): bool {
    while (this.at == this.end && !this.ended) {
      if (this.records.nextPart()) this.enter();
      else this.ended = true;
    }
    return !this.ended;
  }

  byte(): u32 {
    return this.fill() ? <u32>load<u8>(this.at++) : 0;
  }

  u16(): u32 {
    const low = this.byte();
    return low | (this.byte() << 8);
  }

  u32(): u32 {
    const low = this.u16();
    return low | (this.u16() << 16);
  }

  skip(count: usize): void {
    while (count > 0 && this.fill()) {
      const step = min(count, this.end - this.at);
      this.at += step;
      count -= step;
    }
  }

  /** Characters of one or two bytes: the first byte of each further record says which. */
  characters(into: Bytes, count: u32, wide: bool): void {
    for (let left = count; left > 0 && !this.ended; left--) {
      if (this.at == this.end) {
        if (!this.fill()) break;
        wide = (this.byte() & 1) != 0;
      }
      this.units.put(into, wide ? this.u16() : this.byte());
    }
    this.units.flush(into);
  }

  /** A string behind its number of characters: flags, the characters, what says how they look. */
  text(into: Bytes, count: u32): void {
    const flags = this.byte();
    const runs: usize = (flags & 8) != 0 ? <usize>this.u16() : 0;
    const extra: usize = (flags & 4) != 0 ? <usize>this.u32() : 0;
    this.characters(into, count, (flags & 1) != 0);
    this.skip(runs << 2);
    this.skip(extra);
  }
}
