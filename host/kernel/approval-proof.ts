import { canonicalJson } from '../core/json.ts';
import { sha256Hex } from '../crypto/digest.ts';
import type { KeyPair } from '../crypto/ed25519.ts';
import { openStatement, signStatement } from '../crypto/sealed-statement.ts';
import type { ApprovalRecord } from '../store/tables/approvals.ts';

const REQUEST_TYPE = 'application/vnd.ccos.approval-request.v1+json';
const DECISION_TYPE = 'application/vnd.ccos.approval.v1+json';

/** Binds an id to what it asks for and until when, as of the moment it was asked. */
export function sealRequest(
  record: Pick<ApprovalRecord, 'id' | 'digest' | 'expires'>,
  operator: KeyPair,
): string {
  return signStatement(REQUEST_TYPE, requestStatement(record), operator);
}

/** Whether a record is what {@link sealRequest} was given: no later expiry, no other request. */
export function isAsRequested(record: ApprovalRecord, operator: KeyPair): boolean {
  const sealed = openStatement(record.seal ?? '', REQUEST_TYPE, operator);
  return sealed === requestStatement(record) && sha256Hex(record.request) === record.digest;
}

function requestStatement({
  id,
  digest,
  expires,
}: Pick<ApprovalRecord, 'id' | 'digest' | 'expires'>): string {
  return canonicalJson({ format: 'ccos-approval-request/1', approval: id, digest, expires });
}

/** INV-APPR-1: the operator's signature over the digest of what was shown, and what he said. */
export function signDecision(
  record: ApprovalRecord,
  decided: { readonly decision: 'approved' | 'denied'; readonly by: string; readonly at: number },
  operator: KeyPair,
): string {
  const { id, digest, expires } = record;
  const facts = { format: 'ccos-approval/1', approval: id, digest, expires };
  return signStatement(DECISION_TYPE, canonicalJson({ ...facts, ...decided }), operator);
}

/** Whether the operator has approved exactly this request under this id. */
export function isProven(record: ApprovalRecord, operator: KeyPair): boolean {
  if (record.status !== 'approved' || record.decision === null) return false;
  if (sha256Hex(record.request) !== record.digest) return false;
  const payload = openStatement(record.decision, DECISION_TYPE, operator);
  if (payload === null) return false;
  const statement = JSON.parse(payload) as Readonly<Record<string, unknown>>; // signed by our own key
  return (
    statement['approval'] === record.id &&
    statement['digest'] === record.digest &&
    statement['decision'] === 'approved'
  );
}
