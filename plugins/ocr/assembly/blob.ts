import { MALFORMED, OVER_LIMIT, q_read, q_stat } from '../../pdf/assembly/host';
import { free, malloc } from './tesseract';

// The picture's file, whole. What is read past its end is zero.

const HANDLE: i32 = 0;
const WINDOW: i64 = 1 << 20;
const MAX_BYTES: i64 = 64 << 20; // of the 256 MiB that there are
const PADDING: usize = 64;

export let data: usize = 0;
export let size: usize = 0;

/** Zero when the blob is in memory, or the code to fail with. */
export function readBlob(): i32 {
  const length = q_stat(HANDLE);
  if (length <= 0) return MALFORMED;
  if (length > MAX_BYTES) return OVER_LIMIT;
  data = malloc(<usize>length + PADDING);
  if (!data) return OVER_LIMIT;
  size = <usize>length;
  memory.fill(data + size, 0, PADDING);
  for (let at: i64 = 0; at < length;) {
    const want = <i32>min<i64>(WINDOW, length - at);
    const got = q_read(HANDLE, at, data + <usize>at, want);
    if (got <= 0 || got > want) return MALFORMED;
    at += got;
  }
  return 0;
}

/** The file ends here, whatever follows. */
export function cutBlob(length: usize): void {
  size = length;
}

export function freeBlob(): void {
  free(data);
  data = 0;
  size = 0;
}

/** Whether `count` bytes from `at` on are in the file. */
export function has(at: usize, count: usize): bool {
  return at <= size && count <= size - at;
}

export function byteAt(at: usize): u32 {
  return at < size ? <u32>load<u8>(data + at) : 0;
}

export function little16(at: usize): u32 {
  return byteAt(at) | (byteAt(at + 1) << 8);
}

export function big16(at: usize): u32 {
  return (byteAt(at) << 8) | byteAt(at + 1);
}

export function little32(at: usize): u32 {
  return little16(at) | (little16(at + 2) << 16);
}

export function big32(at: usize): u32 {
  return (big16(at) << 16) | big16(at + 2);
}
