import type { Call } from './command.ts';
import { UsageError } from './failure.ts';
import { askHidden, canAsk } from './prompt.ts';
import { readLocalFile } from './read-file.ts';

/** No secret is longer; more is read of nothing. */
const MOST_BYTES = 16_384;

/** A secret from a file, from a terminal that shows nothing of it, or from standard input. */
export async function readSecretValue({ io, options }: Call, name: string): Promise<Uint8Array> {
  const file = options.text('file');
  if (file !== undefined && file !== '-')
    return withoutLineBreak(await readLocalFile(file, { cwd: io.cwd, most: MOST_BYTES }));
  if (file === undefined && canAsk(io))
    return new TextEncoder().encode(await askHidden(io, `Value of ${name}`));
  return withoutLineBreak(await readInput(io.stdin));
}

async function readInput(stdin: Call['io']['stdin']): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stdin as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MOST_BYTES) throw new UsageError('the value is too long', 'nothing was stored');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** An editor, and `echo`, end a line with one. */
function withoutLineBreak(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== 0x0a) return bytes;
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1);
}
