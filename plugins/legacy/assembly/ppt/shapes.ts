/** The texts of the shapes of a slide, in the order of the file ([MS-PPT] 2.9, [MS-ODRAW] 2.2.14). */
import { Block } from '../../../lib/assembly/blocks';
import { Document } from '../../../office/assembly/document';
import { View } from '../view';
import { OutlineText } from './outline';
import { Record, Walker } from './records';
import { TextStyle } from './text-style';

/** Kinds of text that are titles. */
const TITLE: u32 = 0;
const CENTRED_TITLE: u32 = 6;
const MAX_LEVEL: u32 = 8;
/** The kinds of records that stand for a number, a date, a header or a footer at a place in the text. */
const STAND_INS: StaticArray<u32> = [0x0fd8, 0x0ff7, 0x0ff8, 0x0ff9, 0x0ffa, 0x1015];
const MAX_STAND_INS: i32 = 64;

export class Shapes {
  private walker: Walker;
  private style: TextStyle = new TextStyle();
  private texts: OutlineText[] = [];
  /** Of the text box that is read: its text, and where characters stand for something else. */
  private kind: u32 = 0;
  private from: usize = 0;
  private length: usize = 0;
  private isWide: bool = false;
  private hasText: bool = false;
  private standIns: StaticArray<u32> = new StaticArray<u32>(MAX_STAND_INS);
  private standInCount: i32 = 0;
  private high: u32 = 0;

  constructor(
    private stream: View,
    private document: Document,
  ) {
    this.walker = new Walker(stream);
  }

  /** Appends the texts of a slide or of notes at `at`; false with the failure set. */
  read(at: usize, texts: OutlineText[]): bool {
    const walker = this.walker;
    this.texts = texts;
    walker.start(at + 8, <usize>this.stream.u32(at + 4));
    while (walker.next() && !this.document.truncated) {
      if (isHolder(walker.type)) {
        this.finish();
        walker.enter();
      } else this.record();
    }
    this.finish();
    return !walker.tooDeep;
  }

  /** Texts of a slide that has no shapes. */
  readOutline(texts: OutlineText[]): void {
    for (let i = 0; i < texts.length; i++) {
      this.take(texts[i]);
      this.finish();
    }
  }

  private record(): void {
    const walker = this.walker;
    const stream = this.stream;
    if (walker.type == Record.TEXT_HEADER) {
      this.finish();
      this.kind = stream.u32(walker.data);
    } else if (walker.type == Record.OUTLINE_REFERENCE) {
      const index = stream.u32(walker.data);
      if (index < <u32>this.texts.length) this.take(this.texts[index]);
    } else if (walker.type == Record.TEXT_CHARACTERS)
      this.setText(walker.data, walker.length, true);
    else if (walker.type == Record.TEXT_BYTES) this.setText(walker.data, walker.length, false);
    else if (walker.type == Record.TEXT_STYLE)
      this.style.start(stream.part(walker.data, walker.length));
    else if (STAND_INS.includes(walker.type) && this.standInCount < MAX_STAND_INS)
      this.standIns[this.standInCount++] = stream.u32(walker.data);
  }

  private take(text: OutlineText): void {
    this.kind = text.kind;
    this.setText(text.offset, text.length, text.isWide);
  }

  private setText(from: usize, length: usize, isWide: bool): void {
    this.from = from;
    this.length = isWide ? length >> 1 : length;
    this.isWide = isWide;
    this.hasText = true;
  }

  /** Writes the text that was found, when one was. */
  private finish(): void {
    if (this.hasText) this.writeText();
    this.hasText = false;
    this.standInCount = 0;
    this.style.start(new View(0, 0));
  }

  private unit(index: usize): u32 {
    return this.isWide
      ? this.stream.u16(this.from + (index << 1))
      : this.stream.u8(this.from + index);
  }

  private writeText(): void {
    let from: usize = 0;
    while (from < this.length && !this.document.truncated) {
      let end = from;
      while (end < this.length && this.unit(end) != 13) end++;
      this.style.paragraph(<u32>(end - from + 1));
      this.writeParagraph(from, end);
      from = end + 1;
    }
  }

  private writeParagraph(from: usize, end: usize): void {
    const isTitle = this.kind == TITLE || this.kind == CENTRED_TITLE;
    const level = min(this.style.level, MAX_LEVEL);
    const isItem = !isTitle && (level > 0 || this.style.hasBullet);
    const kind = isTitle ? Block.HEADING : isItem ? Block.ITEM : Block.PARAGRAPH;
    this.document.startParagraph(kind, isTitle ? 1 : isItem ? <i32>level + 1 : 0);
    for (let index = from; index < end; index++) {
      if (!this.isStandIn(<u32>index)) this.character(this.unit(index));
    }
    this.high = 0;
    this.document.endParagraph();
  }

  private isStandIn(index: u32): bool {
    for (let i = 0; i < this.standInCount; i++) {
      if (this.standIns[i] == index) return true;
    }
    return false;
  }

  private character(unit: u32): void {
    const document = this.document;
    if ((unit & 0xfc00) == 0xd800) this.high = unit;
    else if ((unit & 0xfc00) == 0xdc00) {
      const point = 0x10000 + ((this.high & 0x3ff) << 10) + (unit & 0x3ff);
      document.point(this.high == 0 ? 0xfffd : point);
      this.high = 0;
    } else if (unit == 11) document.point(10);
    else if (unit >= 32 || unit == 9) document.point(unit);
  }
}

function isHolder(type: u32): bool {
  return (
    type == Record.DRAWING_GROUP ||
    type == Record.DRAWING ||
    type == Record.SHAPE_GROUP ||
    type == Record.SHAPE ||
    type == Record.TEXT_BOX
  );
}
