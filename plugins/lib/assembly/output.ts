/** The JSON result of a call, written through a window of 64 KiB. */
import { Failure, fail, resultWrite } from './host';

const WINDOW: usize = 64 << 10;
/** The longest thing that is written without a look at the room left: one escape. */
const LONGEST_ESCAPE: usize = 6;

let window: usize = 0;
let used: usize = 0;
let refused: bool = false;
/** Bytes that were handed over, or would have been. */
let passed: i64 = 0;
let passedBefore: i64 = 0;
let measuring: bool = false;

function flush(): void {
  if (used > 0 && !refused && !measuring && resultWrite(window, <i32>used) < 0) {
    refused = true;
    fail(Failure.LIMIT);
  }
  passed += used;
  used = 0;
}

/** From here to `measured`, what is written is only counted. */
export function measure(): void {
  flush();
  passedBefore = passed;
  measuring = true;
}

/** How long the result would be with what was written since `measure`; that is forgotten. */
export function measured(): i64 {
  flush();
  measuring = false;
  const length = passed;
  passed = passedBefore;
  return length;
}

// @ts-ignore: decorator
@inline
function byte(value: u32): void {
  store<u8>(window + used, <u8>value);
  used++;
}

function room(): void {
  if (window == 0) window = heap.alloc(WINDOW);
  if (used + LONGEST_ESCAPE > WINDOW) flush();
}

/** Writes ASCII as it stands: the fixed parts of the JSON. */
export function raw(text: string): void {
  for (let i = 0; i < text.length; i++) {
    room();
    byte(text.charCodeAt(i));
  }
}

export function integer(value: i64): void {
  raw(value.toString());
}

function hexDigit(value: u32): void {
  byte(value < 10 ? 48 + value : 87 + value);
}

function escape(value: u32): void {
  byte(92);
  if (value == 34 || value == 92) byte(value);
  else if (value == 10) byte(110);
  else if (value == 9) byte(116);
  else if (value == 13) byte(114);
  else {
    byte(117);
    byte(48);
    byte(48);
    hexDigit(value >> 4);
    hexDigit(value & 15);
  }
}

/** Writes UTF-8 as a JSON string, quotes included. */
export function quoted(at: usize, length: usize): void {
  room();
  byte(34);
  for (const end = at + length; at < end; at++) {
    const value = <u32>load<u8>(at);
    room();
    if (value < 32 || value == 34 || value == 92) escape(value);
    else byte(value);
  }
  room();
  byte(34);
}

/** Writes an ASCII string that needs no escapes, in quotes. */
export function name(text: string): void {
  raw('"');
  raw(text);
  raw('"');
}

/** Hands over what is left. */
export function finish(): void {
  flush();
}
