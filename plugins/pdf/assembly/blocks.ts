import { Block, Row, Segment, newBlock, newRow } from './layout-parts';
import { allocate } from './memory';
import * as pdfium from './pdfium';

// Groups segments, as they come in the file, into rows and blocks: what the file writes one after the
// other is one block for as long as it goes on in a row, or down to a next one.

/** The share of a height that makes two segments stand in one row. */
const SAME_ROW: f32 = 0.4;
/** The widest gap between two rows of a block, and how far a row may stick out, in sizes. */
const ROW_GAP: f32 = 1;
const STICKS_OUT: f32 = 1;
/** How far two segments of a row may overlap, in sizes. */
const OVERLAP: f32 = 0.5;

/** The page's blocks, as pointers. */
export let blocks: usize = 0;
export let blockCount: i32 = 0;

let capacity: i32 = 0;
let block: Block = changetype<Block>(0);
let row: Row = changetype<Row>(0);
let turns: usize = 0; // of each turn, how many characters

export function startBlocks(): void {
  if (!turns) turns = allocate(16);
  memory.fill(turns, 0, 16);
  blockCount = 0;
  block = changetype<Block>(0);
}

export function blockAt(index: i32): Block {
  return load<Block>(blocks + <usize>index * sizeof<usize>());
}

export function setBlock(index: i32, to: Block): void {
  store<Block>(blocks + <usize>index * sizeof<usize>(), to);
}

export function dropBlocks(from: i32): void {
  blockCount = from;
}

/** Leaves blocks without rows out. */
export function closeGaps(): void {
  let kept = 0;
  for (let i = 0; i < blockCount; i++) {
    const block = blockAt(i);
    if (block.count > 0) setBlock(kept++, block);
  }
  blockCount = kept;
}

export function insertBlock(index: i32, added: Block): void {
  appendBlock(added);
  for (let i = blockCount - 1; i > index; i--) setBlock(i, blockAt(i - 1));
  setBlock(index, added);
}

function appendBlock(added: Block): void {
  if (blockCount == capacity) {
    capacity = max<i32>(64, capacity << 1);
    const larger = allocate(<usize>capacity * sizeof<usize>());
    memory.copy(larger, blocks, <usize>blockCount * sizeof<usize>());
    if (blocks) pdfium.free(blocks);
    blocks = larger;
  }
  setBlock(blockCount++, added);
}

/** The turn of most of the page's text. */
export function mainTurn(): i32 {
  let main = 0;
  for (let turn = 1; turn < 4; turn++) if (countOf(turn) > countOf(main)) main = turn;
  return main;
}

// @ts-ignore: decorator
@inline
function countOf(turn: i32): i32 {
  return load<i32>(turns + ((<usize>turn) << 2));
}

export function addSegment(segment: Segment): void {
  const counter = turns + ((<usize>segment.turn) << 2);
  store<i32>(counter, load<i32>(counter) + segment.characters);
  const belongs = changetype<usize>(block) != 0 && isOfBlock(segment);
  const level = belongs && isLevel(segment);
  if (level && goesOn(segment)) {
    addToRow(row, segment);
    block.add(row);
    return;
  }
  if (!belongs || level || !isNextRow(segment)) {
    block = newBlock();
    block.turn = segment.turn;
    block.vertical = segment.vertical;
    block.size = segment.size;
    appendBlock(block);
  }
  row = newRow();
  addToRow(row, segment);
  addRow(block, row);
}

function isOfBlock(segment: Segment): bool {
  return block.turn == segment.turn && block.vertical == segment.vertical;
}

function isLevel(segment: Segment): bool {
  const lower = min<f32>(segment.v1 - segment.v0, row.v1 - row.v0);
  return segment.sharedAcross(row) > SAME_ROW * lower;
}

/** Beside the row, on the side where reading goes on. */
function goesOn(segment: Segment): bool {
  const slack = OVERLAP * max<f32>(segment.size, row.size);
  if (
    runsLeft(segment.rightToLeft, segment.characters) ||
    runsLeft(row.rightToLeft, row.characters)
  )
    return segment.u1 <= row.u0 + slack;
  return segment.u0 >= row.u1 - slack;
}

function isNextRow(segment: Segment): bool {
  const smaller = min<f32>(segment.size, row.size);
  const reach = STICKS_OUT * max<f32>(segment.size, row.size);
  return (
    segment.base > row.base &&
    segment.v0 - row.v1 < ROW_GAP * smaller &&
    segment.sharedAlong(block) > -reach
  );
}

/** Whether text is mainly of a script that runs from right to left. */
export function runsLeft(rightToLeft: i32, characters: i32): bool {
  return rightToLeft * 2 > characters;
}

/** At the end of the row. */
export function addToRow(to: Row, segment: Segment): void {
  const last = to.last;
  if (last) last.next = segment;
  else to.first = segment;
  to.last = segment;
  segment.next = null;
  count(to, segment);
}

/** Where it belongs among the row's segments. */
export function insertIntoRow(to: Row, segment: Segment): void {
  const backwards = runsLeft(to.rightToLeft, to.characters);
  let before: Segment | null = null;
  let next = to.first;
  while (next && (backwards ? next.u0 > segment.u0 : next.u0 < segment.u0)) {
    before = next;
    next = next.next;
  }
  segment.next = next;
  if (before) before.next = segment;
  else to.first = segment;
  if (!next) to.last = segment;
  count(to, segment);
}

/** The height and base line of a row are those of its longest segment. */
function count(to: Row, segment: Segment): void {
  if (to.count == 0) to.set(segment.u0, segment.u1, segment.v0, segment.v1);
  else to.add(segment);
  if (to.count == 0 || segment.characters > to.longest) {
    to.longest = segment.characters;
    to.base = segment.base;
    to.size = segment.size;
  }
  to.count++;
  to.characters += segment.characters;
  to.rightToLeft += segment.rightToLeft;
}

/** At the end of the block. */
export function addRow(to: Block, added: Row): void {
  const last = to.last;
  if (last) {
    last.next = added;
    to.add(added);
  } else {
    to.first = added;
    to.set(added.u0, added.u1, added.v0, added.v1);
  }
  to.last = added;
  added.next = null;
  to.count++;
}
