/** JSON as blocks: members and elements are items by their depth; lists of records are tables. */
import { Block, Blocks } from '../../lib/assembly/blocks';
import { JsonScanner } from './json-scanner';
import { JsonTable } from './json-table';
import { startsContainer, takeScalar, takeString } from './json-values';

const COMMA: u32 = 44;

export namespace Json {
  export const VALID: i32 = 0;
  export const INVALID: i32 = 1;
  export const TOO_DEEP: i32 = 2;
}

/** What the text is: one value, or with `lines` one or more, a line each. `isCut`: the text goes on. */
export function judgeJson(at: usize, end: usize, lines: bool, isCut: bool): i32 {
  const scanner = new JsonScanner(at, end, isCut);
  let values = 0;
  do {
    scanner.skip(0);
    values++;
  } while (!scanner.failed && scanner.peek() != 0 && lines);
  if (scanner.tooDeep) return Json.TOO_DEEP;
  const isWhole = isCut || scanner.peek() == 0;
  return scanner.invalid || !isWhole || values == 0 ? Json.INVALID : Json.VALID;
}

class Outline {
  private scanner: JsonScanner;
  private table: JsonTable;

  constructor(
    private blocks: Blocks,
    at: usize,
    end: usize,
    isCut: bool,
  ) {
    this.scanner = new JsonScanner(at, end, isCut);
    this.table = new JsonTable(blocks, end, isCut);
  }

  private get goesOn(): bool {
    return !this.scanner.failed && !this.blocks.omitted;
  }

  /** The value of a whole text. */
  root(): void {
    const byte = this.scanner.peek();
    if (startsContainer(byte)) this.container(byte, 1);
    else {
      const start = this.blocks.own.length;
      takeScalar(this.blocks.own, this.scanner);
      this.blocks.addOwn(Block.PARAGRAPH, 0, start);
    }
  }

  /** Values that are a line each. */
  lines(): void {
    if (this.table.fits(this.scanner.at, 0)) this.table.add(this.scanner, 0);
    for (let i = 0; this.goesOn && this.scanner.peek() != 0; i++) this.element(i, 1);
  }

  private container(byte: u32, level: i32): void {
    this.scanner.at++;
    if (this.scanner.take(byte == 123 ? 125 : 93)) return;
    if (byte == 123) this.members(level);
    else this.elements(level);
  }

  private members(level: i32): void {
    do {
      if (this.scanner.peek() != 34) return;
      const start = this.blocks.own.length;
      takeString(this.blocks.own, this.scanner);
      if (!this.scanner.failed) this.scanner.expect(58);
      if (!this.scanner.failed) this.labelled(start, level);
      else this.blocks.addOwn(Block.ITEM, level, start);
    } while (this.goesOn && this.scanner.take(COMMA));
    this.scanner.take(125);
  }

  private elements(level: i32): void {
    if (this.table.fits(this.scanner.at, COMMA)) this.table.add(this.scanner, COMMA);
    else {
      let index = 0;
      do this.element(index++, level);
      while (this.goesOn && this.scanner.take(COMMA));
    }
    this.scanner.take(93);
  }

  /** An element: a scalar is an item, what holds more is one with its number. */
  private element(index: i32, level: i32): void {
    const own = this.blocks.own;
    const start = own.length;
    if (startsContainer(this.scanner.peek())) {
      own.byte(91);
      own.ascii(index.toString());
      own.byte(93);
      this.labelled(start, level);
    } else {
      takeScalar(own, this.scanner);
      this.blocks.addOwn(Block.ITEM, level, start);
    }
  }

  /** The value behind a label that starts at `start`. */
  private labelled(start: usize, level: i32): void {
    const own = this.blocks.own;
    const byte = this.scanner.peek();
    if (startsContainer(byte)) {
      this.blocks.addOwn(Block.ITEM, level, start);
      this.container(byte, level + 1);
    } else {
      own.ascii(': ');
      takeScalar(own, this.scanner);
      this.blocks.addOwn(Block.ITEM, level, start);
    }
  }
}

/** Adds the blocks of JSON that was judged valid. */
export function addJson(blocks: Blocks, at: usize, end: usize, lines: bool, isCut: bool): void {
  const outline = new Outline(blocks, at, end, isCut);
  if (lines) outline.lines();
  else outline.root();
}
