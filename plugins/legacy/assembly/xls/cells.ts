/** The cells of one sheet in the order of rows and columns, whatever order they are stored in. */
import { Bytes } from '../../../lib/assembly/bytes';

const CELL: usize = 16;
const DIGITS: i32 = 256;

export namespace Kind {
  export const NUMBER: i32 = 0;
  export const RK: i32 = 1;
  export const SHARED: i32 = 2;
  export const LABEL: i32 = 3;
  export const BOOLEAN: i32 = 4;
  export const ERROR: i32 = 5;
  export const STRING: i32 = 6;
}

export class Cells {
  private cells: Bytes = new Bytes(4096);
  private other: Bytes = new Bytes(16);
  private isSorted: bool = true;
  private lastKey: u32 = 0;
  private counts: StaticArray<u32> = new StaticArray<u32>(DIGITS);

  get count(): i32 {
    return <i32>(this.cells.length / CELL);
  }

  clear(): void {
    this.cells.length = 0;
    this.isSorted = true;
    this.lastKey = 0;
  }

  /** `offset` is where its value is in the stream. */
  add(row: u32, column: u32, kind: i32, format: u32, offset: usize): void {
    const key = (row << 16) | column;
    if (key < this.lastKey) this.isSorted = false;
    this.lastKey = key;
    this.cells.reserve(CELL);
    const at = this.cells.at + this.cells.length;
    store<u32>(at, key);
    store<u32>(at, <u32>kind, 4);
    store<u32>(at, format, 8);
    store<u32>(at, <u32>offset, 12);
    this.cells.length += CELL;
  }

  row(index: i32): u32 {
    return load<u32>(this.at(index)) >>> 16;
  }

  column(index: i32): i32 {
    return <i32>(load<u32>(this.at(index)) & 0xffff);
  }

  kind(index: i32): i32 {
    return load<i32>(this.at(index), 4);
  }

  format(index: i32): i32 {
    return load<i32>(this.at(index), 8);
  }

  offset(index: i32): usize {
    return <usize>load<u32>(this.at(index), 12);
  }

  private at(index: i32): usize {
    return this.cells.at + <usize>index * CELL;
  }

  /** Whether the next one is for the same place, and counts instead. */
  isReplaced(index: i32): bool {
    return index + 1 < this.count && load<u32>(this.at(index)) == load<u32>(this.at(index + 1));
  }

  /** Cells of the same place stay in their order. */
  sort(): void {
    if (this.isSorted) return;
    for (let shift: u32 = 0; shift < 32; shift += 8) this.distribute(shift);
  }

  private distribute(shift: u32): void {
    const counts = this.counts;
    const end = this.cells.at + this.cells.length;
    for (let i = 0; i < DIGITS; i++) counts[i] = 0;
    for (let at = this.cells.at; at < end; at += CELL) counts[(load<u32>(at) >>> shift) & 255]++;
    let before: u32 = 0;
    for (let i = 0; i < DIGITS; i++) {
      const count = counts[i];
      counts[i] = before;
      before += count;
    }
    this.other.length = 0;
    this.other.reserve(this.cells.length);
    for (let at = this.cells.at; at < end; at += CELL) {
      const place = counts[(load<u32>(at) >>> shift) & 255]++;
      memory.copy(this.other.at + <usize>place * CELL, at, CELL);
    }
    this.other.length = this.cells.length;
    const sorted = this.other;
    this.other = this.cells;
    this.cells = sorted;
  }
}
