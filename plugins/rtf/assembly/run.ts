/** Bytes of text in one code page that follow each other: a character may be spread over several tokens. */
import { Bytes } from '../../lib/assembly/bytes';
import { Text, decodeInto } from '../../lib/assembly/encoding/decode';

const REPLACEMENT: u32 = 0xfffd;

export class Run {
  undecodable: i64 = 0;
  private bytes: Bytes = new Bytes(4096);
  /** The first half of a pair of \u (RTF 1.9.1 counts in UTF-16). */
  private high: u32 = 0;

  isEmpty(): bool {
    return this.bytes.length == 0;
  }

  // @ts-ignore: decorator
  @inline
  byte(byte: u32): void {
    this.bytes.byte(byte);
  }

  flush(text: Text, encoding: i32): void {
    this.endPair(text);
    const before = text.undecodable;
    decodeInto(text, encoding, this.bytes.at, this.bytes.length);
    this.undecodable += text.undecodable - before;
    this.bytes.length = 0;
  }

  private endPair(text: Text): void {
    if (this.high == 0) return;
    this.high = 0;
    this.undecodable++;
    if (!text.truncated) text.put(REPLACEMENT);
  }

  /** A code point, or half of one. */
  character(text: Text, point: u32): void {
    if ((point & 0xfffffc00) == 0xdc00 && this.high != 0) {
      const whole = 0x10000 + ((this.high & 0x3ff) << 10) + (point & 0x3ff);
      this.high = 0;
      if (!text.truncated) text.put(whole);
      return;
    }
    this.endPair(text);
    if ((point & 0xfffffc00) == 0xd800) this.high = point;
    else if (!text.truncated) text.put(point);
  }
}
