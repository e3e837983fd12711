/** Keys and values of JSON as text for a reader. */
import { Bytes } from '../../lib/assembly/bytes';
import { JsonScanner } from './json-scanner';

function hexDigit(byte: u32): u32 {
  if (byte - 48 < 10) return byte - 48;
  return (byte | 32) - 97 < 6 ? (byte | 32) - 87 : 16;
}

const NO_UNIT: u32 = u32.MAX_VALUE;

/** The unit behind "\u" at `at`, or NO_UNIT where there are no four digits. */
function unitAt(at: usize, end: usize): u32 {
  let unit: u32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const digit = at + i < end ? hexDigit(<u32>load<u8>(at + i)) : 16;
    if (digit > 15) return NO_UNIT;
    unit = (unit << 4) | digit;
  }
  return unit;
}

function isHigh(unit: u32): bool {
  return (unit & 0xfc00) == 0xd800;
}

function isLow(unit: u32): bool {
  return (unit & 0xfc00) == 0xdc00;
}

/** Appends what "\u" at `at` begins; returns where it ends. Half a pair becomes U+FFFD. */
function appendUnit(into: Bytes, at: usize, end: usize): usize {
  const unit = unitAt(at + 2, end);
  if (unit == NO_UNIT) {
    into.codePoint(0xfffd);
    return at + 2;
  }
  const paired = isHigh(unit) && at + 12 <= end && load<u16>(at + 6) == 0x755c;
  const low = paired ? unitAt(at + 8, end) : 0;
  if (paired && isLow(low)) {
    into.codePoint(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
    return at + 12;
  }
  into.codePoint(unit == 0 ? 0xfffd : unit);
  return at + 6;
}

/** What a letter behind a backslash stands for; others stand for themselves. */
function escaped(byte: u32): u32 {
  if (byte == 110) return 10;
  if (byte == 116) return 9;
  if (byte == 114) return 13;
  if (byte == 98) return 8;
  return byte == 102 ? 12 : byte;
}

/** Appends a string without its quotes, `at` being behind the first one; its escapes are resolved. */
function appendString(into: Bytes, from: usize, to: usize): void {
  let at = from;
  while (at < to) {
    const byte = <u32>load<u8>(at);
    if (byte != 92 || at + 1 >= to) {
      into.byte(byte);
      at++;
    } else if (load<u8>(at + 1) == 117) at = appendUnit(into, at, to);
    else {
      into.byte(escaped(<u32>load<u8>(at + 1)));
      at += 2;
    }
  }
}

/** Appends the string at the scanner, and passes over it. */
export function takeString(into: Bytes, scanner: JsonScanner): void {
  const from = scanner.at + 1;
  scanner.skipString();
  const closed = !scanner.failed;
  appendString(into, from, closed ? scanner.at - 1 : scanner.at);
}

/** Appends the scalar at the scanner, and passes over it. */
export function takeScalar(into: Bytes, scanner: JsonScanner): void {
  if (scanner.peek() == 34) {
    takeString(into, scanner);
    return;
  }
  const from = scanner.at;
  scanner.skip(0);
  into.append(from, scanner.at - from);
}

export function startsContainer(byte: u32): bool {
  return byte == 123 || byte == 91;
}
