import type { Tag } from '../core/label.ts';
import { PUBLIC, TAGS, labelOf } from '../core/label.ts';
import type { ApprovalKind } from './approval-kind.ts';
import type { PolicyEngine } from './engine.ts';
import type { SinkKind } from './question.ts';
import { SINKS } from './question.ts';
import { releaseTo } from './sample.ts';
import type { Verdict } from './verdict.ts';

/** What happens to a value with one tag at one sink, without and with the approval of that sink. */
export interface Cell {
  readonly label: 'public' | Tag;
  readonly sink: SinkKind;
  readonly approved: boolean;
  readonly decision: Verdict['decision'];
  readonly rules: readonly string[];
  readonly reason: string;
  readonly approvalKind?: ApprovalKind;
}

/** The whole of what the pack says about release; at the agent's sink the approval is the grant. */
export function policyTable(engine: PolicyEngine): readonly Cell[] {
  return (['public', ...TAGS] as const).flatMap((label) =>
    SINKS.flatMap((sink) =>
      [false, true].map((approved) => cell(engine, { label, sink, approved })),
    ),
  );
}

function cell(engine: PolicyEngine, at: Pick<Cell, 'label' | 'sink' | 'approved'>): Cell {
  const { decision, rules, reason, approvalKind } = engine.decide({
    ...releaseTo(at.sink),
    label: at.label === 'public' ? PUBLIC : labelOf([at.label]),
    releasedGrant: at.approved && at.sink === 'agent',
    approved: at.approved,
  });
  return { ...at, decision, rules, reason, ...(approvalKind !== undefined && { approvalKind }) };
}
