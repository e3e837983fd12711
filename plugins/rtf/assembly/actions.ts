/** What the tokens of a document do to the text. */
import { Text } from '../../lib/assembly/encoding/decode';
import { NONE } from '../../lib/assembly/encoding/none';
import { encodingOfCodePage } from '../../lib/assembly/encoding/code-pages';
import { encodingOfCharset, encodingOfFont, setFont } from './charsets';
import { Flow } from './flow';
import { Groups, Mode } from './groups';
import { Paragraphs } from './paragraphs';
import { Run } from './run';
import { setStyleLevel, takeStyleName } from './styles';
import { Does, FlowId, actionOf } from './words';

const NO_NUMBER: i32 = i32.MIN_VALUE;

export class Action {
  title: Text = new Text(256, 1024, 0);
  /** Text was there that a viewer does not show. */
  hiddenText: bool = false;
  private groups: Groups;
  private run: Run = new Run();
  private paragraphs: Paragraphs;
  /** The group started with \*: a word that we do not know makes it no text. */
  private starred: bool = false;
  /** Characters still to pass over behind \u. */
  private skip: i32 = 0;
  /** The encoding of a document's text where the font says nothing. */
  private encoding: i32 = 0;
  private defaultFont: i32 = 0;
  private tableFont: i32 = -1;

  constructor(flows: StaticArray<Flow>) {
    const groups = new Groups();
    groups.now.flow = FlowId.BODY;
    this.groups = groups;
    this.paragraphs = new Paragraphs(flows, groups);
  }

  isFull(): bool {
    return this.paragraphs.isFull();
  }

  undecodable(): i64 {
    return this.run.undecodable;
  }

  depth(): i32 {
    return this.groups.depth;
  }

  mode(): i32 {
    return this.groups.now.mode;
  }

  open(): bool {
    this.flush();
    this.skip = 0;
    this.starred = false;
    return this.groups.push();
  }

  close(): void {
    this.flush();
    this.skip = 0;
    this.starred = false;
    const flow = this.groups.now.flow;
    this.groups.pop();
    if (this.groups.now.flow != flow) this.paragraphs.settle(flow);
  }

  finish(): void {
    this.flush();
    this.paragraphs.settleAll();
  }

  /** Whether the next character stands for the one of \u before it. */
  private isFallback(): bool {
    if (this.skip == 0) return false;
    this.skip--;
    return true;
  }

  /** A byte of text, as it stands. */
  byte(byte: u32): void {
    if (this.isFallback()) return;
    const now = this.groups.now;
    if (now.mode == Mode.STYLE_SHEET) takeStyleName(byte, now.style);
    else if (this.isText()) this.run.byte(byte);
  }

  /** The same, written as \'hh; line ends are paragraphs. */
  hexByte(byte: u32): void {
    if (byte == 13 || byte == 10) this.paragraph();
    else if (byte != 0) this.byte(byte);
  }

  private isText(): bool {
    const now = this.groups.now;
    if (now.mode == Mode.TITLE) return true;
    if (now.mode != Mode.TEXT || this.groups.depth == 0) return false;
    if (now.hidden && !now.deleted) this.hiddenText = true;
    return !now.deleted;
  }

  private target(): Text {
    if (this.groups.now.mode == Mode.TITLE) return this.title;
    return this.paragraphs.text();
  }

  private flush(): void {
    if (this.run.isEmpty()) return;
    const font = encodingOfFont(this.groups.now.font);
    this.run.flush(this.target(), font == NONE ? this.encoding : font);
  }

  private character(point: u32): void {
    if (!this.isText()) return;
    this.flush();
    this.run.character(this.target(), point);
  }

  symbol(symbol: u32): void {
    if (symbol == 42) this.starred = true;
    else if (this.mode() == Mode.SKIP || this.isFallback()) return;
    else if (symbol == 126) this.character(32);
    else if (symbol == 95) this.character(45);
    else if (symbol == 9) this.character(9);
    else if (symbol == 92 || symbol == 123 || symbol == 125) this.byte(symbol);
  }

  /** Data of \bin counts as one character. */
  binary(): void {
    this.isFallback();
  }

  paragraph(): void {
    this.flush();
    if (this.mode() == Mode.TEXT) this.paragraphs.end();
  }

  /** A control word; `number` is the least integer when it has none. */
  word(at: usize, length: usize, number: i32): void {
    this.flush();
    const entry = actionOf(at, length);
    const does = entry & 255;
    const argument = entry >> 8;
    const starred = this.starred;
    this.starred = false;
    if (does == Does.CHARACTER) {
      if (!this.isFallback()) this.character(<u32>argument);
      return;
    }
    this.skip = 0;
    if (does == Does.PLAIN) this.groups.now.font = this.defaultFont;
    if (does >= Does.SKIP && does <= Does.LIST_TEXT) this.destination(does, argument);
    else if (starred) this.groups.now.mode = Mode.SKIP;
    else if (does >= Does.FONT) this.property(does, number, argument);
    else this.paragraphs.word(does, number);
  }

  private destination(does: i32, argument: i32): void {
    const now = this.groups.now;
    if (does == Does.SKIP) now.mode = Mode.SKIP;
    else if (does == Does.DROP) now.mode = Mode.DROP;
    else if (does == Does.FLOW && now.mode == Mode.TEXT) this.enterFlow(argument);
    else if (does == Does.FONT_TABLE) now.mode = Mode.FONT_TABLE;
    else if (does == Does.STYLE_SHEET) now.mode = Mode.STYLE_SHEET;
    else if (does == Does.SHOW && now.mode == Mode.DROP) now.mode = Mode.TEXT;
    else if (does == Does.TITLE && now.mode == Mode.DROP) now.mode = Mode.TITLE;
    else if (does == Does.LIST_TEXT) {
      this.paragraphs.isItem = now.mode == Mode.TEXT;
      now.mode = Mode.SKIP;
    }
  }

  /** A note, a header or a footer has paragraphs of its own. */
  private enterFlow(flow: i32): void {
    const now = this.groups.now;
    now.flow = flow;
    now.inTable = false;
    now.style = -1;
    now.heading = 0;
    now.isItem = false;
    now.itemLevel = 0;
  }

  private property(does: i32, number: i32, argument: i32): void {
    const now = this.groups.now;
    if (does == Does.UNICODE) this.unicode(number);
    else if (does == Does.UNICODE_SKIP) now.unicodeSkip = clampSkip(number);
    else if (does == Does.STYLE) now.style = number;
    else if (does == Does.OUTLINE_LEVEL) this.outlineLevel(number);
    else if (does == Does.CODE_PAGE) this.encoding = encodingOfCodePage(number);
    else if (does == Does.CHARACTER_SET) this.encoding = encodingOfCodePage(argument);
    else if (does == Does.DEFAULT_FONT) this.useDefaultFont(number);
    else this.fontProperty(does, number);
  }

  private unicode(number: i32): void {
    if (number == NO_NUMBER) return;
    const point = number < 0 ? number + 65536 : number;
    if (point >= 0 && point <= 0x10ffff) this.character(<u32>point);
    this.skip = this.groups.now.unicodeSkip;
  }

  private outlineLevel(number: i32): void {
    const now = this.groups.now;
    if (now.mode == Mode.STYLE_SHEET) setStyleLevel(now.style, number + 1);
    else now.heading = number >= 0 && number < 9 ? number + 1 : 0;
  }

  private useDefaultFont(number: i32): void {
    this.defaultFont = number;
    this.groups.now.font = number;
  }

  private fontProperty(does: i32, number: i32): void {
    const now = this.groups.now;
    if (now.mode != Mode.FONT_TABLE) {
      if (does == Does.FONT) now.font = number;
    } else if (does == Does.FONT) this.tableFont = number;
    else if (does == Does.FONT_CHARSET) setFont(this.tableFont, encodingOfCharset(number));
    else if (does == Does.FONT_CODE_PAGE && number > 0) {
      setFont(this.tableFont, encodingOfCodePage(number));
    }
  }
}

function clampSkip(number: i32): i32 {
  return number < 0 || number > 255 ? 1 : number;
}
