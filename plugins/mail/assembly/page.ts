/** The text of the result: lines and blank lines between what is put together here. */
import { Block, Blocks } from '../../lib/assembly/blocks';
import { Text, decodeInto } from '../../lib/assembly/encoding/decode';
import { UTF_8 } from '../../lib/generated/encoding-ids';

const LINE_FEED: u32 = 10;

export class Page {
  text: Text;
  blocks: Blocks = new Blocks();

  /** All of its room is taken at once: what grows later leaves a copy behind. */
  constructor(maxBytes: usize) {
    this.text = new Text(maxBytes + 16, maxBytes, 0);
  }

  /** Where the next text starts. */
  get length(): usize {
    return this.text.bytes.length;
  }

  isFull(): bool {
    return this.text.truncated;
  }

  private lineFeed(): void {
    if (!this.text.truncated) this.text.put(LINE_FEED);
  }

  /** The next text starts a line. */
  startLine(): void {
    const bytes = this.text.bytes;
    if (bytes.length > 0 && load<u8>(bytes.at + bytes.length - 1) != LINE_FEED) this.lineFeed();
  }

  /** The next text follows one empty line. */
  blankLine(): void {
    const bytes = this.text.bytes;
    while (bytes.length > 0 && load<u8>(bytes.at + bytes.length - 1) == LINE_FEED) {
      bytes.length--;
      this.text.characters--;
    }
    if (bytes.length == 0) return;
    this.lineFeed();
    this.lineFeed();
  }

  /** A heading above a message of many. */
  numberLine(number: i32): void {
    const from = this.length;
    this.ascii('Message ');
    this.ascii(number.toString());
    this.block(Block.HEADING, 1, from);
    this.ascii('\n');
  }

  /** A block of what was written behind `from`, if anything was. */
  block(kind: i32, level: i32, from: usize): void {
    if (this.length > from) this.blocks.add(kind, level, from, this.length);
  }

  ascii(text: string): void {
    for (let i = 0; i < text.length && !this.text.truncated; i++) this.text.put(text.charCodeAt(i));
  }

  /** Appends bytes of an encoding; returns how many sequences were no character. */
  encoded(encoding: i32, at: usize, length: usize): i64 {
    const before = this.text.undecodable;
    decodeInto(this.text, encoding, at, length);
    return this.text.undecodable - before;
  }

  utf8(at: usize, length: usize): void {
    decodeInto(this.text, UTF_8, at, length);
  }

  /** How many more bytes it takes. */
  room(maxBytes: usize): usize {
    return maxBytes - this.text.bytes.length;
  }
}
