import { keyId, verifySignature, verifyTwice } from '../crypto/ed25519.ts';
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
        .map((key) => ({ publisher: id, key, verdict: judge(key, { message, bytes }, context) })),
    ),
  );
}

/**
 * Demands good signatures by `threshold` distinct raw keys. Refuses with the most telling of
 * `bundle_revoked`, `bundle_expired`, `bundle_threshold`, `bundle_signature` and
 * `bundle_untrusted_key`.
 */
export function demandSignatures(findings: readonly SignatureFinding[], threshold: number): void {
  const count = goodKeys(findings).size;
  if (count >= 1 && count >= threshold) return;
  const verdicts = new Set(findings.map(({ verdict }) => verdict));
  if (verdicts.has('revoked')) throw refusal('bundle_revoked', 'key');
  if (verdicts.has('expired')) throw refusal('bundle_expired', 'key');
  if (count >= 1) throw refusal('bundle_threshold', 'signatures', { count, threshold });
  refuseMismatch(findings);
  throw refusal('bundle_untrusted_key', 'unknown_key');
}

/** A trusted key's signature that does not verify was tampered with, however many others are good. */
export function refuseMismatch(findings: readonly SignatureFinding[]): void {
  if (findings.some(({ verdict }) => verdict === 'bad')) {
    throw refusal('bundle_signature', 'mismatch');
  }
}

/** The ids of the keys with a good signature; one id for each raw key, however often it is listed. */
export function goodKeys(findings: readonly SignatureFinding[]): ReadonlySet<string> {
  const good = findings.filter(({ verdict }) => verdict === 'good');
  return new Set(good.map(({ key }) => keyId(key.raw)));
}

function judge(
  key: TrustedKey,
  signed: { readonly message: Uint8Array; readonly bytes: Uint8Array },
  { trust, now, mode, digest }: SignatureContext,
): SignatureFinding['verdict'] {
  const verify = mode === 'install' ? verifyTwice : verifySignature;
  if (!verify(key, signed.message, signed.bytes)) return 'bad';
  const { notAfter, revokedSince } = key;
  if (revokedSince !== undefined && !trust.installedBefore(digest, revokedSince)) return 'revoked';
  return notAfter !== undefined && now > notAfter ? 'expired' : 'good';
}
