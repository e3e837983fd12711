/** The tables that are open, one inside another, and the row of each. */

/** Tables nest no deeper than the elements they are made of. */
const MAX_TABLES: i32 = 256;

export class Grid {
  depth: i32 = 0;
  private rows: StaticArray<i32> = new StaticArray<i32>(MAX_TABLES);
  private rowOpen: StaticArray<bool> = new StaticArray<bool>(MAX_TABLES);
  private cells: StaticArray<i32> = new StaticArray<i32>(MAX_TABLES);
  /** Length of the text, and how many tabs were to come, where the row started. */
  private lengths: StaticArray<usize> = new StaticArray<usize>(MAX_TABLES);
  private tabs: StaticArray<i32> = new StaticArray<i32>(MAX_TABLES);

  private get top(): i32 {
    return this.depth < MAX_TABLES ? this.depth - 1 : MAX_TABLES - 1;
  }

  open(): void {
    this.depth++;
    this.rows[this.top] = 0;
    this.rowOpen[this.top] = false;
  }

  close(): void {
    this.depth--;
  }

  get inRow(): bool {
    return this.depth > 0 && this.rowOpen[this.top];
  }

  /** Whether the table has had a row. */
  get hasRows(): bool {
    return this.rows[this.top] > 0;
  }

  openRow(length: usize, tabs: i32): void {
    this.rows[this.top]++;
    this.rowOpen[this.top] = true;
    this.cells[this.top] = 0;
    this.lengths[this.top] = length;
    this.tabs[this.top] = tabs;
  }

  /** The tabs that are still to come: those of the cell around the table, until it has text. */
  closeRow(length: usize): i32 {
    const written = this.isWritten(length);
    this.rowOpen[this.top] = false;
    return written ? 0 : this.tabs[this.top];
  }

  /** Whether the row has text. */
  isWritten(length: usize): bool {
    return length > this.lengths[this.top];
  }

  /** True for the first cell of the row. */
  openCell(): bool {
    return this.cells[this.top]++ == 0;
  }
}
