/** The text of the result: lines and blank lines between what is put together here. */
import { Text, decodeInto } from '../../lib/assembly/encoding/decode';
import { UTF_8 } from '../../lib/generated/encodings';

const LINE_FEED: u32 = 10;

export class Page {
  text: Text;

  /** All of its room is taken at once: what grows later leaves a copy behind. */
  constructor(maxBytes: usize) {
    this.text = new Text(maxBytes + 16, maxBytes, 0);
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
