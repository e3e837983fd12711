/** The result as JSON: the text, and the blocks that it is made of. */
import { Text, decodeInto } from '../../lib/assembly/encoding/decode';
import { integer, finish, name, quoted, raw } from '../../lib/assembly/output';
import { UTF_8 } from '../../lib/generated/encodings';
import { Flow } from './flow';
import { Cursor, Record } from './records';

const TAB: u32 = 9;
const LINE_FEED: u32 = 10;

function put(text: Text, point: u32): void {
  if (!text.truncated) text.put(point);
}

/** Appends the records of a flow as lines; the cells of a row are apart by tabs. */
function appendFlow(text: Text, flow: Flow): void {
  const records = new Cursor(flow.records);
  let cells = 0;
  while (records.next() && !text.truncated) {
    if (records.kind == Record.CELL && cells++ > 0) put(text, TAB);
    if (records.length > 0) decodeInto(text, UTF_8, records.text, records.length);
    if (records.kind == Record.ROW_END) cells = 0;
    if (records.kind <= Record.LIST_ITEM || records.kind == Record.ROW_END) put(text, LINE_FEED);
  }
}

/** The text of all flows, at most `limit` bytes; line feeds at the end are left out. */
export function textOf(flows: StaticArray<Flow>, limit: usize): Text {
  const text = new Text(64 << 10, limit, 0);
  for (let i = 0; i < flows.length; i++) {
    if (flows[i].records.length == 0) continue;
    if (text.bytes.length > 0) put(text, LINE_FEED);
    appendFlow(text, flows[i]);
    if (flows[i].isFull()) text.truncated = true;
  }
  const bytes = text.bytes;
  while (bytes.length > 0 && load<u8>(bytes.at + bytes.length - 1) == LINE_FEED) {
    bytes.length--;
    text.characters--;
  }
  return text;
}

export class Report {
  private started: bool = false;
  private inTable: bool = false;
  private cells: i32 = 0;
  private rows: i32 = 0;
  private warnings: string[] = [];

  /** Adds a closed word. */
  warn(word: string): void {
    this.warnings.push(word);
  }

  write(text: Text, title: Text, flows: StaticArray<Flow>): void {
    if (text.truncated) this.warn('blocks_omitted');
    raw('{"blocks":[');
    for (let i = 0; i < flows.length && !text.truncated; i++)
      this.blocks(new Cursor(flows[i].records));
    raw('],"counts":{"characters":');
    integer(text.characters);
    raw(',"pages":1},"format":"rtf","pages":[{"number":1,"text":');
    quoted(text.bytes.at, text.bytes.length);
    raw('}]');
    if (title.bytes.length > 0) {
      raw(',"title":');
      quoted(title.bytes.at, title.bytes.length);
    }
    raw(',"truncated":');
    raw(text.truncated ? 'true' : 'false');
    this.writeWarnings();
    finish();
  }

  private writeWarnings(): void {
    raw(',"warnings":[');
    for (let i = 0; i < this.warnings.length; i++) {
      if (i > 0) raw(',');
      name(this.warnings[i]);
    }
    raw(']}');
  }

  private blocks(records: Cursor): void {
    while (records.next()) {
      if (records.kind == Record.CELL) this.cell(records);
      else if (records.kind == Record.ROW_END) this.endRow();
      else if (records.kind == Record.TABLE_END) this.endTable();
      else if (records.kind == Record.PAGE_BREAK) this.start('{"kind":"page_break"}');
      else if (records.length > 0) this.paragraph(records);
    }
  }

  private start(text: string): void {
    if (this.started) raw(',');
    this.started = true;
    raw(text);
  }

  private paragraph(records: Cursor): void {
    if (records.kind == Record.PARAGRAPH) this.start('{"kind":"paragraph"');
    else {
      this.start(records.kind == Record.HEADING ? '{"kind":"heading"' : '{"kind":"list_item"');
      raw(',"level":');
      integer(records.level);
    }
    raw(',"text":');
    quoted(records.text, records.length);
    raw('}');
  }

  private cell(records: Cursor): void {
    if (!this.inTable) {
      this.start('{"kind":"table","rows":[');
      this.inTable = true;
      this.rows = 0;
    }
    if (this.cells++ > 0) raw(',');
    else raw(this.rows > 0 ? ',[' : '[');
    quoted(records.text, records.length);
  }

  private endRow(): void {
    raw(']');
    this.cells = 0;
    this.rows++;
  }

  private endTable(): void {
    raw(']}');
    this.inTable = false;
  }
}
