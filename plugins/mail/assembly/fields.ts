/** The header of an entity (RFC 5322, 2.2): where the fields are that matter here. */
import { Range, is } from '../../html/assembly/attributes';
import { MAX_HEADER, MAX_HEADERS } from './limits';
import { isBlank, lineEnd, nextLine, startsWith, trimEnd } from './lines';

/** Values as they stand, folded. Of a field that is there twice, the first counts. */
export class Fields {
  subject: Range = new Range();
  from: Range = new Range();
  to: Range = new Range();
  cc: Range = new Range();
  date: Range = new Range();
  contentType: Range = new Range();
  transferEncoding: Range = new Range();
  disposition: Range = new Range();
  contentId: Range = new Range();
  snapshot: Range = new Range();
  /** How many fields there were, of any name. */
  count: i32 = 0;

  clear(): void {
    this.subject.present = false;
    this.from.present = false;
    this.to.present = false;
    this.cc.present = false;
    this.date.present = false;
    this.contentType.present = false;
    this.transferEncoding.present = false;
    this.disposition.present = false;
    this.contentId.present = false;
    this.snapshot.present = false;
    this.count = 0;
  }

  private rangeOf(at: usize, length: usize): Range | null {
    if (is(at, length, 'subject')) return this.subject;
    if (is(at, length, 'from')) return this.from;
    if (is(at, length, 'to')) return this.to;
    if (is(at, length, 'cc')) return this.cc;
    if (is(at, length, 'date')) return this.date;
    if (is(at, length, 'content-type')) return this.contentType;
    if (is(at, length, 'content-transfer-encoding')) return this.transferEncoding;
    if (is(at, length, 'content-disposition')) return this.disposition;
    if (is(at, length, 'content-id')) return this.contentId;
    if (is(at, length, 'snapshot-content-location')) return this.snapshot;
    return null;
  }

  keep(name: usize, nameLength: usize, value: usize, valueLength: usize): void {
    this.count++;
    const range = this.rangeOf(name, nameLength);
    if (range != null) range.set(value, valueLength);
  }
}

/** Fields of the message so far. */
let total: i32 = 0;
let overLimit: bool = false;

/** A new message: its fields are counted anew. */
export function startCounting(): void {
  total = 0;
  overLimit = false;
}

/** Whether a field was too long, or one too many. */
export function tooManyFields(): bool {
  return overLimit;
}

/** Where the name at `at` ends: before the colon. Zero when no field starts here. */
export function fieldNameEnd(at: usize, end: usize): usize {
  let stop = at;
  while (stop < end) {
    const byte = <u32>load<u8>(stop);
    if (byte <= 32 || byte >= 127 || byte == 58) break;
    stop++;
  }
  let colon = stop;
  while (colon < end && isBlank(<u32>load<u8>(colon))) colon++;
  return stop > at && colon < end && load<u8>(colon) == 58 ? stop : 0;
}

/** The end of a field that starts at `at`, continuation lines included. */
function fieldEnd(at: usize, end: usize): usize {
  let stop = lineEnd(at, end);
  while (stop + 1 < end) {
    const next = <u32>load<u8>(stop + 1);
    if (next != 32 && next != 9) break;
    stop = lineEnd(stop + 1, end);
  }
  return stop;
}

/** The line that an mbox, or a mailer that took the message from one, puts before the header. */
export function isFromLine(at: usize, end: usize): bool {
  return startsWith(at, end, 'From ') || startsWith(at, end, '>From ');
}

/**
 * Reads a header; returns where the body starts. A line that is no field ends a header as an empty line
 * does, and is the first of the body.
 */
export function readFields(into: Fields, from: usize, end: usize): usize {
  into.clear();
  let at = isFromLine(from, end) ? nextLine(lineEnd(from, end), end) : from;
  while (at < end && !overLimit) {
    const first = <u32>load<u8>(at);
    const stop = first == 32 || first == 9 ? lineEnd(at, end) : fieldEnd(at, end);
    if (trimEnd(at, stop) == at) return nextLine(stop, end);
    const name = fieldNameEnd(at, stop);
    if (name == 0 && first != 32 && first != 9) return at;
    if (name != 0) keepField(into, at, name, stop);
    at = nextLine(stop, end);
  }
  return at;
}

function keepField(into: Fields, at: usize, name: usize, stop: usize): void {
  total++;
  if (total > MAX_HEADERS || stop - at > MAX_HEADER) overLimit = true;
  let value = name;
  while (load<u8>(value) != 58) value++;
  into.keep(at, name - at, value + 1, stop - value - 1);
}
