import type { Io } from './io.ts';
import { UsageError } from './failure.ts';

/** All that comes on standard input. Throws {@link UsageError} at more than `most` bytes. */
export async function readStandardInput(
  stdin: Io['stdin'],
  { most, what }: { readonly most: number; readonly what: string },
): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stdin as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > most) throw new UsageError(`${what} is too long`, 'nothing was done with it');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** An editor, and `echo`, end a line with one. */
export function withoutLineBreak(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== 0x0a) return bytes;
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1);
}
