/** Text that belongs together, as the body or the footnotes do: paragraphs, and tables of cells. */
import { Bytes } from '../../lib/assembly/bytes';
import { Text } from '../../lib/assembly/encoding/decode';
import { Record, appendRecord } from './records';

const LINE_FEED: u32 = 10;
const TAB: u32 = 9;

const empty = new Bytes(16);

export class Flow {
  records: Bytes = new Bytes(1024);
  /** The paragraph or cell that is being read. */
  text: Text;
  private inRow: bool = false;
  private inTable: bool = false;
  private afterEmpty: bool = true;

  constructor(private limit: usize) {
    this.text = new Text(1024, limit, 0);
  }

  /** More than the result may hold. */
  isFull(): bool {
    return this.text.truncated || this.records.length > this.limit * 2 + 65536;
  }

  lineFeed(): void {
    this.text.put(LINE_FEED);
  }

  /** Ends a paragraph of a cell: the cell goes on. */
  endInCell(): void {
    if (this.text.bytes.length > 0) this.lineFeed();
  }

  private trimBreaks(): void {
    const bytes = this.text.bytes;
    while (bytes.length > 0 && isBreak(<u32>load<u8>(bytes.at + bytes.length - 1))) bytes.length--;
  }

  private take(kind: i32, level: i32): void {
    appendRecord(this.records, kind, level, this.text.bytes);
    this.text.bytes.length = 0;
  }

  /** Ends a paragraph outside of a table. An empty one behind another is left out. */
  endParagraph(kind: i32, level: i32): void {
    this.endTable();
    const isEmpty = this.text.bytes.length == 0;
    if (isEmpty && this.afterEmpty) return;
    this.take(isEmpty ? Record.PARAGRAPH : kind, isEmpty ? 0 : level);
    this.afterEmpty = isEmpty;
  }

  /** Ends what has no end of its own, when there is something. */
  settle(): void {
    if (this.text.bytes.length > 0) {
      if (this.inRow) this.endCell();
      else this.endParagraph(Record.PARAGRAPH, 0);
    }
    this.endTable();
  }

  endCell(): void {
    this.trimBreaks();
    this.take(Record.CELL, 0);
    this.inRow = true;
    this.inTable = true;
    this.afterEmpty = false;
  }

  endRow(): void {
    this.trimBreaks();
    if (this.text.bytes.length > 0) this.endCell();
    if (!this.inRow) return;
    appendRecord(this.records, Record.ROW_END, 0, empty);
    this.inRow = false;
  }

  private endTable(): void {
    if (!this.inTable) return;
    if (this.inRow) appendRecord(this.records, Record.ROW_END, 0, empty);
    appendRecord(this.records, Record.TABLE_END, 0, empty);
    this.inRow = false;
    this.inTable = false;
  }

  /** A cell of a table inside a cell: apart from the next by a tab. */
  endNestedCell(): void {
    this.text.put(TAB);
  }

  endNestedRow(): void {
    this.trimBreaks();
    this.endInCell();
  }

  pageBreak(): void {
    if (this.inTable) return;
    if (this.text.bytes.length > 0) this.endParagraph(Record.PARAGRAPH, 0);
    appendRecord(this.records, Record.PAGE_BREAK, 0, empty);
  }
}

function isBreak(byte: u32): bool {
  return byte == LINE_FEED || byte == TAB;
}
