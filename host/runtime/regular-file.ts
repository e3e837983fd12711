import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

/**
 * A file, or its first bytes where only `most` of it are wanted. Null for what is not there or is not a
 * regular file: to read a pipe or a device can take for ever.
 */
export function readRegularFile(path: string, most = Infinity): Buffer | null {
  try {
    const found = statSync(path);
    if (!found.isFile()) return null;
    return found.size <= most ? readFileSync(path) : readHead(path, most);
  } catch {
    return null;
  }
}

function readHead(path: string, most: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(most);
    return head.subarray(0, readSync(file, head, 0, most, 0));
  } finally {
    closeSync(file);
  }
}
