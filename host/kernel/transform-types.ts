import type { RowInput } from '../core/event.ts';
import type { CallId } from '../core/id.ts';
import type { JsonObject } from '../core/json.ts';
import type { Caller } from '../policy/question.ts';
import type { BlobFacts, Guard } from '../store/protocol.ts';
import type { CallTarget } from './call-types.ts';
import type { Judged } from './gate.ts';
import type { Run } from './runs.ts';

/** A blob that a call opens, and the decision that lets it. */
export interface DecidedBlob {
  readonly facts: BlobFacts;
  readonly judged: Judged;
  readonly row: RowInput;
}

/** What an agent wants a transform to read. Its decisions name the call, so its id comes with it. */
export interface TransformRequest {
  readonly id: CallId;
  readonly caller: Caller;
  readonly session: string;
  readonly run: Run;
  readonly target: CallTarget;
  readonly args: JsonObject;
  readonly execute: Judged;
  readonly blobs: readonly DecidedBlob[];
  /** What the call can tell at most, whatever comes of it. */
  readonly leakBits: number;
  readonly retentionMillis: number;
}

/** A verifier has passed exactly this text, and an approval lets that count. */
export interface Verified {
  readonly approval: string;
  readonly guards: readonly Guard[];
  /** `name@version`. */
  readonly verifier: string;
  /** The call in which it did. */
  readonly call: string;
  readonly text: string;
}
