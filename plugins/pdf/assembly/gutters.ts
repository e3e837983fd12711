import { addRow, addToRow, blockAt, blockCount, insertBlock, setBlock } from './blocks';
import { Block, Row, Segment, newBlock, newRow } from './layout-parts';

// Columns of prose whose lines the file writes side by side: a row of it holds a line of each. They are told
// from a table by lines that fill their column, on both sides of a gutter that stays where it is.

/** The narrowest gutter, and the shortest line that is prose, in sizes. */
const NARROWEST: f32 = 0.8;
const PROSE: f32 = 12;
/** How many rows with both sides there must be. */
const FEWEST: i32 = 4;
/** A block of more is left as it is. */
const MOST_ROWS: i32 = 2000;
/** How much of its column a line fills, in the mean. */
const FILLED: f32 = 0.75;

let left: f32 = 0; // of the gutter
let right: f32 = 0;
let start: Row = changetype<Row>(0);
/** Of the rows with text on both sides: how many, and the widths, together and at most. */
let both: i32 = 0;
let leftWidth: f32 = 0;
let rightWidth: f32 = 0;
let leftMost: f32 = 0;
let rightMost: f32 = 0;

/** Takes such blocks apart, into columns that follow one another. */
export function splitColumns(): void {
  let i = 0;
  while (i < blockCount) if (!splitBlock(i)) i++;
}

/** Takes the first run of rows with a gutter apart; false when there is none. */
function splitBlock(index: i32): bool {
  const block = blockAt(index);
  if (block.count < FEWEST || block.count > MOST_ROWS) return false;
  let row = block.first;
  let open = false;
  while (row) {
    if (open && !staysOpen(row)) {
      if (isProse(row.size)) break;
      open = false;
    }
    if (!open && row.count > 1) {
      openGutter(row);
      open = staysOpen(row);
    }
    row = row.next;
  }
  if (!open || !isProse(block.size)) return false;
  takeApart(index, row);
  return true;
}

function openGutter(row: Row): void {
  start = row;
  both = 0;
  leftWidth = 0;
  rightWidth = 0;
  leftMost = 0;
  rightMost = 0;
  left = 0;
  right = 0;
  let segment = row.first;
  while (segment) {
    const next = segment.next;
    if (next && next.u0 - segment.u1 > right - left) {
      left = segment.u1;
      right = next.u0;
    }
    segment = next;
  }
}

// @ts-ignore: decorator
@inline
function isLeft(segment: Segment): bool {
  return segment.u0 + segment.u1 < left + right;
}

/** Narrows the gutter to what this row leaves free of it; false when that is too little. */
function staysOpen(row: Row): bool {
  let leftStart: f32 = left;
  let leftEnd: f32 = -f32.MAX_VALUE;
  let rightStart: f32 = f32.MAX_VALUE;
  let rightEnd: f32 = right;
  let segment = row.first;
  while (segment) {
    if (isLeft(segment)) {
      leftStart = min<f32>(leftStart, segment.u0);
      leftEnd = max<f32>(leftEnd, segment.u1);
    } else {
      rightStart = min<f32>(rightStart, segment.u0);
      rightEnd = max<f32>(rightEnd, segment.u1);
    }
    segment = segment.next;
  }
  const newLeft = max<f32>(left, leftEnd);
  const newRight = min<f32>(right, rightStart);
  if (!(newRight - newLeft >= NARROWEST * row.size)) return false;
  left = newLeft;
  right = newRight;
  if (leftStart < leftEnd && rightStart < rightEnd)
    addWidths(leftEnd - leftStart, rightEnd - rightStart);
  return true;
}

function addWidths(ofLeft: f32, ofRight: f32): void {
  both++;
  leftWidth += ofLeft;
  rightWidth += ofRight;
  leftMost = max<f32>(leftMost, ofLeft);
  rightMost = max<f32>(rightMost, ofRight);
}

function isProse(size: f32): bool {
  const rows = <f32>both;
  return (
    both >= FEWEST &&
    min<f32>(leftWidth, rightWidth) >= PROSE * size * rows &&
    leftWidth >= FILLED * leftMost * rows &&
    rightWidth >= FILLED * rightMost * rows
  );
}

/** The rows before the run, a column, the other one, and the rows from `after`, each a block. */
function takeApart(index: i32, after: Row | null): void {
  const block = blockAt(index);
  const before = newBlockLike(block);
  const first = newBlockLike(block);
  const second = newBlockLike(block);
  const rest = newBlockLike(block);
  let part = before;
  let row = block.first;
  while (row) {
    const next = row.next;
    if (row == start) part = first;
    if (row == after) part = rest;
    if (part == first) divide(row, first, second);
    else addRow(part, row);
    row = next;
  }
  setBlock(index, first);
  insertBlock(index + 1, second);
  if (rest.count > 0) insertBlock(index + 2, rest);
  if (before.count > 0) insertBlock(index, before);
}

function newBlockLike(block: Block): Block {
  const made = newBlock();
  made.turn = block.turn;
  made.vertical = block.vertical;
  made.size = block.size;
  return made;
}

function divide(row: Row, first: Block, second: Block): void {
  const leftPart = newRow();
  const rightPart = newRow();
  let segment = row.first;
  while (segment) {
    const next = segment.next;
    addToRow(isLeft(segment) ? leftPart : rightPart, segment);
    segment = next;
  }
  if (leftPart.count > 0) addRow(first, leftPart);
  if (rightPart.count > 0) addRow(second, rightPart);
}
