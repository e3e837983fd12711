import type { Call } from './command.ts';
import { askHidden, canAsk } from './prompt.ts';
import { readLocalFile } from './read-file.ts';
import { readStandardInput, withoutLineBreak } from './standard-input.ts';

/** No secret is longer; more is read of nothing. */
const MOST_BYTES = 16_384;

/** A secret from a file, from a terminal that shows nothing of it, or from standard input. */
export async function readSecretValue({ io, options }: Call, name: string): Promise<Uint8Array> {
  const file = options.text('file');
  if (file !== undefined && file !== '-')
    return withoutLineBreak(await readLocalFile(file, { cwd: io.cwd, most: MOST_BYTES }));
  if (file === undefined && canAsk(io))
    return new TextEncoder().encode(await askHidden(io, `Value of ${name}`));
  const input = await readStandardInput(io.stdin, { most: MOST_BYTES, what: 'the value' });
  return withoutLineBreak(input);
}
