/** The text of a document as it is read: pages, paragraphs, tables, at most `limit` bytes of UTF-8. */
import { Bytes, utf8Length } from '../../lib/assembly/bytes';
import { Block, Blocks } from '../../lib/assembly/blocks';
import { addItems, addParagraphs } from '../../lib/assembly/paragraphs';
import { Grid } from './grid';

/** Paragraphs and tables nest no deeper than the elements they are made of. */
const MAX_NESTING: i32 = 256;
/** At most one empty line. */
const MAX_LINES: i32 = 2;
const NONE: usize = usize.MAX_VALUE;

function lengthOf(lead: u32): usize {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

export class Document {
  text: Bytes = new Bytes(64 << 10);
  characters: i64 = 0;
  truncated: bool = false;
  title: Bytes = new Bytes(16);
  blocks: Blocks = new Blocks();
  /** Where each page starts in the text. */
  pages: u32[] = [];
  warnings: string[] = [];
  /** Whether a paragraph without text is an empty line. */
  emptyLines: bool = true;
  /** What stands before the next character, when there is one. */
  private lines: i32 = 0;
  private tabs: i32 = 0;
  private blank: bool = false;
  /** The open paragraphs: kind and level of each; a text box opens one inside another. */
  private kinds: StaticArray<i32> = new StaticArray<i32>(MAX_NESTING);
  private levels: StaticArray<i32> = new StaticArray<i32>(MAX_NESTING);
  private open: i32 = 0;
  /** Where the text of the paragraph starts, NONE before its first character. */
  private from: usize = NONE;
  private continued: bool = false;
  private grid: Grid = new Grid();
  private cellFrom: usize = NONE;

  constructor(
    public format: string,
    private limit: usize,
    private maxPages: i64,
  ) {}

  /** Starts a page. False when there may be no more: the text is cut then. */
  startPage(): bool {
    if (<i64>this.pages.length >= this.maxPages) this.truncated = true;
    if (this.truncated) return false;
    if (!this.blocks.isEmpty) this.blocks.mark(Block.PAGE_BREAK);
    this.pages.push(<u32>this.text.length);
    this.lines = 0;
    this.tabs = 0;
    return true;
  }

  /** How many more bytes of text fit. */
  get room(): usize {
    return this.limit - this.text.length;
  }

  /** Adds a closed word, once. */
  warn(word: string): void {
    if (!this.warnings.includes(word)) this.warnings.push(word);
  }

  startParagraph(kind: i32, level: i32): void {
    this.interrupt();
    if (this.open < MAX_NESTING) {
      this.kinds[this.open] = kind;
      this.levels[this.open] = level;
    }
    this.open++;
    this.continued = false;
  }

  /** What the paragraph is, when that is known only inside of it. */
  retype(kind: i32, level: i32): void {
    if (this.open == 0 || this.open > MAX_NESTING) return;
    this.kinds[this.open - 1] = kind;
    this.levels[this.open - 1] = level;
  }

  /** The same, its level kept. */
  retypeAs(kind: i32): void {
    if (this.open > 0 && this.open <= MAX_NESTING) this.kinds[this.open - 1] = kind;
  }

  endParagraph(): void {
    if (this.open == 0) return;
    const empty = !this.closeRange() && !this.continued;
    if (empty && this.emptyLines && this.lines < MAX_LINES) this.lines++;
    this.open--;
    this.continued = true;
  }

  /** Ends the line of an open paragraph, which goes on in another block. */
  private interrupt(): void {
    if (this.open > 0 && this.closeRange()) this.continued = true;
  }

  private closeRange(): bool {
    this.blank = false;
    if (this.from == NONE) return false;
    if (this.grid.depth == 0 && this.open <= MAX_NESTING) {
      const at = this.open - 1;
      this.blocks.add(this.kinds[at], this.levels[at], this.from, this.text.length);
    }
    this.from = NONE;
    this.lines = 1;
    return true;
  }

  /** A page break inside of the text. */
  pageBreak(): void {
    this.interrupt();
    if (this.grid.depth == 0 && !this.blocks.isEmpty) this.blocks.mark(Block.PAGE_BREAK);
    if (this.lines < 1) this.lines = 1;
  }

  startTable(): void {
    this.interrupt();
    if (this.grid.depth == 0) this.blocks.mark(Block.TABLE);
    this.grid.open();
    if (this.tabs == 0 && this.lines < 1) this.lines = 1;
  }

  /** A row is a line. The first of a table that a cell starts with is on the line of that cell. */
  startRow(): void {
    if (this.grid.depth == 0) return;
    if (this.tabs == 0 || this.grid.hasRows) this.lines = 1;
    if (this.grid.depth == 1) this.blocks.mark(Block.ROW);
    this.grid.openRow(this.text.length, this.tabs);
  }

  /** What stood behind the last text of a row, empty cells, is left out. */
  endRow(): void {
    if (!this.grid.inRow) return;
    this.tabs = this.grid.closeRow(this.text.length);
  }

  /** The cells of a row have tabs between them, whatever the one before ended with. */
  startCell(): void {
    if (!this.grid.inRow) return;
    if (!this.grid.openCell()) {
      this.lines = this.grid.isWritten(this.text.length) ? 0 : 1;
      this.tabs++;
    }
    if (this.grid.depth == 1) this.cellFrom = NONE;
  }

  endCell(): void {
    if (this.grid.depth != 1 || !this.grid.inRow) return;
    const from = this.cellFrom == NONE ? this.text.length : this.cellFrom;
    this.blocks.add(Block.CELL, 0, from, this.text.length);
  }

  endTable(): void {
    if (this.grid.depth == 0) return;
    this.grid.close();
    if (this.grid.depth == 0) this.blocks.mark(Block.END_TABLE);
    if (this.tabs == 0) this.lines = 1;
  }

  /** Text as it stands, but for controls: a line end in it is a blank. */
  put(at: usize, length: usize): void {
    const end = at + length;
    while (at < end && !this.truncated) {
      const byte = <u32>load<u8>(at);
      if (byte >= 32) at = this.run(at, end);
      else {
        if (byte == 9) this.point(9);
        else if (byte == 10) this.point(32);
        at++;
      }
    }
  }

  /** Text in which white space is one blank, and none at the start of a paragraph. */
  putCollapsed(at: usize, length: usize): void {
    const end = at + length;
    while (at < end && !this.truncated) {
      const byte = <u32>load<u8>(at);
      if (byte > 32) at = this.run(at, end);
      else {
        if (this.from != NONE) this.blank = true;
        at++;
      }
    }
  }

  /** Text of a plain file, as paragraphs: its line ends are kept. */
  putPlain(at: usize, length: usize): void {
    const from = this.putLines(at, length);
    addParagraphs(this.blocks, Block.PARAGRAPH, this.text.at, from, this.text.length);
  }

  /** The same, each line an item. */
  putItems(at: usize, length: usize): void {
    const from = this.putLines(at, length);
    addItems(this.blocks, this.text.at, from, this.text.length);
  }

  /** Returns where the text starts. */
  private putLines(at: usize, length: usize): usize {
    this.settle();
    const from = this.text.length;
    const end = at + length;
    while (at < end && !this.truncated) {
      const byte = <u32>load<u8>(at);
      if (byte >= 32) at = this.run(at, end);
      else {
        if (byte == 9 || byte == 10) this.point(byte);
        at++;
      }
    }
    this.from = NONE;
    this.lines = 1;
    return from;
  }

  /** Copies characters up to a control or, after the first, a blank; returns where it stopped. */
  private run(from: usize, end: usize): usize {
    this.settle();
    let at = from;
    while (at < end) {
      const byte = <u32>load<u8>(at);
      if (byte < 32 || (byte == 32 && at > from)) break;
      const length = lengthOf(byte);
      if (this.text.length + (at - from) + length > this.limit) {
        this.truncated = true;
        break;
      }
      this.characters++;
      at += length;
    }
    this.text.append(from, at - from);
    return at;
  }

  /** A code point, line feed and tab among them. */
  point(point: u32): void {
    this.settle();
    if (!this.truncated && this.text.length + utf8Length(point) > this.limit) this.truncated = true;
    if (this.truncated) return;
    this.text.codePoint(point);
    this.characters++;
  }

  /** A page that is laid out already, with its blocks. */
  append(text: Bytes, characters: i64, blocks: Blocks): void {
    const offset = this.text.length;
    this.text.append(text.at, min(text.length, this.room));
    this.characters += characters;
    this.blocks.append(blocks, offset, this.text.length - offset);
  }

  private single(byte: u32): void {
    if (this.text.length >= this.limit) this.truncated = true;
    if (this.truncated) return;
    this.text.byte(byte);
    this.characters++;
  }

  private settle(): void {
    const starts = this.pages.length == 0 || this.text.length == this.pages[this.pages.length - 1];
    if (!starts) for (; this.lines > 0; this.lines--) this.single(10);
    for (; this.tabs > 0; this.tabs--) this.single(9);
    if (this.blank) this.single(32);
    this.blank = false;
    this.lines = 0;
    if (this.from == NONE) this.from = this.text.length;
    if (this.cellFrom == NONE) this.cellFrom = this.text.length;
  }
}
