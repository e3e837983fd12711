/** UTF-16 and bytes of a code page, as UTF-8. */
import { Bytes } from '../../lib/assembly/bytes';
import { Text, decodeInto } from '../../lib/assembly/encoding/decode';

const REPLACEMENT: u32 = 0xfffd;
/** No string of these formats that stands by itself is longer. */
const MAX_BYTES: usize = 4 << 20;

const scratch = new Text(256, MAX_BYTES, 0);

/** Units one after another; halves of pairs are joined, also where they come apart. */
export class Units {
  private high: u32 = 0;

  /** Appends a unit, or keeps it for the next. */
  put(into: Bytes, unit: u32): void {
    const high = this.high;
    this.high = 0;
    if ((unit & 0xfc00) == 0xdc00 && high != 0) {
      into.codePoint(0x10000 + ((high & 0x3ff) << 10) + (unit & 0x3ff));
      return;
    }
    if (high != 0) into.codePoint(REPLACEMENT);
    if ((unit & 0xfc00) == 0xd800) this.high = unit;
    else if (unit != 0) into.codePoint(unit);
  }

  /** Ends a string. */
  flush(into: Bytes): void {
    if (this.high != 0) into.codePoint(REPLACEMENT);
    this.high = 0;
  }
}

const units = new Units();

/** Appends UTF-16 without its zeroes. */
export function appendUnits(into: Bytes, at: usize, length: usize): void {
  for (const end = at + (length & ~1); at < end; at += 2) units.put(into, <u32>load<u16>(at));
  units.flush(into);
}

/** Appends bytes of an encoding. */
export function appendEncoded(into: Bytes, encoding: i32, at: usize, length: usize): void {
  scratch.bytes.length = 0;
  scratch.truncated = false;
  decodeInto(scratch, encoding, at, length);
  into.append(scratch.bytes.at, scratch.bytes.length);
}
