import { addSegment } from './blocks';
import {
  beginsColumn,
  bottom,
  code,
  count,
  isBlank,
  isHyphenMark,
  isLineEnd,
  isRightToLeft,
  left,
  locate,
  measure,
  right,
  top,
  turnOf,
  x,
  y,
} from './characters';
import { Box, across, along } from './frame';
import { Segment, newBox, newSegment } from './layout-parts';

// Cuts PDFium's lines where there is a wide gap: between columns, and between the cells of a table. Few
// characters are asked for their place, because each question has a price: the ends of words, and the
// boxes of those at the ends of a segment.

/** The widest gap inside a segment, in sizes of its font. */
const WIDEST_GAP: f32 = 1.2;
/** With the width of a character in it: never too wide, and always. */
const SURE_STEP: f32 = 1.2;
const WIDEST_STEP: f32 = 2.7;
/** How far the base line may move, for indices and exponents. */
const UNEVEN: f32 = 0.7;
/** How many characters tell how high a line is: a font without ascent gives the box of each glyph. */
const SAMPLE: i32 = 3;
const SMALLEST: f32 = 0.1;
const EAST_ASIAN: u32 = 0x2e80;

let open: bool = false;
let turn: i32 = 0;
let vertical: bool = false;
let size: f32 = 0;
let start: i32 = 0;
let end: i32 = 0;
/** Of the last character. */
let lastU: f32 = 0;
let lastV: f32 = 0;
/** The characters that begin or end a word farthest to either side. */
let low: i32 = 0;
let lowU: f32 = 0;
let high: i32 = 0;
let highU: f32 = 0;
/** The longest word, and how long it is. */
let longest: i32 = 0;
let length: i32 = 0;
let characters: i32 = 0;
let rightToLeft: i32 = 0;

let before: Box = changetype<Box>(0);
let after: Box = changetype<Box>(0);

/** Every segment of the page goes to `addSegment`, in PDFium's order. */
export function cutSegments(): void {
  open = false;
  before = newBox();
  after = newBox();
  let i = 0;
  while (i < count) {
    const c = code(i);
    if (isBlank(c)) {
      if (isLineEnd(c)) close();
      i++;
      continue;
    }
    const from = i++;
    while (i < count && !endsWord(i)) i++;
    for (let at = from; at < i;) at = addWord(at, i);
    if (isHyphenMark(code(i - 1))) close();
  }
  close();
}

function endsWord(index: i32): bool {
  return isBlank(code(index)) || isHyphenMark(code(index - 1)) || beginsColumn(index);
}

/** Adds the word, or as much of it as stands in one line; returns where that ends. */
function addWord(from: i32, to: i32): i32 {
  locate(from);
  if (!open || !continues(from)) {
    close();
    begin(from, to);
  }
  reach(from);
  end = to;
  if (to - from > 1) {
    const u = along(turn, x, y);
    const v = across(turn, x, y);
    locate(to - 1);
    if (jumps(u, v, <f32>(to - from))) end = endOfLine(from, to);
    reach(end - 1);
  }
  lastU = along(turn, x, y);
  lastV = across(turn, x, y);
  if (end - from > length) {
    longest = from;
    length = end - from;
  }
  characters += end - from;
  for (let i = from; i < end; i++) if (isRightToLeft(code(i))) rightToLeft++;
  return end;
}

/** Whether the last character of a word, at `x`, `y`, is in another line than the first. */
function jumps(u: f32, v: f32, steps: f32): bool {
  const distance = abs<f32>(along(turn, x, y) - u);
  return !(
    abs<f32>(across(turn, x, y) - v) <= UNEVEN * size && distance <= steps * SURE_STEP * size
  );
}

/** PDFium takes a short line and the one below it for one word now and then. */
function endOfLine(from: i32, to: i32): i32 {
  locate(from);
  for (let i = from + 1; i < to; i++) {
    const u = along(turn, x, y);
    const v = across(turn, x, y);
    locate(i);
    const far = abs<f32>(along(turn, x, y) - u) > WIDEST_STEP * size;
    if (far || abs<f32>(across(turn, x, y) - v) > UNEVEN * size) {
      locate(i - 1);
      return i;
    }
  }
  return to;
}

function begin(from: i32, to: i32): void {
  open = true;
  turn = turnOf(from);
  measure(from);
  size = turn & 1 ? right - left : top - bottom;
  vertical = turn == 0 && goesDown(from, to);
  if (vertical) turn = 1;
  locate(from);
  size = max<f32>(size, SMALLEST);
  start = from;
  low = -1;
  high = -1;
  length = 0;
  characters = 0;
  rightToLeft = 0;
}

/** Whether upright characters stand below each other, as those of East Asia may. */
function goesDown(from: i32, to: i32): bool {
  if (to - from < 2 || max<u32>(code(from), code(to - 1)) < EAST_ASIAN) return false;
  locate(from);
  const startX = x;
  const startY = y;
  locate(to - 1);
  const down = startY - y;
  return down > 0.5 * size * <f32>(to - from - 1) && abs<f32>(x - startX) < 0.2 * down;
}

/** Whether the word that begins at `from`, at `x`, `y`, belongs to the same segment. */
function continues(from: i32): bool {
  const step = along(turn, x, y) - lastU;
  if (!(abs<f32>(across(turn, x, y) - lastV) <= UNEVEN * size)) return false;
  if (step >= 0 && step <= SURE_STEP * size) return true;
  const backwards = step < 0;
  if (backwards && !(rightToLeft > 0 || isRightToLeft(code(from)))) return step > -0.5 * size;
  return (backwards || step <= WIDEST_STEP * size) && isNear(from);
}

/** By the boxes of the two characters between which the gap is. */
function isNear(from: i32): bool {
  boxOf(end - 1, before);
  boxOf(from, after);
  return -before.sharedAlong(after) <= WIDEST_GAP * size;
}

function boxOf(index: i32, box: Box): void {
  measure(index);
  box.set(
    along(turn, left, bottom),
    along(turn, right, top),
    across(turn, left, bottom),
    across(turn, right, top),
  );
}

function reach(index: i32): void {
  const u = along(turn, x, y);
  if (low < 0 || u < lowU) {
    low = index;
    lowU = u;
  }
  if (high < 0 || u > highU) {
    high = index;
    highU = u;
  }
}

function close(): void {
  if (!open) return;
  open = false;
  const segment = newSegment();
  segment.from = start;
  segment.to = end;
  segment.characters = characters;
  segment.rightToLeft = rightToLeft;
  segment.turn = turn;
  segment.vertical = vertical;
  place(segment);
  addSegment(segment);
}

/** The box: as long as its ends reach, as high as its longest word. */
function place(segment: Segment): void {
  boxOf(longest, segment);
  for (let i = 1; i < min(length, SAMPLE); i++) {
    boxOf(longest + i, after);
    segment.add(after);
  }
  boxOf(low, after);
  segment.u0 = min<f32>(segment.u0, after.u0);
  boxOf(high, after);
  segment.u1 = max<f32>(segment.u1, after.u1);
  locate(longest);
  segment.base = across(turn, x, y);
  if (vertical) {
    // A font that is not embedded has no useful box: a column is as wide as its characters are high.
    segment.v0 = segment.base - size;
    segment.v1 = segment.base;
  }
  segment.size = max<f32>(segment.v1 - segment.v0, SMALLEST);
}
