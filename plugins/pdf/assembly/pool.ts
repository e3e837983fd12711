import { allocate } from './memory';

// Memory for what lives as long as one page: given out in order, taken back all at once.

const CHUNK: usize = 1 << 16;
const HEAD: usize = 16; // of a chunk: the next one, and the size of this one

let first: usize = 0;
let chunk: usize = 0;
let used: usize = 0;

/** Zeroed memory until the next `releasePool`. */
export function take(bytes: usize): usize {
  const size = (bytes + 7) & ~7;
  if (!chunk || used + size > load<usize>(chunk, 4)) nextChunk(size);
  const pointer = chunk + used;
  used += size;
  memory.fill(pointer, 0, size);
  return pointer;
}

export function releasePool(): void {
  chunk = first;
  used = HEAD;
}

function nextChunk(size: usize): void {
  let next: usize = chunk ? load<usize>(chunk) : 0;
  if (!next || load<usize>(next, 4) < size + HEAD) {
    const bytes = max<usize>(CHUNK, size + HEAD);
    const made = allocate(bytes);
    store<usize>(made, next);
    store<usize>(made, bytes, 4);
    if (chunk) store<usize>(chunk, made);
    else first = made;
    next = made;
  }
  chunk = next;
  used = HEAD;
}
