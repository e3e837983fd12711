import { z } from 'zod';
import { canonicalJson } from '../core/json.ts';
import { FIXED } from '../core/limits.ts';
import { decodeBase64, encodeBase64 } from '../crypto/base64.ts';
import { preAuthEncoding } from '../crypto/dsse.ts';
import type { KeyPair } from '../crypto/ed25519.ts';
import { BOUNDS } from './bounds.ts';
import { refusal } from './refusal.ts';
import { parseStrictJson } from '../core/strict-json.ts';

/** The DSSE payload type of a bundle's manifest. */
export const BUNDLE_TYPE = 'application/vnd.ccos.bundle.v1+json';

/** A signature; `keyid` only narrows the search for the key and proves nothing. */
export interface EnvelopeSignature {
  readonly keyid: string;
  readonly bytes: Uint8Array;
}

/** A DSSE v1 envelope (secure-systems-lab/dsse). */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signatures: readonly EnvelopeSignature[];
}

const schema = z.strictObject({
  payload: z.string(),
  payloadType: z.string(),
  signatures: z.array(
    z.strictObject({ keyid: z.string().regex(/^ed25519:[A-Za-z0-9_-]{43}$/), sig: z.string() }),
  ),
});

/**
 * Reads an envelope of one payload type: canonical JSON (RFC 8785), canonical base64, nothing but the
 * three fields. No signature is verified here, and there may be none.
 * Refuses with `bundle_signature`, and with `bundle_limit` what is too large.
 */
export function parseEnvelope(bytes: Uint8Array, payloadType = BUNDLE_TYPE): Envelope {
  if (bytes.length > FIXED.envelopeBytes) throw refusal('bundle_limit', 'envelope_bytes');
  const json = parseStrictJson(bytes, {
    depth: BOUNDS.jsonDepth,
    canonical: true,
    refuse: invalid,
  });
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw invalid('shape');
  if (parsed.data.payloadType !== payloadType) throw invalid('payload_type');
  if (parsed.data.signatures.length > FIXED.signatures) throw refusal('bundle_limit', 'signatures');
  const payload = decodeBase64(parsed.data.payload);
  if (payload === undefined) throw invalid('base64');
  const signatures = parsed.data.signatures.map(({ keyid, sig }) => {
    const signature = decodeBase64(sig);
    if (signature === undefined) throw invalid('base64');
    if (signature.length !== 64) throw invalid('length');
    return { keyid, bytes: signature };
  });
  return { payloadType, payload, signatures };
}

/** The canonical bytes of an envelope; refuses with `bundle_limit` what could not be read back. */
export function writeEnvelope({ payload, payloadType, signatures }: Envelope): Uint8Array {
  const text = canonicalJson({
    payload: encodeBase64(payload),
    payloadType,
    signatures: signatures.map(({ keyid, bytes }) => ({ keyid, sig: encodeBase64(bytes) })),
  });
  const written = new TextEncoder().encode(text);
  if (written.length > FIXED.envelopeBytes) throw refusal('bundle_limit', 'envelope_bytes');
  if (signatures.length > FIXED.signatures) throw refusal('bundle_limit', 'signatures');
  return written;
}

/** Adds the signature of `key` and keeps those of other keys. */
export function signEnvelope(envelope: Envelope, key: KeyPair): Envelope {
  const others = envelope.signatures.filter(({ keyid }) => keyid !== key.id);
  const bytes = key.sign(signedBytes(envelope));
  return { ...envelope, signatures: [...others, { keyid: key.id, bytes }] };
}

/** What a signature of the envelope is over. */
export function signedBytes({ payloadType, payload }: Envelope): Uint8Array {
  return preAuthEncoding(payloadType, payload);
}

function invalid(why: string): Error {
  return refusal('bundle_signature', why);
}
