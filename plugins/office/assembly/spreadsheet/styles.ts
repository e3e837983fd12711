/** Which number format a cell has (ECMA-376-1, 18.8). */
import { Token, Xml } from '../../../lib/assembly/xml';
import { Zip } from '../../../lib/assembly/zip';
import { Entry } from '../../../lib/assembly/zip-directory';
import { builtinCode } from './builtin-formats';
import { openEntry } from './entry-xml';
import { MAX_CODE } from './format-code';
import { NumberFormat } from './number-format';

/** Spreadsheets allow about 65,000 cell formats, and a few hundred number formats. What is beyond is General. */
const MAX_FORMATS: i32 = 70000;
const MAX_CODES: i32 = 4096;

export class Styles {
  /** Codes by format id. */
  codes: Map<i32, string> = new Map<i32, string>();
  /** Format ids by the number of a cell format. */
  ids: i32[] = [];
  private formats: Map<i32, NumberFormat> = new Map<i32, NumberFormat>();

  /** The format of a cell whose `s` is `style`. */
  format(style: i32): NumberFormat {
    const id = style >= 0 && style < this.ids.length ? this.ids[style] : 0;
    if (this.formats.has(id)) return this.formats.get(id);
    const format = new NumberFormat(this.codes.has(id) ? this.codes.get(id) : builtinCode(id));
    this.formats.set(id, format);
    return format;
  }
}

/** Reads the styles, none when there is no such part; null with the failure set. */
export function readStyles(zip: Zip, entry: Entry | null): Styles | null {
  const styles = new Styles();
  if (entry == null) return styles;
  const xml = openEntry(zip, entry);
  if (xml == null) return null;
  let token: i32;
  while ((token = xml.next()) != Token.NONE) {
    if (token != Token.START) continue;
    if (xml.is('numFmts')) readCodes(xml, styles);
    else if (xml.is('cellXfs')) readIds(xml, styles);
  }
  return xml.failed ? null : styles;
}

function readCodes(xml: Xml, styles: Styles): void {
  const outside = xml.depth - 1;
  let token: i32;
  while ((token = xml.next()) != Token.NONE && xml.depth > outside) {
    if (token != Token.START || !xml.attribute('numFmtId') || styles.codes.size == MAX_CODES)
      continue;
    const id = xml.valueNumber();
    if (xml.attribute('formatCode') && xml.valueLength <= <usize>MAX_CODE) {
      styles.codes.set(id, String.UTF8.decodeUnsafe(xml.valueAt, xml.valueLength));
    }
  }
}

function readIds(xml: Xml, styles: Styles): void {
  const outside = xml.depth - 1;
  let token: i32;
  while ((token = xml.next()) != Token.NONE && xml.depth > outside) {
    if (token != Token.START || !xml.is('xf') || styles.ids.length == MAX_FORMATS) continue;
    styles.ids.push(xml.attribute('numFmtId') ? xml.valueNumber() : 0);
  }
}
