import { preAuthEncoding } from './dsse.ts';
import { verifySignature } from './ed25519.ts';
import type { KeyPair, PublicKey } from './ed25519.ts';

/** A DSSE v1 envelope with one signature, as JSON text. */
export function signStatement(payloadType: string, payload: string, key: KeyPair): string {
  const bytes = Buffer.from(payload);
  const sig = Buffer.from(key.sign(preAuthEncoding(payloadType, bytes))).toString('base64');
  return JSON.stringify({
    payload: bytes.toString('base64'),
    payloadType,
    signatures: [{ keyid: key.id, sig }],
  });
}

/** The payload, or null where `key` has not signed a statement of this type. */
export function openStatement(
  envelope: string,
  payloadType: string,
  key: PublicKey,
): string | null {
  const parsed = parse(envelope);
  if (parsed?.payloadType !== payloadType) return null;
  const payload = Buffer.from(parsed.payload, 'base64');
  const message = preAuthEncoding(payloadType, payload);
  const signed = parsed.signatures.some((sig) =>
    verifySignature(key, message, Buffer.from(sig, 'base64')),
  );
  return signed ? payload.toString('utf8') : null;
}

/** The payload of an envelope that nobody has verified: for one whose hash is known. */
export function peekStatement(envelope: string): string | null {
  const parsed = parse(envelope);
  return parsed === null ? null : Buffer.from(parsed.payload, 'base64').toString('utf8');
}

interface Parsed {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly string[];
}

function parse(envelope: string): Parsed | null {
  let value: unknown;
  try {
    value = JSON.parse(envelope);
  } catch {
    return null;
  }
  if (!isObject(value) || !Array.isArray(value['signatures'])) return null;
  const { payload, payloadType } = value;
  if (typeof payload !== 'string' || typeof payloadType !== 'string') return null;
  const signatures = value['signatures'].flatMap((entry: unknown) =>
    isObject(entry) && typeof entry['sig'] === 'string' ? [entry['sig']] : [],
  );
  return { payload, payloadType, signatures };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
