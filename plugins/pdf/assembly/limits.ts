import { input_length, input_load_u8 } from './host';

// Reads `args.limits.pages` and `args.limits.text_bytes` from the input. The host has validated it and
// writes canonical JSON, so there is no white space; anything else leaves the defaults in force.

const MAX_INPUT: u64 = 65536;
const MAX_DEPTH: i32 = 32;
const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const COMMA: u32 = 0x2c;
const COLON: u32 = 0x3a;

export let maxPages: i32 = 2000;
export let maxTextBytes: i32 = 2 << 20;

let at: u64 = 0;
let end: u64 = 0;

export function readLimits(): void {
  end = input_length();
  if (end > MAX_INPUT) return;
  const limits = member(member(0, 'args'), 'limits');
  maxPages = integer(member(limits, 'pages'), maxPages);
  maxTextBytes = integer(member(limits, 'text_bytes'), maxTextBytes);
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
function member(object: u64, key: string): u64 {
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
function integer(from: u64, otherwise: i32): i32 {
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
