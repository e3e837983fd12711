import { MALFORMED } from '../../pdf/assembly/host';
import { byteAt, cutBlob, data, has, little16, size } from './blob';
import { checkSize } from './size';

const EXTENSION: u32 = 0x21;
const IMAGE: u32 = 0x2c;
const TRAILER: u32 = 0x3b;

/** True when there were more pictures than the first, which is the only one that is read. */
export let moreFrames: bool = false;

let at: usize = 0;

/** GIF (87a and 89a). The file is cut after its first picture: the decoder would unpack all of them. */
export function readGif(): i32 {
  if (!has(0, 14)) return MALFORMED;
  const failure = checkSize(little16(6), little16(8));
  if (failure != 0) return failure;
  at = 13 + colours(byteAt(10));
  while (at < size && byteAt(at) == EXTENSION) {
    at += 2;
    if (!skipBlocks()) return MALFORMED;
  }
  return byteAt(at) == IMAGE ? readFirst() : MALFORMED;
}

function readFirst(): i32 {
  if (!has(at, 11)) return MALFORMED;
  const failure = checkSize(little16(at + 5), little16(at + 7));
  if (failure != 0) return failure;
  at += 11 + colours(byteAt(at + 9)); // and the size of a code
  if (!skipBlocks()) return MALFORMED;
  moreFrames = at < size && byteAt(at) != TRAILER;
  store<u8>(data + at, <u8>TRAILER); // in the padding at most
  cutBlob(at + 1);
  return 0;
}

/** Bytes of the colour table that these flags announce. */
function colours(flags: u32): usize {
  if ((flags & 0x80) == 0) return 0;
  return 3 << ((flags & 7) + 1);
}

/** Moves past a row of blocks, each with its length before it; an empty one ends it. */
function skipBlocks(): bool {
  while (at < size) {
    const length = <usize>byteAt(at++);
    if (length == 0) return true;
    at += length;
  }
  return false;
}
