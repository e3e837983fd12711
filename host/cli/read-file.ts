import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CcosError } from '../core/error.ts';
import { FileError } from './failure.ts';

const WINDOW = 1024 * 1024;

/**
 * The bytes of a regular file that the operator has named. Throws {@link FileError}: `file_not_found`
 * (also where it may not be read, `why` says so), `not_a_file` for folders, devices, pipes and sockets,
 * none of which is opened, and `too_large` before anything is read.
 */
export async function readLocalFile(
  path: string,
  { cwd, most }: { readonly cwd: string; readonly most: number },
): Promise<Uint8Array> {
  const full = resolve(cwd, path);
  try {
    demandFile(await stat(full), most);
    // Should the file become a pipe in between, opening it must not wait for a writer.
    const file = await open(full, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { size } = demandFile(await file.stat(), most);
      return await readAll(file, { size, most });
    } finally {
      await file.close();
    }
  } catch (failure) {
    throw new FileError(path, asFileError(failure));
  }
}

/** The same as UTF-8 text, for small files: keys, notes. */
export async function readLocalText(path: string, cwd: string): Promise<string> {
  return new TextDecoder().decode(await readLocalFile(path, { cwd, most: WINDOW }));
}

interface Facts {
  readonly size: number;
  readonly isFile: () => boolean;
}

function demandFile<Found extends Facts>(facts: Found, most: number): Found {
  if (!facts.isFile()) throw new CcosError('not_a_file');
  if (facts.size > most) throw tooLarge(most);
  return facts;
}

/** A file may grow while it is read, and some say 0 of themselves. */
async function readAll(
  file: FileHandle,
  { size, most }: { readonly size: number; readonly most: number },
): Promise<Uint8Array> {
  let buffer = new Uint8Array(size + 1);
  let used = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, used, buffer.length - used);
    if (bytesRead === 0) return buffer.subarray(0, used);
    used += bytesRead;
    if (used > most) throw tooLarge(most);
    if (used === buffer.length) {
      const larger = new Uint8Array(Math.min(buffer.length + WINDOW, most + 1));
      larger.set(buffer);
      buffer = larger;
    }
  }
}

function tooLarge(most: number): CcosError {
  return new CcosError('too_large', { limit_bytes: most });
}

function asFileError(failure: unknown): CcosError {
  if (failure instanceof CcosError) return failure;
  const code = failure instanceof Error && 'code' in failure ? failure.code : undefined;
  if (code === 'EACCES' || code === 'EPERM')
    return new CcosError('file_not_found', { why: 'not_readable' });
  return new CcosError('file_not_found');
}
