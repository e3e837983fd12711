/** References of XML without a document type: numbers, and the five names (XML 1.0, 4.1 and 4.6). */
import { isWord } from './xml-words';

/** Bytes from the "&" to the ";". */
export const LONGEST_REFERENCE: usize = 12;

/** What the reference read last stands for. */
export let xmlPoint: u32 = 0;

function isCharacter(point: u32): bool {
  if (point < 32) return point == 9 || point == 10 || point == 13;
  return point < 0x110000 && (point & 0xfffff800) != 0xd800;
}

function digitOf(byte: u32): u32 {
  if (byte - 48 < 10) return byte - 48;
  return (byte | 32) - 97 < 6 ? (byte | 32) - 87 : 99;
}

function numberOf(from: usize, to: usize): u32 {
  const hexadecimal = from < to && load<u8>(from) == 120;
  const base: u32 = hexadecimal ? 16 : 10;
  let value: u32 = 0;
  const start = hexadecimal ? from + 1 : from;
  for (let at = start; at < to; at++) {
    const digit = digitOf(<u32>load<u8>(at));
    if (digit >= base || value > 0x110000) return 0;
    value = value * base + digit;
  }
  return value;
}

function named(at: usize, length: usize): u32 {
  if (isWord(at, length, 'amp')) return 38;
  if (isWord(at, length, 'lt')) return 60;
  if (isWord(at, length, 'gt')) return 62;
  if (isWord(at, length, 'quot')) return 34;
  return isWord(at, length, 'apos') ? 39 : 0;
}

/** Reads the reference whose "&" is at `at`; returns where it ends, or zero when it is none that is allowed. */
export function readXmlReference(at: usize, end: usize): usize {
  let stop = at + 1;
  while (stop < end && stop - at < LONGEST_REFERENCE && load<u8>(stop) != 59) stop++;
  if (stop >= end || load<u8>(stop) != 59) return 0;
  const number = stop > at + 1 && load<u8>(at + 1) == 35;
  xmlPoint = number ? numberOf(at + 2, stop) : named(at + 1, stop - at - 1);
  return isCharacter(xmlPoint) ? stop + 1 : 0;
}
