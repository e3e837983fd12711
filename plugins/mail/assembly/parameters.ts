/** Parameters of a field (RFC 2045, 5.1), their continuations and charsets (RFC 2231). */
import { Range, is, isSpace } from '../../html/assembly/attributes';
import { Bytes } from '../../lib/assembly/bytes';
import { NONE } from '../../lib/assembly/encoding/none';
import { encodingOfLabel } from './charsets';
import { hexValue } from './transfer';
import { appendDecoded, appendWords } from './words';

/** Segments may stand in any order; so often we look for the next one. */
const MAX_PASSES: i32 = 4;
const PERCENT: u32 = 37;

/** The value as its segments give it, before its charset is applied. */
const joined = new Bytes(256);
let extended: bool = false;
let encoding: i32 = NONE;
/** The number of the segment that comes next. */
let expected: i32 = 0;

/** The parameter that was read last: its name and its value as byte ranges of the field. */
let nameAt: usize = 0;
let nameLength: usize = 0;
let valueAt: usize = 0;
let valueLength: usize = 0;
let isQuoted: bool = false;

function skipBlanks(at: usize, end: usize): usize {
  while (at < end && isSpace(<u32>load<u8>(at))) at++;
  return at;
}

function quotedEnd(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != 34) at += load<u8>(at) == 92 ? 2 : 1;
  return at < end ? at : end;
}

/** Behind the next ";" outside of quotes. */
function separatorEnd(at: usize, end: usize): usize {
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte == 59) return at + 1;
    at = byte == 34 ? quotedEnd(at + 1, end) + 1 : at + 1;
  }
  return end;
}

function readQuoted(at: usize, end: usize): usize {
  const stop = quotedEnd(at, end);
  isQuoted = true;
  valueAt = at;
  valueLength = stop - at;
  return separatorEnd(stop + 1 < end ? stop + 1 : end, end);
}

/** Reads the parameter at `at`; returns where the next one starts. */
function readParameter(at: usize, end: usize): usize {
  nameAt = skipBlanks(at, end);
  let stop = nameAt;
  while (stop < end && load<u8>(stop) != 61 && load<u8>(stop) != 59) stop++;
  nameLength = stop - nameAt;
  while (nameLength > 0 && isSpace(<u32>load<u8>(nameAt + nameLength - 1))) nameLength--;
  isQuoted = false;
  valueLength = 0;
  if (stop == end || load<u8>(stop) == 59) return stop < end ? stop + 1 : end;
  valueAt = skipBlanks(stop + 1, end);
  if (valueAt < end && load<u8>(valueAt) == 34) return readQuoted(valueAt + 1, end);
  stop = valueAt;
  while (stop < end && load<u8>(stop) != 59) stop++;
  valueLength = stop - valueAt;
  while (valueLength > 0 && isSpace(<u32>load<u8>(valueAt + valueLength - 1))) valueLength--;
  return stop < end ? stop + 1 : end;
}

/** Appends the value; a backslash escapes a quote or itself, anything else is a path of Windows. */
function appendValue(): void {
  const end = valueAt + valueLength;
  for (let at = valueAt; at < end; at++) {
    const byte = <u32>load<u8>(at);
    const next = isQuoted && byte == 92 && at + 1 < end ? <u32>load<u8>(at + 1) : 0;
    if (next == 34 || next == 92) at++;
    if (byte != 10 && byte != 13) joined.byte(next == 34 ? 34 : byte);
  }
}

function appendPercentDecoded(at: usize, end: usize): void {
  for (; at < end; at++) {
    const byte = <u32>load<u8>(at);
    const high = byte == PERCENT && at + 2 < end ? hexValue(<u32>load<u8>(at + 1)) : -1;
    const low = high >= 0 ? hexValue(<u32>load<u8>(at + 2)) : -1;
    if (low >= 0) at += 2;
    joined.byte(low >= 0 ? <u32>((high << 4) | low) : byte);
  }
}

/** `charset'language'text`, the first two in the first segment only. */
function appendExtended(first: bool): void {
  const end = valueAt + valueLength;
  let at = valueAt;
  extended = true;
  if (first) {
    let quote = at;
    while (quote < end && load<u8>(quote) != 39) quote++;
    let second = quote + 1;
    while (second < end && load<u8>(second) != 39) second++;
    if (second < end) {
      encoding = encodingOfLabel(at, quote - at);
      at = second + 1;
    }
  }
  appendPercentDecoded(at, end);
}

/** Takes the parameter that was read when it is the next segment of `name`. */
function takeSegment(name: string): bool {
  const length = <usize>name.length;
  if (nameLength < length || !is(nameAt, length, name)) return false;
  const end = nameAt + nameLength;
  let at = nameAt + length;
  if (at == end) return expected == 0 && takePlain();
  if (load<u8>(at) != 42) return false;
  at++;
  if (at == end) {
    if (expected > 0 && extended) return false;
    joined.length = 0;
    appendExtended(true);
    expected = i32.MAX_VALUE;
    return true;
  }
  return takeNumbered(at, end);
}

function takePlain(): bool {
  appendValue();
  expected = i32.MAX_VALUE;
  return true;
}

function takeNumbered(at: usize, end: usize): bool {
  let number = 0;
  const digits = at;
  while (at < end && <u32>load<u8>(at) - 48 < 10 && number < 10_000) {
    number = number * 10 + <i32>load<u8>(at++) - 48;
  }
  const marked = at < end && load<u8>(at) == 42;
  if (at == digits || number != expected || at + (marked ? 1 : 0) != end) return false;
  if (marked) appendExtended(number == 0);
  else appendValue();
  expected++;
  return true;
}

/** Joins the segments of a parameter. False when there is none of this name. */
function collect(field: Range, name: string): bool {
  const end = field.at + field.length;
  joined.length = 0;
  extended = false;
  encoding = NONE;
  expected = 0;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const before = expected;
    let at = separatorEnd(field.at, end);
    while (at < end) {
      at = readParameter(at, end);
      takeSegment(name);
    }
    if (expected == before || expected == i32.MAX_VALUE) break;
  }
  return expected > 0;
}

/** Appends a parameter as UTF-8. False when there is none, or an empty one. */
export function appendParameter(into: Bytes, field: Range, name: string): bool {
  if (!field.present || !collect(field, name) || joined.length == 0) return false;
  const before = into.length;
  if (extended) appendDecoded(into, joined.at, joined.length, encoding);
  else appendWords(into, joined.at, joined.length);
  return into.length > before;
}

/** Appends the bytes of a parameter, as those of a boundary. */
export function appendRawParameter(into: Bytes, field: Range, name: string): bool {
  if (!field.present || !collect(field, name)) return false;
  into.append(joined.at, joined.length);
  return joined.length > 0;
}

/** The encoding that the parameter `charset` names, or NONE. */
export function charsetParameter(field: Range): i32 {
  if (!field.present || !collect(field, 'charset')) return NONE;
  return encodingOfLabel(joined.at, joined.length);
}
