import { OVER_LIMIT, fail, out_write } from '../../pdf/assembly/host';
import { allocate } from './memory';

// The result, handed out in chunks.

const CHUNK: usize = 65536;
const LONGEST: usize = 12; // bytes of the longest thing written at once: an escape or a number

let buffer: usize = 0;
let length: usize = 0;

export function flush(): void {
  if (length != 0 && out_write(buffer, <i32>length) < 0) fail(OVER_LIMIT);
  length = 0;
}

function reserve(): void {
  if (buffer == 0) buffer = allocate(CHUNK);
  if (length + LONGEST > CHUNK) flush();
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

/** UTF-8 inside a string, escaped where JSON (RFC 8259, 7) asks for it. */
export function utf8(from: usize, bytes: usize): void {
  for (let at = from; at < from + bytes; at++) {
    const byte = <u32>load<u8>(at);
    reserve();
    if (byte < 0x20) {
      control(byte);
    } else {
      if (byte == 0x22 || byte == 0x5c) put(0x5c);
      put(byte);
    }
  }
}

function control(byte: u32): void {
  put(0x5c);
  if (byte == 0x0a) {
    put(0x6e);
    return;
  }
  put(0x75);
  put(0x30);
  put(0x30);
  put(0x30 | (byte >> 4));
  const low = byte & 15;
  put(low < 10 ? 0x30 + low : 0x57 + low);
}
