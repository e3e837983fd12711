/** Which attribute values a reader sees, and how. */
import { Bytes } from '../../lib/assembly/bytes';
import { Range, is, isSpace } from './attributes';
import { firstPoint, readReference } from './references';
import { Spacing, spacingOf } from './formula';

const MAX_FILE_NAME: usize = 64;

/** Cuts an address to the name of its file, without folders, query and ending; to nothing for `data:`. */
export function keepFileName(address: Bytes): void {
  let from = address.at;
  let stop = address.at;
  const end = address.at + address.length;
  for (; stop < end && load<u8>(stop) != 63 && load<u8>(stop) != 35; stop++) {
    if (load<u8>(stop) == 47) from = stop + 1;
  }
  let dot = stop;
  while (dot > from && load<u8>(dot) != 46) dot--;
  const to = dot > from ? dot : stop;
  const data = address.length >= 5 && is(address.at, 5, 'data:');
  address.length = data || to - from > MAX_FILE_NAME ? 0 : to - from;
  memory.copy(address.at, from, address.length);
}

/** Types of input whose value a reader sees. */
export function isShown(at: usize, length: usize): bool {
  return (
    is(at, length, 'text') ||
    is(at, length, 'submit') ||
    is(at, length, 'button') ||
    is(at, length, 'reset') ||
    is(at, length, 'search') ||
    is(at, length, 'email') ||
    is(at, length, 'tel') ||
    is(at, length, 'url') ||
    is(at, length, 'number')
  );
}

/** The start of an ordered list, one where it says nothing. */
export function startOf(range: Range): i32 {
  if (!range.present || range.length == 0 || range.length > 6) return 1;
  let value = 0;
  for (let i: usize = 0; i < range.length; i++) {
    const digit = <u32>load<u8>(range.at + i) - 48;
    if (digit > 9) return 1;
    value = value * 10 + digit;
  }
  return value == 0 ? 1 : value;
}

/** Whether a case in this vocabulary can be shown: formulas and pictures with text, and the page's own. */
export function isKnownNamespace(range: Range): bool {
  if (!range.present) return false;
  return (
    is(range.at, range.length, 'http://www.w3.org/1998/math/mathml') ||
    is(range.at, range.length, 'http://www.w3.org/2000/svg') ||
    is(range.at, range.length, 'http://www.w3.org/1999/xhtml')
  );
}

/** The role of a table without data (WAI-ARIA 1.2, 5.4). */
export function isForLayout(role: Range): bool {
  if (!role.present) return false;
  return is(role.at, role.length, 'presentation') || is(role.at, role.length, 'none');
}

/** The first character behind a tag, white space passed over; zero where another tag follows at once. */
function firstCharacter(from: usize, end: usize): u32 {
  let at = from;
  while (at < end && isSpace(<u32>load<u8>(at))) at++;
  if (at >= end) return 0;
  const byte = <u32>load<u8>(at);
  if (byte == 60) return 0;
  if (byte == 38 && readReference(at, end, false) != 0) return firstPoint;
  return byte < 0xe0 || byte >= 0xf0 || end - at < 3 ? byte : threeByteCharacter(at, byte);
}

function threeByteCharacter(at: usize, lead: u32): u32 {
  const second = (<u32>load<u8>(at + 1)) & 63;
  return ((lead & 15) << 12) | (second << 6) | ((<u32>load<u8>(at + 2)) & 63);
}

/** The spacing of an operator of a formula whose content starts here. */
export function operatorSpacing(from: usize, end: usize): i32 {
  return spacingOf(firstCharacter(from, end));
}

/** A name of several letters is a word: `sin`. */
export function nameSpacing(from: usize, end: usize): i32 {
  let at = from;
  while (at < end && isSpace(<u32>load<u8>(at))) at++;
  let letters = 0;
  for (; at < end && ((<u32>load<u8>(at)) | 32) - 97 < 26; at++) letters++;
  return letters > 1 ? Spacing.AROUND : Spacing.NONE;
}
