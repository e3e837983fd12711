import { KEY_STORES } from '../../core/home.ts';
import type { KeyStore } from '../../core/home.ts';
import type { Call, Command } from '../command.ts';
import { UsageError } from '../failure.ts';
import { PASSPHRASE_FILE, passphraseFrom } from '../passphrase.ts';

export const INIT: readonly Command[] = [
  {
    words: ['init'],
    args: '',
    summary: 'Makes the home: keys, database, policy pack, admin token. Safe to repeat.',
    options: {
      'key-store': {
        help: `where the master key is kept: file (default), passphrase (asked for, or in the file that ${PASSPHRASE_FILE} names), keychain`,
        value: 'PLACE',
      },
    },
    examples: [
      'ccos init',
      'ccos init --home /srv/ccos',
      'ccos init --key-store passphrase',
      'ccos init --key-store keychain',
    ],
    run: init,
  },
];

async function init({ application, home, out, io, options }: Call): Promise<undefined> {
  const keyStore = keyStoreOf(options.text('key-store'));
  const made = await application.init({
    home,
    passphrase: passphraseFrom(io),
    ...(keyStore !== undefined && { keyStore }),
  });
  await out.done(made, made.created ? `made ${made.home}` : `${made.home} stands already`);
  if (!out.style.json) await out.note('next: ccos bundle install FILE, then ccos extract FILE');
}

function keyStoreOf(word: string | undefined): KeyStore | undefined {
  if (word === undefined) return undefined;
  const found = KEY_STORES.find((known) => known === word);
  if (found === undefined)
    throw new UsageError('--key-store is file, passphrase or keychain', 'see ccos init --help');
  return found;
}
