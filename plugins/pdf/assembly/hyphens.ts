import { mayBeAccent } from './accents';
import { code, count, isHyphenMark } from './characters';

// The hyphen of a word that goes on in the next line. It goes where it only divides the word, and stays
// where it is part of it: before a capital or a figure, after a single letter, in a word with another
// hyphen, and in one that stands with it elsewhere on the page.

const HYPHEN: u32 = 0x2d;
/** A page is looked through so many times at most. */
const MOST_SEARCHES: i32 = 200;

let searches: i32 = 0;

export function startHyphens(): void {
  searches = 0;
}

/** Whether the mark at `mark` is a hyphen of the word itself; `next` is where the word goes on. */
export function isKept(mark: i32, next: i32): bool {
  const start = startOf(mark);
  const first = mayBeAccent(code(next)) && next + 1 < count ? next + 1 : next;
  if (mark - start < 2 || !isLower(code(first))) return true;
  if (start > 0 && isHyphen(code(start - 1))) return true;
  const end = endOf(next);
  if (end < count && isHyphen(code(end))) return true;
  return ++searches <= MOST_SEARCHES && standsElsewhere(start, mark, next, end);
}

/** Whether the page has the letters of both halves with a hyphen between them. */
function standsElsewhere(start: i32, mark: i32, next: i32, end: i32): bool {
  const before = mark - start;
  const after = end - next;
  const last = count - after;
  for (let i = before; i < last; i++) {
    if (code(i) != HYPHEN) continue;
    if (same(i - before, start, before) && same(i + 1, next, after)) return true;
  }
  return false;
}

function same(a: i32, b: i32, length: i32): bool {
  for (let i = 0; i < length; i++) if (code(a + i) != code(b + i)) return false;
  return true;
}

function startOf(mark: i32): i32 {
  let i = mark;
  while (i > 0 && isLetter(code(i - 1))) i--;
  return i;
}

function endOf(next: i32): i32 {
  let i = next;
  while (i < count && isLetter(code(i))) i++;
  return i;
}

function isHyphen(c: u32): bool {
  return c == HYPHEN || isHyphenMark(c);
}

export function isLetter(c: u32): bool {
  if (c < 0x80) return (c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a;
  return (c >= 0xc0 && c < 0x2000) || (c >= 0x3040 && c < 0xe000) || c >= 0xf900;
}

/** Small Latin, Greek and Cyrillic letters; other scripts make no difference. */
function isLower(c: u32): bool {
  if (c < 0x80) return c >= 0x61 && c <= 0x7a;
  if (c < 0x100) return c >= 0xdf;
  if (c < 0x250) {
    const evenIsSmall = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e);
    return ((c & 1) == 0) == evenIsSmall;
  }
  if (c < 0x400) return c >= 0x3ac;
  return c < 0x410 || c >= 0x430;
}
