/** What the styles of a document make of a paragraph: a heading, an item of a list ([MS-DOC] 2.9.271). */
import { View } from '../view';
import { Paragraph } from './properties';

const MAX_CHAIN: i32 = 16;
const MAX_STYLES: u32 = 4096;
const UNSET: i32 = -1;
/** Built-in styles: 1 to 9 are headings. */
const LAST_HEADING: u32 = 9;
const TITLE: u32 = 62;
const PARAGRAPHS: u32 = 1;

class Style {
  outline: i32 = UNSET;
  list: i32 = UNSET;
  base: i32 = UNSET;
}

export class Styles {
  private styles: Style[] = [];

  constructor(sheet: View) {
    const head = <usize>sheet.u16(0);
    const count = min(sheet.u16(2), MAX_STYLES);
    const fixed = <usize>sheet.u16(4);
    let at = head + 2;
    for (let i: u32 = 0; i < count && sheet.has(at, 2); i++) {
      const size = <usize>sheet.u16(at);
      this.styles.push(readStyle(sheet.part(at + 2, size), fixed));
      at += 2 + size;
    }
  }

  /** Gives a paragraph what it does not say for itself. */
  complete(paragraph: Paragraph): void {
    let index = paragraph.style;
    for (let i = 0; i < MAX_CHAIN && index >= 0 && index < this.styles.length; i++) {
      const style = this.styles[index];
      if (paragraph.outline == UNSET) paragraph.outline = style.outline;
      if (paragraph.list == UNSET) paragraph.list = style.list;
      index = style.base;
    }
  }
}

const properties = new Paragraph();

/** `fixed` is how many bytes stand before the name. */
function readStyle(bytes: View, fixed: usize): Style {
  const style = new Style();
  const builtIn = bytes.u16(0) & 0xfff;
  const kind = bytes.u16(2);
  if ((kind & 15) != PARAGRAPHS || bytes.length < fixed) return style;
  style.base = <i32>(kind >>> 4);
  if (builtIn > 0 && builtIn <= LAST_HEADING) style.outline = <i32>builtIn - 1;
  else if (builtIn == TITLE) style.outline = 0;
  const changes = fixed + 4 + ((<usize>bytes.u16(fixed)) << 1);
  const size = <usize>bytes.u16(changes);
  if (size <= 2) return style;
  properties.clear();
  properties.apply(bytes.part(changes + 4, size - 2));
  if (properties.outline != UNSET) style.outline = properties.outline;
  style.list = properties.list;
  return style;
}
