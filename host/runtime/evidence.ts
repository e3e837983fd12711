import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CcosError } from '../core/error.ts';

/** Runs `use` on a copy of a database and its log, so that the evidence itself is never opened. */
export async function withCopy<Value>(
  file: string,
  use: (copy: string) => Promise<Value>,
): Promise<Value> {
  if (!existsSync(file)) throw new CcosError('file_not_found', {});
  const folder = mkdtempSync(join(tmpdir(), 'ccos-verify-'));
  try {
    const copy = join(folder, 'state.db');
    copyFileSync(file, copy);
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    return await use(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
