/** The stored cells of a sheet ([MS-XLS] 2.1.7.20.5). The declared dimensions are not looked at. */
import { Bytes } from '../../../lib/assembly/bytes';
import { Failure, fail } from '../../../lib/assembly/host';
import { SheetText } from '../../../office/assembly/spreadsheet/sheet-text';
import { dtoa_buffered } from 'util/number';
import { failed } from '../failed';
import { Cells, Kind } from './cells';
import { Record, Workbook } from './workbook';

const MAX_CELLS: i32 = 2_000_000;
/** Kinds of what begins with a START record: cells are in sheets, and in sheets of macros. */
const WORKSHEET: u32 = 0x10;
const MACROS: u32 = 0x40;
/** The result of a formula is no number. */
const NO_NUMBER: u32 = 0xffff;
const DIGITS = memory.data(64);

/** [MS-XLS] 2.5.10. */
function errorName(code: u32): string {
  if (code == 0x00) return '#NULL!';
  if (code == 0x07) return '#DIV/0!';
  if (code == 0x0f) return '#VALUE!';
  if (code == 0x17) return '#REF!';
  if (code == 0x1d) return '#NAME?';
  if (code == 0x24) return '#NUM!';
  return code == 0x2b ? '#GETTING_DATA' : '#N/A';
}

/** [MS-XLS] 2.5.122: 30 bits of a double or of an integer, perhaps in hundredths. */
function numberOf(rk: u32): f64 {
  const whole = (rk & 2) != 0;
  const value = whole ? <f64>((<i32>rk) >> 2) : reinterpret<f64>((<u64>(rk & ~3)) << 32);
  return (rk & 1) != 0 ? value / 100 : value;
}

export class SheetReader {
  private cells: Cells = new Cells();
  private total: i32 = 0;
  private value: Bytes = new Bytes(1024);
  /** Of the formula before a string. */
  private row: u32 = 0;
  private column: u32 = 0;
  private style: u32 = 0;
  private awaitsString: bool = false;

  constructor(
    private workbook: Workbook,
    private text: SheetText,
  ) {}

  /** Writes the sheet that starts there; false when the failure is set or there is no room for more. */
  read(offset: usize): bool {
    const records = this.workbook.records;
    records.seek(offset);
    if (!records.next() || records.type != Record.START) {
      fail(Failure.MALFORMED);
      return false;
    }
    const kind = records.u16(2);
    this.cells.clear();
    this.awaitsString = false;
    if ((kind == WORKSHEET || kind == MACROS) && !this.collect()) return false;
    this.cells.sort();
    return this.write();
  }

  /** Charts inside of a sheet have records of the same kinds: they are passed over. */
  private collect(): bool {
    const records = this.workbook.records;
    let depth = 1;
    while (depth > 0 && records.next()) {
      if (records.type == Record.START) depth++;
      else if (records.type == Record.END) depth--;
      else if (records.type == Record.FILE_PASSWORD) return failed(Failure.ENCRYPTED);
      else if (depth == 1) this.record();
      if (this.total + this.cells.count > MAX_CELLS) return failed(Failure.LIMIT);
    }
    this.total += this.cells.count;
    return true;
  }

  private record(): void {
    const records = this.workbook.records;
    switch (records.type) {
      case Record.NUMBER:
        this.add(Kind.NUMBER, 14);
        return;
      case Record.RK:
        this.add(Kind.RK, 10);
        return;
      case Record.SHARED_STRING:
        this.add(Kind.SHARED, 10);
        return;
      case Record.BOOLEAN:
        this.add(records.u8(7) == 0 ? Kind.BOOLEAN : Kind.ERROR, 8);
        return;
      case Record.LABEL:
      case Record.RICH_STRING:
        this.place();
        this.put(Kind.LABEL, records.start);
        return;
      case Record.FORMULA:
      case Record.OLD_FORMULA:
        this.formula();
        return;
      case Record.STRING:
        if (this.awaitsString) this.put(Kind.STRING, records.start);
        this.awaitsString = false;
        return;
    }
    if (records.type == Record.MULTIPLE_RK) this.numbers();
  }

  private place(): void {
    const records = this.workbook.records;
    this.row = records.u16(0);
    this.column = records.u16(2);
    this.style = records.u16(4);
  }

  private put(kind: i32, offset: usize): void {
    this.cells.add(this.row, this.column, kind, this.style, offset);
  }

  /** A cell with its value behind six bytes, in a record of at least so many. */
  private add(kind: i32, length: usize): void {
    const records = this.workbook.records;
    if (records.length < length) return;
    this.place();
    this.put(kind, records.data + 6);
  }

  private numbers(): void {
    const records = this.workbook.records;
    this.place();
    for (let offset: usize = 4; offset + 8 <= records.length; offset += 6) {
      this.style = records.u16(offset);
      this.put(Kind.RK, records.data + offset + 2);
      this.column++;
    }
  }

  /** [MS-XLS] 2.5.133: the result, or what kind of result is kept elsewhere. */
  private formula(): void {
    const records = this.workbook.records;
    this.awaitsString = false;
    if (records.length < 14) return;
    this.place();
    const kind = records.u8(6);
    if (records.u16(12) != NO_NUMBER) this.put(Kind.NUMBER, records.data + 6);
    else if (kind == 0) this.awaitsString = true;
    else if (kind == 1) this.put(Kind.BOOLEAN, records.data + 8);
    else if (kind == 2) this.put(Kind.ERROR, records.data + 8);
  }

  private write(): bool {
    const cells = this.cells;
    const text = this.text;
    for (let i = 0; i < cells.count; i++) {
      if (i > 0 && cells.row(i) != cells.row(i - 1) && !text.endRow()) return false;
      if (cells.isReplaced(i)) continue;
      this.value.length = 0;
      this.readValue(i);
      if (this.value.length == 0) continue;
      text.beginCell(cells.row(i), cells.column(i));
      this.writeValue(i);
      if (!text.endCell()) return false;
    }
    return text.endRow();
  }

  private readValue(index: i32): void {
    const kind = this.cells.kind(index);
    const offset = this.cells.offset(index);
    const stream = this.workbook.records.stream;
    if (kind == Kind.NUMBER) this.readNumber(reinterpret<f64>(stream.u64(offset)));
    else if (kind == Kind.RK) this.readNumber(numberOf(stream.u32(offset)));
    else if (kind == Kind.SHARED) this.workbook.strings.write(this.value, <i32>stream.u32(offset));
    else if (kind == Kind.BOOLEAN) this.value.ascii(stream.u8(offset) == 0 ? 'FALSE' : 'TRUE');
    else if (kind == Kind.ERROR) this.value.ascii(errorName(stream.u8(offset)));
    else this.readString(offset, kind == Kind.LABEL ? 6 : 0);
  }

  private readString(offset: usize, within: usize): void {
    this.workbook.records.seek(offset);
    if (this.workbook.records.next()) this.workbook.appendString(this.value, within, true);
  }

  private readNumber(value: f64): void {
    const length = <usize>dtoa_buffered(DIGITS, value);
    for (let i: usize = 0; i < length; i++) this.value.byte(<u32>load<u16>(DIGITS + (i << 1)));
  }

  private writeValue(index: i32): void {
    const out = this.text.bytes;
    const value = this.value;
    const kind = this.cells.kind(index);
    const format = this.workbook.styles.format(this.cells.format(index));
    if (kind == Kind.NUMBER || kind == Kind.RK)
      format.writeNumber(out, value.at, value.length, this.workbook.system1904);
    else if (kind == Kind.BOOLEAN || kind == Kind.ERROR) out.append(value.at, value.length);
    else format.writeText(out, value.at, this.text.room(value.length));
  }
}
