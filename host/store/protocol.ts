import type { ErrorCode, SafeDetail } from '../core/error.ts';
import type { Commitments, Envelope, RowInput } from '../core/event.ts';
import type { BlobClass } from '../core/label.ts';
import type { QuarantineRef } from '../core/id.ts';

/** A value that SQL takes; numbers are integers. */
export type SqlValue = string | number | null | Uint8Array;

/** One statement that changes state. Only the files under tables/ make them. */
export interface Change {
  readonly sql: string;
  readonly args: readonly SqlValue[];
}

/** A query whose number of rows must still be `rows` when the commit happens, or it fails as `conflict`. */
export interface Guard extends Change {
  readonly rows: number;
}

/** A row with what the main thread adds to it. */
export type StampedRow = RowInput & { readonly id: string; readonly ts: string };

/** Rows and changes that become durable together or not at all, and perhaps a blob. */
export interface Commit {
  readonly rows: readonly StampedRow[];
  readonly changes: readonly Change[];
  readonly guards: readonly Guard[];
  readonly envelope: Envelope;
  readonly blob: BlobPut | null;
  /** A checkpoint right after it, so that nobody who has the file can rewrite its rows. */
  readonly checkpoint: boolean;
}

/**
 * A blob to put away with a commit. No transaction spans two files: it is durable `before` the rows that
 * tell of it, or `after` those that decide on it; a blob that no row knows is swept at the next start.
 */
export interface BlobPut {
  readonly facts: BlobFacts;
  readonly bytes: Uint8Array;
  readonly when: 'before' | 'after';
  /** What is committed to under the same salt. */
  readonly args?: string;
}

/** What a blob in quarantine is, without its bytes. */
export interface BlobFacts {
  readonly ref: QuarantineRef;
  readonly tenant: string;
  readonly session: string;
  readonly class: BlobClass;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly expires: number;
  readonly bytes: number;
}

/** Which blobs a purge destroys. */
export type PurgeScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'expired'; readonly now: number }
  | { readonly kind: 'session'; readonly session: string }
  | { readonly kind: 'refs'; readonly refs: readonly string[] };

/** What the chain's verifier found. */
export type ChainReport =
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
      /** The first row that is wrong or missing. */
      readonly bad_seq: number;
      readonly why: ChainFault;
    };

export const CHAIN_FAULTS = [
  'gap',
  'link',
  'hash',
  'checkpoint',
  'truncated',
  'signature',
] as const;
export type ChainFault = (typeof CHAIN_FAULTS)[number];

/** The state worker's requests and the types of their answers. */
export interface Operations {
  commit: { readonly ask: readonly Commit[]; readonly answer: readonly CommitAnswer[] };
  select: { readonly ask: Change; readonly answer: readonly (readonly SqlValue[])[] };
  checkpoint: { readonly ask: null; readonly answer: string };
  verify: { readonly ask: { readonly note: string | null }; readonly answer: ChainReport };
  /** Leaf hashes in hex, both ends included. */
  leaves: {
    readonly ask: { readonly from: number; readonly to: number };
    readonly answer: readonly string[];
  };
  bodies: {
    readonly ask: { readonly from: number; readonly limit: number };
    readonly answer: readonly string[];
  };
  blobPut: {
    readonly ask: { readonly facts: BlobFacts; readonly bytes: Uint8Array };
    readonly answer: { readonly commit: string };
  };
  blobRead: { readonly ask: QuarantineRef; readonly answer: Uint8Array };
  blobFacts: { readonly ask: QuarantineRef; readonly answer: BlobFacts | null };
  blobStats: {
    readonly ask: null;
    readonly answer: { readonly blobs: number; readonly bytes: number };
  };
  blobExpired: { readonly ask: { readonly now: number }; readonly answer: number };
  /** The blobs that the state knows and the quarantine does not: a purge without an end destroyed them. */
  blobLost: { readonly ask: null; readonly answer: readonly string[] };
  blobPurge: { readonly ask: PurgeScope; readonly answer: { readonly count: number } };
  /** For each list of words, the pseudonym that stands for it: {@link pseudonym}. */
  pseudonyms: {
    readonly ask: { readonly tenant: string; readonly of: readonly (readonly string[])[] };
    readonly answer: readonly string[];
  };
  /** `context` says what the record is; it opens as nothing else. */
  secretPut: {
    readonly ask: { readonly record: string; readonly context: string; readonly value: Uint8Array };
    readonly answer: null;
  };
  secretRead: {
    readonly ask: { readonly record: string; readonly context: string };
    readonly answer: Uint8Array;
  };
  secretDelete: { readonly ask: { readonly record: string }; readonly answer: null };
  close: { readonly ask: null; readonly answer: null };
}
export type Operation = keyof Operations;

export type CommitAnswer =
  | { readonly ok: true; readonly seq: number; readonly commitments: Commitments | null }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: SafeDetail };

export interface Request {
  readonly id: number;
  readonly operation: Operation;
  readonly ask: unknown;
}

export type Response =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly code: ErrorCode; readonly detail: SafeDetail };

/** What the worker is started with. */
export interface WorkerSettings {
  readonly stateFile: string;
  readonly quarantineFile: string | null;
  readonly vaultFile: string | null;
  readonly checkpointLog: string | null;
  readonly origin: string;
  readonly signingKeyPem: string | null;
  readonly verifierKey: string;
  readonly masterKey: Uint8Array | null;
  readonly lockWaitMillis: number;
  /** Refuses to change anything: for the check of a copied database. */
  readonly readOnly: boolean;
}

/** The first message from the worker. */
export type Opened =
  | {
      readonly opened: true;
      readonly size: number;
      readonly migratedFrom: number | null;
      readonly recovered: number;
    }
  | { readonly opened: false; readonly code: ErrorCode; readonly detail: SafeDetail };
