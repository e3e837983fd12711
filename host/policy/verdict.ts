import type { ApprovalKind } from './approval-kind.ts';

/** What the gate answers. Every text in it comes from the pack or is fixed; none from the question. */
export interface Verdict {
  readonly decision: 'allow' | 'deny' | 'needs-approval';
  /** The rules that decided, sorted; `default.deny` where none did, `engine.error` where none could. */
  readonly rules: readonly string[];
  /** The titles of those rules. */
  readonly reason: string;
  /** Of `needs-approval`: the kind that would lift the denial. */
  readonly approvalKind?: ApprovalKind;
  /** Of a default deny: `rule: condition` for each unmet condition of the rules that came closest. */
  readonly unmet?: readonly string[];
}

export const DEFAULT_DENY = 'default.deny';
export const ENGINE_ERROR = 'engine.error';
