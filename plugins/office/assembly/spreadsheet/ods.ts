/** `extract_text` for OpenDocument spreadsheets (ODF 1.3, part 3, 9). */
import { Bytes } from '../../../lib/assembly/bytes';
import { Failure, fail } from '../../../lib/assembly/host';
import { Call } from '../../../lib/assembly/input';
import { Token, Xml } from '../../../lib/assembly/xml';
import { Zip } from '../../../lib/assembly/zip';
import { openEntry } from './entry-xml';
import { readCell } from './ods-cell';
import { writeSheets } from './sheet-result';
import { MAX_NAME, SheetText } from './sheet-text';

/** Cells with a text, repeated ones counted as often as they are repeated. */
const MAX_CELLS: i64 = 2000000;
const MAX_SHEETS: i32 = 10000;
/** Columns and rows beyond which there are none. */
const MAX_COLUMN: i32 = 16384;
const MAX_ROW: i64 = 1048576;

/** Writes the result; where the document cannot be read, the failure is set. */
export function extractOds(zip: Zip, call: Call): void {
  const entry = zip.find('content.xml');
  if (entry == null) {
    fail(Failure.MALFORMED);
    return;
  }
  const xml = openEntry(zip, entry);
  if (xml == null) return;
  const text = new SheetText(<usize>call.maxTextBytes);
  const reader = new OdsReader(xml, text, call.maxPages);
  if (reader.read()) writeSheets('ods', text, call);
}

class OdsReader {
  private cells: i64 = 0;
  private row: i64 = 0;
  private value: Bytes = new Bytes(1024);
  private limited: bool = false;

  constructor(
    private xml: Xml,
    private text: SheetText,
    private maxPages: i64,
  ) {}

  /** Reads all tables; false when the failure is set. */
  read(): bool {
    const xml = this.xml;
    let token: i32;
    while (!this.text.truncated && (token = xml.next()) != Token.NONE) {
      if (token != Token.START) continue;
      if (xml.is('tracked-changes')) xml.skip();
      else if (xml.is('table') && !this.readTable()) break;
    }
    return !xml.failed && !this.limited;
  }

  /** False when reading ends. */
  private readTable(): bool {
    const xml = this.xml;
    const text = this.text;
    if (<i64>text.sheets.length >= min(this.maxPages, <i64>MAX_SHEETS)) {
      text.truncated = true;
      return false;
    }
    this.beginSheet();
    const outside = xml.depth - 1;
    let goesOn = true;
    let token: i32;
    while (goesOn && (token = xml.next()) != Token.NONE && xml.depth > outside) {
      if (token != Token.START) continue;
      if (xml.is('table-row')) goesOn = this.readRow();
      else if (xml.is('shapes') || xml.is('forms')) xml.skip();
    }
    text.endSheet();
    return goesOn;
  }

  private beginSheet(): void {
    const xml = this.xml;
    let at: usize = 0;
    let length: usize = 0;
    if (xml.attribute('name') && xml.valueLength <= MAX_NAME) {
      length = xml.valueLength;
      at = heap.alloc(length + 1);
      memory.copy(at, xml.valueAt, length);
    }
    this.text.beginSheet(at, length);
    this.row = 0;
  }

  private readRow(): bool {
    const xml = this.xml;
    const repeated = this.repeats('number-rows-repeated', MAX_ROW);
    const before = this.cells;
    let column = 0;
    const outside = xml.depth - 1;
    let token: i32;
    while ((token = xml.next()) != Token.NONE && xml.depth > outside) {
      if (token != Token.START) continue;
      if (!xml.is('table-cell') && !xml.is('covered-table-cell')) continue;
      const columns = <i32>this.repeats('number-columns-repeated', MAX_COLUMN);
      if (!this.readCells(column, columns)) return false;
      column = min(column + columns, MAX_COLUMN);
    }
    return !xml.failed && this.endRow(repeated, this.cells - before);
  }

  private readCells(column: i32, repeated: i32): bool {
    this.value.length = 0;
    readCell(this.xml, this.value);
    if (this.value.length == 0) return true;
    for (let i = 0; i < repeated && column + i < MAX_COLUMN; i++) {
      if (!this.count(1)) return false;
      this.text.beginCell(this.row, column + i);
      this.text.bytes.append(this.value.at, this.text.room(this.value.length));
      if (!this.text.endCell()) return false;
    }
    return true;
  }

  private endRow(repeated: i64, cells: i64): bool {
    if (!this.text.endRow()) return false;
    if (cells > 0) {
      for (let i: i64 = 1; i < repeated; i++) {
        if (!this.count(cells) || !this.text.repeatRow()) return false;
      }
    }
    this.row = min(this.row + repeated, MAX_ROW);
    return true;
  }

  private count(cells: i64): bool {
    this.cells += cells;
    if (this.cells <= MAX_CELLS) return true;
    this.limited = true;
    fail(Failure.LIMIT);
    return false;
  }

  private repeats(name: string, most: i64): i64 {
    const given = this.xml.attribute(name) ? this.xml.valueNumber() : 1;
    return given < 1 ? 1 : min(<i64>given, most);
  }
}
