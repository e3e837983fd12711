/**
 * A pull parser for XML 1.0 that reads what documents are made of: elements by their local names,
 * whatever their prefix, attributes, text, CDATA. It checks that tags match, and refuses document types,
 * entities of their own with them. Nothing is recursive: depth costs a slot of a fixed stack.
 */
import { Bytes } from './bytes';
import { Failure } from './host';
import { declaresEntities, doctypeEnd } from './xml-entities';
import { LONGEST_REFERENCE } from './xml-references';
import { XmlTag, isXmlSpace } from './xml-tag';
import { Words, hashNext, hashStart, isWord } from './xml-words';
import { toUtf8 } from './xml-source';
import { Part, Zip } from './zip';
import { Entry } from './zip-directory';

const MAX_DEPTH: i32 = 256;
const SLOT: usize = 12;
const LONG_TEXT: usize = 64 << 10;

export namespace Token {
  /** The end of the input, or a fault: see `failed`. */
  export const NONE: i32 = 0;
  /** An element starts; an empty one ends with the next token. */
  export const START: i32 = 1;
  export const END: i32 = 2;
  export const TEXT: i32 = 3;
}

export class Xml extends XmlTag {
  /** Of START and END: the number of the local name, zero for one that is not among the words. */
  name: i32 = 0;
  /** The local name itself. */
  nameAt: usize = 0;
  nameLength: usize = 0;
  /** Of TEXT: its bytes, references replaced; until the next token. */
  textAt: usize = 0;
  textLength: usize = 0;
  /** How many elements are open. At START this counts the element, at END it does not. */
  depth: i32 = 0;
  /** Passes over a document type without declarations of its own, as in old EPUBs. */
  allowDoctype: bool = false;
  /** Where the token ends in the source. */
  at: usize;
  /** Where the tag of START begins. */
  tagAt: usize = 0;
  private end: usize;
  private stack: usize = heap.alloc(<usize>(MAX_DEPTH + 1) * SLOT);
  private pendingEnd: bool = false;
  private rooted: bool = false;
  private scratch: Bytes = new Bytes(256);

  /** Reads UTF-8; `openXml` makes it of what else XML may be in. */
  constructor(
    at: usize,
    length: usize,
    private words: Words,
  ) {
    super();
    this.at = at;
    this.end = at + length;
  }

  /** Reads other UTF-8 from its start, with the memory of what was read before. */
  restart(at: usize, length: usize): void {
    this.at = at;
    this.end = at + length;
    this.depth = 0;
    this.pendingEnd = false;
    this.rooted = false;
  }

  /** The next token. Comments and processing instructions are passed over. */
  next(): i32 {
    if (this.pendingEnd) return this.popped();
    while (this.at < this.end && !this.failed) {
      if (load<u8>(this.at) != 60) {
        if (this.text()) return Token.TEXT;
        continue;
      }
      const token = this.markup();
      if (token != Token.NONE) return token;
    }
    if (this.depth > 0 || !this.rooted) this.fault(Failure.MALFORMED);
    return Token.NONE;
  }

  /** Passes over all that is inside the element that has just started, its end tag too. */
  skip(): void {
    const outside = this.depth - 1;
    while (this.depth > outside && this.next() != Token.NONE);
  }

  /** Whether the local name is this ASCII word. */
  is(word: string): bool {
    return isWord(this.nameAt, this.nameLength, word);
  }

  protected fault(code: i32): void {
    super.fault(code);
    this.at = this.end;
    this.depth = 0;
  }

  /**
   * Text up to the next "<"; false for text outside of the root. A long one comes in pieces, so that
   * replacing references takes a bounded copy.
   */
  private text(): bool {
    const from = this.at;
    let reference: usize = 0;
    let at = from;
    for (; at < this.end; at++) {
      const byte = load<u8>(at);
      if (byte == 60) break;
      if (byte == 38) {
        if (reference == 0 && at - from > LONG_TEXT) break;
        reference = at;
      } else if (reference != 0 && at - from > LONG_TEXT) {
        if (at - reference > LONGEST_REFERENCE && (byte & 0xc0) != 0x80) break;
      }
    }
    this.at = at;
    if (this.depth == 0) return false;
    return this.give(from, at, reference != 0);
  }

  private give(from: usize, to: usize, references: bool): bool {
    if (!references) {
      this.textAt = from;
      this.textLength = to - from;
      return true;
    }
    if (!this.resolve(this.scratch, from, to)) return false;
    this.textAt = this.scratch.at;
    this.textLength = this.scratch.length;
    return true;
  }

  private markup(): i32 {
    const next: u32 = this.at + 1 < this.end ? <u32>load<u8>(this.at + 1) : 0;
    if (next == 47) return this.endTag();
    if (next == 63) this.passOver('?>', 2);
    else if (next == 33) return this.declaration();
    else return this.startTag();
    return Token.NONE;
  }

  private looksAt(word: string): bool {
    const length = <usize>word.length;
    return length <= this.end - this.at && isWord(this.at, length, word);
  }

  /** Moves behind the next `mark`; returns where it starts. */
  private passOver(mark: string, from: usize): usize {
    const length = <usize>mark.length;
    for (let at = this.at + from; at + length <= this.end; at++) {
      if (!isWord(at, length, mark)) continue;
      this.at = at + length;
      return at;
    }
    this.fault(Failure.MALFORMED);
    return this.end;
  }

  private declaration(): i32 {
    if (this.looksAt('<!--')) this.passOver('-->', 4);
    else if (this.looksAt('<![CDATA[') && this.depth > 0) {
      const from = this.at + 9;
      const to = this.passOver(']]>', 9);
      if (!this.failed && this.give(from, to, false)) return Token.TEXT;
    } else this.documentType();
    return Token.NONE;
  }

  /** Passed over where one is allowed. One that declares entities is beyond every limit. */
  private documentType(): void {
    const isType = !this.rooted && this.looksAt('<!DOCTYPE');
    if (isType && this.lenient) {
      const stop = doctypeEnd(this.at, this.end);
      if (stop == 0) this.fault(Failure.MALFORMED);
      else this.at = stop;
      return;
    }
    if (isType && declaresEntities(this.at, this.end)) {
      this.fault(Failure.LIMIT);
      return;
    }
    const close = isType && this.allowDoctype ? this.tagEnd(this.at + 1) : 0;
    if (close == 0) this.fault(Failure.MALFORMED);
    else this.at = close + 1;
  }

  /** Reads a name at `from`, its local part into the fields; returns where it ends. */
  private readName(from: usize): usize {
    let at = from;
    let local = from;
    let hash = hashStart();
    for (; at < this.end; at++) {
      const byte = <u32>load<u8>(at);
      if (byte == 58) {
        local = at + 1;
        hash = hashStart();
      } else if (isXmlSpace(byte) || byte == 62 || byte == 47) break;
      else hash = hashNext(hash, byte);
    }
    this.nameAt = local;
    this.nameLength = at - local;
    this.name = this.words.idOf(hash, local, at - local);
    return at;
  }

  private startTag(): i32 {
    const from = this.at + 1;
    const nameEnd = this.readName(from);
    this.attributes = nameEnd;
    this.cursor = 0;
    const close = this.tagEnd(nameEnd);
    const second = this.depth == 0 && this.rooted;
    if (this.nameLength == 0 || close == 0 || second) {
      this.fault(Failure.MALFORMED);
      return Token.NONE;
    }
    if (this.depth == MAX_DEPTH) {
      this.fault(Failure.LIMIT);
      return Token.NONE;
    }
    this.tagAt = this.at;
    this.pendingEnd = load<u8>(close - 1) == 47;
    this.attributesEnd = this.pendingEnd ? close - 1 : close;
    this.at = close + 1;
    this.rooted = true;
    const slot = this.stack + <usize>this.depth * SLOT;
    store<u32>(slot, <u32>from);
    store<u32>(slot + 4, <u32>(nameEnd - from));
    store<i32>(slot + 8, this.name);
    this.depth++;
    return Token.START;
  }

  /** Where the ">" of a tag is, or zero. */
  private tagEnd(from: usize): usize {
    let quote: u32 = 0;
    for (let at = from; at < this.end; at++) {
      const byte = <u32>load<u8>(at);
      if (quote != 0) {
        if (byte == quote) quote = 0;
      } else if (byte == 34 || byte == 39) quote = byte;
      else if (byte == 62) return at;
      else if (byte == 60) return 0;
    }
    return 0;
  }

  private endTag(): i32 {
    const from = this.at + 2;
    const nameEnd = this.readName(from);
    const close = this.tagEnd(nameEnd);
    const slot = this.stack + <usize>(this.depth - 1) * SLOT;
    if (this.depth == 0 || close == 0 || !this.matches(slot, from, nameEnd - from)) {
      this.fault(Failure.MALFORMED);
      return Token.NONE;
    }
    this.at = close + 1;
    this.depth--;
    return Token.END;
  }

  private matches(slot: usize, at: usize, length: usize): bool {
    if (<usize>load<u32>(slot + 4) != length) return false;
    return memory.compare(<usize>load<u32>(slot), at, length) == 0;
  }

  /** The end of an empty element. */
  private popped(): i32 {
    this.pendingEnd = false;
    this.depth--;
    return Token.END;
  }
}

/** A parser for a part of a document, or null with the failure set. */
export function openXml(part: Part, words: Words): Xml | null {
  const source = toUtf8(part);
  if (source == null) return null;
  return new Xml(source.at, source.length, words);
}

/** A parser for a member of a ZIP file, or null with the failure set. */
export function openEntry(zip: Zip, entry: Entry, words: Words): Xml | null {
  const part = zip.read(entry);
  if (part == null) return null;
  return openXml(part, words);
}
