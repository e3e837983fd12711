import { compose, mayBeAccent } from './accents';
import { code, isBlank, isHyphenMark, locate, x, y } from './characters';
import { isKept } from './hyphens';
import { Row, Segment } from './layout-parts';
import { writeCodePoint } from './text';

// Writes rows as they are read: a word that a hyphen divides is written whole, an accent with its letter.

export const LINE_FEED: u32 = 0x0a;
export const SPACE: u32 = 0x20;
const HYPHEN: u32 = 0x2d;
const SOFT_HYPHEN: u32 = 0xad;
const NONE: i32 = -1;
/** An index or exponent: how near it is, in sizes, and how small. */
const TOUCHING: f32 = 0.15;
const SMALLER: f32 = 0.9;
/** How far an accent's origin may be from that of its letter, in sizes. */
const ACCENT_REACH: f32 = 0.25;

/** What is to be written before the next character, and how often. */
let separator: u32 = 0;
let separators: i32 = 0;
/** A hyphen at the end of what was written last, of which it is not known yet whether it stays. */
let hyphen: i32 = NONE;

export function startLines(): void {
  separators = 0;
  hyphen = NONE;
}

/** The end of what belongs together: a hyphen that is left was one. */
export function endLines(): void {
  if (hyphen != NONE) writeCodePoint(HYPHEN);
  startLines();
}

function separate(by: u32, times: i32): void {
  separator = by;
  separators = times;
}

/** Writes a row after so many separators. */
export function writeRow(row: Row, by: u32, times: i32): void {
  separate(by, times);
  let last: Segment | null = null;
  let segment = row.first;
  while (segment) {
    writeSegment(segment, last);
    last = segment;
    segment = segment.next;
  }
}

/** Writes a segment, behind the one before it in its row where there is one. */
export function writeSegment(segment: Segment, last: Segment | null): void {
  if (last) separate(SPACE, touch(last, segment) ? 0 : 1);
  let from = segment.from;
  begin(from);
  while (from < segment.to) {
    const c = code(from);
    if (isHyphenMark(c)) hyphen = from;
    else if (c != 0) from = writeLetter(from, segment);
    from++;
  }
}

/** An index or exponent is written to what it belongs to. */
function touch(a: Segment, b: Segment): bool {
  return b.size < SMALLER * a.size && -a.sharedAlong(b) < TOUCHING * min<f32>(a.size, b.size);
}

/** Settles the hyphen before, and what separates. */
function begin(from: i32): void {
  if (hyphen != NONE) {
    const goesOn = follows(from);
    if (!goesOn || isKept(hyphen, from)) writeCodePoint(HYPHEN);
    if (goesOn) separators = 0;
    hyphen = NONE;
  }
  for (; separators > 0; separators--) writeCodePoint(separator);
}

/** Whether nothing but blanks is between the hyphen and `from`. */
function follows(from: i32): bool {
  if (from <= hyphen) return false;
  for (let i = hyphen + 1; i < from; i++) if (!isBlank(code(i))) return false;
  return true;
}

/** Writes the character at `index`; returns the last one that was written with it. */
function writeLetter(index: i32, segment: Segment): i32 {
  const c = code(index);
  const next = beyond(index, segment.to);
  const after = next < segment.to ? code(next) : 0;
  if (mayBeAccent(c)) {
    const composed = compose(c, after);
    if (composed && distance(index, next) < ACCENT_REACH * segment.size) {
      writeCodePoint(composed);
      return next;
    }
  } else if (mayBeAccent(after)) {
    const composed = compose(after, c);
    if (composed && belongs(next, index, segment)) {
      writeCodePoint(composed);
      return next;
    }
  }
  if (c != SOFT_HYPHEN) writeCodePoint(c < SPACE ? SPACE : c);
  return index;
}

/** The next character, beyond one blank. */
function beyond(index: i32, end: i32): i32 {
  const next = index + 1;
  return next < end && isBlank(code(next)) ? next + 1 : next;
}

/** Whether an accent is over the letter before it, and not over the one after it. */
function belongs(accent: i32, letter: i32, segment: Segment): bool {
  const here = distance(accent, letter);
  if (!(here < ACCENT_REACH * segment.size)) return false;
  const next = beyond(accent, segment.to);
  return next >= segment.to || here < distance(accent, next);
}

function distance(a: i32, b: i32): f32 {
  locate(a);
  const startX = x;
  const startY = y;
  locate(b);
  return abs<f32>(startX - x) + abs<f32>(startY - y);
}
