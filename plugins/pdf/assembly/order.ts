import { addRow, blockAt, blockCount, dropBlocks, runsLeft, setBlock } from './blocks';
import { Block } from './layout-parts';
import { take } from './pool';

// The order of the blocks is the file's own as far as geometry allows it: what is above comes before what
// is below it, and what is beside something comes before it on the side where a line begins (two rules of
// T. Breuel, High Performance Document Layout Analysis, 2003, 3.2). Of the blocks that no rule holds back
// the first in the file is next.

/** Rows of two blocks that are this near, in sizes, and of so similar a size, are of one. */
const NEAR: f32 = 0.6;
const SIMILAR: f32 = 1.15;
/** Shared less than this part of a size is not shared. */
const TOLERANCE: f32 = 0.3;
/** Each block is compared with each: beyond this many the file's order stands. */
const MOST_BLOCKS: i32 = 500;
const DONE: i32 = -1;

/** Puts the page's blocks in the order of reading. */
export function orderBlocks(): void {
  if (blockCount < 2 || blockCount > MOST_BLOCKS) return;
  const sorted = take(<usize>blockCount * sizeof<usize>());
  const held = take((<usize>blockCount) << 2); // by how many others
  for (let i = 0; i < blockCount; i++) store<i32>(held + ((<usize>i) << 2), holders(i));
  for (let n = 0; n < blockCount; n++) {
    const next = firstFree(held);
    store<Block>(sorted + <usize>n * sizeof<usize>(), blockAt(next));
    store<i32>(held + ((<usize>next) << 2), DONE);
    for (let i = 0; i < blockCount; i++) {
      const counter = held + ((<usize>i) << 2);
      if (load<i32>(counter) > 0 && precedes(blockAt(next), blockAt(i)))
        store<i32>(counter, load<i32>(counter) - 1);
    }
  }
  for (let n = 0; n < blockCount; n++)
    setBlock(n, load<Block>(sorted + <usize>n * sizeof<usize>()));
}

function holders(index: i32): i32 {
  let n = 0;
  for (let i = 0; i < blockCount; i++) if (i != index && precedes(blockAt(i), blockAt(index))) n++;
  return n;
}

/** The first that nothing holds back; where all hold each other, the first. */
function firstFree(held: usize): i32 {
  let first = DONE;
  for (let i = 0; i < blockCount; i++) {
    const count = load<i32>(held + ((<usize>i) << 2));
    if (count == 0) return i;
    if (count > 0 && first == DONE) first = i;
  }
  return first;
}

function precedes(a: Block, b: Block): bool {
  const tolerance = TOLERANCE * min<f32>(a.size, b.size);
  const above = a.sharedAlong(b) > tolerance;
  const beside = a.sharedAcross(b) > tolerance;
  if (above == beside) return false;
  if (above) return a.v0 < b.v0;
  return bothRunLeft(a, b) ? a.u1 > b.u1 : a.u0 < b.u0;
}

function bothRunLeft(a: Block, b: Block): bool {
  return startsLeft(a) && startsLeft(b);
}

/** A block's direction is that of its first row. */
function startsLeft(block: Block): bool {
  const row = block.first;
  return row != null && runsLeft(row.rightToLeft, row.characters);
}

/** Makes one block of two that follow one another where the page has no more than a line's space. */
export function joinBlocks(): void {
  let kept = 0;
  for (let i = 1; i < blockCount; i++) {
    const block = blockAt(i);
    if (follows(blockAt(kept), block)) join(blockAt(kept), block);
    else setBlock(++kept, block);
  }
  if (blockCount > 0) dropBlocks(kept + 1);
}

function follows(a: Block, b: Block): bool {
  const last = a.last;
  const first = b.first;
  if (!last || !first || a.turn != b.turn || a.vertical != b.vertical) return false;
  const smaller = min<f32>(last.size, first.size);
  const gap = -last.sharedAcross(first);
  return (
    max<f32>(last.size, first.size) < SIMILAR * smaller &&
    first.base > last.base &&
    gap < NEAR * smaller &&
    -gap < TOLERANCE * smaller &&
    last.sharedAlong(first) > 0
  );
}

function join(a: Block, b: Block): void {
  let row = b.first;
  while (row) {
    const next = row.next;
    addRow(a, row);
    row = next;
  }
}
