/** The text of a part of a PPTX: a slide, its notes, a diagram (ECMA-376 part 1, 19 and 21). */
import { Token, Xml, openEntry } from '../../lib/assembly/xml';
import { Words } from '../../lib/assembly/xml-words';
import { Zip } from '../../lib/assembly/zip';
import { Entry } from '../../lib/assembly/zip-directory';
import { Alternatives } from './alternatives';
import { Block } from '../../lib/assembly/blocks';
import { Document } from './document';
import { Relationships } from './relationships';

namespace S {
  export const SHAPE: i32 = 1;
  export const PLACEHOLDER: i32 = 2;
  export const PARAGRAPH: i32 = 3;
  export const PROPERTIES: i32 = 4;
  export const BULLET: i32 = 5;
  export const NO_BULLET: i32 = 6;
  export const TEXT: i32 = 7;
  export const BREAK: i32 = 8;
  export const TABLE: i32 = 9;
  export const ROW: i32 = 10;
  export const CELL: i32 = 11;
  export const ALTERNATIVES: i32 = 12;
  export const ALTERNATIVE: i32 = 13;
  export const CHART: i32 = 14;
  export const DIAGRAM: i32 = 15;
  export const SKIPPED: i32 = 16;
}

const MAX_LEVEL: i32 = 9;
/** Of one slide; more are passed over. */
const MAX_EMBEDDED: i32 = 64;

function slideWords(): Words {
  const words = new Words();
  words.add('sp', S.SHAPE);
  words.add('ph', S.PLACEHOLDER);
  words.add('p', S.PARAGRAPH);
  words.add('pPr', S.PROPERTIES);
  words.add('buChar buAutoNum buBlip', S.BULLET);
  words.add('buNone', S.NO_BULLET);
  words.add('t', S.TEXT);
  words.add('br', S.BREAK);
  words.add('tbl', S.TABLE);
  words.add('tr', S.ROW);
  words.add('tc', S.CELL);
  words.add('AlternateContent', S.ALTERNATIVES);
  words.add('Choice Fallback', S.ALTERNATIVE);
  words.add('chart', S.CHART);
  words.add('relIds', S.DIAGRAM);
  words.add('tabLst', S.SKIPPED);
  return words;
}

export class SlideReader {
  /** The charts and diagrams that the part shows, in their order. */
  embedded: Entry[] = [];
  private words: Words = slideWords();
  private alternatives: Alternatives = new Alternatives();
  private inText: bool = false;
  private inTitle: bool = false;

  constructor(private document: Document) {}

  /** Appends the text of a part. False when a failure is set. */
  read(zip: Zip, entry: Entry, parts: Relationships): bool {
    const xml = openEntry(zip, entry, this.words);
    if (xml == null) return false;
    this.embedded = [];
    this.inTitle = false;
    let token = xml.next();
    while (token != Token.NONE && !this.document.truncated) {
      if (token == Token.START) this.start(xml, parts);
      else if (token == Token.END) this.end(xml);
      else if (this.inText) this.document.put(xml.textAt, xml.textLength);
      token = xml.next();
    }
    return !xml.failed;
  }

  private start(xml: Xml, parts: Relationships): void {
    switch (xml.name) {
      case S.PARAGRAPH:
        this.document.startParagraph(this.inTitle ? Block.HEADING : Block.PARAGRAPH, 1);
        return;
      case S.TEXT:
        this.inText = true;
        return;
      case S.BREAK:
        this.document.point(10);
        return;
      case S.TABLE:
        this.document.startTable();
        return;
      case S.ROW:
        this.document.startRow();
        return;
      case S.CELL:
        this.document.startCell();
        return;
      case S.ALTERNATIVES:
        this.alternatives.open(xml);
        return;
      case S.ALTERNATIVE:
        this.alternatives.choose(xml);
        return;
      case S.SKIPPED:
        xml.skip();
        return;
    }
    if (xml.name == S.CHART) this.embed(xml.prefixed('id'), xml, parts);
    else if (xml.name == S.DIAGRAM) this.embed(xml.prefixed('dm'), xml, parts);
    else if (xml.name != 0) this.shape(xml);
  }

  /** What a shape and the properties of a paragraph say about the kind of the block. */
  private shape(xml: Xml): void {
    if (xml.name == S.SHAPE) this.inTitle = false;
    else if (xml.name == S.PLACEHOLDER) {
      this.inTitle = xml.attribute('type') && (xml.valueIs('title') || xml.valueIs('ctrTitle'));
    } else if (this.inTitle) return;
    else if (xml.name == S.NO_BULLET) this.document.retype(Block.PARAGRAPH, 0);
    else if (xml.name == S.BULLET) this.document.retypeAs(Block.ITEM);
    else if (xml.name == S.PROPERTIES && xml.attribute('lvl')) {
      const level = xml.valueNumber();
      if (level > 0 && level < MAX_LEVEL) this.document.retype(Block.ITEM, level + 1);
    }
  }

  private end(xml: Xml): void {
    switch (xml.name) {
      case S.SHAPE:
        this.inTitle = false;
        return;
      case S.PARAGRAPH:
        this.document.endParagraph();
        return;
      case S.TEXT:
        this.inText = false;
        return;
      case S.ROW:
        this.document.endRow();
        return;
      case S.TABLE:
        this.document.endTable();
        return;
      case S.CELL:
        this.document.endCell();
        return;
    }
  }

  private embed(found: bool, xml: Xml, parts: Relationships): void {
    if (!found || this.embedded.length >= MAX_EMBEDDED) return;
    const entry = parts.byName(xml.valueAt, xml.valueLength);
    if (entry != null) this.embedded.push(entry);
  }
}
