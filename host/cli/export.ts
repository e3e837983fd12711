import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CcosError } from '../core/error.ts';
import type { Admin } from './admin.ts';
import type { Export } from './answers.ts';
import { UsageError } from './failure.ts';
import { unwritable } from './write-file.ts';

/** The paths of c2sp.org/tlog-tiles and nothing else: level, index in groups of three, width. */
const TILE =
  /^tile\/([0-5]?[0-9]|6[0-3]|entries)\/(x[0-9]{3}\/)*[0-9]{3}(\.p\/([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?$/;
const VERIFIER_KEY = 'verifier_key';

export interface Exported {
  readonly folder: string;
  readonly files: number;
  readonly size: number;
  readonly origin: string;
  readonly verifier_key: string;
}

/**
 * Writes the tiles of the chain into a folder that is new or empty, the checkpoint last: a folder
 * without one is not complete. Throws `integrity` for a path that is none of a tile.
 */
export async function exportTo(admin: Admin, folder: string): Promise<Exported> {
  await prepare(folder);
  const answer = (await admin.get('/audit/export')) as Export;
  const { files, origin, size, verifier_key: key } = answer;
  if (!files.every((path) => TILE.test(path)))
    throw new CcosError('integrity', { what: 'export_path' });
  for (const path of files) {
    const bytes = await admin.bytes('/audit/export/file', { size: String(size), path });
    await write(folder, path, bytes);
  }
  await write(folder, VERIFIER_KEY, `${key}\n`);
  await write(folder, 'checkpoint', answer.checkpoint);
  return { folder, files: files.length + 2, size, origin, verifier_key: key };
}

/** An empty folder holds no link that a path could follow out of it. */
async function prepare(folder: string): Promise<void> {
  let entries: readonly string[];
  try {
    await mkdir(folder, { recursive: true });
    entries = await readdir(folder);
  } catch (failure) {
    throw unwritable(folder, failure);
  }
  if (entries.length > 0)
    throw new UsageError(`${folder} is not empty`, 'give the path of a new or empty folder');
}

async function write(folder: string, path: string, bytes: Uint8Array | string): Promise<void> {
  const file = join(folder, path);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes, { flag: 'wx' });
  } catch (failure) {
    throw unwritable(file, failure);
  }
}
