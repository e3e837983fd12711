import { MOST_PASSWORD_BYTES } from '../core/document-password.ts';
import type { Call } from './command.ts';
import { UsageError } from './failure.ts';
import { askHidden, canAsk } from './prompt.ts';
import { readStandardInput, withoutLineBreak } from './standard-input.ts';

/** The password of `--password-stdin`, once for all files; never from an argument. */
export async function documentPassword({ io, options }: Call): Promise<string | undefined> {
  if (!options.flag('password-stdin')) return undefined;
  const password = canAsk(io) ? await askHidden(io, 'Password') : await readPassword(io.stdin);
  if (password === '') throw new UsageError('there is no password on standard input', 'pipe it in');
  return password;
}

async function readPassword(stdin: Call['io']['stdin']): Promise<string> {
  const bytes = await readStandardInput(stdin, {
    most: MOST_PASSWORD_BYTES + 2,
    what: 'the password',
  });
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return decoder.decode(withoutLineBreak(bytes));
  } catch {
    throw new UsageError('the password is not UTF-8', 'change its encoding');
  }
}
