import { CcosError } from '../core/error.ts';
import type { JsonObject } from '../core/json.ts';
import type { ApprovalKind } from '../policy/approval-kind.ts';
import type { Question } from '../policy/question.ts';
import type { ApprovalRecord, ApprovalStatus } from '../store/tables/approvals.ts';
import type { Transaction } from '../store/store.ts';
import type { Act } from './standing.ts';

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
  /** The session that asked; null for the gateway itself, on behalf of the operator. */
  readonly requester: string | null;
  /** What was granted of it, where that is less. */
  readonly granted: ApprovalRequest | null;
  /** One of the two people that it needs has said yes. */
  readonly seconded: boolean;
}

/** Who says yes: the operator by hand, or one of two flags that name themselves in the record. */
export const DECIDERS = ['operator', 'flag:approve', 'flag:approve-first-party'] as const;
export type Decider = (typeof DECIDERS)[number];

/** What an approval changes, and what of it must not be undone by whoever can write the database. */
export interface Applied extends Transaction {
  readonly acts?: readonly Act[];
}

/** What happens when an approval of a kind is given, and when it is taken back. */
export interface ApprovalEffect {
  readonly question: (request: ApprovalRequest) => Question;
  readonly apply: (request: ApprovalRequest, approval: string) => Promise<Applied>;
  /** After it is durable: caches to forget, a file to write. */
  readonly after?: (request: ApprovalRequest) => void;
  /** Ends what came of it, where that is more than the approval itself; before that is withdrawn. */
  readonly end?: (request: ApprovalRequest, approval: string) => Promise<void>;
  /** After the withdrawal is durable: what still goes on by it is stopped. */
  readonly ended?: () => Promise<void>;
  /** What becomes durable with the withdrawal. */
  readonly ends?: (request: ApprovalRequest, approval: string) => Transaction;
}

export function toApproval(record: ApprovalRecord, now = record.requested): Approval {
  const { id, digest, requested, expires, decided, requester, granted, first } = record;
  const expired = record.status === 'pending' && expires <= now;
  return {
    ...parseRequest(record.request),
    id,
    digest,
    requested,
    expires,
    decided,
    requester,
    granted: granted === null ? null : parseRequest(granted),
    seconded: first !== null,
    status: expired ? 'expired' : record.status,
  };
}

/** What the host has written down itself. */
export function parseRequest(text: string): ApprovalRequest {
  return JSON.parse(text) as ApprovalRequest; // canonical JSON of one, under a digest that is signed
}

/** A fact that is text; throws for anything else. */
export function factText({ facts }: ApprovalRequest, name: string): string {
  const value = facts[name];
  if (typeof value !== 'string') throw new CcosError('internal', { why: 'approval_facts' });
  return value;
}
