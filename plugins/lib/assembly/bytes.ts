/**
 * A byte buffer that grows. The stub runtime frees nothing, but it enlarges the block that was allocated
 * last in place: fill one buffer at a time and growing costs no copy.
 */
export class Bytes {
  at: usize;
  length: usize = 0;
  private capacity: usize;

  constructor(capacity: usize) {
    this.capacity = capacity < 16 ? 16 : capacity;
    this.at = heap.alloc(this.capacity);
  }

  /** Makes room for `extra` more bytes. */
  reserve(extra: usize): void {
    const needed = this.length + extra;
    if (needed <= this.capacity) return;
    let capacity = this.capacity;
    while (capacity < needed) capacity <<= 1;
    this.at = heap.realloc(this.at, capacity);
    this.capacity = capacity;
  }

  // @ts-ignore: decorator
  @inline
  byte(value: u32): void {
    if (this.length == this.capacity) this.reserve(1);
    store<u8>(this.at + this.length, <u8>value);
    this.length++;
  }

  append(from: usize, length: usize): void {
    this.reserve(length);
    memory.copy(this.at + this.length, from, length);
    this.length += length;
  }

  /** Appends the characters of an ASCII string. */
  ascii(text: string): void {
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
  }

  /** Appends a code point in UTF-8; a lone surrogate becomes U+FFFD. */
  codePoint(point: u32): void {
    if (point < 0x80) {
      this.byte(point);
    } else if (point < 0x800) {
      this.byte(0xc0 | (point >> 6));
      this.byte(0x80 | (point & 63));
    } else if (point < 0x10000) {
      const safe: u32 = (point & 0xf800) == 0xd800 ? 0xfffd : point;
      this.byte(0xe0 | (safe >> 12));
      this.byte(0x80 | ((safe >> 6) & 63));
      this.byte(0x80 | (safe & 63));
    } else {
      this.byte(0xf0 | ((point >> 18) & 7));
      this.byte(0x80 | ((point >> 12) & 63));
      this.byte(0x80 | ((point >> 6) & 63));
      this.byte(0x80 | (point & 63));
    }
  }
}

/** How many bytes a code point takes in UTF-8. */
export function utf8Length(point: u32): usize {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

/** ASCII letters in lower case, everything else as it is. */
// @ts-ignore: decorator
@inline
export function lowerAscii(byte: u32): u32 {
  return byte - 65 < 26 ? byte | 32 : byte;
}
