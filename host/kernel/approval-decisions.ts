import { CcosError } from '../core/error.ts';
import type { RowInput } from '../core/event.ts';
import { canonicalJson } from '../core/json.ts';
import type { World } from '../core/world.ts';
import { sha256Hex } from '../crypto/digest.ts';
import type { KeyPair } from '../crypto/ed25519.ts';
import type { AdminTask, Question } from '../policy/question.ts';
import {
  decideApproval,
  isUnseconded,
  secondApproval,
  stillPending,
} from '../store/tables/approvals.ts';
import type { ApprovalRecord } from '../store/tables/approvals.ts';
import type { Store, Transaction } from '../store/store.ts';
import type { Acts, RecordActs } from './acts.ts';
import { narrow } from './approval-narrowing.ts';
import type { Narrowing } from './approval-narrowing.ts';
import { isAsRequested, readFirst, signDecision, signFirst } from './approval-proof.ts';
import type { Answer } from './approval-proof.ts';
import { parseRequest } from './approval-request.ts';
import type { Applied, ApprovalEffect, ApprovalRequest, Decider } from './approval-request.ts';
import { isHighRisk } from './approval-risk.ts';
import type { Gate } from './gate.ts';

/** What was shown to whoever says yes, and what he leaves of it. */
export interface Shown {
  readonly digest: string;
  readonly by: Decider;
  /** The credential with which he does; the home's own where nothing is said. */
  readonly approver?: string;
  readonly narrowing?: Narrowing;
}

export interface DecisionParts {
  readonly store: Store;
  readonly gate: Gate;
  readonly world: World;
  readonly operator: KeyPair;
  readonly acts: Acts;
  /** Whether what carries a high risk takes two people. */
  readonly twoPeople: () => boolean;
}

interface Requests {
  readonly find: (id: string) => Promise<ApprovalRecord>;
  readonly effectOf: (kind: string) => ApprovalEffect | undefined;
  readonly withdrawal: (
    ids: readonly string[],
    why: 'revoked',
  ) => Promise<Required<Pick<Applied, 'rows' | 'changes' | 'acts'>>>;
}

/** A pending request with what shall be granted of it. */
interface Answered {
  readonly pending: ApprovalRecord;
  readonly granted: ApprovalRequest;
  readonly answer: Answer;
}

const HOME_CREDENTIAL = 'operator';

/** Yes, no, and no longer: each with its decision and its row, one at a time. */
export class Decisions {
  readonly #parts: DecisionParts;
  readonly #requests: Requests;

  constructor(parts: DecisionParts, requests: Requests) {
    this.#parts = parts;
    this.#requests = requests;
  }

  async approve(id: string, shown: Shown): Promise<void> {
    await this.#parts.acts.turn(async (record) => {
      const answered = await this.#answer(id, shown);
      if (this.#isFirstOfTwo(answered)) await this.#second(answered);
      else await this.#grant(answered, record);
    });
  }

  async deny(id: string): Promise<void> {
    const { acts, gate, operator, world } = this.#parts;
    await acts.turn(async (record) => {
      const pending = await this.#pending(id);
      const by = { by: 'operator', approver: HOME_CREDENTIAL, at: world.now() };
      const decided = signDecision(pending, { ...by, decision: 'denied', granted: null }, operator);
      const judged = gate.judge(administer('denyApproval'));
      await record([{ act: 'approval.withdraw', approvals: [id] }], (signed) =>
        gate.admit([judged], {
          rows: [decisionRow(pending, { by: 'operator', decision: 'denied' })],
          changes: [
            decideApproval(id, { status: 'denied', at: by.at, decision: decided, granted: null }),
            ...signed,
          ],
          guards: [stillPending(id, pending.digest)],
          checkpoint: true,
        }),
      );
    });
  }

  async revoke(id: string): Promise<void> {
    const { acts, gate } = this.#parts;
    const { status, kind, granted, request: asked } = await this.#requests.find(id);
    if (status !== 'approved') throw new CcosError('conflict', { status }, { approval_id: id });
    const request = parseRequest(granted ?? asked);
    const effect = this.#requests.effectOf(kind);
    await effect?.end?.(request, id);
    await acts.turn(async (record) => {
      const withdrawn = await this.#requests.withdrawal([id], 'revoked');
      if (withdrawn.acts.length === 0) return; // with what came of it
      const ends: Transaction = effect?.ends?.(request, id) ?? { rows: [] };
      await record(withdrawn.acts, (signed) =>
        gate.admit([gate.judge(administer('revokeApproval'))], {
          rows: [...withdrawn.rows, ...ends.rows],
          changes: [...withdrawn.changes, ...(ends.changes ?? []), ...signed],
          checkpoint: true,
        }),
      );
    });
    effect?.after?.(request);
    await effect?.ended?.();
  }

  async #answer(id: string, shown: Shown): Promise<Answered> {
    const { operator, world } = this.#parts;
    const pending = await this.#pending(id);
    if (pending.digest !== shown.digest)
      throw new CcosError('stale_approval', {}, { approval_id: id });
    if (!isAsRequested(pending, operator))
      throw new CcosError('integrity', { what: 'approval' }, { approval_id: id });
    const now = world.now();
    const asked = parseRequest(pending.request);
    const granted = narrow(asked, shown.narrowing ?? {}, now);
    const text = granted === asked ? null : canonicalJson(granted);
    const { by, approver = HOME_CREDENTIAL } = shown;
    return { pending, granted, answer: { by, approver, at: now, granted: text } };
  }

  async #grant({ pending, granted, answer }: Answered, record: RecordActs): Promise<void> {
    const { gate, operator } = this.#parts;
    const { id, kind, digest } = pending;
    const effect = this.#requests.effectOf(kind);
    if (effect === undefined) throw new CcosError('internal', { why: 'approval_kind' });
    const judged = gate.judge(effect.question(granted));
    const { acts = [], ...applied } = await effect.apply(granted, id);
    const decision = signDecision(pending, { ...answer, decision: 'approved' }, operator);
    const decided = {
      status: 'approved',
      at: answer.at,
      decision,
      granted: answer.granted,
    } as const;
    const used: RowInput = { type: 'approval.used', data: { approval: id, kind } };
    await record(acts, async (signed) => {
      await gate.admit([judged], {
        rows: [decisionRow(pending, { ...answer, decision: 'approved' }), used, ...applied.rows],
        changes: [decideApproval(id, decided), ...(applied.changes ?? []), ...signed],
        guards: [stillPending(id, digest), ...(applied.guards ?? [])],
        checkpoint: true,
      });
      effect.after?.(granted); // it is durable now, whatever comes next
    });
  }

  /**
   * Whether one more person is needed. Throws `conflict` for the same one again, for somebody who grants
   * something else, and for a credential that was made after the request: who asks could have made it.
   */
  #isFirstOfTwo({ pending, answer }: Answered): boolean {
    const { twoPeople, operator } = this.#parts;
    if (!twoPeople() || !isHighRisk(pending.kind)) return false;
    const refused = (why: string): CcosError =>
      new CcosError('conflict', { why }, { approval_id: pending.id });
    if (!this.#wasThere(answer.approver, pending.requested)) throw refused('newer_credential');
    const first = readFirst(pending, operator);
    if (first === null) return true;
    if (first.approver === answer.approver) throw refused('second_person');
    if (first.granted !== grantedDigest(answer)) throw refused('other_scope');
    return false;
  }

  #wasThere(approver: string, requested: number): boolean {
    if (approver === HOME_CREDENTIAL) return true;
    const made = this.#parts.acts.standing.tokens().find(({ id }) => id === approver);
    return made !== undefined && made.created < requested;
  }

  async #second({ pending, answer }: Answered): Promise<void> {
    const { gate, operator } = this.#parts;
    const { id, digest } = pending;
    await gate.admit([gate.judge(administer('secondApproval'))], {
      rows: [decisionRow(pending, { ...answer, decision: 'seconded' })],
      changes: [secondApproval(id, signFirst(pending, answer, operator))],
      guards: [stillPending(id, digest), isUnseconded(id, pending.first)],
      checkpoint: true,
    });
  }

  async #pending(id: string): Promise<ApprovalRecord> {
    const { acts, store, world } = this.#parts;
    const record = await this.#requests.find(id);
    if (record.status !== 'pending')
      throw new CcosError('conflict', { status: record.status }, { approval_id: id });
    if (acts.standing.isWithdrawn(id))
      throw new CcosError('integrity', { what: 'approval' }, { approval_id: id });
    if (record.expires <= world.now()) {
      const at = world.now();
      await store.commit({
        rows: [{ type: 'approval.expired', data: { approval: id, kind: record.kind } }],
        changes: [decideApproval(id, { status: 'expired', at, decision: null, granted: null })],
        guards: [stillPending(id, record.digest)],
      });
      throw new CcosError('stale_approval', { why: 'expired' }, { approval_id: id });
    }
    return record;
  }
}

function decisionRow(
  { id: approval, kind, digest }: ApprovalRecord,
  said: Partial<Answer> & { readonly by: string; readonly decision: string },
): RowInput {
  const { by, decision, approver = HOME_CREDENTIAL, granted = null } = said;
  return {
    type: 'approval.decision',
    data: {
      ...{ approval, kind, digest, decision, by, approver },
      ...(granted !== null && { granted: sha256Hex(granted) }),
    },
  };
}

const grantedDigest = ({ granted }: Answer): string | null =>
  granted === null ? null : sha256Hex(granted);

function administer(task: AdminTask): Question {
  return {
    action: 'administer',
    principal: { kind: 'operator', id: 'operator' },
    task,
    publisherTrusted: false,
    approved: false,
  };
}
