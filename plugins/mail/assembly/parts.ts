/** The entities of a message (RFC 2046), kept in a pool that every message uses again. */
import { Range, is, isSpace } from '../../html/assembly/attributes';
import { Bytes } from '../../lib/assembly/bytes';
import { Fields } from './fields';
import { MAX_DEPTH, MAX_PARTS } from './limits';
import { Transfer, transferOf } from './transfer';

export namespace Kind {
  export const PLAIN: i32 = 0;
  export const HTML: i32 = 1;
  /** Other text that a reader can read as it stands. */
  export const TEXT: i32 = 2;
  export const MULTIPART: i32 = 3;
  export const ALTERNATIVE: i32 = 4;
  export const RELATED: i32 = 5;
  export const DIGEST: i32 = 6;
  export const MESSAGE: i32 = 7;
  export const OTHER: i32 = 8;
}

export const NO_PART: i32 = -1;

export class Part {
  fields: Fields = new Fields();
  /** The media type in the field, without its parameters; empty where there is none. */
  mediaType: Range = new Range();
  boundary: Bytes = new Bytes(80);
  kind: i32 = Kind.PLAIN;
  transfer: i32 = Transfer.IDENTITY;
  bodyFrom: usize = 0;
  /** Zero until the end is known. */
  bodyTo: usize = 0;
  depth: i32 = 0;
  parent: i32 = NO_PART;
  first: i32 = NO_PART;
  last: i32 = NO_PART;
  next: i32 = NO_PART;
  /** Of an alternative, the child that is shown. */
  chosen: i32 = NO_PART;
  /** In an alternative that is not shown: no text of it comes out. */
  silent: bool = false;

  isMultipart(): bool {
    return this.kind >= Kind.MULTIPART && this.kind <= Kind.DIGEST;
  }

  isText(): bool {
    return this.kind <= Kind.TEXT;
  }
}

const pool = new StaticArray<Part>(MAX_PARTS);
let made: i32 = 0;
let used: i32 = 0;
let overLimit: bool = false;

export function partCount(): i32 {
  return used;
}

export function partAt(index: i32): Part {
  return unchecked(pool[index]);
}

/** Forgets all parts. */
export function clearParts(): void {
  used = 0;
  overLimit = false;
}

/** Whether there were too many parts, or too deep ones. */
export function tooManyParts(): bool {
  return overLimit;
}

function reset(part: Part, parent: i32): void {
  part.boundary.length = 0;
  part.mediaType.present = false;
  part.mediaType.length = 0;
  part.bodyTo = 0;
  part.parent = parent;
  part.first = NO_PART;
  part.last = NO_PART;
  part.next = NO_PART;
  part.chosen = NO_PART;
  part.silent = false;
  part.depth = parent == NO_PART ? 0 : partAt(parent).depth + 1;
}

function link(index: i32, parent: Part): void {
  if (parent.last == NO_PART) parent.first = index;
  else partAt(parent.last).next = index;
  parent.last = index;
}

/** A new last child of `parent`, or NO_PART when a limit is reached. */
export function addPart(parent: i32): i32 {
  if (used == MAX_PARTS || (parent != NO_PART && partAt(parent).depth == MAX_DEPTH)) {
    overLimit = true;
    return NO_PART;
  }
  if (used == made) pool[made++] = new Part();
  const index = used++;
  reset(partAt(index), parent);
  if (parent != NO_PART) link(index, partAt(parent));
  return index;
}

function startsWithWord(range: Range, word: string): bool {
  return range.length > <usize>word.length && is(range.at, word.length, word);
}

function isType(range: Range, type: string): bool {
  return is(range.at, range.length, type);
}

function multipartKind(type: Range): i32 {
  if (isType(type, 'multipart/alternative')) return Kind.ALTERNATIVE;
  if (isType(type, 'multipart/related')) return Kind.RELATED;
  return isType(type, 'multipart/digest') ? Kind.DIGEST : Kind.MULTIPART;
}

function messageKind(type: Range): i32 {
  if (isType(type, 'message/rfc822')) return Kind.MESSAGE;
  if (isType(type, 'message/global') || isType(type, 'message/news')) return Kind.MESSAGE;
  if (isType(type, 'message/partial') || isType(type, 'message/external-body')) return Kind.OTHER;
  return Kind.TEXT;
}

function kindOfType(type: Range): i32 {
  if (isType(type, 'text/html') || isType(type, 'text/x-amp-html')) return Kind.HTML;
  if (isType(type, 'application/xhtml+xml')) return Kind.HTML;
  if (isType(type, 'text/plain') || isType(type, 'text')) return Kind.PLAIN;
  if (startsWithWord(type, 'text/')) return Kind.TEXT;
  if (startsWithWord(type, 'multipart/')) return multipartKind(type);
  return startsWithWord(type, 'message/') ? messageKind(type) : Kind.OTHER;
}

/** Reads what the fields say about the body. `inDigest`: a part without a type is a message then. */
export function classify(part: Part, inDigest: bool): void {
  const field = part.fields.contentType;
  part.transfer = transferOf(part.fields.transferEncoding);
  part.kind = inDigest ? Kind.MESSAGE : Kind.PLAIN;
  if (!field.present) return;
  const end = field.at + field.length;
  let at = field.at;
  while (at < end && isSpace(<u32>load<u8>(at))) at++;
  let stop = at;
  while (stop < end && !endsType(<u32>load<u8>(stop))) stop++;
  if (stop == at) return;
  part.mediaType.set(at, stop - at);
  part.kind = kindOfType(part.mediaType);
}

function endsType(byte: u32): bool {
  return byte <= 32 || byte == 59 || byte == 40 || byte == 44;
}
