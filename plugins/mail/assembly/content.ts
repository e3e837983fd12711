/** The text of a part: plain as it is, HTML as a reader sees it. */
import { declaredInside } from '../../html/assembly/prescan';
import { Tokenizer } from '../../html/assembly/tokenizer';
import { Block } from '../../lib/assembly/blocks';
import { Bytes } from '../../lib/assembly/bytes';
import { Text, decodeInto } from '../../lib/assembly/encoding/decode';
import { NONE } from '../../lib/assembly/encoding/none';
import { addParagraphs } from '../../lib/assembly/paragraphs';
import { pickEncoding } from './charsets';
import { MAX_HTML_PART, MAX_HTML_PARTS, MAX_TEXT_PART } from './limits';
import { Note, note } from './notes';
import { Page } from './page';
import { charsetParameter } from './parameters';
import { Kind, Part } from './parts';
import { Sink, Transfer, decodeTransfer } from './transfer';

/** No encoding makes more than three bytes of UTF-8 of one. */
const GROWTH: usize = 3;
const REPLACEMENT: u32 = 0xfffd;

export class Content {
  /** The title of the HTML that was appended last. */
  title: Bytes = new Bytes(16);
  private sink: Sink;
  private source: Text;
  private htmlParts: i32 = 0;
  private at: usize = 0;
  private length: usize = 0;

  /** `inputLength` bounds what any part can become. */
  constructor(
    private page: Page,
    private maxBytes: usize,
    inputLength: usize,
  ) {
    const room = min<usize>(inputLength + 64, MAX_TEXT_PART);
    this.sink = new Sink(new Bytes(room), MAX_TEXT_PART);
    const sourceRoom = min<usize>(inputLength, MAX_HTML_PART) * GROWTH + 64;
    this.source = new Text(sourceRoom, sourceRoom, REPLACEMENT);
  }

  /** Appends the text of a part, in a line of its own. */
  append(part: Part): void {
    if (this.page.isFull()) return;
    this.decode(part);
    this.show(part.kind == Kind.HTML, charsetParameter(part.fields.contentType));
  }

  /** The same for bytes that are in no part. */
  appendBytes(at: usize, length: usize, isHtml: bool, declared: i32): void {
    if (this.page.isFull()) return;
    this.at = at;
    this.length = length;
    this.show(isHtml, declared);
  }

  private show(isHtml: bool, declared: i32): void {
    const limit = isHtml ? MAX_HTML_PART : MAX_TEXT_PART;
    if (this.length > limit) {
      this.page.text.truncated = true;
      this.length = limit;
    }
    this.page.startLine();
    if (isHtml) this.html(declared);
    else this.plain(declared);
  }

  private decode(part: Part): void {
    this.at = part.bodyFrom;
    this.length = part.bodyTo - part.bodyFrom;
    if (part.transfer != Transfer.IDENTITY) {
      this.sink.start(-1);
      decodeTransfer(part.transfer, part.bodyFrom, part.bodyTo, this.sink);
      this.at = this.sink.bytes.at;
      this.length = this.sink.bytes.length;
    }
    if (this.sink.full) this.page.text.truncated = true;
  }

  private plain(declared: i32): void {
    const wasCut = this.page.text.truncated;
    const choice = pickEncoding(this.at, this.length, declared);
    if (choice.declaredWrong) note(Note.DECLARED_WRONG);
    this.page.text.truncated = false;
    const from = this.page.length;
    const bad = this.page.encoded(
      choice.encoding,
      this.at + choice.skip,
      this.length - choice.skip,
    );
    if (bad > 0) note(Note.UNDECODABLE);
    const bytes = this.page.text.bytes;
    addParagraphs(this.page.blocks, Block.PARAGRAPH, bytes.at, from, bytes.length);
    if (wasCut) this.page.text.truncated = true;
  }

  private html(declared: i32): void {
    const wasCut = this.page.text.truncated;
    if (this.htmlParts == MAX_HTML_PARTS) {
      this.page.text.truncated = true;
      return;
    }
    this.htmlParts++;
    this.readSource(declared == NONE ? declaredInside(this.at, this.length) : declared);
    const from = this.source.bytes.at;
    const room = this.page.room(this.maxBytes);
    const document = new Tokenizer(from, from + this.source.bytes.length, room);
    document.run();
    if (document.hiddenText) note(Note.HIDDEN_TEXT);
    if (document.tree.tooDeep) note(Note.DEPTH);
    this.page.text.truncated = false;
    const offset = this.page.length;
    this.page.utf8(document.layout.text.at, document.layout.text.length);
    this.page.blocks.append(document.layout.blocks, offset, this.page.length - offset);
    if (wasCut || document.layout.truncated) this.page.text.truncated = true;
    this.title = document.title;
  }

  private readSource(declared: i32): void {
    const choice = pickEncoding(this.at, this.length, declared);
    if (choice.declaredWrong) note(Note.DECLARED_WRONG);
    this.source.bytes.length = 0;
    this.source.undecodable = 0;
    const from = this.at + choice.skip;
    decodeInto(this.source, choice.encoding, from, this.length - choice.skip);
    if (this.source.undecodable > 0) note(Note.UNDECODABLE);
  }
}
