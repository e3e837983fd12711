import { maxTextBytes } from '../../pdf/assembly/limits';
import { raw, utf8 } from './json';
import { allocate } from './memory';
import { free } from './tesseract';

// The paragraphs that were recognised, in reading order: text, its length, and the page that it is on.

const ROW: usize = 12;
const SEPARATOR: usize = 2; // "\n\n" between paragraphs of a page

let rows: usize = 0;
let capacity: i32 = 0;
let textBytes: usize = 0;

export let count: i32 = 0;
/** True when the limit has left something out. */
export let cut: bool = false;

// @ts-ignore: decorator
@inline
function rowAt(index: i32): usize {
  return rows + <usize>index * ROW;
}

function textOf(index: i32): usize {
  return <usize>load<u32>(rowAt(index));
}

function lengthOf(index: i32): usize {
  return <usize>load<u32>(rowAt(index), 4);
}

function pageOf(index: i32): i32 {
  return load<i32>(rowAt(index), 8);
}

/** Keeps a text that ends in zero, without white space at its ends; nothing when that is all it is. */
export function addParagraph(text: usize, page: i32): void {
  let from = text;
  while (isSpace(load<u8>(from))) from++;
  let end = from;
  while (load<u8>(end) != 0) end++;
  while (end > from && isSpace(load<u8>(end - 1))) end--;
  if (end == from) return;
  if (count == capacity) grow();
  const kept = allocate(end - from);
  memory.copy(kept, from, end - from);
  store<u32>(rowAt(count), <u32>kept);
  store<u32>(rowAt(count), <u32>(end - from), 4);
  store<i32>(rowAt(count), page, 8);
  count++;
}

/** Forgets the paragraphs from `first` up to `end`. */
export function removeParagraphs(first: i32, end: i32): void {
  for (let i = first; i < end; i++) free(textOf(i));
  memory.copy(rowAt(first), rowAt(end), <usize>(count - end) * ROW);
  count -= end - first;
}

/** Holds a page's paragraphs, those from `first` on, against the limit on text. */
export function endPage(first: i32): void {
  for (let i = first; i < count; i++) {
    const before = separatorBefore(i);
    const room = max<isize>(<isize>(<usize>maxTextBytes - textBytes - before), 0);
    if (lengthOf(i) > <usize>room) {
      cut = true;
      store<u32>(rowAt(i), <u32>wholeCharacters(textOf(i), room), 4);
      removeParagraphs(lengthOf(i) == 0 ? i : i + 1, count);
      return;
    }
    textBytes += before + lengthOf(i);
  }
}

/** Code points of the pages' texts. */
export function characters(): i32 {
  let points = 0;
  for (let i = 0; i < count; i++) {
    points += <i32>separatorBefore(i);
    const end = textOf(i) + lengthOf(i);
    for (let at = textOf(i); at < end; at++) points += i32(!isContinuation(load<u8>(at)));
  }
  return points;
}

/** The text of a page, the paragraphs with an empty line between them. */
export function writePage(page: i32): void {
  let first = true;
  for (let i = 0; i < count; i++) {
    if (pageOf(i) != page) continue;
    if (!first) raw('\\n\\n');
    first = false;
    utf8(textOf(i), lengthOf(i));
  }
}

/** Every paragraph as a block, with a block where a page ends. */
export function writeBlocks(): void {
  for (let i = 0; i < count; i++) {
    if (i > 0) raw(',');
    if (i > 0 && pageOf(i) != pageOf(i - 1)) raw('{"kind":"page_break"},');
    raw('{"kind":"paragraph","text":"');
    utf8(textOf(i), lengthOf(i));
    raw('"}');
  }
}

/** Bytes between a paragraph and the one before it on its page. */
function separatorBefore(index: i32): usize {
  return index > 0 && pageOf(index - 1) == pageOf(index) ? SEPARATOR : 0;
}

function grow(): void {
  const larger = allocate((<usize>capacity * 2 + 64) * ROW);
  memory.copy(larger, rows, <usize>count * ROW);
  if (rows) free(rows);
  rows = larger;
  capacity = capacity * 2 + 64;
}

/** How many of the first `room` bytes of a longer text are whole characters. */
function wholeCharacters(text: usize, room: usize): usize {
  let length = room;
  while (length > 0 && isContinuation(load<u8>(text + length))) length--;
  return length;
}

function isContinuation(byte: u32): bool {
  return (byte & 0xc0) == 0x80;
}

function isSpace(byte: u32): bool {
  return byte == 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
