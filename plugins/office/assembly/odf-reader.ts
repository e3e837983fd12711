/** The text of an OpenDocument part: content.xml, or the headers and footers of styles.xml (ODF 1.3 part 3). */
import { Token, Xml } from '../../lib/assembly/xml';
import { Words } from '../../lib/assembly/xml-words';
import { Block } from '../../lib/assembly/blocks';
import { Document } from './document';

namespace O {
  export const PARAGRAPH: i32 = 1;
  export const HEADING: i32 = 2;
  export const SPACES: i32 = 3;
  export const TAB: i32 = 4;
  export const BREAK: i32 = 5;
  export const LIST: i32 = 6;
  export const TABLE: i32 = 7;
  export const ROW: i32 = 8;
  export const CELL: i32 = 9;
  export const PAGE: i32 = 10;
  export const FRAME: i32 = 11;
  /** Read after the text it stands in. */
  export const DEFERRED: i32 = 12;
  export const SKIPPED: i32 = 13;
}

const MAX_HEADING: i32 = 6;
const MAX_LEVEL: i32 = 9;
/** What is repeated more often than this is a trick or a spreadsheet. */
const MAX_REPEATED: i32 = 64;
const MAX_SPACES: i32 = 1024;
const MAX_NOTES: i32 = 20000;
const DEPTHS: i32 = 260;

function odfWords(): Words {
  const words = new Words();
  words.add('p', O.PARAGRAPH);
  words.add('h', O.HEADING);
  words.add('s', O.SPACES);
  words.add('tab', O.TAB);
  words.add('line-break', O.BREAK);
  words.add('list', O.LIST);
  words.add('table', O.TABLE);
  words.add('table-row', O.ROW);
  words.add('table-cell covered-table-cell', O.CELL);
  words.add('page', O.PAGE);
  words.add('frame', O.FRAME);
  words.add('note annotation', O.DEFERRED);
  words.add('page-number page-count', O.SKIPPED);
  words.add('tracked-changes title desc automatic-styles font-face-decls scripts', O.SKIPPED);
  return words;
}

export class OdfReader {
  words: Words = odfWords();
  /** Open paragraphs: text counts inside of one only. */
  private inside: i32 = 0;
  private lists: i32 = 0;
  private inTitle: bool = false;
  /** How often the cell at a depth is there, and the length of the text at its start. */
  private repeats: StaticArray<i32> = new StaticArray<i32>(DEPTHS);
  private cellStarts: StaticArray<usize> = new StaticArray<usize>(DEPTHS);
  /** Notes and comments, by where they are in the source. */
  private noteStarts: usize[] = [];
  private noteEnds: usize[] = [];
  private replaying: bool = false;

  constructor(
    private document: Document,
    /** Whether a draw:page is a page: of presentations. */
    private pages: bool,
  ) {}

  /** Appends the element that has just started, up to its end. */
  readElement(xml: Xml): void {
    const outside = xml.depth - 1;
    while (xml.depth > outside && !this.document.truncated) {
      const token = xml.next();
      if (token == Token.NONE) return;
      if (token == Token.START) this.start(xml);
      else if (token == Token.END) this.end(xml);
      else if (this.inside > 0) this.document.putCollapsed(xml.textAt, xml.textLength);
    }
  }

  private start(xml: Xml): void {
    switch (xml.name) {
      case O.PARAGRAPH:
        this.paragraph();
        return;
      case O.HEADING:
        this.heading(xml);
        return;
      case O.SPACES:
        this.spaces(xml);
        return;
      case O.TAB:
        if (this.inside > 0) this.document.point(9);
        return;
      case O.BREAK:
        if (this.inside > 0) this.document.point(10);
        return;
      case O.LIST:
        this.lists++;
        return;
      case O.SKIPPED:
        xml.skip();
        return;
      case O.DEFERRED:
        this.defer(xml);
        return;
      case O.FRAME:
        this.inTitle = xml.attribute('class') && xml.valueIs('title');
        return;
    }
    if (xml.name != 0) this.structure(xml);
  }

  private structure(xml: Xml): void {
    if (xml.name == O.TABLE) this.document.startTable();
    else if (xml.name == O.ROW) this.document.startRow();
    else if (xml.name == O.CELL) this.startCell(xml);
    else if (xml.name == O.PAGE && this.pages) this.document.startPage();
  }

  private end(xml: Xml): void {
    switch (xml.name) {
      case O.PARAGRAPH:
      case O.HEADING:
        this.inside--;
        this.document.endParagraph();
        return;
      case O.LIST:
        this.lists--;
        return;
      case O.ROW:
        this.document.endRow();
        return;
      case O.TABLE:
        this.document.endTable();
        return;
      case O.CELL:
        this.endCell(xml.depth + 1);
        return;
      case O.FRAME:
        this.inTitle = false;
        return;
      case O.PAGE:
        if (this.pages) this.readNotes();
        return;
    }
  }

  private paragraph(): void {
    this.inside++;
    const level = this.lists < MAX_LEVEL ? this.lists : MAX_LEVEL;
    if (this.inTitle) this.document.startParagraph(Block.HEADING, 1);
    else if (level > 0) this.document.startParagraph(Block.ITEM, level);
    else this.document.startParagraph(Block.PARAGRAPH, 0);
  }

  private heading(xml: Xml): void {
    this.inside++;
    const level = xml.attribute('outline-level') ? xml.valueNumber() : 1;
    const kept = level < 1 ? 1 : level > MAX_HEADING ? MAX_HEADING : level;
    this.document.startParagraph(Block.HEADING, kept);
  }

  private spaces(xml: Xml): void {
    if (this.inside == 0) return;
    const said = xml.attribute('c') ? xml.valueNumber() : 1;
    const count = said > MAX_SPACES ? MAX_SPACES : said;
    for (let i = 0; i < count; i++) this.document.point(32);
  }

  private startCell(xml: Xml): void {
    this.document.startCell();
    const said = xml.attribute('number-columns-repeated') ? xml.valueNumber() : 1;
    this.repeats[xml.depth] = said > MAX_REPEATED ? MAX_REPEATED : said;
    this.cellStarts[xml.depth] = this.document.text.length;
  }

  /** An empty cell that is repeated keeps the columns behind it in their places. */
  private endCell(depth: i32): void {
    this.document.endCell();
    if (this.cellStarts[depth] != this.document.text.length) return;
    for (let i = 1; i < this.repeats[depth]; i++) {
      this.document.startCell();
      this.document.endCell();
    }
  }

  private defer(xml: Xml): void {
    if (this.replaying || this.noteStarts.length >= MAX_NOTES) return;
    const from = xml.tagAt;
    xml.skip();
    this.noteStarts.push(from);
    this.noteEnds.push(xml.at);
  }

  /** Appends the notes and comments that were met. False when a failure is set. */
  readNotes(): bool {
    if (this.noteStarts.length == 0) return true;
    const xml = new Xml(0, 0, this.words);
    this.replaying = true;
    for (let i = 0; i < this.noteStarts.length && !xml.failed; i++) {
      const from = this.noteStarts[i];
      xml.restart(from, this.noteEnds[i] - from);
      xml.next();
      this.readElement(xml);
    }
    this.replaying = false;
    this.noteStarts.length = 0;
    this.noteEnds.length = 0;
    return !xml.failed;
  }
}
