/**
 * The tables that are open, one inside another, as blocks. A table that holds another one, has but one
 * column, or says that it is for presentation lays out a page: what is in its cells is the page's own.
 */
import { Block, Blocks } from '../../lib/assembly/blocks';

/** Tables nest no deeper than the elements they are made of. */
const MAX_TABLES: i32 = 512;
const NO_RECORD: i32 = -1;

class Table {
  /** The number of its record, NO_RECORD before its first row. */
  record: i32 = NO_RECORD;
  isLayout: bool = false;
  rows: i32 = 0;
  /** Of the row, and the most of any. */
  cells: i32 = 0;
  widest: i32 = 0;
  /** All cells of the first row are headers. */
  header: bool = true;
}

const tables = new StaticArray<Table>(MAX_TABLES);
let made: i32 = 0;

export class TableBlocks {
  private depth: i32 = 0;
  /** A cell is open. */
  private inCell: bool = false;

  constructor(private blocks: Blocks) {}

  get isOpen(): bool {
    return this.depth > 0;
  }

  private get top(): Table {
    return unchecked(tables[this.depth - 1]);
  }

  /** Whether text goes into a cell of a table, and is no block of its own. */
  get takesText(): bool {
    return this.depth > 0 && !this.top.isLayout && this.top.record != NO_RECORD;
  }

  /** Starts a table. True when the one around it was taken for one with data until now, and a cell was open. */
  open(isLayout: bool): bool {
    const interrupts = this.takesText;
    if (interrupts) this.becomeLayout();
    if (this.depth == MAX_TABLES) return interrupts;
    if (this.depth == made) tables[made++] = new Table();
    this.depth++;
    const table = this.top;
    table.record = NO_RECORD;
    table.isLayout = isLayout;
    table.rows = 0;
    table.cells = 0;
    table.widest = 0;
    table.header = true;
    return interrupts;
  }

  private becomeLayout(): void {
    this.top.isLayout = true;
    this.blocks.dissolve(this.top.record);
    this.inCell = false;
  }

  openRow(): void {
    if (this.depth == 0 || this.top.isLayout) return;
    const table = this.top;
    if (table.record == NO_RECORD) {
      table.record = this.blocks.count;
      this.blocks.mark(Block.TABLE);
    }
    this.blocks.mark(Block.ROW);
    table.rows++;
    table.cells = 0;
  }

  openCell(isHeader: bool): void {
    if (this.depth == 0 || this.top.isLayout) return;
    const table = this.top;
    if (table.record == NO_RECORD) this.openRow();
    table.cells++;
    table.widest = max(table.widest, table.cells);
    if (table.rows == 1 && !isHeader) table.header = false;
    this.inCell = true;
  }

  /** Ends the cell that is open, with its text. Text without a cell gets one. */
  closeCell(from: usize, to: usize): void {
    if (!this.takesText || (!this.inCell && from == to)) return;
    if (!this.inCell) this.openCell(false);
    this.blocks.add(Block.CELL, 0, from, to);
    this.inCell = false;
  }

  /** Ends a table. One of a single column becomes paragraphs. */
  close(): void {
    if (this.depth == 0) return;
    const table = this.top;
    if (!table.isLayout && table.record != NO_RECORD) {
      if (table.widest < 2) this.blocks.dissolve(table.record);
      else {
        this.blocks.mark(Block.END_TABLE);
        if (table.header) this.blocks.setHeader(table.record);
      }
    }
    this.depth--;
  }
}
