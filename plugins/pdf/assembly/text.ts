import { character, putAside, refused } from './json';
import { maxTextBytes } from './limits';

// UTF-16 of PDFium to the inside of a JSON string, within the limit on text bytes.

const REPLACEMENT: u32 = 0xfffd;
const LAST: u32 = 0x10ffff;
const LINE_FEED: u32 = 0x0a;
const CARRIAGE_RETURN: u32 = 0x0d;

let textBytes: i32 = 0;

/** True when the limit has cut something off. */
export let cut: bool = false;
/** Code points written so far, all together. */
export let written: i32 = 0;

let aside: bool = false;
let asideBytes: i32 = 0;
/** True when what is put aside has reached a limit of its own, as high as that of the text. */
export let asideCut: bool = false;

export function startAside(): void {
  aside = true;
  putAside(true);
}

export function endAside(): void {
  aside = false;
  putAside(false);
}

// @ts-ignore: decorator
@inline
function unit(from: usize, index: i32): u32 {
  return load<u16>(from + ((<usize>index) << 1));
}

/** Writes `count` UTF-16 units. */
export function writeText(from: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    let c = unit(from, i);
    if (c == 0) continue;
    if (c == CARRIAGE_RETURN) {
      if (i + 1 < count && unit(from, i + 1) == LINE_FEED) continue;
      c = LINE_FEED;
    } else if ((c & 0xf800) == 0xd800) {
      const next = i + 1 < count ? unit(from, i + 1) : 0;
      if (c < 0xdc00 && (next & 0xfc00) == 0xdc00) {
        c = 0x10000 + ((c & 0x3ff) << 10) + (next & 0x3ff);
        i++;
      } else {
        c = REPLACEMENT;
      }
    }
    if (!writeCodePoint(c)) return;
  }
}

/** Writes one code point, whatever it is; false when the limit is reached. */
export function writeCodePoint(given: u32): bool {
  const c = given > LAST || (given >= 0xd800 && given < 0xe000) ? REPLACEMENT : given;
  const size = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  if (aside) return writeAside(c, size);
  if (cut || refused || textBytes + size > maxTextBytes) {
    cut = true;
    return false;
  }
  textBytes += size;
  written++;
  character(c);
  return true;
}

function writeAside(c: u32, size: i32): bool {
  if (asideCut || asideBytes + size > maxTextBytes) {
    asideCut = true;
    return false;
  }
  asideBytes += size;
  character(c);
  return true;
}
