import { raw } from './json';
import { Row, Segment } from './layout-parts';
import { endLines, startLines, writeSegment } from './line-writer';
import { allocate } from './memory';

// Tables, where they are clear: rows of several cells that stand below each other in the same columns.

const MOST_COLUMNS: i32 = 64;
const MOST_ROWS: i32 = 500;
/** Rows of two cells, and of more, that make a table. */
const FEWEST_PAIRS: i32 = 3;
const FEWEST_ROWS: i32 = 2;
/** The mean length of a cell, in characters, beyond which it is text in columns. */
const LONGEST_CELL: i32 = 60;
/** Segments nearer than this, in sizes, are one cell. */
const CELL_GAP: f32 = 0.5;

/** Of each column, from the left: where it begins and where it ends. */
let starts: usize = 0;
let ends: usize = 0;
let columns: i32 = 0;
/** Of the cell that was read last. */
let cellStart: f32 = 0;
let cellEnd: f32 = 0;

// @ts-ignore: decorator
@inline
function edge(edges: usize, column: i32): usize {
  return edges + ((<usize>column) << 2);
}

/** The row after the table that begins with `first`; `first` itself where none does. */
export function endOfTable(first: Row): Row | null {
  if (first.count < 2) return first;
  if (!starts) {
    starts = allocate((<usize>MOST_COLUMNS) << 2);
    ends = allocate((<usize>MOST_COLUMNS) << 2);
  }
  columns = 0;
  let rows = 0;
  let cells = 0;
  let characters = 0;
  let row: Row | null = first;
  while (row && rows < MOST_ROWS) {
    if (!fits(row)) break;
    rows++;
    cells += row.count;
    characters += row.characters;
    row = row.next;
  }
  const enough = rows >= (columns > 2 ? FEWEST_ROWS : FEWEST_PAIRS);
  return enough && columns > 1 && characters <= LONGEST_CELL * cells ? row : first;
}

/** Whether each cell of a row stands in a column of its own, or of none; then the columns take it in. */
function fits(row: Row): bool {
  let cells = 0;
  let segment = row.first;
  while (segment) {
    segment = readCell(segment);
    if (columnsAt() > 1) return false;
    cells++;
  }
  // Text that goes on below a cell is no row of its own, but begins in no first column.
  if (cells == 1) return columns > 1 && cellStart > load<f32>(ends) && columnsAt() == 1;
  segment = row.first;
  while (segment) {
    segment = readCell(segment);
    if (!takeIn()) return false;
  }
  return true;
}

/** Reads segments that stand close together, as far as they are one cell; returns the one after them. */
function readCell(first: Segment): Segment | null {
  cellStart = first.u0;
  cellEnd = first.u1;
  let segment = first.next;
  while (segment) {
    if (!(segment.u0 - cellEnd < CELL_GAP * segment.size && segment.u0 >= cellStart)) break;
    cellEnd = max<f32>(cellEnd, segment.u1);
    segment = segment.next;
  }
  return segment;
}

/** How many columns the cell touches. */
function columnsAt(): i32 {
  let n = 0;
  for (let i = 0; i < columns; i++) if (isIn(i)) n++;
  return n;
}

function isIn(column: i32): bool {
  return cellStart < load<f32>(edge(ends, column)) && cellEnd > load<f32>(edge(starts, column));
}

function takeIn(): bool {
  let at = 0;
  while (at < columns && load<f32>(edge(ends, at)) <= cellStart) at++;
  if (at < columns && isIn(at)) {
    store<f32>(edge(starts, at), min<f32>(load<f32>(edge(starts, at)), cellStart));
    store<f32>(edge(ends, at), max<f32>(load<f32>(edge(ends, at)), cellEnd));
    return true;
  }
  if (columns == MOST_COLUMNS) return false;
  const behind = (<usize>(columns - at)) << 2;
  memory.copy(edge(starts, at + 1), edge(starts, at), behind);
  memory.copy(edge(ends, at + 1), edge(ends, at), behind);
  store<f32>(edge(starts, at), cellStart);
  store<f32>(edge(ends, at), cellEnd);
  columns++;
  return true;
}

/** Writes the table that `endOfTable` has just found. */
export function writeTable(first: Row, end: Row | null): void {
  raw('{"kind":"table","rows":[');
  let row: Row | null = first;
  while (row && row != end) {
    raw(row == first ? '[' : ',[');
    writeCells(row);
    raw(']');
    row = row.next;
  }
  raw(']}');
}

function writeCells(row: Row): void {
  for (let column = 0; column < columns; column++) {
    raw(column == 0 ? '"' : ',"');
    startLines();
    let last: Segment | null = null;
    let segment = row.first;
    while (segment) {
      const next = readCell(segment);
      const here = isIn(column);
      while (segment && segment != next) {
        if (here) {
          writeSegment(segment, last);
          last = segment;
        }
        segment = segment.next;
      }
    }
    endLines();
    raw('"');
  }
}
