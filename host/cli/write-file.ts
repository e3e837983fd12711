import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from './failure.ts';

export interface NewFile {
  readonly cwd: string;
  readonly path: string;
  readonly bytes: Uint8Array | string;
  /** Readable by the owner only. */
  readonly secret?: boolean;
}

/** Writes a file that must not exist yet; returns its whole path. */
export async function writeNewFile({ cwd, path, bytes, secret }: NewFile): Promise<string> {
  const full = resolve(cwd, path);
  try {
    await writeFile(full, bytes, { flag: 'wx', mode: secret === true ? 0o600 : 0o644 });
    return full;
  } catch (failure) {
    throw unwritable(path, failure);
  }
}

/** What keeps a file or folder from being written, in the words of a usage error. */
export function unwritable(path: string, failure: unknown): UsageError {
  const code = failure instanceof Error && 'code' in failure ? failure.code : undefined;
  if (code === 'EEXIST')
    return new UsageError(`${path} exists already`, 'nothing was overwritten: give another name');
  return new UsageError(`${path} cannot be written`, 'check the folder and its permissions');
}
