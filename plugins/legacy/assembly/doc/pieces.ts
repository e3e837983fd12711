/** The text of a document, which is in pieces anywhere in the file ([MS-DOC] 2.4.1, 2.9.38). */
import { stepOf } from '../../../lib/assembly/encoding/decode';
import { INVALID } from '../../../lib/assembly/encoding/unicode';
import { Failure } from '../../../lib/assembly/host';
import { failed } from '../failed';
import { View } from '../view';

const DESCRIPTOR: usize = 8;
const COMPRESSED: u32 = 1 << 30;

export class Pieces {
  private positions: View = new View(0, 0);
  private descriptors: View = new View(0, 0);
  private count: u32 = 0;
  private end: usize;
  /** The character that was decoded last, and the bytes of it that are no characters of their own. */
  private lead: u32 = 0;
  private trailEnd: u32 = 0;
  /** The piece that was looked at last: its characters, and where the first of them is. */
  private from: u32 = 0;
  private to: u32 = 0;
  private fileAt: u32 = 0;
  private width: u32 = 1;

  /** `isOld`: all text is of bytes of an encoding, or all of it is `isWide`. */
  constructor(
    private stream: View,
    private isOld: bool,
    private isWide: bool,
    private encoding: i32,
  ) {
    this.end = stream.at + stream.length;
  }

  /** Text in one piece, as old documents have it that were saved as a whole. */
  whole(fileAt: u32, length: u32): bool {
    this.width = this.isWide ? 2 : 1;
    this.to = length;
    this.fileAt = fileAt;
    return this.isInside() ? true : failed(Failure.MALFORMED);
  }

  /** Reads the table of pieces; false with the failure set. */
  read(table: View): bool {
    let at: usize = 0;
    while (table.u8(at) == 1) at += 3 + <usize>table.u16(at + 1);
    if (table.u8(at) != 2) return failed(Failure.MALFORMED);
    const plc = table.part(at + 5, <usize>table.u32(at + 1));
    if (plc.length < 4) return failed(Failure.MALFORMED);
    this.count = <u32>((plc.length - 4) / (4 + DESCRIPTOR));
    const positions = (<usize>this.count + 1) << 2;
    this.positions = plc.part(0, positions);
    this.descriptors = plc.part(positions, plc.length);
    return this.check();
  }

  /** Pieces follow each other, lie in the file, and are together no more than it. */
  private check(): bool {
    let total: u64 = 0;
    let before = this.positions.u32(0);
    for (let i: u32 = 0; i < this.count; i++) {
      const next = this.positions.u32((<usize>i + 1) << 2);
      if (next < before) return failed(Failure.MALFORMED);
      this.enter(i);
      if (!this.isInside()) return failed(Failure.MALFORMED);
      total += <u64>(next - before) * this.width;
      before = next;
    }
    this.to = 0;
    if (total > <u64>this.stream.length) return failed(Failure.MALFORMED);
    return this.count > 0 ? true : failed(Failure.MALFORMED);
  }

  private isInside(): bool {
    const end = <u64>this.fileAt + <u64>(this.to - this.from) * this.width;
    return end <= <u64>this.stream.length;
  }

  private enter(index: u32): void {
    const fc = this.descriptors.u32(<usize>index * DESCRIPTOR + 2);
    const isBytes = this.isOld ? !this.isWide : (fc & COMPRESSED) != 0;
    this.from = this.positions.u32((<usize>index) << 2);
    this.to = this.positions.u32((<usize>index + 1) << 2);
    this.width = isBytes ? 1 : 2;
    this.fileAt = this.isOld ? fc : isBytes ? (fc & (COMPRESSED - 1)) >>> 1 : fc & (COMPRESSED - 1);
  }

  /** Looks at the piece of a character; false where there is none. */
  private find(position: u32): bool {
    if (position >= this.from && position < this.to) return true;
    let low: u32 = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.positions.u32((<usize>middle + 1) << 2) <= position) low = middle + 1;
      else high = middle;
    }
    if (low == this.count) return false;
    this.enter(low);
    return position >= this.from;
  }

  /** Where a character is in the file. */
  fileOffset(position: u32): u32 {
    return this.find(position) ? this.fileAt + (position - this.from) * this.width : 0;
  }

  /** A unit of UTF-16, or the character of a byte; zero where there is none. */
  unit(position: u32): u32 {
    if (!this.find(position)) return 0;
    const at = this.stream.at + <usize>this.fileOffset(position);
    if (this.width == 2) return <u32>load<u16>(at);
    if (position > this.lead && position < this.trailEnd) return 0;
    const taken = stepOf(this.encoding, at, this.end);
    const point = taken & 0xffffff;
    this.lead = position;
    this.trailEnd = position + (taken >>> 24);
    return point == INVALID ? <u32>load<u8>(at) : point;
  }
}
