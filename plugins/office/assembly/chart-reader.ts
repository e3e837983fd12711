/** The words of a chart: its titles, and the names of its series and categories (ECMA-376 part 1, 21.2). */
import { Token, openEntry } from '../../lib/assembly/xml';
import { Words } from '../../lib/assembly/xml-words';
import { Zip } from '../../lib/assembly/zip';
import { Entry } from '../../lib/assembly/zip-directory';
import { Block } from '../../lib/assembly/blocks';
import { Document } from './document';

namespace C {
  export const PARAGRAPH: i32 = 1;
  export const TEXT: i32 = 2;
  export const VALUE: i32 = 3;
  export const STRINGS: i32 = 4;
  export const CATEGORIES: i32 = 5;
}

function chartWords(): Words {
  const words = new Words();
  words.add('p', C.PARAGRAPH);
  words.add('t', C.TEXT);
  words.add('v', C.VALUE);
  words.add('strCache strLit', C.STRINGS);
  words.add('cat', C.CATEGORIES);
  return words;
}

export class ChartReader {
  private words: Words = chartWords();
  private inText: bool = false;
  private inStrings: bool = false;
  /** The categories of the first series stand for those of all. */
  private categoriesRead: bool = false;

  constructor(private document: Document) {}

  /** Appends the words of a chart. False when a failure is set. */
  read(zip: Zip, entry: Entry): bool {
    const xml = openEntry(zip, entry, this.words);
    if (xml == null) return false;
    this.categoriesRead = false;
    this.inStrings = false;
    let token = xml.next();
    while (token != Token.NONE && !this.document.truncated) {
      if (token == Token.START && xml.name == C.CATEGORIES && this.categoriesRead) xml.skip();
      else if (token == Token.START) this.start(xml.name);
      else if (token == Token.END) this.end(xml.name);
      else if (this.inText) this.document.put(xml.textAt, xml.textLength);
      token = xml.next();
    }
    return !xml.failed;
  }

  private start(name: i32): void {
    if (name == C.STRINGS) this.inStrings = true;
    const value = name == C.VALUE && this.inStrings;
    if (name == C.PARAGRAPH || value) this.document.startParagraph(Block.PARAGRAPH, 0);
    if (name == C.TEXT || value) this.inText = true;
  }

  private end(name: i32): void {
    if (name == C.STRINGS) this.inStrings = false;
    if (name == C.CATEGORIES) this.categoriesRead = true;
    if (name == C.TEXT || name == C.VALUE) this.inText = false;
    if (name == C.PARAGRAPH || (name == C.VALUE && this.inStrings)) this.document.endParagraph();
  }
}
