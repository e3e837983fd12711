/** An array of flat objects, or of flat arrays, as a table: what lists of records are sent as. */
import { Block, Blocks } from '../../lib/assembly/blocks';
import { Bytes } from '../../lib/assembly/bytes';
import { JsonScanner } from './json-scanner';
import { startsContainer, takeScalar, takeString } from './json-values';

const MAX_COLUMNS: i32 = 256;
/** Fewer records are no table. */
const MIN_ROWS: i32 = 2;
const NO_CELL: usize = usize.MAX_VALUE;

export class JsonTable {
  /** The names of the columns, one behind the other. */
  private names: Bytes = new Bytes(256);
  private nameEnds: usize[] = [];
  /** Of the row: where the value of each column is in what the blocks own. */
  private starts: StaticArray<usize> = new StaticArray<usize>(MAX_COLUMNS);
  private ends: StaticArray<usize> = new StaticArray<usize>(MAX_COLUMNS);
  private key: Bytes = new Bytes(64);
  private isMatrix: bool = false;

  constructor(
    private blocks: Blocks,
    private end: usize,
    private isCut: bool,
  ) {}

  /**
   * Whether the elements at `at` are rows: all objects, or all arrays, of scalars. `comma`: what is between
   * them, zero for lines of a text. The names of columns are taken on the way.
   */
  fits(at: usize, comma: u32): bool {
    const scanner = new JsonScanner(at, this.end, this.isCut);
    const open = scanner.peek();
    this.isMatrix = open == 91;
    this.nameEnds = [];
    this.names.length = 0;
    let rows = 0;
    while (startsContainer(scanner.peek()) && scanner.peek() == open) {
      scanner.at++;
      if (!this.fitsRow(scanner)) return false;
      rows++;
      if (comma != 0 && !scanner.take(comma)) break;
    }
    const next = scanner.peek();
    const isAll = next == 0 || (comma != 0 && next == 93) || scanner.failed;
    return isAll && rows >= MIN_ROWS && (this.isMatrix || this.nameEnds.length > 0);
  }

  private fitsRow(scanner: JsonScanner): bool {
    const close: u32 = this.isMatrix ? 93 : 125;
    if (scanner.take(close)) return true;
    let columns = 0;
    do {
      if (!this.isMatrix && !this.fitsKey(scanner)) return scanner.failed;
      if (startsContainer(scanner.peek()) || ++columns > MAX_COLUMNS) return false;
      scanner.skip(0);
      if (scanner.failed) return true;
    } while (scanner.take(44));
    return scanner.take(close) || scanner.peek() == 0;
  }

  private fitsKey(scanner: JsonScanner): bool {
    if (scanner.peek() != 34) return false;
    this.key.length = 0;
    takeString(this.key, scanner);
    if (scanner.failed) return false;
    scanner.expect(58);
    return !scanner.failed && this.columnOf() >= 0;
  }

  /** The column of the key; a new one where there is none yet, -1 where there are too many. */
  private columnOf(): i32 {
    let from: usize = 0;
    for (let i = 0; i < this.nameEnds.length; i++) {
      const length = this.nameEnds[i] - from;
      const isSame =
        length == this.key.length && memory.compare(this.names.at + from, this.key.at, length) == 0;
      if (isSame) return i;
      from = this.nameEnds[i];
    }
    if (this.nameEnds.length == MAX_COLUMNS) return -1;
    this.names.append(this.key.at, this.key.length);
    this.nameEnds.push(this.names.length);
    return this.nameEnds.length - 1;
  }

  /** Adds the table; the scanner is at the first element, and behind the last one then. */
  add(scanner: JsonScanner, comma: u32): void {
    const blocks = this.blocks;
    const table = blocks.count;
    blocks.mark(Block.TABLE);
    if (!this.isMatrix) this.addNames(table);
    while (!scanner.failed && !blocks.omitted && startsContainer(scanner.peek())) {
      scanner.at++;
      blocks.mark(Block.ROW);
      if (this.isMatrix) this.addArray(scanner);
      else this.addObject(scanner);
      if (comma != 0 && !scanner.take(comma)) break;
    }
    blocks.mark(Block.END_TABLE);
  }

  private addNames(table: i32): void {
    const own = this.blocks.own;
    this.blocks.setHeader(table);
    this.blocks.mark(Block.ROW);
    let from: usize = 0;
    for (let i = 0; i < this.nameEnds.length; i++) {
      const start = own.length;
      own.append(this.names.at + from, this.nameEnds[i] - from);
      this.blocks.addOwn(Block.CELL, 0, start);
      from = this.nameEnds[i];
    }
  }

  private addArray(scanner: JsonScanner): void {
    if (scanner.take(93)) return;
    do {
      const start = this.blocks.own.length;
      takeScalar(this.blocks.own, scanner);
      this.blocks.addOwn(Block.CELL, 0, start);
    } while (!scanner.failed && scanner.take(44));
    scanner.take(93);
  }

  private addObject(scanner: JsonScanner): void {
    const columns = this.nameEnds.length;
    for (let i = 0; i < columns; i++) this.starts[i] = NO_CELL;
    if (!scanner.take(125)) {
      do this.member(scanner);
      while (!scanner.failed && scanner.take(44));
      scanner.take(125);
    }
    for (let i = 0; i < columns; i++) {
      if (this.starts[i] == NO_CELL) this.blocks.add(Block.CELL, 0, 0, 0);
      else this.blocks.addOwnRange(Block.CELL, this.starts[i], this.ends[i]);
    }
  }

  private member(scanner: JsonScanner): void {
    if (scanner.peek() != 34) return;
    this.key.length = 0;
    takeString(this.key, scanner);
    if (scanner.failed) return;
    scanner.expect(58);
    const column = this.columnOf();
    if (column < 0 || scanner.failed) return;
    this.starts[column] = this.blocks.own.length;
    takeScalar(this.blocks.own, scanner);
    this.ends[column] = this.blocks.own.length;
  }
}
