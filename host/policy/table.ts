import type { Tag } from '../core/label.ts';
import { PUBLIC, TAGS, labelOf } from '../core/label.ts';
import type { ApprovalKind } from './approval-kind.ts';
import type { PolicyEngine } from './engine.ts';
import type { ReleaseQuestion, SinkKind } from './question.ts';
import { SINKS } from './question.ts';
import type { Verdict } from './verdict.ts';

/** What happens to a value with one tag at one sink, without and with the approval of that sink. */
export interface Cell {
  readonly label: 'public' | Tag;
  readonly sink: SinkKind;
  readonly approved: boolean;
  readonly decision: Verdict['decision'];
  readonly rules: readonly string[];
  readonly approvalKind?: ApprovalKind;
}

const AGENT = { kind: 'agent', id: 'table' } as const;
const OPERATOR = { kind: 'operator', id: 'table' } as const;
const GATEWAY = { kind: 'gateway', id: 'table' } as const;

/** Who releases to the sinks that are not for agents' words. */
const PRINCIPALS: Partial<Record<SinkKind, ReleaseQuestion['principal']>> = {
  operator: OPERATOR,
  log: GATEWAY,
  metrics: GATEWAY,
};

/** The whole of what the pack says about release; at the agent's sink the approval is the grant. */
export function policyTable(engine: PolicyEngine): readonly Cell[] {
  return (['public', ...TAGS] as const).flatMap((label) =>
    SINKS.flatMap((sink) =>
      [false, true].map((approved) => cell(engine, { label, sink, approved })),
    ),
  );
}

function cell(engine: PolicyEngine, at: Pick<Cell, 'label' | 'sink' | 'approved'>): Cell {
  const { decision, rules, approvalKind } = engine.decide({
    action: 'release',
    principal: PRINCIPALS[at.sink] ?? AGENT,
    sink: { kind: at.sink, id: at.sink },
    label: at.label === 'public' ? PUBLIC : labelOf([at.label]),
    localDocument: false,
    releasedGrant: at.approved && at.sink === 'agent',
    approved: at.approved,
  });
  return { ...at, decision, rules, ...(approvalKind !== undefined && { approvalKind }) };
}
