import { CcosError } from '../core/error.ts';
import { canonicalJson } from '../core/json.ts';
import type { SecretRecord } from '../store/tables/secrets.ts';

/** A shorter one could not be taken out of a response without taking out half of it. */
export const LEAST_SECRET_BYTES = 8;
export const MOST_SECRET_BYTES = 8192;

/**
 * What can stand in a header: visible ASCII with spaces inside (RFC 9110, 5.5, without the obsolete
 * bytes). Throws `invalid_input`, which says nothing of the value.
 */
export function checkSecretValue(value: Uint8Array): void {
  if (value.length < LEAST_SECRET_BYTES || value.length > MOST_SECRET_BYTES)
    throw new CcosError('invalid_input', {
      field: 'value',
      least_bytes: LEAST_SECRET_BYTES,
      most_bytes: MOST_SECRET_BYTES,
    });
  const isVisible = value.every((byte) => byte >= 0x20 && byte <= 0x7e);
  if (!isVisible || value[0] === 0x20 || value.at(-1) === 0x20)
    throw new CcosError('invalid_input', { field: 'value', why: 'characters' });
}

/** What a sealed value is; it opens as nothing else. */
export function secretContext({ tenant, name, record }: SecretRecord): string {
  return canonicalJson({ tenant, name, record });
}
