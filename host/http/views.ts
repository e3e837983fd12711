import type { Approval } from '../kernel/approval-request.ts';
import { riskOf } from '../kernel/approval-risk.ts';

/** Milliseconds since the epoch as ISO 8601. */
export const iso = (millis: number): string => new Date(millis).toISOString();

/** An approval as the API shows it: nothing that is hashed is left out. */
export function approvalView(approval: Approval): Readonly<Record<string, unknown>> {
  const { id, kind, subject, status, digest, requested, expires, decided } = approval;
  const { requester, granted, seconded, summary, facts } = approval;
  return {
    ...{ id, kind, subject, status, digest },
    requester: requester ?? 'gateway',
    requested: iso(requested),
    expires: iso(expires),
    ...(decided !== null && { decided: iso(decided) }),
    ...(seconded && { seconded }),
    summary,
    risk: riskOf(granted ?? approval),
    changes: (granted ?? approval).changes,
    request: facts,
    ...(granted !== null && { granted: granted.facts }),
  };
}
