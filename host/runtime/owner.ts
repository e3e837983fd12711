import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from './atomic-file.ts';
import { readRegularFile } from './regular-file.ts';

/**
 * Who has a home open. It is a hint for people and clients; what keeps others out is the lock on the
 * database, which ends with the process whatever happens.
 */
const ownerSchema = z.strictObject({
  pid: z.int().positive(),
  /** Null for a command that has opened the home for itself. */
  url: z.url({ protocol: /^http$/ }).nullable(),
});
export type Owner = z.infer<typeof ownerSchema>;

const fileOf = (home: string): string => join(home, 'owner.json');

/** Where it cannot be written (a full disk) nobody is told, and nothing else changes. */
export function announce(home: string, owner: Owner): void {
  try {
    writeFileAtomic(fileOf(home), JSON.stringify(owner));
  } catch {
    withdraw(home);
  }
}

export function withdraw(home: string): void {
  try {
    rmSync(fileOf(home), { force: true });
  } catch {
    return; // something else stands there; it tells nobody anything
  }
}

/** Null where nobody says so, or who did is gone. */
export function readOwner(home: string): Owner | null {
  try {
    const owner = ownerSchema.parse(
      JSON.parse(readRegularFile(fileOf(home))?.toString('utf8') ?? ''),
    );
    process.kill(owner.pid, 0);
    return owner;
  } catch {
    return null;
  }
}
