/** What the paragraph styles of a DOCX make of a paragraph: a heading, an item of a list. */
import { lowerAscii } from '../../lib/assembly/bytes';
import { Token, Xml, openEntry } from '../../lib/assembly/xml';
import { Words } from '../../lib/assembly/xml-words';
import { Zip } from '../../lib/assembly/zip';
import { Entry } from '../../lib/assembly/zip-directory';
import { hashBytes } from './hash';

/** A style that is based on a longer chain has what the first of it say. */
const MAX_CHAIN: i32 = 16;
const UNSET: i32 = -1;
/** The outline level of body text. */
const BODY: i32 = 9;

export class Style {
  /** 0 to 8 of a heading, 9 of other text. */
  outline: i32 = UNSET;
  /** The level of the list, from 0; 9 where the style takes the list away. */
  list: i32 = UNSET;
  basedOn: u64 = 0;
}

function isAt(at: usize, length: usize, word: string): bool {
  if (length < <usize>word.length) return false;
  for (let i = 0; i < word.length; i++) {
    if (lowerAscii(<u32>load<u8>(at + i)) != word.charCodeAt(i)) return false;
  }
  return true;
}

/** The level that the name of a style says: "heading 1" to "heading 9", and "Title". */
function levelOfName(at: usize, length: usize): i32 {
  if (length == 5 && isAt(at, length, 'title')) return 0;
  if (length != 9 || !isAt(at, length, 'heading ')) return UNSET;
  const digit = <i32>load<u8>(at + 8) - 49;
  return digit >= 0 && digit < 9 ? digit : UNSET;
}

export class Styles {
  private styles: Map<u64, Style> = new Map<u64, Style>();

  /** The style of this id with what it inherits; the id is given by its bytes. */
  find(at: usize, length: usize): Style {
    const found = new Style();
    let id = hashBytes(at, length);
    for (let i = 0; i < MAX_CHAIN && this.styles.has(id); i++) {
      const style = this.styles.get(id);
      if (found.outline == UNSET) found.outline = style.outline;
      if (found.list == UNSET) found.list = style.list;
      id = style.basedOn;
    }
    return found;
  }

  /** Reads word/styles.xml. False when a failure is set. */
  read(zip: Zip, entry: Entry): bool {
    const xml = openEntry(zip, entry, new Words());
    if (xml == null) return false;
    let style = new Style();
    let token = xml.next();
    for (; token != Token.NONE; token = xml.next()) {
      if (token != Token.START) continue;
      if (xml.is('style')) {
        style = new Style();
        if (!xml.attribute('styleId')) continue;
        this.styles.set(hashBytes(xml.valueAt, xml.valueLength), style);
      } else property(xml, style);
    }
    return !xml.failed;
  }
}

function property(xml: Xml, style: Style): void {
  if (xml.is('name') && xml.attribute('val')) {
    const level = levelOfName(xml.valueAt, xml.valueLength);
    if (level != UNSET) style.outline = level;
  } else if (xml.is('basedOn') && xml.attribute('val')) {
    style.basedOn = hashBytes(xml.valueAt, xml.valueLength);
  } else if (xml.is('outlineLvl') && xml.attribute('val')) {
    const level = xml.valueNumber();
    style.outline = level >= 0 && level < BODY ? level : BODY;
  } else if (xml.is('numPr')) {
    if (style.list == UNSET) style.list = 0;
  } else if (xml.is('ilvl') && xml.attribute('val')) {
    const level = xml.valueNumber();
    style.list = level >= 0 && level < BODY ? level : 0;
  } else if (xml.is('numId') && xml.attribute('val') && xml.valueIs('0')) style.list = BODY;
}
