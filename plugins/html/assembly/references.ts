/** Character references (WHATWG HTML 13.2.5.72 to 80). */
import { lowerAscii } from '../../lib/assembly/bytes';
import { ENTITY_NAMES, ENTITY_ROWS, ENTITY_TEXTS } from '../../lib/generated/entities';

const LONGEST_NAME: usize = 33;

/** What windows-1252 has at 0x80 to 0x9f: numbers in that range mean it (zero: they mean themselves). */
const C1 = memory.data<u16>([
  0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0,
  0x17d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a,
  0x153, 0, 0x17e, 0x178,
]);

/** The reference that was read last: one or two code points (zero: no second one). */
export let firstPoint: u32 = 0;
export let secondPoint: u32 = 0;

function isAlphanumeric(byte: u32): bool {
  return byte - 48 < 10 || lowerAscii(byte) - 97 < 26;
}

function digitOf(byte: u32, hexadecimal: bool): u32 {
  if (byte - 48 < 10) return byte - 48;
  const letter = lowerAscii(byte) - 97;
  return hexadecimal && letter < 6 ? letter + 10 : 16;
}

function numberMeans(value: u32): u32 {
  if (value == 0 || value > 0x10ffff || (value & 0xfffff800) == 0xd800) return 0xfffd;
  if (value - 0x80 >= 32) return value;
  const mapped = <u32>load<u16>(C1 + ((value - 0x80) << 1));
  return mapped == 0 ? value : mapped;
}

/** `at` is behind "&#". Returns where the reference ends, or zero when there is no number. */
function readNumber(at: usize, end: usize): usize {
  const hexadecimal = at < end && lowerAscii(<u32>load<u8>(at)) == 120;
  let next = hexadecimal ? at + 1 : at;
  const base: u32 = hexadecimal ? 16 : 10;
  let value: u32 = 0;
  let digits = 0;
  while (next < end) {
    const digit = digitOf(<u32>load<u8>(next), hexadecimal);
    if (digit >= base) break;
    if (value <= 0x10ffff) value = value * base + digit;
    digits++;
    next++;
  }
  if (digits == 0) return 0;
  firstPoint = numberMeans(value);
  secondPoint = 0;
  return next < end && load<u8>(next) == 59 ? next + 1 : next;
}

// @ts-ignore: decorator
@inline
function cell(row: i32, column: i32): u32 {
  return ENTITY_ROWS.charCodeAt((row << 2) + column);
}

/** Below zero, zero or above: how bytes stand to the name of a row. */
function compare(at: usize, length: usize, row: i32): i32 {
  const name = <i32>cell(row, 0);
  const size = <usize>cell(row, 1);
  const shorter = size < length ? size : length;
  for (let i: usize = 0; i < shorter; i++) {
    const difference = <i32>load<u8>(at + i) - ENTITY_NAMES.charCodeAt(name + <i32>i);
    if (difference != 0) return difference;
  }
  return <i32>length - <i32>size;
}

function rowOf(at: usize, length: usize): i32 {
  let low = 0;
  let high = (ENTITY_ROWS.length >> 2) - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = compare(at, length, middle);
    if (order == 0) return middle;
    if (order > 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function takeRow(row: i32): void {
  const from = <i32>cell(row, 2);
  firstPoint = ENTITY_TEXTS.codePointAt(from);
  const size = firstPoint > 0xffff ? 2 : 1;
  secondPoint = <i32>cell(row, 3) > size ? ENTITY_TEXTS.codePointAt(from + size) : 0;
}

/** The longest name wins. In an attribute, a name without ";" before "=" or a letter is no reference. */
function readName(at: usize, end: usize, inAttribute: bool): usize {
  let length: usize = 0;
  while (at + length < end && length < LONGEST_NAME && isAlphanumeric(load<u8>(at + length)))
    length++;
  if (at + length < end && load<u8>(at + length) == 59) length++;
  for (; length > 1; length--) {
    const row = rowOf(at, length);
    if (row < 0) continue;
    const next = at + length;
    if (inAttribute && load<u8>(next - 1) != 59 && next < end) {
      const after = <u32>load<u8>(next);
      if (after == 61 || isAlphanumeric(after)) return 0;
    }
    takeRow(row);
    return next;
  }
  return 0;
}

/** `at` is at "&". Returns where the reference ends, or zero when there is none. */
export function readReference(at: usize, end: usize, inAttribute: bool): usize {
  if (at + 1 >= end) return 0;
  if (load<u8>(at + 1) == 35) return readNumber(at + 2, end);
  return readName(at + 1, end, inAttribute);
}
