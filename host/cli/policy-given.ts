import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Call } from './command.ts';
import { readLocalText } from './read-file.ts';

/** What the routes of a pack's files take. */
export interface GivenPolicy {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly whole: boolean;
}

/**
 * The files that the operator has named. A folder, or files with a constitution among them, are a pack
 * of their own; other files stand in for those of the same name in the pack in force, or come on top.
 */
export async function givenPolicy({ args, io: { cwd } }: Call): Promise<GivenPolicy> {
  const paths = (await Promise.all(args.map((path) => filesAt(path, cwd)))).flat();
  const files = await Promise.all(
    paths.map(async (path) => ({ name: basename(path), text: await readLocalText(path, cwd) })),
  );
  return { files, whole: files.some(({ name }) => name === 'constitution.cedar') };
}

/** The files of a pack in a folder; whatever else has this name is for the one who reads it. */
async function filesAt(path: string, cwd: string): Promise<readonly string[]> {
  const full = resolve(cwd, path);
  const isFolder = await stat(full).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return [path];
  const names = await readdir(full);
  return names.filter((name) => /\.cedar(?:schema)?$/.test(name)).map((name) => join(full, name));
}
