/** Opens and closes the tables, rows and cells of a document, of which it has only the ends of cells and rows. */
import { Document } from '../../../office/assembly/document';

const MAX_DEPTH: i32 = 32;

export class Tables {
  private depth: i32 = 0;
  private rowOpen: StaticArray<bool> = new StaticArray<bool>(MAX_DEPTH + 1);
  private cellOpen: StaticArray<bool> = new StaticArray<bool>(MAX_DEPTH + 1);

  constructor(private document: Document) {}

  /** The next paragraph is in so many tables. */
  enter(claimed: i32): void {
    const depth = min(claimed, MAX_DEPTH);
    while (this.depth > depth) this.leave();
    while (this.depth < depth) {
      if (this.depth > 0) this.startCell();
      this.document.startTable();
      this.depth++;
      this.rowOpen[this.depth] = this.cellOpen[this.depth] = false;
    }
  }

  startCell(): void {
    if (this.depth == 0) return;
    if (!this.rowOpen[this.depth]) this.document.startRow();
    this.rowOpen[this.depth] = true;
    if (!this.cellOpen[this.depth]) this.document.startCell();
    this.cellOpen[this.depth] = true;
  }

  endCell(): void {
    if (this.depth == 0) return;
    this.startCell();
    this.document.endCell();
    this.cellOpen[this.depth] = false;
  }

  endRow(): void {
    if (this.depth == 0 || !this.rowOpen[this.depth]) return;
    if (this.cellOpen[this.depth]) this.endCell();
    this.document.endRow();
    this.rowOpen[this.depth] = false;
  }

  private leave(): void {
    this.endRow();
    this.document.endTable();
    this.depth--;
  }
}
