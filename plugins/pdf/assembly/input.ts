import { input_length, input_load_u8 } from './host';

// Finds its way in the input. The host writes it as JSON without white space; anything else has no members.

const MAX_INPUT: u64 = 65536;
const MAX_DEPTH: i32 = 32;
const LONGEST: i32 = 3; // bytes of one character
const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const COMMA: u32 = 0x2c;
const COLON: u32 = 0x3a;

let at: u64 = 0;
let end: u64 = 0;

/** Where the value of `args` begins. */
export function args(): u64 {
  end = input_length();
  if (end > MAX_INPUT) end = 0;
  return member(0, 'args');
}

function peek(): u32 {
  return at < end ? input_load_u8(at) & 0xff : 0;
}

function eat(byte: u32): bool {
  if (peek() != byte) return false;
  at++;
  return true;
}

/** Where the value of `key` begins in the object at `object`; `end` when there is none. */
export function member(object: u64, key: string): u64 {
  at = object;
  if (!eat(0x7b)) return end;
  do {
    const found = eatKey(key);
    if (!eat(COLON)) return end;
    if (found) return at;
    if (!skipValue()) return end;
  } while (eat(COMMA));
  return end;
}

/** Moves past a string; true when it is `key`. */
function eatKey(key: string): bool {
  const start = at + 1;
  if (!skipString() || at - start - 1 != <u64>key.length) return false;
  for (let i = 0; i < key.length; i++) {
    if (input_load_u8(start + i) != <u32>key.charCodeAt(i)) return false;
  }
  return true;
}

function skipString(): bool {
  if (!eat(QUOTE)) return false;
  while (at < end) {
    if (eat(QUOTE)) return true;
    at += peek() == BACKSLASH ? 2 : 1;
  }
  return false;
}

/** Moves past one value: to the next comma or closing bracket that is not inside it. */
function skipValue(): bool {
  let depth = 0;
  while (at < end) {
    const byte = peek();
    const opens = byte == 0x7b || byte == 0x5b;
    const closes = byte == 0x7d || byte == 0x5d;
    if (depth == 0 && (closes || byte == COMMA)) return true;
    if (byte == QUOTE) {
      if (!skipString()) return false;
      continue;
    }
    if (opens && ++depth > MAX_DEPTH) return false;
    if (closes) depth--;
    at++;
  }
  return false;
}

/** A positive integer of at most nine digits; anything else is `otherwise`. */
export function integer(from: u64, otherwise: i32): i32 {
  at = from;
  let value = 0;
  let digits = 0;
  while (peek() >= 0x30 && peek() <= 0x39 && digits < 10) {
    value = value * 10 + <i32>(peek() - 0x30);
    digits++;
    at++;
  }
  const ends = peek() == COMMA || peek() == 0x7d;
  return ends && digits < 10 && value > 0 ? value : otherwise;
}

export function isTrue(from: u64): bool {
  at = from;
  return eat(0x74); // no other value begins with a "t"
}

/**
 * Writes the string at `from` to `to`, as UTF-8; returns how many bytes that are. 0 when there is none,
 * or it has more than `most` bytes.
 */
export function text(from: u64, to: usize, most: i32): i32 {
  at = from;
  if (!eat(QUOTE)) return 0;
  let bytes = 0;
  while (peek() != QUOTE) {
    if (at >= end || bytes + LONGEST > most) return 0;
    const c = peek();
    at++;
    bytes += c == BACKSLASH ? encode(escaped(), to + bytes) : put(c, to + bytes);
  }
  return bytes;
}

/** What a backslash stands for (RFC 8259, 7). */
function escaped(): u32 {
  const c = peek();
  at++;
  if (c == 0x62) return 0x08;
  if (c == 0x66) return 0x0c;
  if (c == 0x6e) return 0x0a;
  if (c == 0x72) return 0x0d;
  if (c == 0x74) return 0x09;
  if (c != 0x75) return c;
  let value: u32 = 0;
  for (let i = 0; i < 4; i++) {
    value = (value << 4) | digit(peek());
    at++;
  }
  return value;
}

function digit(c: u32): u32 {
  return c < 0x3a ? c & 15 : (c + 9) & 15;
}

function put(byte: u32, to: usize): i32 {
  store<u8>(to, byte);
  return 1;
}

/** A character of the basic plane: the host writes no other as an escape. */
function encode(c: u32, to: usize): i32 {
  if (c < 0x80) return put(c, to);
  if (c < 0x800) return put(0xc0 | (c >> 6), to) + put(0x80 | (c & 63), to + 1);
  const head = put(0xe0 | (c >> 12), to) + put(0x80 | ((c >> 6) & 63), to + 1);
  return head + put(0x80 | (c & 63), to + 2);
}
