/** The result of `extract_text` as JSON. */
import { Blocks } from './blocks';
import { Bytes } from './bytes';
import { childCount, writeChildren } from './children';
import { nameOf } from './encoding/names';
import { NONE } from './encoding/none';
import { finish, integer, measure, measured, name, quoted, raw } from './output';

const MAX_TITLE: usize = 1024;
/** What the host takes beside the text itself, escapes and blocks included, and some to spare of it. */
const BESIDE_TEXT: i64 = (6 << 20) - (64 << 10);

/** At most so many bytes, and no part of a character. */
function cut(at: usize, length: usize): usize {
  let end = length < MAX_TITLE ? length : MAX_TITLE;
  while (end < length && end > 0 && (load<u8>(at + end) & 0xc0) == 0x80) end--;
  return end;
}

export class Result {
  /** Of the document, where that has one. */
  encoding: i32 = NONE;
  /** Of source code; a closed word. */
  language: string = '';
  characters: i64 = 0;
  /** Where each page starts in the text; empty for a document of one page. */
  pages: u32[] = [];
  title: Bytes | null = null;
  truncated: bool = false;
  warnings: string[] = [];

  constructor(
    public format: string,
    public text: Bytes,
    public blocks: Blocks,
  ) {}

  /** Adds a closed word, once. */
  warn(word: string): void {
    if (!this.warnings.includes(word)) this.warnings.push(word);
  }

  /** `maxTextBytes`: what the caller asked for, which is what the host sets its own limit by. */
  write(maxTextBytes: i64): void {
    raw('{"counts":{"characters":');
    integer(this.characters);
    raw(',"pages":');
    integer(max(this.pages.length, 1));
    raw('},"format":');
    name(this.format);
    this.writeFacts();
    if (childCount() > 0) writeChildren();
    this.writePages();
    this.writeBlocks(maxTextBytes);
    raw(',"truncated":');
    raw(this.truncated ? 'true' : 'false');
    this.writeWarnings();
    raw('}');
    finish();
  }

  private writeFacts(): void {
    if (this.encoding != NONE) {
      raw(',"encoding":');
      name(nameOf(this.encoding));
    }
    if (this.language.length > 0) {
      raw(',"language":');
      name(this.language);
    }
    const title = this.title;
    if (title == null || title.length == 0) return;
    raw(',"title":');
    quoted(title.at, cut(title.at, title.length));
  }

  private writePages(): void {
    const count = max(this.pages.length, 1);
    raw(',"pages":[');
    for (let i = 0; i < count; i++) {
      const from: usize = i == 0 ? 0 : <usize>this.pages[i];
      const to: usize = i + 1 < count ? <usize>this.pages[i + 1] : this.text.length;
      raw(i > 0 ? ',{"number":' : '{"number":');
      integer(i + 1);
      raw(',"text":');
      quoted(this.text.at + from, to - from);
      raw('}');
    }
    raw(']');
  }

  /** All blocks, or none where there are too many of them. */
  private writeBlocks(maxTextBytes: i64): void {
    if (!this.blocks.omitted) {
      measure();
      this.blocks.write(this.text.at);
      if (measured() > maxTextBytes + BESIDE_TEXT) this.blocks.omitted = true;
    }
    if (this.blocks.omitted) this.warn('blocks_omitted');
    else {
      raw(',"blocks":');
      this.blocks.write(this.text.at);
    }
  }

  private writeWarnings(): void {
    raw(',"warnings":[');
    for (let i = 0; i < this.warnings.length; i++) {
      if (i > 0) raw(',');
      name(this.warnings[i]);
    }
    raw(']');
  }
}
