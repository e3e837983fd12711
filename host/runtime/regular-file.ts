import { readFileSync, statSync } from 'node:fs';

/**
 * Null for what is not there or is not a regular file: to read a pipe or a device can take for ever.
 */
export function readRegularFile(path: string): Buffer | null {
  try {
    return statSync(path).isFile() ? readFileSync(path) : null;
  } catch {
    return null;
  }
}
