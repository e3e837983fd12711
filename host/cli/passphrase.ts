import { CcosError } from '../core/error.ts';
import type { AskPassphrase } from './application.ts';
import { UsageError } from './failure.ts';
import type { Io } from './io.ts';
import { askHidden, canAsk } from './prompt.ts';
import { readLocalText } from './read-file.ts';

/** Names the file that holds the passphrase of the home, for a gateway that nobody sits at. */
export const PASSPHRASE_FILE = 'CCOS_PASSPHRASE_FILE';

/** The passphrase of a home: from that file, else from the terminal; never from an argument. */
export function passphraseFrom(io: Pick<Io, 'stdin' | 'stderr' | 'env' | 'cwd'>): AskPassphrase {
  return async (which) => {
    const file = io.env[PASSPHRASE_FILE];
    if (file !== undefined && file !== '')
      return (await readLocalText(file, io.cwd)).replace(/\r?\n$/, '');
    if (!canAsk(io)) throw new CcosError('quarantine_locked', { key_store: 'passphrase' });
    const first = await askHidden(io, which === 'new' ? 'New passphrase' : 'Passphrase');
    if (which === 'known') return first;
    if ((await askHidden(io, 'The same again')) === first) return first;
    throw new UsageError('the two are not the same', 'nothing was made: try again');
  };
}
