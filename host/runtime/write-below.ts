import { constants } from 'node:fs';
import { lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { FileAnswer, OutsideFile } from '../core/outside.ts';

/**
 * Writes a file below a folder, whole or not at all, and nowhere else: folders on the way must be
 * folders and no links, the file is made anew beside its place, and before a byte is written the folder
 * that it lies in must still be the one that was looked at. Node has no openat(2), so a process of the
 * same user that swaps folders between two of these steps is noticed, not shut out.
 */
export async function writeBelow(file: OutsideFile, keepOut?: string): Promise<FileAnswer> {
  const root = await realpath(file.folder).catch(() => null);
  if (root === null || (await overlaps(root, keepOut))) return { ok: false, why: 'no_folder' };
  const target = join(root, ...file.names);
  if (!target.startsWith(root + sep)) return { ok: false, why: 'link' };
  const parent = dirname(target);
  if (!(await isPlainWay(root, file.names.slice(0, -1)))) return { ok: false, why: 'link' };
  const found = await lstat(target).catch(() => null);
  if (found !== null && !found.isFile()) return { ok: false, why: 'link' };
  if (found !== null && !file.replace) return { ok: false, why: 'exists' };
  const temporary = join(parent, `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    return await place(file, { parent, temporary, target });
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
    return { ok: false, why: 'unwritable' };
  }
}

async function overlaps(root: string, keepOut?: string): Promise<boolean> {
  if (keepOut === undefined) return false;
  const [one, other] = [root + sep, (await realpath(keepOut)) + sep];
  return one.startsWith(other) || other.startsWith(one);
}

/** Each name in its turn: a folder, made where there is none; never a link. */
async function isPlainWay(root: string, names: readonly string[]): Promise<boolean> {
  let at = root;
  for (const name of names) {
    at = join(at, name);
    await mkdir(at, { mode: 0o700 }).catch(() => undefined);
    const found = await lstat(at).catch(() => null);
    if (found?.isDirectory() !== true) return false;
  }
  return (await realpath(at)) === at;
}

async function place(
  file: OutsideFile,
  at: { readonly parent: string; readonly temporary: string; readonly target: string },
): Promise<FileAnswer> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(at.temporary, flags, 0o600);
  try {
    if (!(await isWhereItShouldBe(handle, at))) {
      await rm(at.temporary, { force: true });
      return { ok: false, why: 'link' };
    }
    await handle.writeFile(file.bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(at.temporary, at.target);
  return { ok: true };
}

async function isWhereItShouldBe(
  handle: FileHandle,
  { parent, temporary }: { readonly parent: string; readonly temporary: string },
): Promise<boolean> {
  const [mine, there, folder] = await Promise.all([
    handle.stat(),
    lstat(temporary),
    realpath(parent),
  ]);
  return mine.ino === there.ino && mine.dev === there.dev && folder === parent;
}
