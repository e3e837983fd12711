import { CcosError } from '../core/error.ts';
import type { RowInput } from '../core/event.ts';
import { newId, parseId } from '../core/id.ts';
import { canonicalJson } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import { FIXED } from '../core/limits.ts';
import type { World } from '../core/world.ts';
import { sha256Hex } from '../crypto/digest.ts';
import type { KeyPair } from '../crypto/ed25519.ts';
import type { ApprovalKind } from '../policy/approval-kind.ts';
import type { Question } from '../policy/question.ts';
import {
  countPending,
  decideApproval,
  findApproval,
  findPending,
  insertApproval,
  listApprovals,
  nonePending,
  revokeApproval,
  stillPending,
} from '../store/tables/approvals.ts';
import type { ApprovalRecord, ApprovalStatus } from '../store/tables/approvals.ts';
import type { Store, Transaction } from '../store/store.ts';
import type { Acts, RecordActs } from './acts.ts';
import { isAsRequested, isProven, sealRequest, signDecision } from './approval-proof.ts';
import type { Gate } from './gate.ts';
import type { Act } from './standing.ts';

/** A request that nobody has answered for a week has lost its context. */
const PENDING_MILLIS = 7 * 24 * 3_600_000;

/** One line of what an approval changes, in fixed words; `value` is an id, a count or a closed word. */
export interface ApprovalChange {
  readonly effect: 'WIDENS' | 'NARROWS' | 'SAME';
  readonly what: string;
  readonly value?: string | number;
}

/** What is asked for. All of it is hashed, all of it is shown, and only it is executed. */
export interface ApprovalRequest {
  readonly kind: ApprovalKind;
  readonly subject: string;
  readonly summary: string;
  readonly changes: readonly ApprovalChange[];
  readonly facts: JsonObject;
}

/** An approval as people see it. Times are milliseconds since the epoch. */
export interface Approval extends ApprovalRequest {
  readonly id: string;
  readonly status: ApprovalStatus;
  readonly digest: string;
  readonly requested: number;
  readonly expires: number;
  readonly decided: number | null;
}

/** Who says yes: the operator by hand, or one of two flags that name themselves in the record. */
export const DECIDERS = ['operator', 'flag:approve', 'flag:approve-first-party'] as const;
export type Decider = (typeof DECIDERS)[number];

/** What an approval changes, and what of it must not be undone by whoever can write the database. */
export interface Applied extends Transaction {
  readonly acts?: readonly Act[];
}

/** What happens when an approval of a kind is given. */
export interface ApprovalEffect {
  readonly question: (request: ApprovalRequest) => Question;
  readonly apply: (request: ApprovalRequest, approval: string) => Promise<Applied>;
  /** After it is durable: caches to forget, a file to write. */
  readonly after?: (request: ApprovalRequest) => void;
}

interface Parts {
  readonly store: Store;
  readonly gate: Gate;
  readonly world: World;
  readonly operator: KeyPair;
  readonly acts: Acts;
}

/**
 * Approvals: asked for by the host, decided on the admin plane only, signed by the operator's key over
 * the digest of what was shown (INV-APPR-1). Deciding twice: one wins.
 */
export class Approvals {
  readonly #parts: Parts;
  readonly #effects = new Map<string, ApprovalEffect>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The list of what can be approved is closed when the gateway is put together. */
  register(kind: ApprovalKind, effect: ApprovalEffect): void {
    this.#effects.set(kind, effect);
  }

  /** A pending approval; the same request twice is one approval. */
  async request(request: ApprovalRequest): Promise<Approval> {
    const { store, world } = this.#parts;
    const text = canonicalJson(request);
    const digest = sha256Hex(text);
    const now = world.now();
    const wanted = { kind: request.kind, digest, now };
    const known = await findPending(store, wanted);
    if (known !== null) return toApproval(known);
    const pending = await countPending(store, now);
    if (pending >= FIXED.pendingApprovals) throw new CcosError('rate_limited', { pending });
    const id = newId('ap', world);
    const expires = now + PENDING_MILLIS;
    const record: ApprovalRecord = {
      id,
      kind: request.kind,
      subject: request.subject,
      status: 'pending',
      request: text,
      digest,
      requested: now,
      expires,
      decided: null,
      decision: null,
      seal: sealRequest({ id, digest, expires }, this.#parts.operator),
    };
    try {
      await store.commit({
        rows: [
          { type: 'approval.request', data: { approval: record.id, kind: record.kind, digest } },
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

  async get(id: string): Promise<Approval> {
    return toApproval(await this.#find(id), this.#parts.world.now());
  }

  /** `digest` is of what the decider was shown; anything else is stale. */
  async approve(
    id: string,
    shown: { readonly digest: string; readonly by: Decider },
  ): Promise<Approval> {
    await this.#parts.acts.turn((record) => this.#approve(id, shown, record));
    return this.get(id);
  }

  async deny(id: string): Promise<Approval> {
    await this.#parts.acts.turn(async (record) => {
      const pending = await this.#pending(id);
      const decided = this.#decide(pending, 'denied', 'operator');
      await record([{ act: 'approval.withdraw', approvals: [id] }], (signed) =>
        this.#parts.store.commit({
          rows: decided.rows,
          changes: [...(decided.changes ?? []), ...signed],
          guards: [stillPending(id, pending.digest)],
          checkpoint: true,
        }),
      );
    });
    return this.get(id);
  }

  /** What takes back approvals that are in force or wait, for the transaction of whoever does it. */
  async withdrawal(
    ids: readonly string[],
    why: 'replaced' | 'disabled' | 'removed',
  ): Promise<Required<Pick<Applied, 'rows' | 'changes' | 'acts'>>> {
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
   * The request that the operator has approved under this id, proved by his signature and not by what
   * the database says; null where there is no such thing, or it was taken back (INV-APPR-2).
   */
  async proven(id: string, kind: ApprovalKind): Promise<ApprovalRequest | null> {
    const { store, operator, acts } = this.#parts;
    if (acts.standing.isWithdrawn(id)) return null;
    const record = await findApproval(store, id);
    if (record === null || !isProven(record, operator)) return null;
    const request = parseRequest(record);
    return request.kind === kind ? request : null;
  }

  async #approve(
    id: string,
    shown: { readonly digest: string; readonly by: Decider },
    record: RecordActs,
  ): Promise<void> {
    const { gate, operator } = this.#parts;
    const pending = await this.#pending(id);
    if (pending.digest !== shown.digest)
      throw new CcosError('stale_approval', {}, { approval_id: id });
    if (!isAsRequested(pending, operator))
      throw new CcosError('integrity', { what: 'approval' }, { approval_id: id });
    const effect = this.#effects.get(pending.kind);
    if (effect === undefined) throw new CcosError('internal', { why: 'approval_kind' });
    const request = parseRequest(pending);
    const judged = gate.judge(effect.question(request));
    const { acts = [], ...applied } = await effect.apply(request, id);
    const decided = this.#decide(pending, 'approved', shown.by);
    const used: RowInput = { type: 'approval.used', data: { approval: id, kind: pending.kind } };
    await record(acts, async (signed) => {
      await gate.admit([judged], {
        rows: [...decided.rows, used, ...applied.rows],
        changes: [...(decided.changes ?? []), ...(applied.changes ?? []), ...signed],
        guards: [stillPending(id, pending.digest), ...(applied.guards ?? [])],
        checkpoint: true,
      });
      effect.after?.(request); // it is durable now, whatever comes next
    });
  }

  #decide(record: ApprovalRecord, status: 'approved' | 'denied', by: Decider): Transaction {
    const { world, operator } = this.#parts;
    const { id: approval, kind, digest } = record;
    const at = world.now();
    const decision = signDecision(record, { decision: status, by, at }, operator);
    return {
      rows: [{ type: 'approval.decision', data: { approval, kind, digest, decision: status, by } }],
      changes: [decideApproval(approval, { status, at, decision })],
    };
  }

  async #pending(id: string): Promise<ApprovalRecord> {
    const record = await this.#find(id);
    if (record.status !== 'pending')
      throw new CcosError('conflict', { status: record.status }, { approval_id: id });
    if (this.#parts.acts.standing.isWithdrawn(id))
      throw new CcosError('integrity', { what: 'approval' }, { approval_id: id });
    if (record.expires <= this.#parts.world.now()) {
      await this.#parts.store.commit({
        rows: [{ type: 'approval.expired', data: { approval: id, kind: record.kind } }],
        changes: [
          decideApproval(id, { status: 'expired', at: this.#parts.world.now(), decision: null }),
        ],
        guards: [stillPending(id, record.digest)],
      });
      throw new CcosError('stale_approval', { why: 'expired' }, { approval_id: id });
    }
    return record;
  }

  async #find(id: string): Promise<ApprovalRecord> {
    const record = await findApproval(this.#parts.store, parseId('ap', id));
    if (record === null) throw new CcosError('not_found', { what: 'approval' });
    return record;
  }
}

function toApproval(record: ApprovalRecord, now = record.requested): Approval {
  const { id, digest, requested, expires, decided } = record;
  const expired = record.status === 'pending' && expires <= now;
  return {
    ...parseRequest(record),
    id,
    digest,
    requested,
    expires,
    decided,
    status: expired ? 'expired' : record.status,
  };
}

/** A fact that is text; throws for anything else. */
export function factText({ facts }: ApprovalRequest, name: string): string {
  const value = facts[name];
  if (typeof value !== 'string') throw new CcosError('internal', { why: 'approval_facts' });
  return value;
}

function parseRequest(record: ApprovalRecord): ApprovalRequest {
  return JSON.parse(record.request) as ApprovalRequest; // written by request()
}
