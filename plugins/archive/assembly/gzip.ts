/** A GZIP file of one member (RFC 1952). */
import { Failure, fail } from '../../lib/assembly/host';
import { inflate } from '../../lib/assembly/inflate';
import { crc32 } from '../../lib/assembly/zip-crc';

const MAX_SIZE: usize = 128 << 20;
/** Above this size the content may not be more than `MAX_RATIO` times what it takes packed. */
const FREE_SIZE: usize = 1 << 20;
const MAX_RATIO: usize = 100;
const HEADER: usize = 10;
const TRAILER: usize = 8;
/** The look ahead of other readers, and of TAR by eight bytes. */
const PADDING: usize = 64;

export class Unpacked {
  at: usize = 0;
  length: usize = 0;
  nameAt: usize = 0;
  nameLength: usize = 0;
}

export function isGzip(at: usize, length: usize): bool {
  return length > HEADER + TRAILER && load<u32>(at) << 8 == 0x088b1f00;
}

/** The content, or null with the failure set: 1 damaged, 4 over a limit. */
export function unpackGzip(at: usize, length: usize): Unpacked | null {
  const unpacked = new Unpacked();
  const end = at + length - TRAILER;
  const from = passHeader(at, end, unpacked);
  if (from == 0) return failed(Failure.MALFORMED);
  const size = <usize>load<u32>(end + 4);
  if (size > MAX_SIZE || (size > FREE_SIZE && size / MAX_RATIO > length))
    return failed(Failure.LIMIT);
  unpacked.at = heap.alloc(size + PADDING);
  unpacked.length = size;
  memory.fill(unpacked.at + size, 0, PADDING);
  const whole = inflate(from, end - from, unpacked.at, size);
  return whole && crc32(unpacked.at, size) == load<u32>(end) ? unpacked : failed(Failure.MALFORMED);
}

function failed(code: i32): Unpacked | null {
  fail(code);
  return null;
}

/** Where the content starts, or zero. The name that the file had is kept, its folders left out. */
function passHeader(from: usize, end: usize, unpacked: Unpacked): usize {
  const flags = <u32>load<u8>(from + 3);
  let at = from + HEADER;
  if ((flags & 0xe0) != 0) return 0;
  if ((flags & 4) != 0) at += 2 + <usize>load<u16>(at);
  if ((flags & 8) != 0) {
    unpacked.nameAt = at;
    at = passText(at, end);
    unpacked.nameLength = at < end ? at - 1 - unpacked.nameAt : 0;
  }
  if ((flags & 16) != 0) at = passText(at, end);
  if ((flags & 2) != 0) at += 2;
  return at < end ? at : 0;
}

function passText(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != 0) at++;
  return at + 1;
}
