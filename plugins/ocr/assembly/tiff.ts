import { MALFORMED } from '../../pdf/assembly/host';
import { big16, big32, byteAt, data, has, little16, little32 } from './blob';
import { allocate } from './memory';
import { checkSize } from './size';

// TIFF 6.0. A file is a list of directories, each a picture; the decoder reads the first one only. So each
// is made the first in its turn, by the offset in the file's header.

const FIRST: usize = 4;
const MAX_PICTURES: i32 = 10000;
const ENTRY: usize = 12;

const KIND: u32 = 254; // NewSubfileType
const REDUCED: u32 = 1; // a small version of another picture of this file
const WIDTH: u32 = 256;
const HEIGHT: u32 = 257;
const COMPRESSION: u32 = 259;
const LZW: u32 = 5; // 1 to 5: none, the three of fax machines, LZW
const PACK_BITS: u32 = 32773;
const TILE_WIDTH: u32 = 322;
const SHORT: u32 = 3;

/** Pictures of the file, without reduced ones; after a loop or a broken link come no more. */
export let pictures: i32 = 0;

/** True when a picture is in tiles, or packed in a way that the decoder leaves out (JPEG, Deflate). */
export let foreign: bool = false;

let offsets: usize = 0;
let visited: i32 = 0;
let little: bool = false;

/** Looks at every directory. One picture over a limit, or without a size, refuses the file. */
export function readTiff(): i32 {
  little = byteAt(0) == 0x49;
  offsets = allocate(<usize>MAX_PICTURES * 8);
  let offset = value32(FIRST);
  while (offset != 0 && visited < MAX_PICTURES && !isKnown(offset)) {
    const directory = <usize>offset;
    const count = <usize>value16(directory);
    if (!has(directory, 2 + count * ENTRY + 4)) break;
    const failure = readDirectory(directory, count);
    if (failure != 0) return failure;
    offset = value32(directory + 2 + count * ENTRY);
  }
  return pictures == 0 ? MALFORMED : 0;
}

/** Makes the picture of this number, from 0 on, the one that is decoded. */
export function selectPicture(index: i32): void {
  const offset = load<u32>(offsets + ((<usize>(MAX_PICTURES + index)) << 2));
  store<u32>(data + FIRST, little ? offset : bswap<u32>(offset));
}

function readDirectory(directory: usize, count: usize): i32 {
  store<u32>(offsets + ((<usize>visited) << 2), <u32>directory);
  visited++;
  if ((tag(directory, count, KIND) & REDUCED) != 0) return 0;
  const failure = checkSize(tag(directory, count, WIDTH), tag(directory, count, HEIGHT));
  if (failure != 0) return failure;
  const packing = tag(directory, count, COMPRESSION);
  const known = packing <= LZW || packing == PACK_BITS;
  if (!known || tag(directory, count, TILE_WIDTH) != 0) foreign = true;
  store<u32>(offsets + ((<usize>(MAX_PICTURES + pictures)) << 2), <u32>directory);
  pictures++;
  return 0;
}

/** The value of a tag that is one number; zero where it is not there. */
function tag(directory: usize, count: usize, wanted: u32): u32 {
  for (let i: usize = 0; i < count; i++) {
    const entry = directory + 2 + i * ENTRY;
    if (value16(entry) != wanted) continue;
    return value16(entry + 2) == SHORT ? value16(entry + 8) : value32(entry + 8);
  }
  return 0;
}

function isKnown(offset: u32): bool {
  for (let i = 0; i < visited; i++) {
    if (load<u32>(offsets + ((<usize>i) << 2)) == offset) return true;
  }
  return false;
}

function value16(at: usize): u32 {
  return little ? little16(at) : big16(at);
}

function value32(at: usize): u32 {
  return little ? little32(at) : big32(at);
}
