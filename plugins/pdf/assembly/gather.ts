import { addRow, blockAt, blockCount, closeGaps, insertIntoRow } from './blocks';
import { code } from './characters';
import { Block, Row, Segment } from './layout-parts';

// Puts the parts of a line together that the file does not write one after the other: a word in another
// font that is written later, and the figures of a table or of numbered lines that are written as a column.

/** Each block is compared with each: more than this many are left as they are. */
const MOST_BLOCKS: i32 = 500;
/** How far base lines of one line are apart at most, and segments of it may overlap, in sizes. */
const LEVEL: f32 = 0.25;
const OVERLAP: f32 = 0.3;
/** How small an index or exponent is, and how much of it stands in the height of its line. */
const SMALL: f32 = 0.9;
const INSIDE: f32 = 0.5;
/** How near a part of a line is to its neighbour. */
const NEAR: f32 = 0.6;
/** What makes a column one of figures: the longest cell, and the share of cells that begin with one. */
const LONGEST_FIGURE: i32 = 14;
const FIGURES: f32 = 0.6;
/** The share of cells of such a column that stand beside a line. */
const BESIDE: f32 = 0.6;

export function gatherRows(): void {
  if (blockCount < 2 || blockCount > MOST_BLOCKS) return;
  for (let i = 0; i < blockCount; i++) {
    const block = blockAt(i);
    if (block.count == 1) gatherPart(block);
    else if (isFigures(block)) gatherFigures(block);
  }
  closeGaps();
}

/** A block of one row, into the hole of a row of another. */
function gatherPart(part: Block): void {
  const row = part.first;
  if (!row) return;
  for (let i = 0; i < blockCount; i++) {
    const block = blockAt(i);
    if (block == part || !surrounds(block, part)) continue;
    const home = levelRow(block, row);
    if (home && fits(home, row)) {
      move(row, home);
      empty(part);
      return;
    }
  }
}

function surrounds(block: Block, part: Block): bool {
  const slack = OVERLAP * part.size;
  return (
    block.turn == part.turn &&
    block.sharedAcross(part) > 0 &&
    part.u0 >= block.u0 - slack &&
    part.u1 <= block.u1 + slack
  );
}

/** The row of a block that has the base line of `row`, or beside which it stands as an exponent. */
function levelRow(block: Block, row: Row): Row | null {
  let other = block.first;
  while (other) {
    const apart = abs<f32>(other.base - row.base);
    if (apart < LEVEL * min<f32>(other.size, row.size)) return other;
    if (row.size < SMALL * other.size && other.sharedAcross(row) > INSIDE * row.size) return other;
    other = other.next;
  }
  return null;
}

/** Whether there is room for `row`, next to something. */
function fits(home: Row, row: Row): bool {
  const size = row.size;
  let near = false;
  let segment = home.first;
  while (segment) {
    const shared = segment.sharedAlong(row);
    if (shared > OVERLAP * size) return false;
    if (-shared < NEAR * size) near = true;
    segment = segment.next;
  }
  return near;
}

function move(row: Row, home: Row): void {
  let segment = row.first;
  while (segment) {
    const next = segment.next;
    insertIntoRow(home, segment);
    segment = next;
  }
}

function empty(block: Block): void {
  block.first = null;
  block.last = null;
  block.count = 0;
}

function isFigures(block: Block): bool {
  let figures = 0;
  let row = block.first;
  while (row) {
    const cell = row.first;
    if (!cell || row.count > 1 || row.characters > LONGEST_FIGURE) return false;
    if (isFigure(cell)) figures++;
    row = row.next;
  }
  return <f32>figures >= FIGURES * <f32>block.count;
}

function isFigure(cell: Segment): bool {
  const first = code(cell.from);
  const second = cell.to - cell.from > 1 ? code(cell.from + 1) : 0;
  return isDigit(first) || isDigit(second);
}

function isDigit(c: u32): bool {
  return c >= 0x30 && c <= 0x39;
}

/** The cells that stand beside a line become a part of it, when most of them do: of one to the left, else to the right. */
function gatherFigures(column: Block): void {
  if (!gatherTo(column, true)) gatherTo(column, false);
}

function gatherTo(column: Block, left: bool): bool {
  let beside = 0;
  let row = column.first;
  while (row) {
    if (lineBeside(column, row, left)) beside++;
    row = row.next;
  }
  if (beside < 2 || <f32>beside < BESIDE * <f32>column.count) return false;
  row = column.first;
  empty(column);
  while (row) {
    const next = row.next;
    const home = lineBeside(column, row, left);
    if (home) move(row, home);
    else addRow(column, row);
    row = next;
  }
  return true;
}

/** The nearest line on one side of a cell. */
function lineBeside(column: Block, cell: Row, left: bool): Row | null {
  let nearest: Row | null = null;
  let distance: f32 = f32.MAX_VALUE;
  for (let i = 0; i < blockCount; i++) {
    const block = blockAt(i);
    if (block == column || block.turn != column.turn || !(block.sharedAcross(cell) > 0)) continue;
    const gap = left ? cell.u0 - block.u1 : block.u0 - cell.u1;
    if (!(gap > 0 && gap < distance)) continue;
    const row = levelRow(block, cell);
    if (row) {
      nearest = row;
      distance = gap;
    }
  }
  return nearest;
}
