import { CcosError } from '../core/error.ts';
import { parseId } from '../core/id.ts';
import { labelOf } from '../core/label.ts';
import type { RevealReason } from '../core/reveal-reason.ts';
import type { World } from '../core/world.ts';
import type { BlobFacts } from '../store/protocol.ts';
import type { Store } from '../store/store.ts';
import type { Acts } from './acts.ts';
import type { ApprovalRequest } from './approval-request.ts';
import type { Approvals } from './approvals.ts';
import { NeedsApproval } from './gate.ts';
import type { Gate, Judged } from './gate.ts';

interface Parts {
  readonly store: Store;
  readonly gate: Gate;
  readonly approvals: Approvals;
  readonly acts: Acts;
  readonly world: World;
}

/** Raw content before the operator's own eyes: by an approval for this blob, which is used up by it. */
export class Reveals {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.approvals.register('raw.reveal', {
      question: () => ({
        action: 'administer',
        principal: { kind: 'operator', id: 'operator' },
        task: 'revealRaw',
        publisherTrusted: false,
        approved: true,
      }),
      apply: () => Promise.resolve({ rows: [] }),
    });
  }

  /**
   * The bytes, after the row that says so is durable. Throws `approval_required` with the approval that
   * it takes, and `not_found` for what is not, or no longer, there.
   */
  async reveal(asked: string, reason: RevealReason): Promise<Uint8Array> {
    const { store, acts, approvals, gate } = this.#parts;
    const facts = await this.#find(asked);
    await acts.turn(async (record) => {
      const approval = await this.#approved(facts, reason);
      const judged = this.#judge(facts, approval !== null);
      const used = await approvals.withdrawal(approval === null ? [] : [approval], 'used');
      const { ref, class: of, bytes, session } = facts;
      const data = { ref, class: of, bytes, reason, approval };
      await record(used.acts, (signed) =>
        gate.admit([judged], {
          rows: [...used.rows, { type: 'quarantine.reveal', session, data }],
          changes: [...used.changes, ...signed],
          checkpoint: true,
        }),
      ).catch((failure: unknown) => this.#ask(failure, facts, reason));
    });
    return store.ask('blobRead', facts.ref);
  }

  async #find(asked: string): Promise<BlobFacts> {
    const facts = await this.#parts.store.ask('blobFacts', parseId('q', asked));
    if (facts === null || facts.expires <= this.#parts.world.now())
      throw new CcosError('not_found', { what: 'blob' });
    return facts;
  }

  #judge({ class: of, session }: BlobFacts, approved: boolean): Judged {
    return this.#parts.gate.judge(
      {
        action: 'release',
        principal: { kind: 'operator', id: 'operator' },
        sink: { kind: 'operator', id: 'operator' },
        label: labelOf([of], [session]),
        localDocument: false,
        releasedGrant: false,
        approved,
      },
      { session },
    );
  }

  async #ask(failure: unknown, facts: BlobFacts, reason: RevealReason): Promise<never> {
    if (!(failure instanceof NeedsApproval)) throw failure;
    const { id } = await this.#parts.approvals.request(requestOf(facts, reason));
    throw new CcosError('approval_required', {}, { ...failure.decision, approval_id: id });
  }

  /** By the operator's signature under exactly this (INV-APPR-2). */
  async #approved(facts: BlobFacts, reason: RevealReason): Promise<string | null> {
    const { approvals } = this.#parts;
    for (const { id, kind } of await approvals.list('approved')) {
      if (kind !== 'raw.reveal') continue;
      const request = await approvals.proven(id, 'raw.reveal');
      if (request?.facts['ref'] === facts.ref && request.facts['reason'] === reason) return id;
    }
    return null;
  }
}

function requestOf(
  { ref, class: of, bytes, session }: BlobFacts,
  reason: RevealReason,
): ApprovalRequest {
  return {
    kind: 'raw.reveal',
    subject: ref,
    summary: `show the raw content of ${ref} to the operator, once`,
    changes: [
      { effect: 'WIDENS', what: 'the operator reads what a person wrote or sent', value: of },
      { effect: 'WIDENS', what: 'bytes that are shown', value: bytes },
      { effect: 'SAME', what: 'no agent and no plugin gets it' },
    ],
    facts: { ref, class: of, bytes, session, reason },
  };
}
