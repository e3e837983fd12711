/** A part of a document as UTF-8, whatever encoding its XML is in (XML 1.0, 4.3.3 and appendix F). */
import { UTF_16BE, UTF_16LE, UTF_8 } from '../generated/encoding-ids';
import { Text, decodeInto } from './encoding/decode';
import { encodingOf } from './encoding/names';
import { NONE } from './encoding/none';
import { bomLength, byBom, countUtf8 } from './encoding/sniff';
import { Failure, fail } from './host';
import { Part } from './zip';

/** Only what is not UTF-8 is copied; so much of it in one call. */
const MAX_DECODED: usize = 24 << 20;
const MAX_DECLARATION: usize = 256;
const MAX_LABEL: usize = 40;
const REPLACEMENT: u32 = 0xfffd;

let decoded: usize = 0;

function isWide(encoding: i32): bool {
  return encoding == UTF_16LE || encoding == UTF_16BE;
}

/** Without a mark, the zeroes around the first "<" tell UTF-16. */
function byFirst(part: Part): i32 {
  if (part.length < 2) return NONE;
  const unit = load<u16>(part.at);
  return unit == 0x003c ? UTF_16LE : unit == 0x3c00 ? UTF_16BE : NONE;
}

function startsWith(at: usize, end: usize, word: string): bool {
  if (at + <usize>word.length > end) return false;
  for (let i = 0; i < word.length; i++) {
    if (<i32>load<u8>(at + i) != word.charCodeAt(i)) return false;
  }
  return true;
}

/** The label behind `encoding=` in the XML declaration; empty when there is none. */
function declaredLabel(part: Part): string {
  const length = part.length < MAX_DECLARATION ? part.length : MAX_DECLARATION;
  const end = part.at + length;
  if (!startsWith(part.at, end, '<?xml')) return '';
  let at = part.at;
  while (at < end && load<u8>(at) != 62) {
    if (startsWith(at, end, 'encoding')) return quotedAfter(at + 8, end);
    at++;
  }
  return '';
}

function quotedAfter(from: usize, end: usize): string {
  let at = from;
  while (at < end && load<u8>(at) != 34 && load<u8>(at) != 39) at++;
  const quote = at < end ? load<u8>(at) : <u8>0;
  let label = '';
  for (at++; at < end && load<u8>(at) != quote && <usize>label.length < MAX_LABEL; at++) {
    label += String.fromCharCode(load<u8>(at));
  }
  return label;
}

/** What the declaration names; UTF-8 where it names none, or UTF-16 that the bytes cannot be. */
function declared(part: Part): i32 {
  const label = declaredLabel(part);
  const encoding = label.length == 0 ? UTF_8 : encodingOf(label);
  return isWide(encoding) ? UTF_8 : encoding;
}

function decode(part: Part, encoding: i32): Part | null {
  if (part.length > MAX_DECODED - decoded) {
    fail(Failure.LIMIT);
    return null;
  }
  decoded += part.length;
  const text = new Text(part.length + (part.length >> 1) + 64, 3 * part.length + 64, REPLACEMENT);
  decodeInto(text, encoding, part.at, part.length);
  return new Part(text.bytes.at, text.bytes.length);
}

/** The same text as valid UTF-8 without a byte order mark, or null with the failure set. */
export function toUtf8(part: Part): Part | null {
  const bom = byBom(part.at, part.length);
  const skip: usize = bom == NONE ? 0 : bomLength(bom);
  const body = new Part(part.at + skip, part.length - skip);
  let encoding = bom != NONE ? bom : byFirst(body);
  if (encoding == NONE) encoding = declared(body);
  if (encoding == NONE) {
    fail(Failure.MALFORMED);
    return null;
  }
  if (encoding == UTF_8 && countUtf8(body.at, body.length).invalid == 0) return body;
  return decode(body, encoding);
}
