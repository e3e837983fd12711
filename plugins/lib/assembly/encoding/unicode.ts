/** UTF-8, UTF-16 and UTF-32, one code point at a time (WHATWG Encoding Standard; Unicode 3.9). */

/** What a step returns for bytes that are no character. The high byte of a step is how many bytes it took. */
export const INVALID: u32 = 0xffffff;
/** The point of a step that takes bytes and gives no character. */
export const NOTHING: u32 = 0xfffffe;

// @ts-ignore: decorator
@inline
export function step(point: u32, taken: u32): u32 {
  return (taken << 24) | point;
}

function continuation(at: usize, end: usize): bool {
  return at < end && ((<u32>load<u8>(at)) & 0xc0) == 0x80;
}

/** The first continuation byte has a narrower range after some lead bytes (Unicode, table 3-7). */
function secondIsValid(lead: u32, second: u32): bool {
  if (lead == 0xe0) return second >= 0xa0 && second <= 0xbf;
  if (lead == 0xed) return second >= 0x80 && second <= 0x9f;
  if (lead == 0xf0) return second >= 0x90 && second <= 0xbf;
  if (lead == 0xf4) return second >= 0x80 && second <= 0x8f;
  return (second & 0xc0) == 0x80;
}

export function stepUtf8(at: usize, end: usize): u32 {
  const lead = <u32>load<u8>(at);
  if (lead < 0x80) return step(lead, 1);
  if (lead < 0xc2 || lead > 0xf4 || at + 1 >= end) return step(INVALID, 1);
  const second = <u32>load<u8>(at + 1);
  if (!secondIsValid(lead, second)) return step(INVALID, 1);
  if (lead < 0xe0) return step(((lead & 31) << 6) | (second & 63), 2);
  if (!continuation(at + 2, end)) return step(INVALID, 2);
  const third = (<u32>load<u8>(at + 2)) & 63;
  if (lead < 0xf0) return step(((lead & 15) << 12) | ((second & 63) << 6) | third, 3);
  if (!continuation(at + 3, end)) return step(INVALID, 3);
  const fourth = (<u32>load<u8>(at + 3)) & 63;
  return step(((lead & 7) << 18) | ((second & 63) << 12) | (third << 6) | fourth, 4);
}

function unit(at: usize, big: bool): u32 {
  const value = <u32>load<u16>(at);
  return big ? ((value & 255) << 8) | (value >> 8) : value;
}

export function stepUtf16(at: usize, end: usize, big: bool): u32 {
  if (at + 2 > end) return step(INVALID, 1);
  const high = unit(at, big);
  if ((high & 0xf800) != 0xd800) return step(high, 2);
  if (high >= 0xdc00 || at + 4 > end) return step(INVALID, 2);
  const low = unit(at + 2, big);
  if ((low & 0xfc00) != 0xdc00) return step(INVALID, 2);
  return step(0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff), 4);
}

export function stepUtf32(at: usize, end: usize, big: bool): u32 {
  if (at + 4 > end) return step(INVALID, <u32>(end - at));
  const value = load<u32>(at);
  const point = big ? bswap<u32>(value) : value;
  if (point > 0x10ffff || (point & 0xfffff800) == 0xd800) return step(INVALID, 4);
  return step(point, 4);
}
