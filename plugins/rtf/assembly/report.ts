/** The text of all flows, and the blocks that it is made of. */
import { Block, Blocks } from '../../lib/assembly/blocks';
import { Text, decodeInto } from '../../lib/assembly/encoding/decode';
import { UTF_8 } from '../../lib/generated/encoding-ids';
import { Flow } from './flow';
import { Cursor, Record } from './records';

const TAB: u32 = 9;
const LINE_FEED: u32 = 10;

/** What a record outside of a table is as a block. */
function kindOf(record: i32): i32 {
  if (record == Record.HEADING) return Block.HEADING;
  return record == Record.LIST_ITEM ? Block.ITEM : Block.PARAGRAPH;
}

export class Page {
  text: Text;
  blocks: Blocks = new Blocks();
  private inTable: bool = false;
  private cells: i32 = 0;

  constructor(limit: usize) {
    this.text = new Text(64 << 10, limit, 0);
  }

  /** Appends the flows one after another; line feeds at the end are left out. */
  fill(flows: StaticArray<Flow>): void {
    const text = this.text;
    for (let i = 0; i < flows.length; i++) {
      if (flows[i].records.length == 0) continue;
      if (text.bytes.length > 0) this.put(LINE_FEED);
      this.appendFlow(flows[i]);
      if (flows[i].isFull()) text.truncated = true;
    }
    const bytes = text.bytes;
    while (bytes.length > 0 && load<u8>(bytes.at + bytes.length - 1) == LINE_FEED) {
      bytes.length--;
      text.characters--;
    }
  }

  private put(point: u32): void {
    if (!this.text.truncated) this.text.put(point);
  }

  /** Appends the records of a flow as lines; the cells of a row are apart by tabs. */
  private appendFlow(flow: Flow): void {
    const records = new Cursor(flow.records);
    while (!this.text.truncated && records.next()) {
      if (records.kind == Record.CELL) this.startCell();
      const from = this.text.bytes.length;
      if (records.length > 0) decodeInto(this.text, UTF_8, records.text, records.length);
      this.addBlock(records, from);
      if (records.kind == Record.ROW_END) this.cells = 0;
      if (records.kind <= Record.LIST_ITEM || records.kind == Record.ROW_END) this.put(LINE_FEED);
    }
    this.endTable();
  }

  private startCell(): void {
    if (!this.inTable) this.blocks.mark(Block.TABLE);
    if (this.cells == 0) this.blocks.mark(Block.ROW);
    else this.put(TAB);
    this.inTable = true;
    this.cells++;
  }

  private addBlock(records: Cursor, from: usize): void {
    const to = this.text.bytes.length;
    if (records.kind == Record.CELL) this.blocks.add(Block.CELL, 0, from, to);
    else if (records.kind == Record.TABLE_END) this.endTable();
    else if (records.kind == Record.PAGE_BREAK) this.blocks.mark(Block.PAGE_BREAK);
    else if (records.kind <= Record.LIST_ITEM && to > from) {
      this.blocks.add(kindOf(records.kind), records.level, from, to);
    }
  }

  private endTable(): void {
    if (this.inTable) this.blocks.mark(Block.END_TABLE);
    this.inTable = false;
    this.cells = 0;
  }
}
