import { blockAt, blockCount } from './blocks';
import { code, isBlank } from './characters';
import { isLetter, startHyphens } from './hyphens';
import { integer, raw } from './json';
import { Block, Row, Segment } from './layout-parts';
import { SPACE, endLines, startLines, writeRow } from './line-writer';
import { allocate } from './memory';
import { endOfTable, writeTable } from './tables';
import { asideCut, cut, endAside, startAside } from './text';

// The blocks of the result: paragraphs, list items, tables, and headings, which are told by their size.

const MOST_BLOCKS: i32 = 100_000;
/** Sizes of text are counted in halves of a point. */
const SIZES: i32 = 256;
/** How much larger than most text a heading is, by level; and how long it may be. */
const FIRST: f32 = 1.7;
const SECOND: f32 = 1.35;
const THIRD: f32 = 1.15;
const HEADING_ROWS: i32 = 3;
const HEADING_CHARACTERS: i32 = 200;
/** Between rows of one paragraph: how much sizes differ, and gaps grow, and a first line is indented. */
const SIMILAR: f32 = 1.15;
const WIDER: f32 = 0.4;
const INDENT: f32 = 0.8;

let sizes: usize = 0; // of each size, how many characters
let written: i32 = 0;

/** Whether there are more blocks than the result may have: then it has none. */
export function omitsBlocks(): bool {
  return asideCut || written > MOST_BLOCKS;
}

/** Puts the blocks of the page aside. */
export function writeBlocks(): void {
  countSizes();
  if (cut || omitsBlocks()) return;
  startAside();
  startHyphens();
  if (written > 0 && blockCount > 0) {
    separate();
    raw('{"kind":"page_break"}');
  }
  for (let i = 0; i < blockCount; i++) writeBlock(blockAt(i));
  endAside();
}

/** A place for the text of a page that is a picture. */
export function writePicture(page: i32): void {
  if (cut || omitsBlocks()) return;
  startAside();
  if (written > 0) {
    separate();
    raw('{"kind":"page_break"}');
  }
  separate();
  raw('{"kind":"picture","page":');
  integer(page);
  raw('}');
  endAside();
}

function countSizes(): void {
  if (!sizes) {
    sizes = allocate((<usize>SIZES) << 2);
    memory.fill(sizes, 0, (<usize>SIZES) << 2);
  }
  for (let i = 0; i < blockCount; i++) {
    let row = blockAt(i).first;
    while (row) {
      const size = <i32>min<f32>(row.size * 2, <f32>(SIZES - 1));
      const counter = sizes + ((<usize>size) << 2);
      store<i32>(counter, load<i32>(counter) + row.characters);
      row = row.next;
    }
  }
}

/** The size of most text so far. */
function commonSize(): f32 {
  let most = 1;
  for (let i = 1; i < SIZES; i++) {
    if (load<i32>(sizes + ((<usize>i) << 2)) > load<i32>(sizes + ((<usize>most) << 2))) most = i;
  }
  return <f32>most / 2;
}

function separate(): void {
  if (written++ > 0) raw(',');
}

function writeBlock(block: Block): void {
  let row = block.first;
  while (row) {
    separate();
    const behind = endOfTable(row);
    if (behind != row) {
      writeTable(row, behind);
      row = behind;
    } else {
      const end = endOfParagraph(block, row);
      writeParagraph(row, end);
      row = end;
    }
  }
}

/** The row after the paragraph that begins with `first`. */
function endOfParagraph(block: Block, first: Row): Row | null {
  let last = first;
  let gap: f32 = f32.MAX_VALUE;
  let row = first.next;
  while (row) {
    const next = -last.sharedAcross(row);
    const similar = max<f32>(row.size, last.size) < SIMILAR * min<f32>(row.size, last.size);
    const indented =
      row.u0 > block.u0 + INDENT * row.size &&
      last.u0 < block.u0 + INDENT * row.size &&
      !(last == first && isItem(first));
    if (!similar || indented || isItem(row) || next > gap + WIDER * row.size) return row;
    if (endOfTable(row) != row) return row;
    gap = min<f32>(gap, next);
    last = row;
    row = row.next;
  }
  return null;
}

function writeParagraph(first: Row, end: Row | null): void {
  const level = headingLevel(first, end);
  if (level > 0) {
    raw('{"kind":"heading","level":');
    integer(level);
    raw(',"text":"');
  } else if (isItem(first)) {
    skipBullet(first);
    raw('{"kind":"list_item","level":1,"text":"');
  } else {
    raw('{"kind":"paragraph","text":"');
  }
  startLines();
  let row: Row | null = first;
  while (row && row != end) {
    writeRow(row, SPACE, row == first ? 0 : 1);
    row = row.next;
  }
  endLines();
  raw('"}');
}

/** 0 for what is no heading. */
function headingLevel(first: Row, end: Row | null): i32 {
  let rows = 0;
  let characters = 0;
  let letters = false;
  let row: Row | null = first;
  while (row && row != end) {
    rows++;
    characters += row.characters;
    letters = letters || hasLetters(row);
    row = row.next;
  }
  if (!letters || rows > HEADING_ROWS || characters > HEADING_CHARACTERS) return 0;
  const ratio = first.size / commonSize();
  return ratio >= FIRST ? 1 : ratio >= SECOND ? 2 : ratio >= THIRD ? 3 : 0;
}

function hasLetters(row: Row): bool {
  let segment = row.first;
  while (segment) {
    for (let i = segment.from; i < segment.to; i++) if (isLetter(code(i))) return true;
    segment = segment.next;
  }
  return false;
}

/** A row that begins with a bullet, and has more. */
function isItem(row: Row): bool {
  const first = row.first;
  if (!first || !isBullet(code(first.from))) return false;
  return first.to - first.from == 1 ? first.next != null : isBlank(code(first.from + 1));
}

function isBullet(c: u32): bool {
  return (
    c == 0x2022 ||
    c == 0x2023 ||
    c == 0x2043 ||
    c == 0x25aa ||
    c == 0x25cf ||
    c == 0x25e6 ||
    c == 0xf0b7
  );
}

function skipBullet(row: Row): void {
  const first = row.first;
  if (!first) return;
  if (first.to - first.from == 1) {
    row.first = first.next;
    return;
  }
  skipBlanks(first);
}

function skipBlanks(segment: Segment): void {
  segment.from++;
  while (segment.from < segment.to && isBlank(code(segment.from))) segment.from++;
}
