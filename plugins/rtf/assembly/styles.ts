/** Which paragraph styles are headings: those that are called so, or that have an outline level. */
import { Bytes, lowerAscii } from '../../lib/assembly/bytes';

const MAX_STYLE: i32 = 1023;
const MAX_NAME: usize = 64;
const HEADING: string = 'heading ';
/** Headings have six levels in the result. */
const MAX_LEVEL: i32 = 6;

/** The level of each style; zero for none. */
const levels = memory.data(MAX_STYLE + 1);
const name = new Bytes(MAX_NAME);

export function styleLevel(style: i32): i32 {
  return style >= 0 && style <= MAX_STYLE ? <i32>load<u8>(levels + style) : 0;
}

/** Gives a style a level from 1 on; below that, or far above, it gets none. */
export function setStyleLevel(style: i32, level: i32): void {
  if (style < 0 || style > MAX_STYLE || level < 1 || level > 9) return;
  store<u8>(levels + style, <u8>min(level, MAX_LEVEL));
}

function isHeadingName(): bool {
  if (name.length != <usize>HEADING.length + 1) return false;
  for (let i = 0; i < HEADING.length; i++) {
    if (lowerAscii(<u32>load<u8>(name.at + i)) != HEADING.charCodeAt(i)) return false;
  }
  return true;
}

/** Takes a byte of the name of a style; a semicolon ends it. */
export function takeStyleName(byte: u32, style: i32): void {
  if (byte != 59) {
    if (name.length < MAX_NAME && (byte != 32 || name.length > 0)) name.byte(byte);
    return;
  }
  if (isHeadingName()) setStyleLevel(style, <i32>load<u8>(name.at + HEADING.length) - 48);
  name.length = 0;
}
