/** What a workbook says before its sheets: their names, formats, strings ([MS-XLS] 2.1.7.20.3). */
import { Bytes } from '../../../lib/assembly/bytes';
import { encodingOfCodePage } from '../../../lib/assembly/encoding/code-pages';
import { Failure } from '../../../lib/assembly/host';
import { SharedStrings } from '../../../office/assembly/spreadsheet/shared-strings';
import { Styles } from '../../../office/assembly/spreadsheet/styles';
import { failed } from '../failed';
import { appendEncoded } from '../units';
import { View } from '../view';
import { Continued, Records } from './records';

export namespace Record {
  export const FORMULA: u32 = 0x0006;
  export const END: u32 = 0x000a;
  export const DATE_SYSTEM: u32 = 0x0022;
  export const FILE_PASSWORD: u32 = 0x002f;
  export const CODE_PAGE: u32 = 0x0042;
  export const SHEET: u32 = 0x0085;
  export const MULTIPLE_RK: u32 = 0x00bd;
  export const RICH_STRING: u32 = 0x00d6;
  export const CELL_FORMAT: u32 = 0x00e0;
  export const STRINGS: u32 = 0x00fc;
  export const SHARED_STRING: u32 = 0x00fd;
  export const NUMBER: u32 = 0x0203;
  export const LABEL: u32 = 0x0204;
  export const BOOLEAN: u32 = 0x0205;
  export const STRING: u32 = 0x0207;
  export const RK: u32 = 0x027e;
  /** The number of BIFF4, which some writers kept. */
  export const OLD_FORMULA: u32 = 0x0406;
  export const FORMAT: u32 = 0x041e;
  export const START: u32 = 0x0809;
}

const VERSION_8: u32 = 0x0600;
const VERSION_5: u32 = 0x0500;
/** The kind of a sheet that is a module of code. */
const CODE: u32 = 6;
const MAX_SHEETS: i32 = 10000;
/** As those of XLSX. */
const MAX_FORMATS: i32 = 70000;
const MAX_CODES: i32 = 4096;

export class SheetEntry {
  constructor(
    public nameAt: usize,
    public nameLength: usize,
    public offset: usize,
  ) {}
}

export class Workbook {
  records: Records;
  styles: Styles = new Styles();
  strings: SharedStrings = new SharedStrings(4096);
  sheets: SheetEntry[] = [];
  system1904: bool = false;
  /** Strings are of bytes, in this encoding; since BIFF8 they are Unicode. */
  isBytes: bool = false;
  encoding: i32 = 0;
  private continued: Continued;
  private scratch: Bytes = new Bytes(1024);

  constructor(stream: View) {
    const records = new Records(stream);
    this.records = records;
    this.continued = new Continued(records);
  }

  /** Reads up to the first sheet; false with the failure set. */
  read(): bool {
    const records = this.records;
    if (!records.next() || records.type != Record.START) return failed(Failure.MALFORMED);
    const version = records.u16(0);
    if (version != VERSION_8 && version != VERSION_5) return failed(Failure.UNSUPPORTED);
    this.isBytes = version == VERSION_5;
    while (records.next() && records.type != Record.END) {
      if (records.type == Record.FILE_PASSWORD) return failed(Failure.ENCRYPTED);
      this.property();
    }
    return true;
  }

  private property(): void {
    const records = this.records;
    if (records.type == Record.CODE_PAGE) this.encoding = encodingOfCodePage(<i32>records.u16(0));
    else if (records.type == Record.DATE_SYSTEM) this.system1904 = records.u16(0) == 1;
    else if (records.type == Record.SHEET) this.sheet();
    else if (records.type == Record.CELL_FORMAT) {
      if (this.styles.ids.length < MAX_FORMATS) this.styles.ids.push(<i32>records.u16(2));
    } else if (records.type == Record.FORMAT) this.format();
    else if (records.type == Record.STRINGS) this.sharedStrings();
  }

  /** Appends a string of the record, at an offset; its length takes one byte or two. */
  appendString(into: Bytes, offset: usize, wideLength: bool): void {
    const records = this.records;
    const count = wideLength ? records.u16(offset) : records.u8(offset);
    const from = offset + (wideLength ? 2 : 1);
    if (this.isBytes) {
      const left = from < records.length ? records.length - from : 0;
      const at = records.stream.at + records.data + from;
      appendEncoded(into, this.encoding, at, min(<usize>count, left));
    } else {
      this.continued.start(from);
      this.continued.text(into, count);
    }
  }

  private sheet(): void {
    const records = this.records;
    if (records.u8(5) == CODE || this.sheets.length == MAX_SHEETS) return;
    const offset = <usize>records.u32(0);
    this.scratch.length = 0;
    this.appendString(this.scratch, 6, false);
    const length = this.scratch.length;
    const at = heap.alloc(length + 1);
    memory.copy(at, this.scratch.at, length);
    this.sheets.push(new SheetEntry(at, length, offset));
  }

  private format(): void {
    const id = <i32>this.records.u16(0);
    if (this.styles.codes.size == MAX_CODES) return;
    this.scratch.length = 0;
    this.appendString(this.scratch, 2, !this.isBytes);
    const code = String.UTF8.decodeUnsafe(this.scratch.at, this.scratch.length);
    this.styles.codes.set(id, code);
  }

  private sharedStrings(): void {
    const count = this.records.u32(4);
    const continued = this.continued;
    continued.start(8);
    for (let i: u32 = 0; i < count; i++) {
      const length = continued.u16();
      if (continued.ended) return;
      continued.text(this.strings.text, length);
      this.strings.finishString();
    }
  }
}
