import { CcosError } from '../core/error.ts';

export const PUBLISHER_KEY_FORMAT = 'ccos-publisher-key/1';

/** The id of a publisher. */
export const SLUG = /^[a-z0-9][a-z0-9-]{0,38}$/;

/** What a publisher hands to operators; `public_key` is raw 32 bytes in base64. */
export interface PublisherKeyFile {
  readonly publisher: string;
  readonly public_key: string;
}

/** Reads a key file. Throws `invalid_input`; the gateway screens the key itself. */
export function parsePublisherKey(text: string): PublisherKeyFile {
  const found = parseObject(text);
  const { format, publisher, public_key: key } = found;
  if (format !== PUBLISHER_KEY_FORMAT) throw refused('format');
  if (typeof publisher !== 'string' || !SLUG.test(publisher)) throw refused('publisher');
  if (typeof key !== 'string' || !/^[A-Za-z0-9+/]{43}=$/.test(key)) throw refused('public_key');
  return { publisher, public_key: key };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    throw refused('format');
  }
  throw refused('format');
}

function refused(field: string): CcosError {
  return new CcosError('invalid_input', { file: 'publisher_key', field });
}
