import { Failure, blobRead, blobSize, fail } from './host';

const WINDOW: i64 = 1 << 20;
/** Zeroes after the last byte, so that a look ahead never reads what was there before. */
const PADDING: usize = 64;

/** A whole blob in memory. `failed` when it is not: the failure is set, and the caller returns. */
export class Blob {
  at: usize = 0;
  length: usize = 0;
  failed: bool = false;
  isWhole: bool = true;
}

function refused(blob: Blob, code: i32): Blob {
  fail(code);
  blob.failed = true;
  return blob;
}

/** Reads a blob of at most `maxBytes` in windows of 1 MiB. Fails with 4 (limit) or 7 (refused). */
export function readBlob(handle: i32, maxBytes: i64): Blob {
  return read(handle, maxBytes, maxBytes);
}

/** Reads the first bytes of a blob, at most `most`. Fails as `readBlob` does. */
export function readStart(handle: i32, most: i64, maxBytes: i64): Blob {
  return read(handle, most, maxBytes);
}

function read(handle: i32, most: i64, maxBytes: i64): Blob {
  const blob = new Blob();
  const whole = blobSize(handle);
  if (whole < 0) return refused(blob, Failure.REFUSED);
  if (whole > maxBytes) return refused(blob, Failure.LIMIT);
  const size = min(whole, most);
  blob.isWhole = size == whole;
  blob.at = heap.alloc(<usize>size + PADDING);
  memory.fill(blob.at + <usize>size, 0, PADDING);
  let done: i64 = 0;
  while (done < size) {
    const wanted = size - done < WINDOW ? size - done : WINDOW;
    const got = blobRead(handle, done, blob.at + <usize>done, <i32>wanted);
    if (got <= 0) return refused(blob, Failure.REFUSED);
    done += got;
  }
  blob.length = <usize>size;
  return blob;
}
