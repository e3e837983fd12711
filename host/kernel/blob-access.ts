import { parseId } from '../core/id.ts';
import type { QuarantineRef } from '../core/id.ts';
import type { BlobClass } from '../core/label.ts';
import type { RowInput } from '../core/event.ts';
import type { World } from '../core/world.ts';
import type { Justification } from '../policy/question.ts';
import type { BlobFacts } from '../store/protocol.ts';
import type { Store } from '../store/store.ts';
import type { CallTarget } from './call-types.ts';
import type { Gate, Judged, Place } from './gate.ts';

export { JUSTIFICATIONS } from '../policy/question.ts';

/** A blob that a caller named, and what was decided about opening it. */
export interface JudgedRef {
  /** Null where it must look as if there were no such blob. */
  readonly facts: BlobFacts | null;
  readonly judged: Judged;
  readonly row: RowInput;
}

export interface RefQuestion {
  readonly ref: string;
  readonly handle: number;
  readonly target: CallTarget;
  readonly session: string;
  readonly justification: Justification;
}

/** Whether the plugin of a call may open what its caller named, which may be anything. */
export class BlobAccess {
  readonly #store: Store;
  readonly #gate: Gate;
  readonly #world: World;
  readonly #tenant: string;

  constructor(parts: {
    readonly store: Store;
    readonly gate: Gate;
    readonly world: World;
    readonly tenant: string;
  }) {
    this.#store = parts.store;
    this.#gate = parts.gate;
    this.#world = parts.world;
    this.#tenant = parts.tenant;
  }

  /**
   * A ref that was guessed, that belongs to another session, that has expired or was purged takes the
   * same way to the same refusal: the policy decides about each, and only the row says why.
   */
  async judge(asked: RefQuestion, place: Place): Promise<JudgedRef> {
    const { target, session, justification, handle } = asked;
    const found = await this.#store.ask('blobFacts', wellFormed(asked.ref));
    const now = this.#world.now();
    const live = found !== null && found.expires > now;
    const own = live && found.session === session && found.tenant === this.#tenant;
    const blob = found ?? this.#absent(target.declaredClass as BlobClass, session, now); // only a word in a question
    const judged = this.#gate.judge(
      {
        action: 'accessBlob',
        principal: target.plugin,
        blob: { ...blob, purged: found === null },
        declaredClass: target.declaredClass,
        tenant: this.#tenant,
        session,
        now,
        running: true,
        justification,
        handle,
      },
      place,
    );
    return { facts: own ? found : null, judged, row: accessRow(asked, judged, place) };
  }

  #absent(of: BlobClass, session: string, now: number): Omit<BlobFacts, 'created' | 'bytes'> {
    return { ref: NO_REF, class: of, tenant: this.#tenant, session, expires: now + 1 };
  }
}

/** What no blob is called: a caller's own words never get into a question or a row. */
const NO_REF = parseId('q', `q_${'0'.repeat(32)}`);

function wellFormed(ref: string): QuarantineRef {
  try {
    return parseId('q', ref);
  } catch {
    return NO_REF;
  }
}

function accessRow(
  { target, justification }: RefQuestion,
  { row, verdict }: Judged,
  place: Place,
): RowInput {
  const { call, ...at } = place;
  return {
    ...at,
    type: 'quarantine.access',
    data: {
      ...(call !== undefined && { call }),
      ref: row.data['ref'] ?? NO_REF,
      class: row.data['class'] ?? '',
      capability: target.name,
      justification,
      decision: verdict.decision,
      rule: verdict.rules.join(' '),
    },
  };
}
