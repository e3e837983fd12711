/** The blocks of plain text, all as ranges of the text at `base`. */
import { Block, Blocks } from './blocks';

function isBlank(byte: u32): bool {
  return byte == 32 || byte == 9;
}

/** Where the line at `at` ends. */
function lineEnd(base: usize, at: usize, end: usize): usize {
  while (at < end && load<u8>(base + at) != 10) at++;
  return at;
}

function isEmptyLine(base: usize, at: usize, end: usize): bool {
  while (at < end && isBlank(<u32>load<u8>(base + at))) at++;
  return at == end;
}

/** Adds what stands between empty lines, each as one block of this kind. */
export function addParagraphs(
  blocks: Blocks,
  kind: i32,
  base: usize,
  from: usize,
  to: usize,
): void {
  let start = from;
  let stop = from;
  let at = from;
  while (at < to) {
    const end = lineEnd(base, at, to);
    if (isEmptyLine(base, at, end)) {
      if (stop > start) blocks.add(kind, 0, start, stop);
      start = end + 1;
      stop = start;
    } else stop = end;
    at = end + 1;
  }
  if (stop > start) blocks.add(kind, 0, start, min(stop, to));
}

/** Adds each line that is not empty as an item. */
export function addItems(blocks: Blocks, base: usize, from: usize, to: usize): void {
  let at = from;
  while (at < to) {
    const end = lineEnd(base, at, to);
    if (!isEmptyLine(base, at, end)) blocks.add(Block.ITEM, 1, at, end);
    at = end + 1;
  }
}
