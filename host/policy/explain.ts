import type { ActionConstraint, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Cedar } from './cedar.ts';
import { conditionText, conjuncts, isApproval } from './condition.ts';
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

interface ExplainedPack {
  readonly cedar: Cedar;
  /** The name under which Cedar keeps the schema. */
  readonly pack: string;
  readonly rules: readonly Rule[];
}

/**
 * Explains denials by a second set of policies: each condition of each permit as a permit of its own,
 * so that Cedar itself says which ones hold. Made for an action when it is first denied.
 */
export function makeExplain(explained: ExplainedPack): Explain {
  const { cedar, pack } = explained;
  const probes = new Map<ActionName, Probe>();
  return (action, request) => {
    const probe = probes.get(action) ?? makeProbe(explained, action);
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

function makeProbe({ cedar, pack, rules }: ExplainedPack, action: ActionName): Probe {
  const set = `${pack}/${action}`;
  const policies: Record<string, PolicyJson> = {};
  const permits = permitsFor(cedar, rules, action).map(({ rule, json }, index): ProbedPermit => {
    policies[headName(index)] = { ...json, conditions: [] };
    const conditions = json.conditions.flatMap(conjuncts).map((body, n): Condition => {
      policies[conditionName(index, n)] = { ...json, conditions: [{ kind: 'when', body }] };
      return { text: conditionText(cedar, body), isApproval: isApproval(body) };
    });
    return { rule, conditions };
  });
  cedar.preparsePolicySet(set, { staticPolicies: policies });
  return { set, permits };
}

const headName = (permit: number): string => String(permit);
const conditionName = (permit: number, n: number): string => `${String(permit)}.${String(n)}`;

function permitsFor(
  cedar: Cedar,
  rules: readonly Rule[],
  action: ActionName,
): readonly { readonly rule: Rule; readonly json: PolicyJson }[] {
  return rules.flatMap((rule) => {
    if (rule.effect === 'forbid' || isOfAnother(rule, action)) return [];
    const answer = cedar.policyToJson(rule.text); // a millisecond each
    if (answer.type !== 'success' || !mayConcern(answer.json.action, action)) return [];
    return [{ rule, json: answer.json }];
  });
}

/** A permit up to its action, where that is one: no comment, and nothing that needs Cedar to be read. */
const ONE_ACTION =
  /^(?:@[a-z]+\("[^"\\]*"\)\s*)*permit\s*\(\s*principal(?:[^,"/]|"(?:[^"\\]|\\.)*")*,\s*action\s*==\s*Gate::Action::"(?<action>\w+)"\s*,/;

/** Whether the text alone says that a permit is for another action. */
function isOfAnother({ text }: Rule, action: ActionName): boolean {
  const named = ONE_ACTION.exec(text)?.groups?.['action'];
  return named !== undefined && named !== action;
}

/** Whether the head can fit; a group of actions may, and Cedar then says whether it does. */
function mayConcern(constraint: ActionConstraint, action: ActionName): boolean {
  return constraint.op !== '==' || JSON.stringify(constraint).includes(`"${action}"`);
}
