/** Takes a message apart into its entities (RFC 2046, 5.1), in one pass over its lines. */
import { is } from '../../html/assembly/attributes';
import { Bytes } from '../../lib/assembly/bytes';
import { readFields, startCounting, tooManyFields } from './fields';
import { MAX_BOUNDARY, MAX_ENCODED_MESSAGES } from './limits';
import { lineEnd, nextLine, skipEmptyLines, trimEnd } from './lines';
import { Note, note } from './notes';
import { appendRawParameter } from './parameters';
import {
  Kind,
  NO_PART,
  Part,
  addPart,
  classify,
  clearParts,
  partAt,
  partCount,
  tooManyParts,
} from './parts';
import { Sink, Transfer, decodeTransfer } from './transfer';

const NOT_OPEN: i32 = -1;

const boundary = new Bytes(128);

/** The part that lines belong to now; the multiparts that are open are it and its parents. */
let current: i32 = NO_PART;
/** Bytes of encoded messages so far, in all messages of the call. */
let encodedBytes: usize = 0;

function failed(): bool {
  return tooManyParts() || tooManyFields();
}

/** Whether the line is a delimiter of this boundary: 1, its closing delimiter: 2, or neither: 0. */
function delimiterOf(part: Part, at: usize, stop: usize): i32 {
  const length = part.boundary.length;
  const rest = at + 2 + length;
  if (length == 0 || rest > stop) return 0;
  if (memory.compare(at + 2, part.boundary.at, length) != 0) return 0;
  if (trimEnd(rest, stop) == rest) return 1;
  const closes = rest + 2 <= stop && load<u8>(rest) == 45 && load<u8>(rest + 1) == 45;
  return closes && trimEnd(rest + 2, stop) == rest + 2 ? 2 : 0;
}

/** The body of a part ends before the line end that belongs to the delimiter. */
function endBefore(part: Part, at: usize): void {
  if (part.bodyTo != 0) return;
  let stop = at;
  if (stop > part.bodyFrom && load<u8>(stop - 1) == 10) stop--;
  if (stop > part.bodyFrom && load<u8>(stop - 1) == 13) stop--;
  part.bodyTo = stop;
}

/** Ends the open parts up to, not including, `to`. */
function closeUpTo(to: i32, at: usize): void {
  while (current != to) {
    endBefore(partAt(current), at);
    partAt(current).boundary.length = 0;
    current = partAt(current).parent;
  }
}

/** The innermost open multipart that the line delimits. */
function delimited(at: usize, stop: usize, root: i32): i32 {
  for (let i = current; i != NO_PART; i = partAt(i).parent) {
    if (delimiterOf(partAt(i), at, stop) != 0) return i;
    if (i == root) break;
  }
  return NOT_OPEN;
}

/** Reads the header of a new part, and of the messages that start right there; returns where its body starts. */
function begin(parent: i32, from: usize, end: usize): usize {
  let at = from;
  let above = parent;
  let goesOn = true;
  while (goesOn) {
    const index = addPart(above);
    if (index == NO_PART) return end;
    const inMessage = above != NO_PART && partAt(above).kind == Kind.MESSAGE;
    if (inMessage) at = skipEmptyLines(at, end);
    const part = partAt(index);
    at = readFields(part.fields, at, end);
    classify(part, above != NO_PART && partAt(above).kind == Kind.DIGEST);
    part.bodyFrom = at;
    current = index;
    if (part.isMultipart()) keepBoundary(part);
    goesOn = part.kind == Kind.MESSAGE && part.transfer == Transfer.IDENTITY;
    above = index;
  }
  return at;
}

function keepBoundary(part: Part): void {
  boundary.length = 0;
  appendRawParameter(boundary, part.fields.contentType, 'boundary');
  const length = trimEnd(boundary.at, boundary.at + boundary.length) - boundary.at;
  if (length <= MAX_BOUNDARY) part.boundary.append(boundary.at, length);
}

/** Reads lines from `at` to the end of the root part, which is open. */
function readBody(from: usize, end: usize, root: i32): void {
  let at = from;
  while (at < end && !failed()) {
    const stop = lineEnd(at, end);
    const marked = at + 2 < stop && load<u16>(at) == 0x2d2d;
    const multipart = marked ? delimited(at, stop, root) : NOT_OPEN;
    const next = nextLine(stop, end);
    if (multipart == NOT_OPEN) {
      at = next;
      continue;
    }
    const closes = delimiterOf(partAt(multipart), at, stop) == 2;
    closeUpTo(multipart, at);
    if (closes) {
      endBefore(partAt(multipart), at);
      partAt(multipart).boundary.length = 0;
      at = next;
    } else at = begin(multipart, next, end);
  }
  closeUpTo(root, end);
  if (partAt(root).bodyTo == 0) partAt(root).bodyTo = end;
}

function startsField(at: usize, end: usize): bool {
  return at + 8 <= end && is(at, 8, 'content-');
}

/** Takes the first line that looks like a delimiter, with a field behind it, for one. */
function guessBoundary(part: Part): bool {
  let at = part.bodyFrom;
  while (at < part.bodyTo) {
    const stop = lineEnd(at, part.bodyTo);
    const text = trimEnd(at, stop);
    const marked = text > at + 2 && load<u16>(at) == 0x2d2d && text - at <= MAX_BOUNDARY;
    if (marked && startsField(nextLine(stop, part.bodyTo), part.bodyTo)) {
      part.boundary.length = 0;
      part.boundary.append(at + 2, text - at - 2);
      return true;
    }
    at = nextLine(stop, part.bodyTo);
  }
  return false;
}

/** A multipart in which no boundary was found: one that fits, or else its body is plain text. */
function repair(index: i32): void {
  const part = partAt(index);
  if (trimEnd(part.bodyFrom, part.bodyTo) != part.bodyFrom) note(Note.BOUNDARY_MISSING);
  if (guessBoundary(part)) {
    current = index;
    readBody(part.bodyFrom, part.bodyTo, index);
  }
  if (part.first == NO_PART) part.kind = Kind.PLAIN;
}

/** A message in a transfer encoding, decoded and taken apart; an attachment when it is too long. */
function openEncoded(index: i32): void {
  const part = partAt(index);
  const room = MAX_ENCODED_MESSAGES - encodedBytes;
  const length = part.bodyTo - part.bodyFrom;
  if (length > room) {
    part.kind = Kind.OTHER;
    return;
  }
  const sink = new Sink(new Bytes(length), length);
  decodeTransfer(part.transfer, part.bodyFrom, part.bodyTo, sink);
  encodedBytes += length;
  const from = sink.bytes.at;
  const end = from + sink.bytes.length;
  current = index;
  const at = begin(index, from, end);
  const child = part.first;
  if (child == NO_PART) return;
  readBody(at, end, child);
}

/** Fills the parts with those of a message; the first is the message itself. False over a limit. */
export function readStructure(from: usize, end: usize): bool {
  clearParts();
  startCounting();
  const at = begin(NO_PART, from, end);
  if (failed()) return false;
  readBody(at, end, 0);
  for (let i = 0; i < partCount() && !failed(); i++) {
    const part = partAt(i);
    if (part.first != NO_PART) continue;
    if (part.isMultipart()) repair(i);
    else if (part.kind == Kind.MESSAGE) openEncoded(i);
  }
  return !failed();
}
