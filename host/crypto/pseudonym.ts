import { createHmac, hkdfSync } from 'node:crypto';
import type { Key } from './seal.ts';

const KEY_BYTES = 32;
/** 128 bits: two of a tenant's identifiers never share one by chance. */
const HEX_DIGITS = 32;

/**
 * What stands for an identifier of the outside world: `p_` and half of an HMAC-SHA-256 under a key that
 * is derived from a tenant's (INV-SESSION-1). The words are hashed as a JSON array, so that no two lists
 * of them are the same text.
 */
export function pseudonym(key: Key, words: readonly string[]): string {
  const derived = hkdfSync('sha256', key, '', 'ccos-pseudonym-v1', KEY_BYTES);
  const mac = createHmac('sha256', Buffer.from(derived)).update(JSON.stringify(words));
  return `p_${mac.digest('hex').slice(0, HEX_DIGITS)}`;
}
