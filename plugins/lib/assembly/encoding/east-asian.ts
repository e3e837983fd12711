/** The multi-byte encodings of East Asia, one code point at a time (WHATWG Encoding Standard, 10 to 13). */
import {
  BIG5,
  BIG5_PLANE2,
  CP949,
  GBK,
  GB_POINTERS,
  GB_UNICODE,
  JIS0208,
  JIS0212,
} from '../../generated/encodings';
import { INVALID, NOTHING, step } from './unicode';

const UNDEFINED: u32 = 0xfffd;

// @ts-ignore: decorator
@inline
function entry(table: string, index: u32): u32 {
  return <u32>load<u16>(changetype<usize>(table) + ((<usize>index) << 1));
}

/** A pair that is no character: its second byte is kept when it is ASCII, so that no markup is swallowed. */
function badPair(trail: u32): u32 {
  return step(INVALID, trail < 0x80 ? 1 : 2);
}

function pair(table: string, index: u32, trail: u32): u32 {
  const point = entry(table, index);
  return point == UNDEFINED ? badPair(trail) : step(point, 2);
}

export function stepShiftJis(at: usize, end: usize): u32 {
  const lead = <u32>load<u8>(at);
  if (lead < 0x80) return step(lead, 1);
  if (lead - 0xa1 < 63) return step(0xff61 + lead - 0xa1, 1);
  const isLead = lead - 0x81 < 31 || lead - 0xe0 < 29;
  if (!isLead || at + 1 >= end) return step(INVALID, 1);
  const trail = <u32>load<u8>(at + 1);
  if (trail < 0x40 || trail == 0x7f || trail > 0xfc) return badPair(trail);
  const row = lead < 0xa0 ? lead - 0x81 : lead - 0xc1;
  return pair(JIS0208, row * 188 + trail - (trail < 0x7f ? 0x40 : 0x41), trail);
}

export function stepEucJp(at: usize, end: usize): u32 {
  const lead = <u32>load<u8>(at);
  if (lead < 0x80) return step(lead, 1);
  if (at + 1 >= end) return step(INVALID, 1);
  const second = <u32>load<u8>(at + 1);
  if (lead == 0x8e) return second - 0xa1 < 63 ? step(0xff61 + second - 0xa1, 2) : badPair(second);
  if (lead == 0x8f) return stepJis0212(at, end, second);
  if (lead - 0xa1 >= 94) return step(INVALID, 1);
  if (second - 0xa1 >= 94) return badPair(second);
  return pair(JIS0208, (lead - 0xa1) * 94 + second - 0xa1, second);
}

function stepJis0212(at: usize, end: usize, second: u32): u32 {
  if (second - 0xa1 >= 94 || at + 2 >= end) return badPair(second);
  const third = <u32>load<u8>(at + 2);
  if (third - 0xa1 >= 94) return step(INVALID, 2);
  const point = entry(JIS0212, (second - 0xa1) * 94 + third - 0xa1);
  return step(point == UNDEFINED ? INVALID : point, 3);
}

export function stepGb18030(at: usize, end: usize): u32 {
  const lead = <u32>load<u8>(at);
  if (lead < 0x80) return step(lead, 1);
  if (lead == 0x80) return step(0x20ac, 1);
  if (lead == 0xff || at + 1 >= end) return step(INVALID, 1);
  const trail = <u32>load<u8>(at + 1);
  if (trail - 48 < 10) return stepGbFour(at, end, lead, trail);
  if (trail < 0x40 || trail == 0x7f || trail == 0xff) return badPair(trail);
  return pair(GBK, (lead - 0x81) * 190 + trail - (trail < 0x7f ? 0x40 : 0x41), trail);
}

function stepGbFour(at: usize, end: usize, lead: u32, second: u32): u32 {
  if (at + 3 >= end) return step(INVALID, 1);
  const third = <u32>load<u8>(at + 2);
  const fourth = <u32>load<u8>(at + 3);
  if (third - 0x81 >= 126 || fourth - 48 >= 10) return step(INVALID, 1);
  const pointer = (((lead - 0x81) * 10 + second - 48) * 126 + third - 0x81) * 10 + fourth - 48;
  if (pointer >= 189000) return pointer < 1237576 ? step(pointer - 123464, 4) : step(INVALID, 4);
  return pointer > 39419 ? step(INVALID, 4) : step(gbRange(pointer), 4);
}

/** The last range that starts at or before the pointer. */
function gbRange(pointer: u32): u32 {
  let low = 0;
  let high = GB_POINTERS.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (entry(GB_POINTERS, middle) <= pointer) low = middle;
    else high = middle - 1;
  }
  return entry(GB_UNICODE, low) + pointer - entry(GB_POINTERS, low);
}

export function stepBig5(at: usize, end: usize): u32 {
  const lead = <u32>load<u8>(at);
  if (lead < 0x80) return step(lead, 1);
  if (lead - 0x81 >= 126 || at + 1 >= end) return step(INVALID, 1);
  const trail = <u32>load<u8>(at + 1);
  const low = trail - 0x40 < 63;
  if (!low && trail - 0xa1 >= 94) return badPair(trail);
  const index = (lead - 0x81) * 157 + trail - (low ? 0x40 : 0x62);
  const point = entry(BIG5, index);
  if (point == UNDEFINED) return badPair(trail);
  const bits = <u32>load<u8>(changetype<usize>(BIG5_PLANE2) + (index >> 3));
  return step(((bits >> (index & 7)) & 1) != 0 ? 0x20000 | point : point, 2);
}

export function stepEucKr(at: usize, end: usize): u32 {
  const lead = <u32>load<u8>(at);
  if (lead < 0x80) return step(lead, 1);
  if (lead - 0x81 >= 126 || at + 1 >= end) return step(INVALID, 1);
  const trail = <u32>load<u8>(at + 1);
  if (trail - 0x41 >= 190) return badPair(trail);
  return pair(CP949, (lead - 0x81) * 190 + trail - 0x41, trail);
}

/** What ISO-2022-JP has shifted to: 0 ASCII, 1 JIS X 0201 Roman, 2 half-width kana, 3 JIS X 0208. */
let shifted: u32 = 0;

/** Forgets the shift: a new text starts in ASCII. */
export function resetIso2022Jp(): void {
  shifted = 0;
}

/** An escape sequence is a step without a character: NOTHING. */
export function stepIso2022Jp(at: usize, end: usize): u32 {
  const byte = <u32>load<u8>(at);
  if (byte == 0x1b) return shift(at, end);
  if (byte >= 0x80) return step(INVALID, 1);
  if (shifted == 2 && byte - 0x21 < 63) return step(0xff61 + byte - 0x21, 1);
  if (shifted != 3 || byte < 0x21 || byte == 0x7f) return step(romanOrAscii(byte), 1);
  const second = at + 1 < end ? <u32>load<u8>(at + 1) : 0;
  if (second - 0x21 >= 94) return step(INVALID, 1);
  const point = entry(JIS0208, (byte - 0x21) * 94 + second - 0x21);
  return step(point == UNDEFINED ? INVALID : point, 2);
}

function romanOrAscii(byte: u32): u32 {
  if (shifted != 1) return byte;
  return byte == 0x5c ? 0xa5 : byte == 0x7e ? 0x203e : byte;
}

function shift(at: usize, end: usize): u32 {
  if (at + 2 >= end) return step(INVALID, 1);
  const code = ((<u32>load<u8>(at + 1)) << 8) | (<u32>load<u8>(at + 2));
  if (code == 0x2842) shifted = 0;
  else if (code == 0x284a) shifted = 1;
  else if (code == 0x2849) shifted = 2;
  else if (code == 0x2440 || code == 0x2442) shifted = 3;
  else return step(INVALID, 1);
  return step(NOTHING, 3);
}
