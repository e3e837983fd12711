import type { Config } from './config.ts';

/** Where the master key of a home is kept; chosen when it is made and never weaker afterwards. */
export const KEY_STORES = ['file', 'passphrase', 'keychain'] as const;
export type KeyStore = (typeof KEY_STORES)[number];

/** The keys of a home, read from its files. PEM is PKCS#8. */
export interface HomeKeys {
  readonly master: Uint8Array;
  readonly chainPem: string;
  readonly chainVerifierKey: string;
  readonly operatorPem: string;
}

/** The policy pack as it is stored: its files, and the operator's signature over their digest. */
export interface StoredPack {
  readonly files: ReadonlyMap<string, string>;
  readonly envelope: string;
}

/** The files of a home. What is in databases is not here. */
export interface HomeFiles {
  readonly directory: string;
  readonly id: string;
  readonly stateFile: string;
  readonly quarantineFile: string;
  readonly vaultFile: string;
  readonly checkpointLog: string;
  readonly keyStore: KeyStore;
  /**
   * `master` where the home does not keep that key in a file; without it such a home is
   * `quarantine_locked`.
   */
  readonly keys: (master?: Uint8Array) => HomeKeys;
  /** The master key under a passphrase, as `crypto/passphrase.ts` writes it. */
  readonly sealedMaster: () => string;
  readonly adminToken: () => string;
  readonly readConfig: () => { readonly config: Config; readonly sha256: string };
  /** Whole or not at all. */
  readonly writeConfig: (raw: unknown) => void;
  readonly readRawConfig: () => unknown;
  readonly readPack: () => StoredPack;
  /** The newest act of the operator, as it stands beside the database; null in a home from before acts. */
  readonly readLastAct: () => string | null;
  readonly writeLastAct: (envelope: string) => void;
  /** Content-addressed and never overwritten: `digest` is SHA-256 of the manifest. */
  readonly writeBundle: (digest: string, bytes: Uint8Array) => void;
  /** All of it, or its first bytes; null where there is no such file. */
  readonly readBundle: (digest: string, most?: number) => Uint8Array | null;
  readonly removeBundle: (digest: string) => void;
}
