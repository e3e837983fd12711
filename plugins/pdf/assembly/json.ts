import { out_write } from './host';
import { allocate } from './memory';
import { free } from './pdfium';

// Builds the result and hands it out in chunks. Until `release()` everything is held back, so that a
// document that turns out to have no text leaves no output behind. What comes behind the pages, but is
// known while they are written, is put aside.

const CHUNK: usize = 65536;
const LONGEST: usize = 12; // bytes of the longest thing written at once: an escape or a number

let buffer: usize = 0;
let length: usize = 0;
let capacity: usize = 0;
let held: bool = true;

/** The buffer that is not written to now: of what is put aside, or else of the result. */
let otherBuffer: usize = 0;
let otherLength: usize = 0;
let otherCapacity: usize = 0;
let aside: bool = false;

/** True when the host has refused output: the call is lost, and there is no use in going on. */
export let refused: bool = false;

export function release(): void {
  held = false;
}

export function flush(): void {
  if (length != 0 && out_write(buffer, <i32>length) < 0) refused = true;
  length = 0;
}

/** What is written from now on is put aside, or no more. */
export function putAside(on: bool): void {
  if (on == aside) return;
  aside = on;
  const from = buffer;
  const used = length;
  const size = capacity;
  buffer = otherBuffer;
  length = otherLength;
  capacity = otherCapacity;
  otherBuffer = from;
  otherLength = used;
  otherCapacity = size;
}

/** Hands out what was written, and what was put aside behind it. */
export function writeAside(): void {
  flush();
  for (let at: usize = 0; at < otherLength && !refused; at += CHUNK) {
    if (out_write(otherBuffer + at, <i32>min(CHUNK, otherLength - at)) < 0) refused = true;
  }
}

function reserve(): void {
  if (length + LONGEST <= capacity) return;
  if (!held && !aside && capacity != 0) {
    flush();
    return;
  }
  const size = max(capacity << 1, CHUNK);
  const larger = allocate(size);
  memory.copy(larger, buffer, length);
  if (buffer) free(buffer);
  buffer = larger;
  capacity = size;
}

// @ts-ignore: decorator
@inline
function put(byte: u32): void {
  store<u8>(buffer + length, byte);
  length++;
}

/** Our own ASCII, as it is. */
export function raw(text: string): void {
  for (let i = 0; i < text.length; i++) {
    reserve();
    put(text.charCodeAt(i));
  }
}

export function integer(value: u32): void {
  if (value >= 10) integer(value / 10);
  reserve();
  put(0x30 + (value % 10));
}

/** One code point inside a string: a Unicode scalar value, escaped where JSON (RFC 8259, 7) asks for it. */
export function character(c: u32): void {
  reserve();
  if (c < 0x20) {
    control(c);
  } else if (c < 0x80) {
    if (c == 0x22 || c == 0x5c) put(0x5c);
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | (c >> 6));
    put(0x80 | (c & 63));
  } else if (c < 0x10000) {
    put(0xe0 | (c >> 12));
    put(0x80 | ((c >> 6) & 63));
    put(0x80 | (c & 63));
  } else {
    put(0xf0 | (c >> 18));
    put(0x80 | ((c >> 12) & 63));
    put(0x80 | ((c >> 6) & 63));
    put(0x80 | (c & 63));
  }
}

function control(c: u32): void {
  put(0x5c);
  if (c == 0x0a) {
    put(0x6e);
    return;
  }
  put(0x75);
  put(0x30);
  put(0x30);
  put(0x30 | (c >> 4));
  const low = c & 15;
  put(low < 10 ? 0x30 + low : 0x57 + low);
}
