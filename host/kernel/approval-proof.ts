import { canonicalJson } from '../core/json.ts';
import { sha256Hex } from '../crypto/digest.ts';
import type { KeyPair } from '../crypto/ed25519.ts';
import { openStatement, signStatement } from '../crypto/sealed-statement.ts';
import type { ApprovalRecord } from '../store/tables/approvals.ts';

const REQUEST_TYPE = 'application/vnd.ccos.approval-request.v1+json';
const FIRST_TYPE = 'application/vnd.ccos.approval-first.v1+json';
const DECISION_TYPE = 'application/vnd.ccos.approval.v1+json';

/** What is sealed when it is asked: who asks stands there where it is a session. */
type Sealed = Pick<ApprovalRecord, 'id' | 'digest' | 'expires' | 'requester'>;

/** Who has said something, with which credential, when, and what he grants where that is less. */
export interface Answer {
  readonly by: string;
  readonly approver: string;
  readonly at: number;
  /** Canonical JSON of the narrower request. */
  readonly granted: string | null;
}

/** Binds an id to what it asks for and until when, as of the moment it was asked. */
export function sealRequest(record: Sealed, operator: KeyPair): string {
  return signStatement(REQUEST_TYPE, requestStatement(record), operator);
}

/** Whether a record is what {@link sealRequest} was given: no later expiry, no other request. */
export function isAsRequested(record: ApprovalRecord, operator: KeyPair): boolean {
  const sealed = openStatement(record.seal ?? '', REQUEST_TYPE, operator);
  return sealed === requestStatement(record) && sha256Hex(record.request) === record.digest;
}

function requestStatement({ id, digest, expires, requester }: Sealed): string {
  const of = { format: 'ccos-approval-request/1', approval: id, digest, expires };
  return canonicalJson(requester === null ? of : { ...of, requester });
}

/** INV-APPR-1: the operator's signature over the digest of what was shown, and what he said. */
export function signDecision(
  record: ApprovalRecord,
  decided: Answer & { readonly decision: 'approved' | 'denied' },
  operator: KeyPair,
): string {
  const { decision } = decided;
  return signStatement(
    DECISION_TYPE,
    canonicalJson({ ...answerStatement(record, decided), decision }),
    operator,
  );
}

/** The yes of the first of two people, which grants nothing yet. */
export function signFirst(record: ApprovalRecord, answer: Answer, operator: KeyPair): string {
  return signStatement(FIRST_TYPE, canonicalJson(answerStatement(record, answer)), operator);
}

/** Who was the first to say yes to exactly this, and to what digest of it; null where nobody has. */
export function readFirst(
  { id, digest, first }: ApprovalRecord,
  operator: KeyPair,
): { readonly approver: string; readonly granted: string | null } | null {
  const said = readAnswer(first, FIRST_TYPE, operator);
  if (said?.['approval'] !== id || said['digest'] !== digest) return null;
  const { approver, granted } = said;
  if (typeof approver !== 'string') return null;
  return { approver, granted: typeof granted === 'string' ? granted : null };
}

/** Whether the operator has approved exactly this request, or this part of it, under this id. */
export function isProven(record: ApprovalRecord, operator: KeyPair): boolean {
  const { id, digest, status, request, granted, decision } = record;
  if (status !== 'approved' || sha256Hex(request) !== digest) return false;
  const said = readAnswer(decision, DECISION_TYPE, operator);
  return (
    said?.['approval'] === id &&
    said['digest'] === digest &&
    said['decision'] === 'approved' &&
    said['granted'] === (granted === null ? undefined : sha256Hex(granted))
  );
}

function answerStatement({ id, digest, expires }: ApprovalRecord, answer: Answer) {
  const { by, approver, at, granted } = answer;
  return {
    ...{ format: 'ccos-approval/1', approval: id, digest, expires, by, approver, at },
    ...(granted !== null && { granted: sha256Hex(granted) }),
  };
}

function readAnswer(
  envelope: string | null,
  type: string,
  operator: KeyPair,
): Readonly<Record<string, unknown>> | null {
  const payload = openStatement(envelope ?? '', type, operator);
  return payload === null ? null : (JSON.parse(payload) as Readonly<Record<string, unknown>>); // signed by our own key
}
