/** Text as a reader sees it: white space collapsed, lines and cells apart, at most `limit` bytes. */
import { Bytes, utf8Length } from '../../lib/assembly/bytes';

const NO_MARKER: i32 = -1;
/** An item of a list without numbers. */
const BULLET: i32 = 0;

export class Layout {
  text: Bytes = new Bytes(64 << 10);
  characters: i64 = 0;
  truncated: bool = false;
  /** What stands before the next character, when there is one: line feeds, tabs, a blank, a marker. */
  private lines: i32 = 0;
  private tabs: i32 = 0;
  private blank: bool = false;
  private marker: i32 = NO_MARKER;
  /** Length of the text before the row. */
  private rowAt: usize = 0;

  constructor(private limit: usize) {}

  /** White space between words. */
  space(): void {
    this.blank = true;
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
    if (this.tabs > 0 || this.marker != NO_MARKER) return;
    if (this.lines < count) this.lines = count;
  }

  /** One more line feed: `br`. */
  lineBreak(): void {
    if (this.lines < 2) this.lines++;
  }

  /** A line feed that is there in the text, of a `pre`. */
  keptLineFeed(): void {
    this.lines++;
    this.blank = false;
  }

  row(): void {
    this.tabs = 0;
    this.line();
    this.rowAt = this.text.length;
  }

  /** No empty lines between rows, whatever their cells end with. */
  endRow(): void {
    this.tabs = 0;
    this.lines = 1;
  }

  /** The next cell of a row, not the first: what the cell before ended with does not end the row. */
  cell(): void {
    if (this.text.length > this.rowAt) this.lines = 0;
    this.tabs++;
    this.blank = false;
  }

  /** Starts an item with a bullet (zero) or a number. */
  item(number: i32): void {
    this.marker = NO_MARKER;
    this.line();
    this.marker = number;
  }

  /** An item that ends before its first character has no marker. */
  endItem(): void {
    this.marker = NO_MARKER;
    this.line();
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
    if ((this.lines | this.tabs) != 0 || this.blank || this.marker != NO_MARKER) this.settle();
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
    if (this.text.length > 0) {
      for (let i = 0; i < this.lines && !this.truncated; i++) this.single(10);
      for (let i = 0; i < this.tabs && !this.truncated; i++) this.single(9);
      if (this.blank && this.lines == 0 && this.tabs == 0) this.single(32);
    }
    this.lines = 0;
    this.tabs = 0;
    this.blank = false;
    if (this.marker != NO_MARKER) this.writeMarker();
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
