import { CcosError } from '../core/error.ts';
import { newId, parseId } from '../core/id.ts';
import { canonicalJson } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import { FIXED } from '../core/limits.ts';
import type { World } from '../core/world.ts';
import { sha256Hex } from '../crypto/digest.ts';
import type { KeyPair } from '../crypto/ed25519.ts';
import { openStatement, signStatement } from '../crypto/sealed-statement.ts';
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
  stillPending,
} from '../store/tables/approvals.ts';
import type { ApprovalRecord, ApprovalStatus } from '../store/tables/approvals.ts';
import type { Store, Transaction } from '../store/store.ts';
import type { Gate } from './gate.ts';

const PAYLOAD_TYPE = 'application/vnd.ccos.approval.v1+json';
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

/** What happens when an approval of a kind is given. */
export interface ApprovalEffect {
  readonly question: (request: ApprovalRequest) => Question;
  readonly apply: (request: ApprovalRequest, approval: string) => Promise<Transaction>;
  /** After it is durable: caches to forget, a file to write. */
  readonly after?: (request: ApprovalRequest) => void;
}

/**
 * Approvals: asked for by the host, decided on the admin plane only, signed by the operator's key over
 * the digest of what was shown (INV-APPR-1). Deciding twice: one wins.
 */
export class Approvals {
  readonly #parts: {
    readonly store: Store;
    readonly gate: Gate;
    readonly world: World;
    readonly operator: KeyPair;
  };
  readonly #effects = new Map<string, ApprovalEffect>();

  constructor(parts: {
    readonly store: Store;
    readonly gate: Gate;
    readonly world: World;
    readonly operator: KeyPair;
  }) {
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
    const record: ApprovalRecord = {
      id: newId('ap', world),
      kind: request.kind,
      subject: request.subject,
      status: 'pending',
      request: text,
      digest,
      requested: now,
      expires: now + PENDING_MILLIS,
      decided: null,
      decision: null,
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
    const record = await this.#pending(id);
    if (record.digest !== shown.digest)
      throw new CcosError('stale_approval', {}, { approval_id: id });
    if (sha256Hex(record.request) !== record.digest)
      throw new CcosError('integrity', { what: 'approval' }, { approval_id: id });
    const effect = this.#effects.get(record.kind);
    if (effect === undefined) throw new CcosError('internal', { why: 'approval_kind' });
    const request = parseRequest(record);
    const judged = this.#parts.gate.judge(effect.question(request));
    const transaction = await effect.apply(request, id);
    const decided = this.#decide(record, 'approved', shown.by);
    await this.#parts.gate.admit([judged], {
      rows: [
        ...decided.rows,
        { type: 'approval.used', data: { approval: id, kind: record.kind } },
        ...transaction.rows,
      ],
      changes: [...(decided.changes ?? []), ...(transaction.changes ?? [])],
      guards: [stillPending(id, record.digest), ...(transaction.guards ?? [])],
    });
    effect.after?.(request);
    return this.get(id);
  }

  async deny(id: string): Promise<Approval> {
    const record = await this.#pending(id);
    await this.#parts.store.commit({
      ...this.#decide(record, 'denied', 'operator'),
      guards: [stillPending(id, record.digest)],
    });
    return this.get(id);
  }

  /**
   * The request that the operator has approved under this id, proved by his signature and not by what
   * the database says; null where there is no such thing (INV-APPR-2).
   */
  async proven(id: string, kind: ApprovalKind): Promise<ApprovalRequest | null> {
    const record = await findApproval(this.#parts.store, id);
    if (record?.status !== 'approved' || record.decision === null) return null;
    if (sha256Hex(record.request) !== record.digest) return null;
    const payload = openStatement(record.decision, PAYLOAD_TYPE, this.#parts.operator);
    if (payload === null) return null;
    const statement = JSON.parse(payload) as JsonObject; // signed by our own key
    const matches =
      statement['approval'] === id &&
      statement['digest'] === record.digest &&
      statement['decision'] === 'approved';
    const request = parseRequest(record);
    return matches && request.kind === kind ? request : null;
  }

  #decide(record: ApprovalRecord, status: 'approved' | 'denied', by: Decider): Transaction {
    const { world, operator } = this.#parts;
    const at = world.now();
    const statement = canonicalJson({
      format: 'ccos-approval/1',
      approval: record.id,
      digest: record.digest,
      decision: status,
      by,
      at,
    });
    const decision = signStatement(PAYLOAD_TYPE, statement, operator);
    return {
      rows: [
        {
          type: 'approval.decision',
          data: {
            approval: record.id,
            kind: record.kind,
            digest: record.digest,
            decision: status,
            by,
          },
        },
      ],
      changes: [decideApproval(record.id, { status, at, decision })],
    };
  }

  async #pending(id: string): Promise<ApprovalRecord> {
    const record = await this.#find(id);
    if (record.status !== 'pending')
      throw new CcosError('conflict', { status: record.status }, { approval_id: id });
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
