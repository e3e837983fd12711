import { readSync, writeSync } from 'node:fs';
import { HEAD_BYTES, takeHead } from '../protocol.ts';

const BUFFER_BYTES = 128 * 1024;
const RETRY_MILLIS = 1;

/**
 * The standard input and output, blocking: a host function has to have its answer before the plugin goes
 * on. Nothing here touches `process.stdin`, which would make the descriptors non-blocking.
 */
export interface Pipe {
  /** The next frame's kind and how long its body is, or nothing at the end of the input. */
  readonly readHead: (maxBytes: number) => { kind: number; bodyBytes: number } | undefined;
  /** Fills `target`. Ends the process when the input ends before. */
  readonly readInto: (target: Uint8Array) => void;
  readonly write: (bytes: Uint8Array) => void;
}

const sleeper = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Some systems hand the descriptors over non-blocking; then waiting is a short sleep. */
function retry(operation: () => number): number {
  for (;;) {
    try {
      return operation();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN' && code !== 'EINTR') throw error;
      Atomics.wait(sleeper, 0, 0, RETRY_MILLIS);
    }
  }
}

function readSome(target: Uint8Array): number {
  return retry(() => readSync(0, target, 0, target.byteLength, null));
}

function writeAll(bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.byteLength) {
    const from = done;
    done += retry(() => writeSync(1, bytes, from, bytes.byteLength - from, null));
  }
}

/** The host is gone, perhaps in the middle of a call: an exception would be the plugin's to catch. */
function leave(): never {
  process.exit(0);
}

export function openPipe(): Pipe {
  const buffer = new Uint8Array(BUFFER_BYTES);
  let start = 0;
  let end = 0;

  function fill(bytes: number): boolean {
    if (start === end) start = end = 0;
    if (start + bytes > buffer.byteLength) {
      buffer.copyWithin(0, start, end);
      end -= start;
      start = 0;
    }
    while (end - start < bytes) {
      const read = readSome(buffer.subarray(end));
      if (read === 0) return false;
      end += read;
    }
    return true;
  }

  function readHead(maxBytes: number): { kind: number; bodyBytes: number } | undefined {
    if (!fill(HEAD_BYTES)) return undefined;
    const head = takeHead(buffer.subarray(start, start + HEAD_BYTES), maxBytes);
    start += HEAD_BYTES;
    return head;
  }

  function readInto(target: Uint8Array): void {
    let done = Math.min(end - start, target.byteLength);
    target.set(buffer.subarray(start, start + done));
    start += done;
    while (done < target.byteLength) {
      const read = readSome(target.subarray(done));
      if (read === 0) leave();
      done += read;
    }
  }

  return { readHead, readInto, write: writeAll };
}
