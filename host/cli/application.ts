import type { ContractCoverage } from '../core/contract.ts';
import type { Row } from '../core/event.ts';
import type { KeyStore } from '../core/home.ts';
import type { JsonObject } from '../core/json.ts';
import type { Client } from '../http/client.ts';

/** What the command line needs from the program around it; `main.ts` hands it in. */
export interface Application {
  readonly version: string;
  /**
   * A client of the gateway that runs on that home, else of the same application opened in this
   * process. Waits for the lock. Throws `locked`, `not_ready` and whatever keeps a home shut.
   */
  readonly connect: (options: HomeOptions) => Promise<Connection>;
  /**
   * Makes a home, or completes it; safe to repeat. Throws `conflict` where the home stands and keeps its
   * key elsewhere than `keyStore` says, `not_ready` where this machine has no such place.
   */
  readonly init: (options: HomeOptions & { readonly keyStore?: KeyStore }) => Promise<Initialised>;
  /** Starts the gateway; resolves when it listens. */
  readonly serve: (options: ServeOptions) => Promise<Gateway>;
  /** Reads the configuration file of a home, running or not. Throws `config_invalid`. */
  readonly checkConfig: (options: { readonly home: string }) => Promise<CheckedConfig>;
  readonly offline: Offline;
}

/** A passphrase that is asked for when a home needs it; a new one is asked for twice. */
export type AskPassphrase = (which: 'known' | 'new') => Promise<string>;

export interface HomeOptions {
  readonly home: string;
  /** Without it, a home that has a passphrase is `quarantine_locked`. */
  readonly passphrase?: AskPassphrase;
  /** The credential of another operator; that of the home where there is none. */
  readonly token?: string;
}

export interface Connection {
  readonly client: Client;
  readonly mode: 'gateway' | 'in_process';
  readonly url?: string;
  readonly close: () => Promise<void>;
}

export interface Initialised {
  readonly home: string;
  readonly home_id: string;
  readonly key_store: KeyStore;
  /** False where the home stood already. */
  readonly created: boolean;
}

export interface ServeOptions extends HomeOptions {
  readonly port?: number;
  readonly bind?: string;
  /** Files of a certificate and its key, PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The operator says that beyond loopback everything may be read on the way. */
  readonly inTheClear?: boolean;
}

export interface Gateway {
  readonly url: string;
  /** Where others on the network reach it; absent where they do not. */
  readonly openUrl?: string;
  readonly home: string;
  /** Reads the configuration again; names the keys that wait for a restart. */
  readonly reload: () => Promise<{ readonly restart_needed: readonly string[] }>;
  /** May be called again while it is stopping. */
  readonly stop: () => Promise<void>;
  /** Settles when the gateway has stopped; rejects where it could not go on. */
  readonly stopped: Promise<void>;
}

export interface CheckedConfig {
  readonly config: JsonObject;
  /** SHA-256 of the file, hex; null where there is no file and the defaults hold. */
  readonly file_sha256: string | null;
}

/** Tools that need no home and no gateway. */
export interface Offline {
  readonly keygen: () => Promise<PublisherKey>;
  /** The unsigned bundle of a folder. */
  readonly pack: (folder: string) => Promise<Uint8Array>;
  /** The bundle with one signature more. */
  readonly sign: (bundle: Uint8Array, privateKeyPem: string) => Promise<Uint8Array>;
  /** What a bundle says of itself; nothing of it is verified. */
  readonly inspect: (bundle: Uint8Array) => Promise<BundleDescription>;
  readonly verifyAudit: (options: OfflineAudit) => Promise<ChainVerdict>;
  /** Throws `invalid_input` for a verifier key that is none. */
  readonly verifyProof: (proof: string, verifierKey: string) => Promise<ProofVerdict>;
  /** What this program promises, against the results of its tests. */
  readonly contract: () => Promise<ContractCoverage>;
}

export interface PublisherKey {
  readonly key_id: string;
  /** PKCS#8. */
  readonly private_key_pem: string;
  /** Raw 32 bytes in base64. */
  readonly public_key: string;
}

/** Facts for `--json`, and the same as lines for a person; both may hold the publisher's words. */
export interface BundleDescription {
  readonly lines: readonly string[];
}

export interface OfflineAudit {
  readonly dbFile: string;
  /** `name+hash+key` of c2sp.org/signed-note. */
  readonly verifierKey: string;
  /** The text of a signed note that the chain must contain. */
  readonly checkpoint?: string;
}

export type ChainVerdict =
  | {
      readonly ok: true;
      readonly rows: number;
      readonly checkpoints: number;
      readonly root: string;
      readonly head: string;
    }
  | {
      readonly ok: false;
      readonly rows: number;
      readonly bad_seq: number;
      /** A word of a closed vocabulary. */
      readonly why: string;
    };

/** Of one row, against the checkpoint that its proof carries. */
export type ProofVerdict =
  | {
      readonly ok: true;
      readonly seq: number;
      /** Rows under the checkpoint. */
      readonly size: number;
      readonly origin: string;
      readonly root: string;
      readonly row: Row;
    }
  | {
      readonly ok: false;
      /** A word of a closed vocabulary. */
      readonly why: string;
    };
