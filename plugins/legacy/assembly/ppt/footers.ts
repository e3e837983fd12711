/** The date and footer that a slide, or else the document, shows on it ([MS-PPT] 2.4.15). */
import { Block } from '../../../lib/assembly/blocks';
import { Document } from '../../../office/assembly/document';
import { Bytes } from '../../../lib/assembly/bytes';
import { appendUnits } from '../units';
import { View } from '../view';
import { Record, Walker } from './records';

const OWN_DATE: u32 = 4;
const FOOTER: u32 = 0x20;
/** Which text a record is. */
const DATE_TEXT: u32 = 0;
const FOOTER_TEXT: u32 = 2;
const MAX_TEXT: usize = 4096;

export class Footers {
  private flags: u32 = 0;
  private date: Bytes = new Bytes(16);
  private footer: Bytes = new Bytes(16);

  /** Takes those of a record; what it does not show stays empty. */
  read(stream: View, at: usize, length: usize): void {
    const walker = new Walker(stream);
    walker.start(at, length);
    this.flags = 0;
    this.date.length = this.footer.length = 0;
    while (walker.next()) {
      const from = stream.at + walker.data;
      const size = min(walker.length, MAX_TEXT);
      if (walker.type == Record.FOOTER_FLAGS) this.flags = stream.u16(walker.data + 2);
      else if (walker.type != Record.STRING) continue;
      else if (walker.instance == DATE_TEXT) appendUnits(this.date, from, size);
      else if (walker.instance == FOOTER_TEXT) appendUnits(this.footer, from, size);
    }
  }

  write(document: Document): void {
    if ((this.flags & OWN_DATE) != 0) writeLine(document, this.date);
    if ((this.flags & FOOTER) != 0) writeLine(document, this.footer);
  }
}

function writeLine(document: Document, text: Bytes): void {
  if (text.length == 0) return;
  document.startParagraph(Block.PARAGRAPH, 0);
  document.put(text.at, text.length);
  document.endParagraph();
}
