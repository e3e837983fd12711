import type { JsonObject } from '../core/json.ts';
import type { CallId } from '../core/id.ts';
import type { BlobClass } from '../core/label.ts';
import type { Caller, Capability, Justification, Plugin } from '../policy/question.ts';
import type { BlobFacts, Change } from '../store/protocol.ts';

/** What is called: one variant of one capability of one bundle, as policy and the chain name it. */
export interface CallTarget {
  readonly capability: Capability;
  readonly plugin: Plugin;
  readonly name: string;
  readonly version: string;
  readonly bundle: string;
  readonly variant: string;
  readonly codeSha256: string;
  readonly declaredClass: string;
}

/** A call whose plugin made children of its document. */
export interface ParentCall {
  readonly id: CallId;
  readonly target: CallTarget;
  readonly facts: BlobFacts;
}

/** A document that a call has put away, and the salted commitment to its bytes. */
export interface StoredDocument {
  readonly facts: BlobFacts;
  readonly commit: string;
}

/** A local document that the caller wants read. */
export interface DocumentCall {
  readonly caller: Caller;
  readonly session: string;
  readonly run: string;
  readonly target: CallTarget;
  readonly justification: Justification;
  readonly document: {
    readonly bytes: Uint8Array;
    readonly class: BlobClass;
    readonly limit: number;
    /** It is in quarantine since an earlier call of the same extraction, and is opened there. */
    readonly stored?: StoredDocument;
  };
  /** The call that made this document out of its own; absent for what the caller brought. */
  readonly parent?: ParentCall;
  readonly args: JsonObject;
  /** A live grant lets an agent have this read; unset for the operator. */
  readonly granted?: boolean;
  readonly retentionMillis: number;
  /** What becomes durable with the beginning: a run that begins here. */
  readonly opens?: readonly Change[];
  /** What takes it back where the document cannot be put away. */
  readonly closes?: readonly Change[];
}

/** What a host function did for a plugin, in ids and counts. */
export interface HostCallRecord {
  readonly function: string;
  readonly handle?: number;
  readonly ref?: string;
  readonly offset?: number;
  readonly length?: number;
  readonly child?: number;
  readonly bytes: number;
  readonly outcome: string;
  readonly decision?: string;
  readonly rule?: string;
  readonly micros: number;
}
