import type { Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Cedar } from './cedar.ts';
import type { CedarRequest } from './entities.ts';
import type { ActionName } from './question.ts';
import type { Rule } from './rule.ts';

/** How far a permit is from allowing: its conditions that are not met. Only permits whose head fits. */
export interface Gap {
  readonly rule: Rule;
  readonly unmet: readonly string[];
  /** Nothing is unmet but `context.approved`, and the rule names the approval that makes it true. */
  readonly liftable: boolean;
}

export type Explain = (action: ActionName, request: CedarRequest) => readonly Gap[];

interface Probe {
  readonly set: string;
  readonly permits: readonly ProbedPermit[];
}
interface ProbedPermit {
  readonly rule: Rule;
  readonly conditions: readonly Condition[];
}
interface Condition {
  readonly text: string;
  readonly isApproval: boolean;
}

const ANYTHING = {
  effect: 'permit',
  principal: { op: 'All' },
  action: { op: 'All' },
  resource: { op: 'All' },
} as const;

/**
 * Explains denials by a second set of policies: each condition of each permit as a permit of its own,
 * so that Cedar itself says which ones hold. Made for an action when it is first denied.
 */
export function makeExplain(cedar: Cedar, pack: string, rules: readonly Rule[]): Explain {
  const probes = new Map<ActionName, Probe>();
  return (action, request) => {
    const probe = probes.get(action) ?? makeProbe(cedar, `${pack}/${action}`, rules);
    probes.set(action, probe);
    const answer = cedar.statefulIsAuthorized({
      ...request,
      preparsedSchemaName: pack,
      preparsedPolicySetId: probe.set,
      validateRequest: true,
    });
    if (answer.type !== 'success') return [];
    const held = new Set(answer.response.diagnostics.reason);
    return probe.permits
      .map((permit, index) => ({ permit, index }))
      .filter(({ index }) => held.has(headName(index)))
      .map(({ permit, index }) => gap(permit, index, held));
  };
}

function gap(permit: ProbedPermit, index: number, held: ReadonlySet<string>): Gap {
  const unmet = permit.conditions.filter((_, n) => !held.has(conditionName(index, n)));
  return {
    rule: permit.rule,
    unmet: unmet.map(({ text }) => `${permit.rule.id}: ${text}`),
    liftable: unmet.every(({ isApproval }) => isApproval && permit.rule.approval !== undefined),
  };
}

function makeProbe(cedar: Cedar, set: string, rules: readonly Rule[]): Probe {
  const action = set.slice(set.indexOf('/') + 1);
  const policies: Record<string, PolicyJson> = {};
  const permits = permitsOf(cedar, rules, action).map(({ rule, json }, index): ProbedPermit => {
    policies[headName(index)] = { ...json, conditions: [] };
    const conditions = conjuncts(json).map((body, n): Condition => {
      policies[conditionName(index, n)] = { ...json, conditions: [{ kind: 'when', body }] };
      return { text: conditionText(cedar, body), isApproval: isApproval(body) };
    });
    return { rule, conditions };
  });
  cedar.preparsePolicySet(set, { staticPolicies: policies });
  return { set, permits };
}
