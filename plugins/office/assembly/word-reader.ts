/** The text of a part of a DOCX: document, header, footer, notes, comments (ECMA-376 part 1, 17). */
import { Token, Xml, openXml } from '../../lib/assembly/xml';
import { Words } from '../../lib/assembly/xml-words';
import { Part } from '../../lib/assembly/zip';
import { Alternatives } from './alternatives';
import { Block } from '../../lib/assembly/blocks';
import { Document } from './document';
import { Fields } from './word-fields';
import { Style, Styles } from './word-styles';
import { symbolPoint } from './word-symbols';

namespace W {
  export const PARAGRAPH: i32 = 1;
  export const PROPERTIES: i32 = 2;
  export const STYLE: i32 = 3;
  export const OUTLINE: i32 = 4;
  export const LIST: i32 = 5;
  export const LIST_LEVEL: i32 = 6;
  export const LIST_ID: i32 = 7;
  export const RUN: i32 = 8;
  export const TEXT: i32 = 9;
  export const TAB: i32 = 10;
  export const BREAK: i32 = 11;
  export const HYPHEN: i32 = 12;
  export const SYMBOL: i32 = 13;
  export const FIELD: i32 = 14;
  export const HIDDEN: i32 = 15;
  export const TABLE: i32 = 16;
  export const ROW: i32 = 17;
  export const CELL: i32 = 18;
  export const ALTERNATIVES: i32 = 19;
  export const ALTERNATIVE: i32 = 20;
  export const NOTE: i32 = 21;
  /** What no reader sees: deleted text, and properties with elements that look like text. */
  export const SKIPPED: i32 = 22;
}

const BODY: i32 = 9;
const MAX_HEADING: i32 = 6;

function wordNames(): Words {
  const words = new Words();
  words.add('p', W.PARAGRAPH);
  words.add('pPr', W.PROPERTIES);
  words.add('pStyle', W.STYLE);
  words.add('outlineLvl', W.OUTLINE);
  words.add('numPr', W.LIST);
  words.add('ilvl', W.LIST_LEVEL);
  words.add('numId', W.LIST_ID);
  words.add('r', W.RUN);
  words.add('t', W.TEXT);
  words.add('tab ptab', W.TAB);
  words.add('br cr', W.BREAK);
  words.add('noBreakHyphen', W.HYPHEN);
  words.add('sym', W.SYMBOL);
  words.add('fldChar', W.FIELD);
  words.add('vanish', W.HIDDEN);
  words.add('tbl', W.TABLE);
  words.add('tr', W.ROW);
  words.add('tc', W.CELL);
  words.add('AlternateContent', W.ALTERNATIVES);
  words.add('Choice Fallback', W.ALTERNATIVE);
  words.add('footnote endnote', W.NOTE);
  words.add('del moveFrom tabs sectPr sdtPr', W.SKIPPED);
  words.add('pPrChange rPrChange tblPrChange trPrChange tcPrChange numberingChange', W.SKIPPED);
  return words;
}

export class WordReader {
  private words: Words = wordNames();
  private alternatives: Alternatives = new Alternatives();
  private fields: Fields = new Fields();
  private inText: bool = false;
  private hidden: bool = false;
  /** What the properties of the paragraph say, as in `Style`. */
  private properties: Style = new Style();

  constructor(
    private document: Document,
    private styles: Styles,
  ) {}

  /** Appends the text of a part. False when a failure is set. */
  read(part: Part): bool {
    const xml = openXml(part, this.words);
    if (xml == null) return false;
    this.fields = new Fields();
    let token = xml.next();
    while (token != Token.NONE && !this.document.truncated) {
      if (token == Token.START) this.start(xml);
      else if (token == Token.END) this.end(xml);
      else if (this.inText) this.text(xml);
      token = xml.next();
    }
    return !xml.failed;
  }

  private text(xml: Xml): void {
    if (this.fields.hideText) return;
    if (this.hidden) this.document.warn('hidden_text');
    this.document.put(xml.textAt, xml.textLength);
  }

  private start(xml: Xml): void {
    switch (xml.name) {
      case W.PARAGRAPH:
        this.document.startParagraph(Block.PARAGRAPH, 0);
        return;
      case W.TEXT:
        this.inText = true;
        return;
      case W.RUN:
        this.hidden = false;
        return;
      case W.TABLE:
        this.document.startTable();
        return;
      case W.ROW:
        this.document.startRow();
        return;
      case W.CELL:
        this.document.startCell();
        return;
      case W.SKIPPED:
        xml.skip();
        return;
      case W.NOTE:
        if (xml.attribute('type') && !xml.valueIs('normal')) xml.skip();
        return;
      case W.ALTERNATIVES:
        this.alternatives.open(xml);
        return;
      case W.ALTERNATIVE:
        this.alternatives.choose(xml);
        return;
    }
    if (xml.name >= W.PROPERTIES && xml.name <= W.LIST_ID) this.property(xml);
    else if (xml.name != 0) this.content(xml);
  }

  private end(xml: Xml): void {
    switch (xml.name) {
      case W.PARAGRAPH:
        this.fields.release();
        this.document.endParagraph();
        return;
      case W.TEXT:
        this.inText = false;
        return;
      case W.PROPERTIES:
        this.applyProperties();
        return;
      case W.ROW:
        this.document.endRow();
        return;
      case W.TABLE:
        this.document.endTable();
        return;
      case W.CELL:
        this.document.endCell();
        return;
    }
  }

  /** What stands between texts in a run. */
  private content(xml: Xml): void {
    if (xml.name == W.HIDDEN) this.hidden = !isOff(xml);
    else if (xml.name == W.FIELD) this.field(xml);
    else if (this.fields.hideText) return;
    else if (xml.name == W.TAB) this.document.point(9);
    else if (xml.name == W.HYPHEN) this.document.point(0x2d);
    else if (xml.name == W.SYMBOL) this.symbol(xml);
    else if (xml.name == W.BREAK) {
      if (xml.attribute('type') && xml.valueIs('page')) this.document.pageBreak();
      else this.document.point(10);
    }
  }

  private field(xml: Xml): void {
    if (!xml.attribute('fldCharType')) return;
    if (xml.valueIs('begin')) this.fields.begin();
    else if (xml.valueIs('separate')) this.fields.separate();
    else if (xml.valueIs('end')) this.fields.end();
  }

  private symbol(xml: Xml): void {
    const symbolFont = xml.attribute('font') && xml.valueIs('Symbol');
    if (!xml.attribute('char')) return;
    const code = hexadecimal(xml.valueAt, xml.valueLength);
    if (code >= 32) this.document.point(symbolPoint(code, symbolFont));
  }

  private property(xml: Xml): void {
    if (xml.name == W.PROPERTIES) this.properties = new Style();
    else if (!xml.attribute('val')) return;
    else if (xml.name == W.STYLE) {
      const style = this.styles.find(xml.valueAt, xml.valueLength);
      if (this.properties.outline < 0) this.properties.outline = style.outline;
      if (this.properties.list < 0) this.properties.list = style.list;
    } else if (xml.name == W.OUTLINE) this.properties.outline = levelOf(xml);
    else if (xml.name == W.LIST_LEVEL) this.properties.list = levelOf(xml);
    else if (xml.name == W.LIST_ID) {
      if (xml.valueIs('0')) this.properties.list = BODY;
      else if (this.properties.list < 0) this.properties.list = 0;
    }
  }

  private applyProperties(): void {
    const outline = this.properties.outline;
    const list = this.properties.list;
    if (outline >= 0 && outline < BODY) {
      this.document.retype(Block.HEADING, outline < MAX_HEADING ? outline + 1 : MAX_HEADING);
    } else if (list >= 0 && list < BODY) this.document.retype(Block.ITEM, list + 1);
  }
}

function levelOf(xml: Xml): i32 {
  const level = xml.valueNumber();
  return level >= 0 && level < BODY ? level : BODY;
}

/** A property that is there but says no. */
function isOff(xml: Xml): bool {
  if (!xml.attribute('val')) return false;
  return xml.valueIs('0') || xml.valueIs('false') || xml.valueIs('off');
}

function hexadecimal(at: usize, length: usize): u32 {
  let value: u32 = 0;
  if (length > 4) return 0;
  for (let i: usize = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    const letter = (byte | 32) - 87;
    if (byte - 48 < 10) value = (value << 4) | (byte - 48);
    else if (letter - 10 < 6) value = (value << 4) | letter;
    else return 0;
  }
  return (value & 0xf800) == 0xd800 ? 0 : value;
}
