import { verifySignature, verifyTwice } from '../crypto/ed25519.ts';
import { signedBytes } from './envelope.ts';
import type { Envelope } from './envelope.ts';
import { refusal } from './refusal.ts';
import type { TrustedKey, TrustView } from './trust.ts';

/** `install` verifies each signature with two implementations, `load` with the fast one. */
export type VerifyMode = 'install' | 'load';

/** When and for which digest signatures are judged. */
export interface SignatureContext {
  readonly trust: TrustView;
  /** Unix milliseconds. */
  readonly now: number;
  readonly mode: VerifyMode;
  /** SHA-256 of the payload, hex. */
  readonly digest: string;
}

/** One signature under one trusted key. */
export interface SignatureFinding {
  readonly publisher: string;
  readonly key: TrustedKey;
  readonly verdict: 'good' | 'bad' | 'revoked' | 'expired';
}

/** Judges every signature whose key is trusted for somebody; those of strangers are left out. */
export function judgeSignatures(
  envelope: Envelope,
  context: SignatureContext,
): readonly SignatureFinding[] {
  const message = signedBytes(envelope);
  return envelope.signatures.flatMap(({ keyid, bytes }) =>
    context.trust.publishers.flatMap(({ id, keys }) =>
      keys
        .filter((key) => key.id === keyid)
        .map((key) => ({ publisher: id, key, verdict: judge(key, message, bytes, context) })),
    ),
  );
}

/**
 * Demands good signatures by `threshold` distinct raw keys, and none by a trusted key that is bad.
 * Refuses with the most telling of `bundle_revoked`, `bundle_expired`, `bundle_threshold`,
 * `bundle_signature` and `bundle_untrusted_key`.
 */
export function demandSignatures(findings: readonly SignatureFinding[], threshold: number): void {
  const has = (verdict: string): boolean => findings.some((found) => found.verdict === verdict);
  const count = goodKeys(findings).size;
  if (count >= 1 && count >= threshold) {
    if (has('bad')) throw refusal('bundle_signature', 'mismatch');
    return;
  }
  if (has('revoked')) throw refusal('bundle_revoked', 'key');
  if (has('expired')) throw refusal('bundle_expired', 'key');
  if (has('good')) throw refusal('bundle_threshold', 'signatures', { count, threshold });
  if (has('bad')) throw refusal('bundle_signature', 'mismatch');
  throw refusal('bundle_untrusted_key', 'unknown_key');
}

/** The ids of the keys with a good signature; one id for each raw key, however often it is listed. */
export function goodKeys(findings: readonly SignatureFinding[]): ReadonlySet<string> {
  const good = findings.filter(({ verdict }) => verdict === 'good');
  return new Set(good.map(({ key }) => keyId(key.raw)));
}
