import { factText } from './approval-request.ts';
import type { ApprovalRequest } from './approval-request.ts';

/** Whose results may count as public, in which run, and who has to pass each of them. */
export interface Declassification {
  /** `name@version` of the transform. */
  readonly capability: string;
  readonly publisher: string;
  /** `name@version` of the verifier, and the SHA-256 of its code, hex. */
  readonly verifier: string;
  readonly verifierSha256: string;
  readonly session: string;
  readonly run: string;
  readonly maxBytes: number;
  readonly maxUses: number;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** The approval for results of one capability in one run; each still has to pass its verifier. */
export function declassifyRequest(wanted: Declassification): ApprovalRequest {
  const { capability, publisher, verifier, verifierSha256, session, run } = wanted;
  const { maxBytes, maxUses } = wanted;
  const expires = new Date(wanted.expires).toISOString();
  const widens = (what: string, value: string | number) =>
    ({ effect: 'WIDENS', what, value }) as const;
  return {
    kind: 'declassify.public',
    subject: run,
    summary: `let results of ${capability} count as public in the run ${run}`,
    changes: [
      widens('results of this capability may count as public', capability),
      widens('each of them only where this verifier passes exactly it', verifier),
      widens('for this run only', run),
      widens('so many bytes in all', maxBytes),
      widens('so many results', maxUses),
      widens('until', expires),
    ],
    facts: {
      ...{ capability, publisher, verifier, session, run, expires },
      verifier_sha256: verifierSha256,
      max_bytes: maxBytes,
      max_uses: maxUses,
    },
  };
}

export function parseDeclassification(request: ApprovalRequest): Declassification {
  const { facts } = request;
  return {
    capability: factText(request, 'capability'),
    publisher: factText(request, 'publisher'),
    verifier: factText(request, 'verifier'),
    verifierSha256: factText(request, 'verifier_sha256'),
    session: factText(request, 'session'),
    run: factText(request, 'run'),
    maxBytes: Number(facts['max_bytes']),
    maxUses: Number(facts['max_uses']),
    expires: Date.parse(factText(request, 'expires')),
  };
}
