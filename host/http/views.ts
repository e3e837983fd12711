import type { Approval } from '../kernel/approvals.ts';

/** Milliseconds since the epoch as ISO 8601. */
export const iso = (millis: number): string => new Date(millis).toISOString();

/** An approval as the API shows it: nothing that is hashed is left out. */
export function approvalView(approval: Approval): Readonly<Record<string, unknown>> {
  const {
    id,
    kind,
    subject,
    status,
    digest,
    requested,
    expires,
    decided,
    summary,
    changes,
    facts,
  } = approval;
  return {
    id,
    kind,
    subject,
    status,
    digest,
    requested: iso(requested),
    expires: iso(expires),
    ...(decided !== null && { decided: iso(decided) }),
    summary,
    changes,
    request: facts,
  };
}
