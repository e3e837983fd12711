import { MALFORMED } from '../../pdf/assembly/host';
import { byteAt, size } from './blob';
import { checkSize } from './size';

const HASH: u32 = 0x23;
const LINE_FEED: u32 = 0x0a;
const MAX_DIGITS: i32 = 9;

let at: usize = 0;

/** PBM, PGM and PPM, plain or raw (netpbm): "P1" to "P6", then width and height in decimal. */
export function readPnm(): i32 {
  at = 2;
  const width = number();
  const height = number();
  return width < 0 || height < 0 ? MALFORMED : checkSize(width, height);
}

/** The next number, after white space and comments; negative when there is none. */
function number(): i32 {
  const start = at;
  while (at < size && (isSpace(byteAt(at)) || byteAt(at) == HASH)) {
    if (byteAt(at) == HASH) {
      while (at < size && byteAt(at) != LINE_FEED) at++;
    }
    at++;
  }
  if (at == start) return -1;
  let value = 0;
  let digits = 0;
  while (byteAt(at) >= 0x30 && byteAt(at) <= 0x39 && digits < MAX_DIGITS) {
    value = value * 10 + <i32>(byteAt(at) - 0x30);
    digits++;
    at++;
  }
  return digits > 0 ? value : -1;
}

function isSpace(byte: u32): bool {
  return byte == 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
