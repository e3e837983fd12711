import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { CcosError } from '../../core/error.ts';
import { openCheckpoint } from '../../crypto/note.ts';
import type { Checkpoint } from '../../crypto/note.ts';
import type { PublicKey } from '../../crypto/ed25519.ts';

const BETWEEN = '\n\n';

/**
 * The checkpoints outside the database: a file that is only ever appended to, one signed note after
 * another with an empty line between them. A checkpoint is here before it is in the database, so a
 * database that is ahead of this file, or behind it, was put there by somebody (INV-CHAIN-3).
 */
export class CheckpointLog {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Durable when this returns; throws `storage_full`, and then the note does not count. */
  append(note: string): void {
    try {
      this.#append(note);
    } catch {
      throw new CcosError('storage_full', { what: 'checkpoint_log' });
    }
  }

  #append(note: string): void {
    const fd = openSync(this.#file, 'a+', 0o600);
    try {
      const bytes = Buffer.from(isWhole(fd) ? `${note}\n` : `${BETWEEN}${note}\n`);
      for (let at = 0; at < bytes.length; at += writeSync(fd, bytes, at));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }

  /** The newest whole note; one that a crash cut short is passed over. */
  last(origin: string, key: PublicKey): (Checkpoint & { readonly note: string }) | null {
    if (statSync(this.#file, { throwIfNoEntry: false })?.isFile() !== true)
      throw new CcosError('integrity', { what: 'checkpoint_log', why: 'missing' });
    const parts = readFileSync(this.#file, 'utf8')
      .split(BETWEEN)
      .map((part) => part.trim());
    for (let i = parts.length - 1; i > 0; i -= 1) {
      const note = `${parts[i - 1] ?? ''}${BETWEEN}${parts[i] ?? ''}\n`;
      try {
        return { ...openCheckpoint(note, origin, key), note };
      } catch {
        continue; // a signature line read as text, or a torn note
      }
    }
    return null;
  }
}

/** Whether the file ends where a note ends. */
function isWhole(fd: number): boolean {
  const { size } = fstatSync(fd);
  const end = Buffer.alloc(BETWEEN.length);
  if (size === 0) return true;
  readSync(fd, end, 0, end.length, Math.max(0, size - end.length));
  return end.toString() === BETWEEN;
}
