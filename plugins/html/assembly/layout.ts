/** Text as a reader sees it: white space collapsed, lines and cells apart, at most `limit` bytes; and its blocks. */
import { Block, Blocks } from '../../lib/assembly/blocks';
import { Bytes, utf8Length } from '../../lib/assembly/bytes';
import { TableBlocks } from './table-blocks';

const NO_MARKER: i32 = -1;
/** An item of a list without numbers. */
const BULLET: i32 = 0;
const NONE: usize = usize.MAX_VALUE;

export class Layout {
  text: Bytes = new Bytes(64 << 10);
  characters: i64 = 0;
  truncated: bool = false;
  blocks: Blocks;
  /** The level of the heading that is open, zero outside of one; how many `pre` are. */
  heading: i32 = 0;
  pre: i32 = 0;
  private tables: TableBlocks;
  /** Where the block or the cell starts that is being written; NONE before its first character. */
  private from: usize = NONE;
  private kind: i32 = 0;
  private level: i32 = 0;
  /** How deep the list is whose item has no block yet, zero where there is no such item. */
  private itemLevel: i32 = 0;
  /** The block ends before the next character. */
  private ended: bool = false;
  /** Something is to be done before the next character. */
  private unsettled: bool = true;
  /** What stands before the next character, when there is one: line feeds, tabs, a blank, a marker. */
  private lines: i32 = 0;
  private tabs: i32 = 0;
  private blank: bool = false;
  private marker: i32 = NO_MARKER;
  /** Length of the text before the row. */
  private rowAt: usize = 0;

  constructor(private limit: usize) {
    const blocks = new Blocks();
    this.blocks = blocks;
    this.tables = new TableBlocks(blocks);
  }

  /** White space between words. */
  space(): void {
    this.blank = true;
    this.unsettled = true;
  }

  /** No white space after all. */
  unspace(): void {
    this.blank = false;
  }

  /** The last byte of the text, zero when there is none or something is to come before the next. */
  lastByte(): u32 {
    if (this.text.length == 0 || this.lines > 0 || this.tabs > 0) return 0;
    return <u32>load<u8>(this.text.at + this.text.length - 1);
  }

  /** ASCII without white space. */
  word(text: string): void {
    for (let i = 0; i < text.length; i++) this.ascii(text.charCodeAt(i));
  }

  /** The next text starts a line. Nothing at the start of a cell or an item, which is a start already. */
  line(): void {
    this.lineFeeds(1);
  }

  /** The same, after an empty line. */
  paragraph(): void {
    this.lineFeeds(2);
  }

  private lineFeeds(count: i32): void {
    this.end();
    if (this.tabs > 0 || this.marker != NO_MARKER) return;
    if (this.lines < count) this.lines = count;
  }

  /** What is written next is another block, unless it is in a cell. */
  private end(): void {
    this.ended = true;
    this.unsettled = true;
  }

  /** One more line feed: `br`. A second one is an empty line. */
  lineBreak(): void {
    if (this.lines > 0) this.ended = true;
    if (this.lines < 2) this.lines++;
    this.unsettled = true;
  }

  /** A line feed that is there in the text, of a `pre`. */
  keptLineFeed(): void {
    this.lines++;
    this.blank = false;
    this.unsettled = true;
  }

  startTable(isLayout: bool): void {
    const from = this.from;
    if (this.tables.open(isLayout)) {
      if (from != NONE) this.blocks.add(Block.PARAGRAPH, 0, from, this.text.length);
      this.from = NONE;
    } else this.closeBlock();
    this.unsettled = true;
  }

  endTable(): void {
    this.endCell();
    this.tables.close();
  }

  row(): void {
    this.endCell();
    this.tabs = 0;
    this.line();
    this.rowAt = this.text.length;
    this.tables.openRow();
  }

  /** No empty lines between rows, whatever their cells end with. */
  endRow(): void {
    this.endCell();
    this.tabs = 0;
    this.lines = 1;
    this.end();
  }

  /** A cell. Not the first of a row: what the cell before ended with does not end the row. */
  cell(isFirst: bool, isHeader: bool): void {
    this.endCell();
    this.tables.openCell(isHeader);
    this.end();
    if (isFirst) return;
    if (this.text.length > this.rowAt) this.lines = 0;
    this.tabs++;
    this.blank = false;
  }

  endCell(): void {
    this.unsettled = true;
    if (!this.tables.takesText) this.closeBlock();
    else {
      this.tables.closeCell(this.from == NONE ? this.text.length : this.from, this.text.length);
      this.from = NONE;
    }
  }

  /** Starts an item, of a list so deep, with a bullet (zero) or a number. */
  item(number: i32, level: i32): void {
    this.marker = NO_MARKER;
    this.line();
    this.marker = number;
    this.itemLevel = level;
  }

  /** An item that ends before its first character has no marker. */
  endItem(): void {
    this.marker = NO_MARKER;
    this.itemLevel = 0;
    this.line();
  }

  /** Nothing more is written. */
  finish(): void {
    this.endCell();
    while (this.tables.isOpen) this.endTable();
  }

  private closeBlock(): void {
    this.ended = false;
    if (this.from == NONE || this.tables.takesText) return;
    if (this.text.length > this.from) {
      this.blocks.add(this.kind, this.level, this.from, this.text.length);
    }
    this.from = NONE;
  }

  private startBlock(): void {
    this.from = this.text.length;
    this.level = this.heading > 0 ? this.heading : this.itemLevel;
    if (this.heading > 0) this.kind = Block.HEADING;
    else if (this.itemLevel > 0) this.kind = Block.ITEM;
    else this.kind = this.pre > 0 ? Block.CODE : Block.PARAGRAPH;
    this.itemLevel = 0;
  }

  /** A code point, not white space. */
  point(point: u32): void {
    this.settle();
    if (!this.fits(utf8Length(point))) return;
    this.text.codePoint(point);
    this.characters++;
  }

  /** A character as `length` bytes of UTF-8 at `at`. */
  encoded(at: usize, length: usize): void {
    this.settle();
    if (!this.fits(length)) return;
    this.text.append(at, length);
    this.characters++;
  }

  /** A byte of ASCII, not white space unless it is to be kept. */
  // @ts-ignore: decorator
  @inline
  ascii(byte: u32): void {
    if (this.unsettled) this.settle();
    this.single(byte);
  }

  private single(byte: u32): void {
    if (!this.fits(1)) return;
    this.text.byte(byte);
    this.characters++;
  }

  private fits(length: usize): bool {
    if (this.text.length + length > this.limit) this.truncated = true;
    return !this.truncated;
  }

  private settle(): void {
    if (!this.unsettled) return;
    this.unsettled = false;
    if (this.ended) this.closeBlock();
    if (this.text.length > 0) {
      for (let i = 0; i < this.lines && !this.truncated; i++) this.single(10);
      for (let i = 0; i < this.tabs && !this.truncated; i++) this.single(9);
      if (this.blank && this.lines == 0 && this.tabs == 0) this.single(32);
    }
    this.lines = 0;
    this.tabs = 0;
    this.blank = false;
    if (this.marker != NO_MARKER) this.writeMarker();
    if (this.from == NONE) this.startBlock();
  }

  private number(value: i32): void {
    let power = 1;
    while (power <= value / 10) power *= 10;
    for (; power > 0; power /= 10) this.single(48 + ((value / power) % 10));
  }

  private writeMarker(): void {
    const number = this.marker;
    this.marker = NO_MARKER;
    if (number == BULLET) this.single(45);
    else {
      this.number(number);
      this.single(46);
    }
    this.single(32);
  }
}
