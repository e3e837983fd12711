/** Calendars and contacts (RFC 5545, RFC 6350, vCard 2.1): a heading for each component, an item for each property. */
import { Block, Blocks } from '../../lib/assembly/blocks';
import { Bytes } from '../../lib/assembly/bytes';
import { startsWithAnyCase } from './lines';

const MAX_LEVEL: i32 = 6;
/** The value of a property that is the bytes of a file. */
const BINARY: string = '[binary]';

/** A content line: folded lines put together. */
class Property {
  line: Bytes = new Bytes(1024);
  /** Where the parameters and the value start in the line. */
  private parameters: usize = 0;
  private value: usize = 0;

  /** Takes the next line apart; returns where the one behind it starts. */
  read(at: usize, end: usize): usize {
    this.line.length = 0;
    let next = this.take(at, end);
    while (next < end && isFold(<u32>load<u8>(next))) next = this.take(next + 1, end);
    this.split();
    while (next < end && this.isSoftlyBroken()) {
      this.line.length--;
      next = this.take(next, end);
    }
    return next;
  }

  private take(at: usize, end: usize): usize {
    let stop = at;
    while (stop < end && load<u8>(stop) != 10) stop++;
    this.line.append(at, stop - at);
    return stop + 1;
  }

  /** Names end with ";" or ":"; a ":" in quotes is one of a parameter. */
  private split(): void {
    const line = this.line;
    this.parameters = line.length;
    let quoted: bool = false;
    let at: usize = 0;
    for (; at < line.length; at++) {
      const byte = load<u8>(line.at + at);
      if (byte == 34) quoted = !quoted;
      if (byte == 59 && this.parameters == line.length) this.parameters = at;
      if (byte == 58 && !quoted) break;
    }
    this.parameters = min(this.parameters, at);
    this.value = min(at + 1, line.length);
  }

  get isProperty(): bool {
    return this.parameters > 0 && this.value > 0 && load<u8>(this.line.at + this.value - 1) == 58;
  }

  is(name: string): bool {
    const isName = this.parameters == <usize>name.length;
    return isName && startsWithAnyCase(this.line.at, this.line.at + this.parameters, name);
  }

  private hasParameter(text: string): bool {
    const end = this.line.at + this.value;
    for (let at = this.line.at + this.parameters; at < end; at++) {
      if (startsWithAnyCase(at, end, text)) return true;
    }
    return false;
  }

  private get isQuotedPrintable(): bool {
    return this.hasParameter('quoted-printable');
  }

  /** A line of quoted-printable that ends with "=" goes on in the next. */
  private isSoftlyBroken(): bool {
    const length = this.line.length;
    return length > 0 && load<u8>(this.line.at + length - 1) == 61 && this.isQuotedPrintable;
  }

  private get isBinary(): bool {
    if (this.hasParameter('encoding=b')) return true;
    return startsWithAnyCase(this.line.at + this.value, this.line.at + this.line.length, 'data:');
  }

  /** The value of BEGIN and END, or any: escapes resolved. */
  appendValue(own: Bytes): void {
    const from = this.line.at + this.value;
    const end = this.line.at + this.line.length;
    if (this.isBinary) own.ascii(BINARY);
    else if (this.isQuotedPrintable) appendQuotedPrintable(own, from, end);
    else appendText(own, from, end);
  }

  /** `NAME (PARAMETERS): VALUE`. */
  append(own: Bytes): void {
    own.append(this.line.at, this.parameters);
    const length = this.value - 1 - this.parameters;
    if (length > 1) {
      own.ascii(' (');
      own.append(this.line.at + this.parameters + 1, length - 1);
      own.byte(41);
    }
    own.ascii(': ');
    this.appendValue(own);
  }
}

function isFold(byte: u32): bool {
  return byte == 32 || byte == 9;
}

/** Backslashes of RFC 5545, 3.3.11. */
function appendText(own: Bytes, from: usize, end: usize): void {
  for (let at = from; at < end; at++) {
    const byte = <u32>load<u8>(at);
    const next: u32 = byte == 92 && at + 1 < end ? load<u8>(at + 1) : 0;
    if ((next | 32) == 110) own.byte(10);
    else if (next == 44 || next == 59 || next == 92 || next == 58) own.byte(next);
    else {
      own.byte(byte);
      continue;
    }
    at++;
  }
}

function hexDigit(byte: u32): u32 {
  if (byte - 48 < 10) return byte - 48;
  return (byte | 32) - 97 < 6 ? (byte | 32) - 87 : 16;
}

/** The bytes are those of UTF-8 in all that is sent; others become U+FFFD, each one. */
function appendQuotedPrintable(own: Bytes, from: usize, end: usize): void {
  const start = own.length;
  let at = from;
  while (at < end) {
    const byte = <u32>load<u8>(at);
    const high = byte == 61 && at + 2 < end ? hexDigit(<u32>load<u8>(at + 1)) : 16;
    const low = high < 16 ? hexDigit(<u32>load<u8>(at + 2)) : 16;
    own.byte(low < 16 ? (high << 4) | low : byte);
    at += low < 16 ? 3 : 1;
  }
  mendUtf8(own, start);
}

/** Makes valid UTF-8 of the bytes behind `start`: a byte that is none is a question mark. */
function mendUtf8(own: Bytes, start: usize): void {
  const end = own.at + own.length;
  let at = own.at + start;
  while (at < end) {
    const length = sequenceLength(at, end);
    if (length == 0) store<u8>(at, 63);
    at += max(length, 1);
  }
}

/** How long the sequence of UTF-8 at `at` is, zero when it is none. Long forms count as none. */
function sequenceLength(at: usize, end: usize): usize {
  const lead = <u32>load<u8>(at);
  if (lead < 0x80) return lead == 0 ? 0 : 1;
  const length: usize = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length == 0 || at + length > end) return 0;
  for (let i: usize = 1; i < length; i++) if ((load<u8>(at + i) & 0xc0) != 0x80) return 0;
  const second = <u32>load<u8>(at + 1);
  if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return 0;
  if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return 0;
  return length;
}

/** Adds the blocks of a calendar or of contacts. */
export function addCards(blocks: Blocks, from: usize, end: usize): void {
  const property = new Property();
  const own = blocks.own;
  let level = 0;
  let at = from;
  while (at < end && !blocks.omitted) {
    at = property.read(at, end);
    if (!property.isProperty) continue;
    const start = own.length;
    if (property.is('begin')) {
      property.appendValue(own);
      level++;
      blocks.addOwn(Block.HEADING, min(level, MAX_LEVEL), start);
    } else if (property.is('end')) level = max(level - 1, 0);
    else {
      property.append(own);
      blocks.addOwn(Block.ITEM, 1, start);
    }
  }
}
