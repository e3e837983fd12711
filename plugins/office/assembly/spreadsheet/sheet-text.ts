/**
 * The text of all sheets in one buffer: a tab between cells, a newline behind each row. A tab or newline inside
 * of a cell becomes a blank, so that the lines can be taken apart into rows and cells again.
 */
import { Bytes } from '../../../lib/assembly/bytes';

const FIRST_CAPACITY: usize = 64 << 10;
/** Cells further apart than this are set apart by one tab: columns without end say nothing. */
const WIDEST_GAP: i32 = 256;
/** Spreadsheets allow 31 characters. A sheet with a name longer than this, in bytes, has none. */
export const MAX_NAME: usize = 1024;

export class Sheet {
  nameAt: usize = 0;
  nameLength: usize = 0;
  /** Offsets into the text of all. */
  start: usize = 0;
  end: usize = 0;
}

export class SheetText {
  bytes: Bytes = new Bytes(FIRST_CAPACITY);
  sheets: Sheet[] = [];
  truncated: bool = false;
  private row: i64 = 0;
  /** Columns that the current row has so far; -1 when nothing is written for it yet. */
  private column: i32 = -1;
  private rowStart: usize = 0;
  private cellStart: usize = 0;

  constructor(private maxBytes: usize) {}

  beginSheet(nameAt: usize, nameLength: usize): void {
    const sheet = new Sheet();
    sheet.nameAt = nameAt;
    sheet.nameLength = nameLength;
    sheet.start = sheet.end = this.bytes.length;
    this.sheets.push(sheet);
    this.row = 0;
    this.column = -1;
  }

  endSheet(): void {
    this.sheets[this.sheets.length - 1].end = this.bytes.length;
  }

  /** Starts a cell, counted from zero: what stands before it is set apart. The text goes to `bytes`. */
  beginCell(row: i64, column: i32): void {
    if (this.column < 0) {
      if (row > this.row) this.bytes.byte(10);
      this.row = row;
      this.column = 0;
      this.rowStart = this.bytes.length;
    }
    const gap = column - this.column;
    const tabs = gap > WIDEST_GAP ? 1 : gap;
    for (let i = 0; i < tabs; i++) this.bytes.byte(9);
    if (gap > 0) this.column = column;
    this.cellStart = this.bytes.length;
  }

  /** How much of a value can be shown at all: one byte more than there is room for. */
  room(length: usize): usize {
    const used = this.bytes.length;
    return used > this.maxBytes ? 0 : min(length, this.maxBytes - used + 1);
  }

  /** Ends a cell; false when there is no room for more text. */
  endCell(): bool {
    const end = this.bytes.at + this.bytes.length;
    for (let at = this.bytes.at + this.cellStart; at < end; at++) {
      if (load<u8>(at) < 32) store<u8>(at, 32);
    }
    return this.fits();
  }

  /** Ends a row that has cells. */
  endRow(): bool {
    if (this.column < 0) return true;
    this.bytes.byte(10);
    this.row++;
    this.column = -1;
    return this.fits();
  }

  /** Writes the row that has just ended once more. */
  repeatRow(): bool {
    const length = this.bytes.length - this.rowStart;
    this.bytes.reserve(length);
    this.bytes.append(this.bytes.at + this.rowStart, length);
    this.rowStart += length;
    this.row++;
    return this.fits();
  }

  private fits(): bool {
    if (this.bytes.length <= this.maxBytes) return true;
    this.truncated = true;
    let end = this.maxBytes;
    while (end > 0 && (load<u8>(this.bytes.at + end) & 0xc0) == 0x80) end--;
    this.bytes.length = end;
    return false;
  }
}
