import { z } from 'zod';
import { CcosError } from '../core/error.ts';

export const IDENTIFY = 'ccos.attachment.identify';

const WORD = /^[a-z0-9]{1,16}$/;
const MEDIA_TYPE = /^[a-z0-9]+\/[a-z0-9.+-]{1,100}$/;

const identitySchema = z.strictObject({
  format: z.string().regex(WORD),
  media_type: z.string().regex(MEDIA_TYPE),
  as_declared: z.boolean(),
});

/** What a document is: a closed word, its media type, and whether that is what was declared. */
export type Identity = z.infer<typeof identitySchema>;

/**
 * The only maker of an {@link Identity}: valid by the bundle's schema and by ours. Throws
 * `transform_rejected` with the step that failed, and no more.
 */
export function parseIdentity(
  output: Uint8Array,
  validates: (value: unknown) => boolean,
): Identity {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(output));
  } catch {
    throw new CcosError('transform_rejected', { why: 'json' });
  }
  if (!validates(value)) throw new CcosError('transform_rejected', { why: 'schema' });
  const parsed = identitySchema.safeParse(value);
  if (!parsed.success) throw new CcosError('transform_rejected', { why: 'shape' });
  return parsed.data;
}
