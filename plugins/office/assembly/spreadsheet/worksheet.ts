/** The stored cells of a worksheet, in file order (ECMA-376-1, 18.3.1). The declared dimension is not looked at. */
import { Bytes } from '../../../lib/assembly/bytes';
import { Failure, fail } from '../../../lib/assembly/host';
import { Token, Xml } from '../../../lib/assembly/xml';
import { readStringItem, readText } from './rich-text';
import { SharedStrings } from './shared-strings';
import { SheetText } from './sheet-text';
import { Styles } from './styles';

const MAX_CELLS: i32 = 2000000;
const MAX_COLUMN: i32 = 16384;
const MAX_ROW: i32 = 1048576;

export namespace CellType {
  export const NUMBER: i32 = 0;
  export const SHARED: i32 = 1;
  export const STRING: i32 = 2;
  export const BOOLEAN: i32 = 3;
}

export class WorksheetReader {
  private cells: i32 = 0;
  private row: i32 = 0;
  private column: i32 = 0;
  private style: i32 = 0;
  private type: i32 = CellType.NUMBER;
  private value: Bytes = new Bytes(1024);

  constructor(
    private text: SheetText,
    private strings: SharedStrings,
    private styles: Styles,
    private system1904: bool,
  ) {}

  /** Reads all rows; false when the failure is set or there is no room for more text. */
  read(xml: Xml): bool {
    this.row = -1;
    let token: i32;
    while ((token = xml.next()) != Token.NONE) {
      if (token != Token.START || !xml.is('row')) continue;
      if (!this.readRow(xml)) return false;
    }
    return !xml.failed;
  }

  private readRow(xml: Xml): bool {
    const given = xml.attribute('r') ? xml.valueNumber() : -1;
    this.row = given > 0 && given <= MAX_ROW ? given - 1 : this.row + 1;
    this.column = -1;
    const outside = xml.depth - 1;
    let token: i32;
    while ((token = xml.next()) != Token.NONE && xml.depth > outside) {
      if (token == Token.START && xml.is('c') && !this.readCell(xml)) return false;
    }
    return this.text.endRow();
  }

  private readCell(xml: Xml): bool {
    if (++this.cells > MAX_CELLS) {
      fail(Failure.LIMIT);
      return false;
    }
    const given = xml.attribute('r') ? columnOf(xml.valueAt, xml.valueLength) : -1;
    this.column = given >= 0 ? given : this.column + 1;
    this.style = xml.attribute('s') ? xml.valueNumber() : 0;
    this.type = typeOf(xml);
    this.value.length = 0;
    this.readValue(xml);
    if (xml.failed) return false;
    if (this.value.length == 0) return true;
    this.text.beginCell(this.row, this.column);
    this.writeValue();
    return this.text.endCell();
  }

  private readValue(xml: Xml): void {
    const outside = xml.depth - 1;
    let token: i32;
    while ((token = xml.next()) != Token.NONE && xml.depth > outside) {
      if (token != Token.START) continue;
      if (xml.is('v')) readText(xml, this.value);
      else if (xml.is('is')) readStringItem(xml, this.value);
      else xml.skip();
    }
  }

  private writeValue(): void {
    const out = this.text.bytes;
    const value = this.value;
    const format = this.styles.format(this.style);
    if (this.type == CellType.BOOLEAN) out.ascii(load<u8>(value.at) == 48 ? 'FALSE' : 'TRUE');
    else if (this.type == CellType.NUMBER)
      format.writeNumber(out, value.at, value.length, this.system1904);
    else {
      if (this.type == CellType.SHARED) {
        const index = numberOf(value.at, value.length);
        value.length = 0;
        this.strings.write(value, index);
      }
      format.writeText(out, value.at, this.text.room(value.length));
    }
  }
}

function typeOf(xml: Xml): i32 {
  if (!xml.attribute('t') || xml.valueIs('n')) return CellType.NUMBER;
  if (xml.valueIs('s')) return CellType.SHARED;
  return xml.valueIs('b') ? CellType.BOOLEAN : CellType.STRING;
}

/** The column of a reference such as `AB12`, counted from zero; -1 when there is none. */
function columnOf(at: usize, length: usize): i32 {
  let column = 0;
  for (let i: usize = 0; i < length && column <= MAX_COLUMN; i++) {
    const letter = ((<i32>load<u8>(at + i)) | 32) - 97;
    if (letter < 0 || letter > 25) break;
    column = column * 26 + letter + 1;
  }
  return column <= MAX_COLUMN ? column - 1 : -1;
}

function numberOf(at: usize, length: usize): i32 {
  let number = 0;
  for (let i: usize = 0; i < length; i++) {
    const digit = <i32>load<u8>(at + i) - 48;
    if (digit < 0 || digit > 9 || number > 100000000) return -1;
    number = number * 10 + digit;
  }
  return number;
}
