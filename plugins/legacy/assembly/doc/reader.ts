/** The text of a part of a document, paragraph by paragraph ([MS-DOC] 2.4.2 to 2.4.5). */
import { Block } from '../../../lib/assembly/blocks';
import { Document } from '../../../office/assembly/document';
import { Fields } from '../../../office/assembly/word-fields';
import { symbolPoint } from '../../../office/assembly/word-symbols';
import { Bins } from './bins';
import { Fonts } from './fonts';
import { Pieces } from './pieces';
import { Paragraph, Run } from './properties';
import { Styles } from './styles';
import { Tables } from './tables';

/** Characters that mean something else. */
namespace Mark {
  export const CELL_END: u32 = 0x07;
  export const TAB: u32 = 0x09;
  export const LINE_END: u32 = 0x0b;
  export const PAGE_END: u32 = 0x0c;
  export const PARAGRAPH_END: u32 = 0x0d;
  export const COLUMN_END: u32 = 0x0e;
  export const FIELD_START: u32 = 0x13;
  export const FIELD_RESULT: u32 = 0x14;
  export const FIELD_END: u32 = 0x15;
  export const HYPHEN: u32 = 0x1e;
}
const MAX_HEADING: i32 = 6;
const BODY: i32 = 9;

export class Reader {
  private fields: Fields = new Fields();
  private tables: Tables;
  private paragraph: Paragraph = new Paragraph();
  private run: Run = new Run();
  private high: u32 = 0;

  constructor(
    private document: Document,
    private pieces: Pieces,
    private paragraphs: Bins,
    private runs: Bins,
    private styles: Styles,
    private fonts: Fonts,
  ) {
    this.tables = new Tables(document);
  }

  /** Appends the characters from one number to another. */
  read(from: u32, to: u32): void {
    let position = from;
    while (position < to && !this.document.truncated) {
      const end = this.paragraphEnd(position, to);
      this.readParagraph(position, end, end < to ? this.pieces.unit(end) : Mark.PARAGRAPH_END);
      position = end + 1;
    }
    this.tables.enter(0);
    this.fields = new Fields();
  }

  /** Of the units from one number to another (FNV-1a). */
  hash(from: u32, to: u32): u64 {
    let hash: u64 = 0xcbf29ce484222325;
    for (let position = from; position < to; position++) {
      hash = (hash ^ this.pieces.unit(position)) * 0x100000001b3;
    }
    return hash;
  }

  private paragraphEnd(from: u32, to: u32): u32 {
    for (let position = from; position < to; position++) {
      const unit = this.pieces.unit(position);
      const isEnd = unit == Mark.PARAGRAPH_END || unit == Mark.CELL_END || unit == Mark.PAGE_END;
      if (isEnd) return position;
    }
    return to;
  }

  /** `end` is the number of the character that ends it, `mark` that character. */
  private readParagraph(from: u32, end: u32, mark: u32): void {
    const paragraph = this.paragraph;
    this.look(end);
    const depth = paragraph.inTable ? max(paragraph.depth, 1) : 0;
    this.tables.enter(depth);
    if (depth > 0 && paragraph.endsRow) {
      this.tables.endRow();
      return;
    }
    this.tables.startCell();
    this.document.startParagraph(this.kind(), this.level());
    for (let position = from; position < end; position++) this.character(position);
    this.fields.release();
    this.high = 0;
    this.document.endParagraph();
    const endsCell = depth > 1 ? paragraph.endsInnerCell : mark == Mark.CELL_END;
    if (depth > 0 && endsCell) this.tables.endCell();
    else if (mark == Mark.PAGE_END) this.document.pageBreak();
  }

  /** Looks up the properties of a paragraph by the character that ends it. */
  private look(position: u32): void {
    const offset = this.pieces.fileOffset(position);
    const bins = this.paragraphs;
    if (!bins.has(offset)) bins.find(offset);
    this.paragraph.clear();
    this.paragraph.style = bins.style;
    this.paragraph.apply(bins.list);
    this.styles.complete(this.paragraph);
  }

  private kind(): i32 {
    const outline = this.paragraph.outline;
    const list = this.paragraph.list;
    if (outline >= 0 && outline < BODY) return Block.HEADING;
    return list >= 0 && list < BODY ? Block.ITEM : Block.PARAGRAPH;
  }

  private level(): i32 {
    const paragraph = this.paragraph;
    const kind = this.kind();
    if (kind == Block.HEADING) return min(paragraph.outline + 1, MAX_HEADING);
    return kind == Block.ITEM ? paragraph.list + 1 : 0;
  }

  private character(position: u32): void {
    const offset = this.pieces.fileOffset(position);
    if (!this.runs.has(offset)) {
      this.runs.find(offset);
      this.run.apply(this.runs.list);
    }
    const unit = this.pieces.unit(position);
    if (unit >= Mark.FIELD_START && unit <= Mark.FIELD_END) this.field(unit);
    else if (this.fields.hideText || this.run.deleted) return;
    else if (this.run.symbol != 0) this.symbol(this.run.symbol);
    else if (unit < 32) this.control(unit);
    else this.text(unit);
  }

  private field(unit: u32): void {
    if (unit == Mark.FIELD_START) this.fields.begin();
    else if (unit == Mark.FIELD_RESULT) this.fields.separate();
    else this.fields.end();
  }

  private symbol(code: u32): void {
    this.document.point(symbolPoint(code, this.fonts.isSymbol(this.run.font)));
  }

  /** Marks of notes, pictures and the like show nothing. */
  private control(unit: u32): void {
    if (unit == Mark.TAB) this.document.point(9);
    else if (unit == Mark.LINE_END || unit == Mark.COLUMN_END) this.document.point(10);
    else if (unit == Mark.HYPHEN) this.document.point(45);
  }

  private text(unit: u32): void {
    if (this.run.hidden) this.document.warn('hidden_text');
    if ((unit & 0xfc00) == 0xd800) this.high = unit;
    else if ((unit & 0xfc00) == 0xdc00) {
      const high = this.high;
      this.high = 0;
      this.document.point(high == 0 ? 0xfffd : 0x10000 + ((high & 0x3ff) << 10) + (unit & 0x3ff));
    } else if (unit >= 0xf000 && unit <= 0xf0ff) this.symbol(unit);
    else this.document.point(unit);
  }
}
