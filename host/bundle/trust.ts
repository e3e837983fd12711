import type { Effect } from '../core/abi.ts';
import type { PublicKey } from '../crypto/ed25519.ts';

/** A publisher's key. It comes from `parsePublicKey`, which screens it; times are Unix milliseconds. */
export interface TrustedKey extends PublicKey {
  readonly notAfter?: number;
  /** From then on its signatures count only for what was installed before. */
  readonly revokedSince?: number;
}

/** What the operator grants to one publisher. */
export interface TrustedPublisher {
  readonly id: string;
  /** `acme/*` or one full bundle name. */
  readonly namespaces: readonly string[];
  readonly maxEffects: readonly Effect[];
  /** How many distinct keys must have signed, at least 1. */
  readonly threshold: number;
  readonly keys: readonly TrustedKey[];
}

/** The trust store as plain data, as it stands at the moment of a verification. */
export interface TrustView {
  readonly publishers: readonly TrustedPublisher[];
  /** When the first part of it ends by itself (Unix milliseconds); unset where none does. */
  readonly until?: number;
  /** Digests (SHA-256 of the payload, hex) that nobody may load any more. */
  readonly revokedBundles: ReadonlySet<string>;
  /** Whether the local install log has this digest from before `since` (Unix milliseconds). */
  readonly installedBefore: (digest: string, since: number) => boolean;
}
