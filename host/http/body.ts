import { CcosError } from '../core/error.ts';

/** Reads a body up to `most` bytes: the claim is checked first, then what really comes. */
export async function readBody(request: Request, most: number): Promise<Uint8Array> {
  const claimed = Number(request.headers.get('content-length') ?? 0);
  const tooLarge = (bytes: number): CcosError => new CcosError('too_large', { bytes, limit: most });
  if (claimed > most) throw tooLarge(claimed);
  if (request.body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body as ReadableStream<Uint8Array>) {
    size += part.length;
    if (size > most) throw tooLarge(size);
    parts.push(part);
  }
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}

export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new CcosError('bad_request', { why: 'json' });
  }
}
