import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Cedar } from './cedar.ts';
import { conjuncts, isApproval } from './condition.ts';
import { cedarRequest } from './entities.ts';
import type { SinkKind } from './question.ts';
import type { Rule } from './rule.ts';
import { AGENT, releaseTo } from './sample.ts';

/** Where many destinations stand behind one word. */
const EGRESS = [
  'channel.other',
  'http.public',
  'http.private',
  'fs',
  'export',
  'node',
  'tenant',
] as const satisfies readonly SinkKind[];

/** A destination that no rule names. */
const SOME_SINK = 'sink-that-no-rule-names';

/**
 * The permits that let something leave to a destination that they do not name, without an approval that
 * does; and those that open every egress sink at once. Judged by their heads and their conjuncts, so that
 * no other condition, however narrow it looks, makes up for a missing `context.approved`.
 */
export function findWildcards(cedar: Cedar, rules: readonly Rule[]): readonly Rule[] {
  return rules.filter(({ effect, text }) => {
    if (effect !== 'permit') return false;
    const answer = cedar.policyToJson(text);
    if (answer.type !== 'success') return false;
    const open = EGRESS.filter((sink) => fits(cedar, answer.json, sink));
    const asks = answer.json.conditions.flatMap(conjuncts).some(isApproval);
    return open.length === EGRESS.length || (open.length > 0 && !asks);
  });
}

/** Whether the head of a rule fits a release to a sink of this kind, whoever asks. */
function fits(cedar: Cedar, rule: PolicyJson, kind: SinkKind): boolean {
  const question = { ...releaseTo(kind), sink: { kind, id: SOME_SINK }, principal: AGENT };
  const head: PolicyJson = { ...rule, principal: { op: 'All' }, conditions: [] };
  const answer = cedar.isAuthorized({
    ...cedarRequest(question),
    policies: { staticPolicies: { head } },
  });
  return answer.type !== 'success' || answer.response.decision === 'allow';
}
