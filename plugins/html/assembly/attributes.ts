/** The attributes of a tag that matter for text (WHATWG HTML 13.2.5.32 to 40), as byte ranges of the source. */
import { Bytes, lowerAscii } from '../../lib/assembly/bytes';
import { readReference, firstPoint, secondPoint } from './references';

export class Range {
  at: usize = 0;
  length: usize = 0;
  present: bool = false;

  set(at: usize, length: usize): void {
    if (this.present) return;
    this.at = at;
    this.length = length;
    this.present = true;
  }
}

export class Attributes {
  alt: Range = new Range();
  charset: Range = new Range();
  content: Range = new Range();
  display: Range = new Range();
  hidden: Range = new Range();
  httpEquiv: Range = new Range();
  requiredNamespace: Range = new Range();
  role: Range = new Range();
  src: Range = new Range();
  start: Range = new Range();
  style: Range = new Range();
  type: Range = new Range();
  value: Range = new Range();
  selfClosing: bool = false;
  /** Where the tag ends: behind ">". Zero when the input ends inside the tag. */
  end: usize = 0;

  clear(): void {
    this.alt.present = false;
    this.charset.present = false;
    this.content.present = false;
    this.display.present = false;
    this.hidden.present = false;
    this.httpEquiv.present = false;
    this.requiredNamespace.present = false;
    this.role.present = false;
    this.src.present = false;
    this.start.present = false;
    this.style.present = false;
    this.type.present = false;
    this.value.present = false;
    this.selfClosing = false;
    this.end = 0;
  }

  private rangeOf(at: usize, length: usize): Range | null {
    if (is(at, length, 'alt')) return this.alt;
    if (is(at, length, 'src')) return this.src;
    if (is(at, length, 'style')) return this.style;
    if (is(at, length, 'type')) return this.type;
    if (is(at, length, 'value')) return this.value;
    if (is(at, length, 'hidden')) return this.hidden;
    if (is(at, length, 'charset')) return this.charset;
    if (is(at, length, 'content')) return this.content;
    if (is(at, length, 'http-equiv')) return this.httpEquiv;
    if (is(at, length, 'start')) return this.start;
    if (is(at, length, 'role')) return this.role;
    if (is(at, length, 'display')) return this.display;
    if (is(at, length, 'required-namespace')) return this.requiredNamespace;
    return null;
  }

  keep(nameAt: usize, nameLength: usize, valueAt: usize, valueLength: usize): void {
    const range = this.rangeOf(nameAt, nameLength);
    if (range != null) range.set(valueAt, valueLength);
  }
}

/** Whether bytes are an ASCII word, in any case. */
export function is(at: usize, length: usize, word: string): bool {
  if (length != <usize>word.length) return false;
  for (let i = 0; i < word.length; i++) {
    if (lowerAscii(<u32>load<u8>(at + i)) != word.charCodeAt(i)) return false;
  }
  return true;
}

export function isSpace(byte: u32): bool {
  return byte == 32 || byte == 10 || byte == 9 || byte == 13 || byte == 12;
}

export function isLetter(byte: u32): bool {
  return (byte | 32) - 97 < 26;
}

export function tagNameEnd(at: usize, end: usize): usize {
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (isSpace(byte) || byte == 47 || byte == 62) break;
    at++;
  }
  return at;
}

function skipSpaces(at: usize, end: usize): usize {
  while (at < end && isSpace(<u32>load<u8>(at))) at++;
  return at;
}

function nameEnd(at: usize, end: usize): usize {
  let next = at + 1;
  while (next < end) {
    const byte = <u32>load<u8>(next);
    if (isSpace(byte) || byte == 47 || byte == 62 || byte == 61) break;
    next++;
  }
  return next;
}

/** Reads the value behind "=" and keeps it; returns where it ends. */
function readValue(
  into: Attributes,
  name: usize,
  nameLength: usize,
  from: usize,
  end: usize,
): usize {
  const quote = from < end ? <u32>load<u8>(from) : 0;
  if (quote == 34 || quote == 39) {
    let next = from + 1;
    while (next < end && load<u8>(next) != quote) next++;
    into.keep(name, nameLength, from + 1, next - from - 1);
    return next < end ? next + 1 : end;
  }
  let next = from;
  while (next < end && !isSpace(<u32>load<u8>(next)) && load<u8>(next) != 62) next++;
  into.keep(name, nameLength, from, next - from);
  return next;
}

/** Reads the attributes of a tag from behind its name to behind ">". */
export function readAttributes(into: Attributes, from: usize, end: usize): void {
  into.clear();
  let at = from;
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte == 62) {
      into.selfClosing = at > from && load<u8>(at - 1) == 47;
      into.end = at + 1;
      return;
    }
    if (isSpace(byte) || byte == 47) {
      at++;
      continue;
    }
    const stop = nameEnd(at, end);
    const equals = skipSpaces(stop, end);
    if (equals < end && load<u8>(equals) == 61) {
      at = readValue(into, at, stop - at, skipSpaces(equals + 1, end), end);
    } else {
      into.keep(at, stop - at, stop, 0);
      at = stop;
    }
  }
}

const value = new Bytes(4096);

/** The value of an attribute with its references replaced, until the next call. */
export function valueOf(range: Range): Bytes {
  value.length = 0;
  const end = range.at + range.length;
  let at = range.at;
  while (at < end) {
    const byte = <u32>load<u8>(at);
    const next = byte == 38 ? readReference(at, end, true) : 0;
    if (next != 0) {
      value.codePoint(firstPoint);
      if (secondPoint != 0) value.codePoint(secondPoint);
      at = next;
    } else {
      value.byte(byte);
      at++;
    }
  }
  return value;
}
