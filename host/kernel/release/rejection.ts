import { CcosError } from '../../core/error.ts';
import type { Json } from '../../core/json.ts';
import type { GuardFinding } from './guards.ts';

/** Words with which a caller or a plugin may try to speak for the host about labels. */
const LABEL_CLAIMS = ['label', 'labels', '__ccos_meta'] as const;

/** Which check an output did not pass, in closed words. */
type Rejection = GuardFinding | { readonly guard: 'schema' };

/** An output that did not pass: the error says nothing of it, and `why` goes into the chain alone. */
export class RejectedOutput extends CcosError {
  readonly why: Rejection;

  constructor(why: Rejection) {
    super('transform_rejected', {});
    this.why = why;
  }
}

/** Whether a value speaks of labels where only the host does. */
export function claimsLabel(value: Json): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return LABEL_CLAIMS.some((word) => Object.hasOwn(value, word));
}
