import { CcosError } from '../core/error.ts';
import { newId, parseId } from '../core/id.ts';
import { canonicalJson } from '../core/json.ts';
import { FIXED } from '../core/limits.ts';
import { sha256Hex } from '../crypto/digest.ts';
import type { ApprovalKind } from '../policy/approval-kind.ts';
import {
  countPending,
  findApproval,
  findPending,
  insertApproval,
  listApprovals,
  nonePending,
  revokeApproval,
} from '../store/tables/approvals.ts';
import type { ApprovalRecord, ApprovalStatus } from '../store/tables/approvals.ts';
import { readSpent } from '../store/tables/spent.ts';
import type { Spent } from '../store/tables/spent.ts';
import { Decisions } from './approval-decisions.ts';
import type { DecisionParts, Shown } from './approval-decisions.ts';
import { expiryIn } from './approval-narrowing.ts';
import { isProven, sealRequest } from './approval-proof.ts';
import { parseRequest, toApproval } from './approval-request.ts';
import type { Applied, Approval, ApprovalEffect, ApprovalRequest } from './approval-request.ts';

/** A request that nobody has answered for a week has lost its context. */
const PENDING_MILLIS = 7 * 24 * 3_600_000;

/** What takes approvals back, as parts of a transaction. */
export type Withdrawal = Required<Pick<Applied, 'rows' | 'changes' | 'acts'>>;

/**
 * Approvals: asked for by the host, decided on the admin plane only, signed by the operator's key over
 * the digest of what was shown (INV-APPR-1). Deciding twice: one wins.
 */
export class Approvals {
  readonly #parts: DecisionParts;
  readonly #effects = new Map<string, ApprovalEffect>();
  readonly #decisions: Decisions;

  constructor(parts: DecisionParts) {
    this.#parts = parts;
    this.#decisions = new Decisions(parts, {
      find: (id) => this.#find(id),
      effectOf: (kind) => this.#effects.get(kind),
      withdrawal: (ids, why) => this.withdrawal(ids, why),
    });
  }

  /** The list of what can be approved is closed when the gateway is put together. */
  register(kind: ApprovalKind, effect: ApprovalEffect): void {
    this.#effects.set(kind, effect);
  }

  /**
   * A pending approval; the same request twice is one approval, whoever asks. `requester` is the session
   * on whose behalf it is asked; the gateway itself where there is none.
   */
  async request(request: ApprovalRequest, requester: string | null = null): Promise<Approval> {
    const { store, world } = this.#parts;
    const text = canonicalJson(request);
    const digest = sha256Hex(text);
    const now = world.now();
    const wanted = { kind: request.kind, digest, now };
    const known = await findPending(store, wanted);
    if (known !== null) return toApproval(known);
    const pending = await countPending(store, now);
    if (pending >= FIXED.pendingApprovals) throw new CcosError('rate_limited', { pending });
    const record = this.#recordOf(request, { text, digest, requester });
    const { id: approval, kind } = record;
    const asked = { approval, kind, digest, requester: requester ?? 'gateway' };
    try {
      await store.commit({
        rows: [
          {
            type: 'approval.request',
            ...(requester !== null && { session: requester }),
            data: asked,
          },
        ],
        changes: [insertApproval(record)],
        guards: [nonePending(wanted)],
      });
    } catch (failure) {
      const first = await findPending(store, wanted); // asked for at the same moment
      if (first === null) throw failure;
      return toApproval(first);
    }
    return toApproval(record);
  }

  async list(status: ApprovalStatus | 'all'): Promise<readonly Approval[]> {
    const records = await listApprovals(this.#parts.store, status);
    const now = this.#parts.world.now();
    return records
      .map((record) => toApproval(record, now))
      .filter((approval) => status === 'all' || approval.status === status);
  }

  /** What was used of it, as the rows of the chain say; null before it was approved. */
  async spentOf({ id, status }: Approval): Promise<Spent | null> {
    const isGiven = status === 'approved' || status === 'revoked';
    return isGiven ? readSpent(this.#parts.store, id) : null;
  }

  async get(id: string): Promise<Approval> {
    return toApproval(await this.#find(id), this.#parts.world.now());
  }

  /**
   * `digest` is of what the decider was shown; anything else is stale. Where it takes two people, the
   * first leaves it pending (D1.4-d).
   */
  async approve(id: string, shown: Shown): Promise<Approval> {
    await this.#decisions.approve(id, shown);
    return this.get(id);
  }

  async deny(id: string): Promise<Approval> {
    await this.#decisions.deny(id);
    return this.get(id);
  }

  /** Takes back what was approved, at once, with what came of it. */
  async revoke(id: string): Promise<Approval> {
    await this.#decisions.revoke(id);
    return this.get(id);
  }

  /** What takes back approvals that are in force or wait, for the transaction of whoever does it. */
  async withdrawal(
    ids: readonly string[],
    why: 'replaced' | 'disabled' | 'removed' | 'revoked' | 'used',
  ): Promise<Withdrawal> {
    const { store, world, acts } = this.#parts;
    const wanted = [...new Set(ids)].filter((id) => !acts.standing.isWithdrawn(id));
    const records = await Promise.all(wanted.map((id) => findApproval(store, id)));
    const known = records.filter((record) => record !== null);
    const withdrawn = known.map(({ id }) => id);
    return {
      rows: known.map(({ id, kind }) => ({
        type: 'approval.revoked',
        data: { approval: id, kind, why },
      })),
      changes: known.map(({ id }) => revokeApproval(id, world.now())),
      acts: known.length === 0 ? [] : [{ act: 'approval.withdraw', approvals: withdrawn }],
    };
  }

  /**
   * What the operator has granted under this id, proved by his signature and not by what the database
   * says; null where there is no such thing, it was taken back, or its time is over (INV-APPR-2).
   */
  async proven(id: string, kind: ApprovalKind): Promise<ApprovalRequest | null> {
    const { store, operator, acts, world } = this.#parts;
    if (acts.standing.isWithdrawn(id)) return null;
    const record = await findApproval(store, id);
    if (record === null || !isProven(record, operator)) return null;
    const granted = parseRequest(record.granted ?? record.request);
    const expires = expiryIn(granted);
    if (expires !== null && expires <= world.now()) return null;
    return granted.kind === kind ? granted : null;
  }

  #recordOf(
    request: ApprovalRequest,
    of: Pick<ApprovalRecord, 'digest' | 'requester'> & { readonly text: string },
  ): ApprovalRecord {
    const { world, operator } = this.#parts;
    const { text, digest, requester } = of;
    const id = newId('ap', world);
    const requested = world.now();
    const expires = requested + PENDING_MILLIS;
    return {
      id,
      kind: request.kind,
      subject: request.subject,
      status: 'pending',
      request: text,
      digest,
      requested,
      expires,
      decided: null,
      decision: null,
      seal: sealRequest({ id, digest, expires, requester }, operator),
      requester,
      granted: null,
      first: null,
    };
  }

  async #find(id: string): Promise<ApprovalRecord> {
    const record = await findApproval(this.#parts.store, parseId('ap', id));
    if (record === null) throw new CcosError('not_found', { what: 'approval' });
    return record;
  }
}
