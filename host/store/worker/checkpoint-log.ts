import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { CcosError } from '../../core/error.ts';
import { openCheckpoint } from '../../crypto/note.ts';
import type { Checkpoint } from '../../crypto/note.ts';
import type { PublicKey } from '../../crypto/ed25519.ts';

/**
 * The checkpoints outside the database: a file that is only ever appended to, one signed note after
 * another with an empty line between them. It is what tells a database that was put back by an older
 * copy from the present one (INV-CHAIN-3).
 */
export class CheckpointLog {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  append(note: string): void {
    const fd = openSync(this.#file, 'a', 0o600);
    try {
      writeSync(fd, `${note}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }

  /** The newest whole note; a last one that a crash cut short is passed over. */
  last(origin: string, key: PublicKey): (Checkpoint & { readonly note: string }) | null {
    if (!existsSync(this.#file))
      throw new CcosError('integrity', { what: 'checkpoint_log', why: 'missing' });
    const parts = readFileSync(this.#file, 'utf8').split('\n\n');
    for (let i = parts.length - 1; i > 0; i -= 1) {
      const note = `${parts[i - 1] ?? ''}\n\n${(parts[i] ?? '').trimEnd()}\n`;
      try {
        return { ...openCheckpoint(note, origin, key), note };
      } catch {
        continue; // a signature line read as text, or a torn tail
      }
    }
    return null;
  }
}
