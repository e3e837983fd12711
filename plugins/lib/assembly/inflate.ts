/** DEFLATE (RFC 1951) into a buffer of a known size. */

/** Codes up to this length are one look into a table; longer ones are walked bit by bit. */
const TABLE_BITS: u32 = 10;
const TABLE_MASK: usize = (1 << TABLE_BITS) - 1;
const MAX_CODE_BITS: u32 = 15;
const END_OF_BLOCK: i32 = 256;

// prettier-ignore
const LENGTH_BASE = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]);
// prettier-ignore
const LENGTH_EXTRA = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);
// prettier-ignore
const DISTANCE_BASE = memory.data<u16>([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
]);
// prettier-ignore
const DISTANCE_EXTRA = memory.data<u8>([
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]);
const CODE_ORDER = memory.data<u8>([
  16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
]);

/** A canonical Huffman code. An entry of `table` is the symbol times 16 plus its length; zero is none. */
class Code {
  table: usize = 0;
  counts: usize = 0;
  symbols: usize = 0;

  constructor() {
    this.table = heap.alloc(2 << TABLE_BITS);
    this.counts = heap.alloc((MAX_CODE_BITS + 2) * 2);
    this.symbols = heap.alloc(288 * 2);
  }

  /** Builds the code of `count` lengths, one byte each. False when there are more codes than bits. */
  build(lengths: usize, count: i32): bool {
    this.countLengths(lengths, count);
    if (!this.fits()) return false;
    memory.fill(this.table, 0, 2 << TABLE_BITS);
    let code: u32 = 0;
    let index: u32 = 0;
    for (let length: u32 = 1; length <= MAX_CODE_BITS; length++) {
      code <<= 1;
      store<u16>(nextCode + (length << 1), <u16>code);
      store<u16>(nextIndex + (length << 1), <u16>index);
      const codes = this.codesOf(length);
      code += codes;
      index += codes;
    }
    for (let symbol = 0; symbol < count; symbol++) {
      const length = <u32>load<u8>(lengths + symbol);
      if (length != 0) this.place(symbol, length);
    }
    return true;
  }

  private countLengths(lengths: usize, count: i32): void {
    memory.fill(this.counts, 0, (MAX_CODE_BITS + 2) * 2);
    for (let i = 0; i < count; i++) {
      const at = this.counts + ((<usize>load<u8>(lengths + i)) << 1);
      store<u16>(at, load<u16>(at) + 1);
    }
    store<u16>(this.counts, 0);
  }

  private fits(): bool {
    let left: i32 = 1;
    for (let length: u32 = 1; length <= MAX_CODE_BITS; length++) {
      left = (left << 1) - <i32>this.codesOf(length);
      if (left < 0) return false;
    }
    return true;
  }

  private place(symbol: i32, length: u32): void {
    const indexAt = nextIndex + (length << 1);
    const codeAt = nextCode + (length << 1);
    const index = <usize>load<u16>(indexAt);
    const code = <u32>load<u16>(codeAt);
    store<u16>(indexAt, <u16>(index + 1));
    store<u16>(codeAt, <u16>(code + 1));
    store<u16>(this.symbols + (index << 1), <u16>symbol);
    if (length > TABLE_BITS) return;
    const entry = <u16>((symbol << 4) | length);
    for (let at = reversed(code, length); at <= <u32>TABLE_MASK; at += 1 << length) {
      store<u16>(this.table + (at << 1), entry);
    }
  }

  // @ts-ignore: decorator
  @inline
  codesOf(length: u32): u32 {
    return <u32>load<u16>(this.counts + (length << 1));
  }

  /** The next symbol of the stream, or -1. */
  // @ts-ignore: decorator
  @inline
  next(): i32 {
    if (bits < MAX_CODE_BITS) refill();
    const entry = <u32>load<u16>(this.table + (((<usize>hold) & TABLE_MASK) << 1));
    if (entry == 0) return this.walk();
    drop(entry & 15);
    return entry >> 4;
  }

  private walk(): i32 {
    let code: u32 = 0;
    let first: u32 = 0;
    let index: u32 = 0;
    for (let length: u32 = 1; length <= MAX_CODE_BITS; length++) {
      code |= (<u32>(hold >> (length - 1))) & 1;
      const codes = this.codesOf(length);
      if (code < first + codes) {
        drop(length);
        return load<u16>(this.symbols + ((<usize>(index + code - first)) << 1));
      }
      index += codes;
      first = (first + codes) << 1;
      code <<= 1;
    }
    return -1;
  }
}

const nextCode = memory.data((MAX_CODE_BITS + 1) * 2);
const nextIndex = memory.data((MAX_CODE_BITS + 1) * 2);
const lengths = memory.data(320);
const literals = new Code();
const distances = new Code();

let at: usize = 0;
let end: usize = 0;
let hold: u64 = 0;
let bits: u32 = 0;
let to: usize = 0;
let first: usize = 0;
let limit: usize = 0;

function reversed(code: u32, length: u32): u32 {
  let result: u32 = 0;
  for (let i: u32 = 0; i < length; i++) result |= ((code >> i) & 1) << (length - 1 - i);
  return result;
}

/** Past the end come zeroes; `overrun` tells at last that they were used. */
function refill(): void {
  while (bits <= 48) {
    hold |= (at < end ? <u64>load<u8>(at) : 0) << bits;
    at++;
    bits += 8;
  }
}

function overrun(): bool {
  return at - (bits >> 3) > end;
}

// @ts-ignore: decorator
@inline
function drop(count: u32): void {
  hold >>= count;
  bits -= count;
}

// @ts-ignore: decorator
@inline
function take(count: u32): u32 {
  if (bits < count) refill();
  const value = (<u32>hold) & ((1 << count) - 1);
  drop(count);
  return value;
}

function stored(): bool {
  drop(bits & 7);
  const length = <usize>take(16);
  if ((length ^ (<usize>take(16))) != 0xffff) return false;
  at -= bits >> 3;
  hold = 0;
  bits = 0;
  if (at > end || length > end - at || length > limit - to) return false;
  memory.copy(to, at, length);
  to += length;
  at += length;
  return true;
}

function fixedCodes(): bool {
  memory.fill(lengths, 8, 144);
  memory.fill(lengths + 144, 9, 112);
  memory.fill(lengths + 256, 7, 24);
  memory.fill(lengths + 280, 8, 8);
  if (!literals.build(lengths, 288)) return false;
  memory.fill(lengths, 5, 30);
  return distances.build(lengths, 30);
}

function dynamicCodes(): bool {
  const literalCount = <i32>take(5) + 257;
  const distanceCount = <i32>take(5) + 1;
  const orderCount = take(4) + 4;
  if (literalCount > 286 || distanceCount > 30) return false;
  memory.fill(lengths, 0, 19);
  for (let i: u32 = 0; i < orderCount; i++) {
    store<u8>(lengths + load<u8>(CODE_ORDER + i), <u8>take(3));
  }
  if (!literals.build(lengths, 19)) return false;
  if (!readLengths(literalCount + distanceCount)) return false;
  if (load<u8>(lengths + END_OF_BLOCK) == 0) return false;
  return (
    literals.build(lengths, literalCount) && distances.build(lengths + literalCount, distanceCount)
  );
}

function readLengths(count: i32): bool {
  let i = 0;
  while (i < count) {
    const symbol = literals.next();
    if (symbol < 0 || (symbol == 16 && i == 0)) return false;
    if (symbol < 16) {
      store<u8>(lengths + i++, <u8>symbol);
      continue;
    }
    const value = symbol == 16 ? load<u8>(lengths + i - 1) : <u8>0;
    const repeat = symbol == 16 ? 3 + take(2) : symbol == 17 ? 3 + take(3) : 11 + take(7);
    if (i + <i32>repeat > count) return false;
    memory.fill(lengths + i, value, repeat);
    i += repeat;
  }
  return true;
}

function copyBack(symbol: i32): bool {
  const index = symbol - 257;
  if (index > 28) return false;
  const length =
    <usize>load<u16>(LENGTH_BASE + (index << 1)) + take(<u32>load<u8>(LENGTH_EXTRA + index));
  const code = distances.next();
  if (code < 0 || code > 29) return false;
  const distance =
    <usize>load<u16>(DISTANCE_BASE + (code << 1)) + take(<u32>load<u8>(DISTANCE_EXTRA + code));
  if (distance > to - first || length > limit - to) return false;
  let from = to - distance;
  for (const stop = to + length; to < stop; to++) store<u8>(to, load<u8>(from++));
  return true;
}

function compressed(): bool {
  let symbol = literals.next();
  for (; symbol != END_OF_BLOCK; symbol = literals.next()) {
    if (symbol < 0) return false;
    if (symbol > END_OF_BLOCK) {
      if (!copyBack(symbol)) return false;
    } else {
      if (to == limit) return false;
      store<u8>(to++, <u8>symbol);
    }
  }
  return true;
}

function block(kind: u32): bool {
  if (kind == 0) return stored();
  if (kind == 3) return false;
  return (kind == 1 ? fixedCodes() : dynamicCodes()) && compressed();
}

/**
 * Decodes `packed` bytes at `from` to `into`. True when they are a whole stream of exactly `size` bytes;
 * never writes more than those.
 */
export function inflate(from: usize, packed: usize, into: usize, size: usize): bool {
  at = from;
  end = from + packed;
  hold = 0;
  bits = 0;
  first = into;
  to = into;
  limit = into + size;
  let last: bool = false;
  while (!last) {
    last = take(1) == 1;
    if (!block(take(2)) || overrun()) return false;
  }
  return to == limit;
}
