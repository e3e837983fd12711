/**
 * Entities that an XML text declares for itself (XML 1.0, 4.2). None is ever expanded; a document that
 * would grow if somebody did is told apart from one that would not.
 */
import { isXmlSpace } from './xml-tag';
import { hashNext, hashStart, isWord } from './xml-words';

const MAX_ENTITIES: i32 = 4096;
/** Growth that nobody minds, and so many times the document beyond it: what archives may do as well. */
const FREE_GROWTH: u64 = 1 << 20;
const MAX_GROWTH: u64 = 100;

const AMPERSAND: u32 = 38;
const PERCENT: u32 = 37;

function starts(at: usize, end: usize, word: string): bool {
  return end - at >= <usize>word.length && isWord(at, word.length, word);
}

function passSpaces(from: usize, end: usize): usize {
  let at = from;
  while (at < end && isXmlSpace(<u32>load<u8>(at))) at++;
  return at;
}

function passThrough(from: usize, end: usize, mark: string): usize {
  let at = from;
  while (at < end && !starts(at, end, mark)) at++;
  return at < end ? at + mark.length : end;
}

/** Where the document type is, or zero. */
function findDoctype(from: usize, end: usize): usize {
  let at = passSpaces(from, end);
  while (at < end && load<u8>(at) == 60) {
    if (starts(at, end, '<!DOCTYPE')) return at;
    if (starts(at, end, '<?')) at = passThrough(at, end, '?>');
    else if (starts(at, end, '<!--')) at = passThrough(at + 4, end, '-->');
    else return 0;
    at = passSpaces(at, end);
  }
  return 0;
}

function isNameEnd(byte: u32): bool {
  return isXmlSpace(byte) || byte == 59 || byte == 38 || byte == 60 || byte == 37 || byte == 62;
}

class Declarations {
  /** An entity that names another one, or more entities than anybody needs. */
  nested: bool = false;
  /** Entities of all kinds. */
  count: i32 = 0;
  /** Where the document type ends. */
  end: usize;
  private inSubset: bool = false;
  /** Length of the value of each entity, by the hash of its name. */
  private lengths: Map<u32, u32> = new Map<u32, u32>();

  constructor(
    private from: usize,
    private stop: usize,
  ) {
    this.end = from;
  }

  get isEmpty(): bool {
    return this.lengths.size == 0;
  }

  read(): void {
    let at = this.from + 9;
    while (at < this.stop) {
      const byte = <u32>load<u8>(at);
      if (starts(at, this.stop, '<!ENTITY')) at = this.entity(at + 8);
      else if (starts(at, this.stop, '<!--')) at = passThrough(at + 4, this.stop, '-->');
      else if (byte == 34 || byte == 39) at = this.passQuoted(at);
      else if (byte == 93 || (byte == 62 && !this.inSubset)) break;
      else {
        if (byte == 91) this.inSubset = true;
        at++;
      }
    }
    this.end = at;
  }

  private passQuoted(from: usize): usize {
    const quote = load<u8>(from);
    let at = from + 1;
    while (at < this.stop && load<u8>(at) != quote) at++;
    return at < this.stop ? at + 1 : at;
  }

  /** Reads `NAME "VALUE"`; an external entity has another word in between and no value here. */
  private entity(from: usize): usize {
    this.count++;
    let at = passSpaces(from, this.stop);
    if (at < this.stop && load<u8>(at) == PERCENT) at = passSpaces(at + 1, this.stop);
    let hash = hashStart();
    while (at < this.stop && !isNameEnd(<u32>load<u8>(at))) hash = hashNext(hash, load<u8>(at++));
    at = passSpaces(at, this.stop);
    const quoted = at < this.stop && (load<u8>(at) == 34 || load<u8>(at) == 39);
    const end = quoted ? this.passQuoted(at) : passThrough(at, this.stop, '>');
    if (quoted) this.keep(hash, at + 1, end - 1);
    return end;
  }

  private keep(hash: u32, from: usize, to: usize): void {
    if (this.lengths.size >= MAX_ENTITIES || namesEntity(from, to)) this.nested = true;
    else if (!this.lengths.has(hash)) this.lengths.set(hash, <u32>(to - from));
  }

  /** What all references behind the document type stand for, in bytes. */
  growth(end: usize): u64 {
    let sum: u64 = 0;
    for (let at = this.end; at < end; at++) {
      if (load<u8>(at) != AMPERSAND) continue;
      let hash = hashStart();
      let stop = at + 1;
      while (stop < end && !isNameEnd(<u32>load<u8>(stop))) hash = hashNext(hash, load<u8>(stop++));
      if (this.lengths.has(hash)) sum += <u64>this.lengths.get(hash);
    }
    return sum;
  }
}

function isPredefined(at: usize, length: usize): bool {
  return (
    isWord(at, length, 'amp') ||
    isWord(at, length, 'lt') ||
    isWord(at, length, 'gt') ||
    isWord(at, length, 'quot') ||
    isWord(at, length, 'apos')
  );
}

/** Whether a value has a reference to an entity that is no character. */
function namesEntity(from: usize, to: usize): bool {
  for (let at = from; at < to; at++) {
    const byte = <u32>load<u8>(at);
    if (byte != AMPERSAND && byte != PERCENT) continue;
    let stop = at + 1;
    while (stop < to && !isNameEnd(<u32>load<u8>(stop))) stop++;
    if (stop == to || load<u8>(stop) != 59 || stop == at + 1 || load<u8>(at + 1) == 35) continue;
    if (byte == PERCENT || !isPredefined(at + 1, stop - at - 1)) return true;
  }
  return false;
}

/** Whether the document type at `at` declares entities of any kind. */
export function declaresEntities(at: usize, end: usize): bool {
  const declarations = new Declarations(at, end);
  declarations.read();
  return declarations.count > 0;
}

/** Where the document type at `at` ends, behind its ">"; zero when it does not. */
export function doctypeEnd(at: usize, end: usize): usize {
  const declarations = new Declarations(at, end);
  declarations.read();
  let stop = declarations.end;
  while (stop < end && load<u8>(stop) != 62) stop++;
  return stop < end ? stop + 1 : 0;
}

/**
 * Whether the document type of an XML text has entities made of other entities, or such that the text
 * would be 100 times as long with them expanded.
 */
export function hasEntityBomb(at: usize, length: usize): bool {
  const end = at + length;
  const doctype = findDoctype(at, end);
  if (doctype == 0) return false;
  const declarations = new Declarations(doctype, end);
  declarations.read();
  if (declarations.nested) return true;
  if (declarations.isEmpty) return false;
  const growth = declarations.growth(end);
  return growth > FREE_GROWTH && growth > MAX_GROWTH * <u64>length;
}
