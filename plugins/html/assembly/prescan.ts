/** The encoding that a document declares in itself (WHATWG HTML 13.2.3.2, and the XML declaration). */
import { charsetOf, encodingOf } from '../../lib/assembly/encoding/names';
import { NONE } from '../../lib/assembly/encoding/none';
import { UTF_16BE, UTF_16LE, UTF_8 } from '../../lib/generated/encoding-ids';
import { Attributes, Range, is, isSpace, readAttributes } from './attributes';
import { findSequence } from './raw-text';

const PRESCAN: usize = 1024;
const MAX_CONTENT: usize = 256;

function ascii(range: Range): string {
  let text = '';
  const length = range.length < MAX_CONTENT ? range.length : MAX_CONTENT;
  for (let i: usize = 0; i < length; i++) text += String.fromCharCode(load<u8>(range.at + i));
  return text;
}

/** Bytes in which a tag could be read at all are not in UTF-16. */
function readable(encoding: i32): i32 {
  return encoding == UTF_16LE || encoding == UTF_16BE ? UTF_8 : encoding;
}

function ofMeta(attributes: Attributes): i32 {
  if (attributes.charset.present) return encodingOf(ascii(attributes.charset));
  const pragma = attributes.httpEquiv;
  if (!pragma.present || !is(pragma.at, pragma.length, 'content-type')) return NONE;
  return attributes.content.present ? charsetOf(ascii(attributes.content)) : NONE;
}

function ofXmlDeclaration(at: usize, end: usize): i32 {
  if (at + 5 >= end || !is(at, 5, '<?xml')) return NONE;
  const stop = findSequence(at, end, '?>');
  const value = findSequence(at, stop, 'encoding=') + 1;
  if (value >= stop) return NONE;
  const quote = load<u8>(value - 1);
  const range = new Range();
  let close = value;
  while (close < stop && load<u8>(close) != quote) close++;
  range.set(value, close - value);
  return encodingOf(ascii(range));
}

function isMeta(at: usize, end: usize): bool {
  if (at + 5 >= end || !is(at, 5, '<meta')) return false;
  const after = <u32>load<u8>(at + 5);
  return isSpace(after) || after == 47;
}

/** The declared encoding, or NONE. */
export function declaredInside(from: usize, length: usize): i32 {
  const end = from + (length < PRESCAN ? length : PRESCAN);
  const attributes = new Attributes();
  let at = from;
  while (at < end) {
    if (load<u8>(at) != 60) at++;
    else if (at + 4 <= end && is(at, 4, '<!--')) at = findSequence(at + 2, end, '-->');
    else if (isMeta(at, end)) {
      readAttributes(attributes, at + 5, end);
      const encoding = attributes.end == 0 ? NONE : ofMeta(attributes);
      if (encoding != NONE) return readable(encoding);
      at += 5;
    } else at++;
  }
  return readable(ofXmlDeclaration(from, end));
}
