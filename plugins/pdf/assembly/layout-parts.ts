import { Box } from './frame';
import { take } from './pool';

// What a page is made of: blocks of rows of segments, in lists; all of it lives as long as the page.

/** A run of characters in one line, without a wide gap in it. */
@unmanaged
export class Segment extends Box {
  base: f32;
  size: f32;
  /** The characters: from the first, to one beyond the last. */
  from: i32;
  to: i32;
  /** Without blanks; and those of them that run from right to left. */
  characters: i32;
  rightToLeft: i32;
  turn: i32;
  vertical: bool;
  next: Segment | null;
}

/** Segments side by side, in the order of reading. */
@unmanaged
export class Row extends Box {
  base: f32;
  size: f32;
  characters: i32;
  rightToLeft: i32;
  /** The most characters in one segment. */
  longest: i32;
  count: i32;
  first: Segment | null;
  last: Segment | null;
  next: Row | null;
}

/** Rows that follow one another, in the file as on the page. */
@unmanaged
export class Block extends Box {
  size: f32;
  turn: i32;
  vertical: bool;
  count: i32;
  first: Row | null;
  last: Row | null;
}

export function newBox(): Box {
  return changetype<Box>(take(offsetof<Box>()));
}

export function newSegment(): Segment {
  return changetype<Segment>(take(offsetof<Segment>()));
}

export function newRow(): Row {
  return changetype<Row>(take(offsetof<Row>()));
}

export function newBlock(): Block {
  return changetype<Block>(take(offsetof<Block>()));
}
