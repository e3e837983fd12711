import type { ApprovalKind } from './approval-kind.ts';
import type { Cedar } from './cedar.ts';
import { cedarRequest } from './entities.ts';
import type { CedarRequest } from './entities.ts';
import type { Gap } from './explain.ts';
import { makeExplain } from './explain.ts';
import type { ActionName, Question } from './question.ts';
import type { Rule } from './rule.ts';
import { ruleNumber } from './rule.ts';
import type { Verdict } from './verdict.ts';
import { DEFAULT_DENY, ENGINE_ERROR } from './verdict.ts';

export interface PolicyEngine {
  readonly version: string;
  readonly sha256: string;
  /** The rules of the pack, in the order of file name and place. */
  readonly rules: readonly Rule[];
  /** Never throws: what cannot be decided is denied by {@link ENGINE_ERROR}. No I/O, no clock. */
  readonly decide: (question: Question) => Verdict;
  /** Which rules decide, without an explanation; null where Cedar cannot say. */
  readonly weigh: (question: Question) => Weighed | null;
  /** Gives back what Cedar keeps of the pack; the engine is not asked again. */
  readonly dispose: () => void;
}

/** The forbids that hold, or the permits that hold where none forbids. */
export interface Weighed {
  readonly allowed: boolean;
  /** By id. */
  readonly rules: readonly Rule[];
}

interface EngineParts {
  readonly cedar: Cedar;
  /** Under which Cedar keeps the parsed schema and policies. */
  readonly name: string;
  readonly identity: { readonly version: string; readonly sha256: string };
  readonly rules: readonly Rule[];
  readonly dispose: () => void;
}

const ENGINE_FAILED: Verdict = {
  decision: 'deny',
  rules: [ENGINE_ERROR],
  reason: 'the policy engine could not decide, so nothing is allowed',
};
/** How many verdicts are kept. A verdict depends on the pack and the request and on nothing else. */
const KEPT_VERDICTS = 2048;
const NO_RULE = 'no rule allows this';

export function makeEngine({ cedar, name, identity, rules, dispose }: EngineParts): PolicyEngine {
  const explain = makeExplain({ cedar, pack: name, rules });

  function ask(request: CedarRequest): Weighed | null {
    const answer = cedar.statefulIsAuthorized({
      ...request,
      preparsedSchemaName: name,
      preparsedPolicySetId: name,
      validateRequest: true,
    });
    // Cedar skips a forbid that errs, which would open what it closes.
    if (answer.type !== 'success' || answer.response.diagnostics.errors.length > 0) return null;
    const { decision, diagnostics } = answer.response;
    const named = diagnostics.reason.map((id) => rules[ruleNumber(id)]);
    const decided = named.filter((rule) => rule !== undefined).sort(byId);
    return decided.length === named.length
      ? { allowed: decision === 'allow', rules: decided }
      : null;
  }

  function judge(action: ActionName, request: CedarRequest): Verdict {
    const weighed = ask(request);
    if (weighed === null) return ENGINE_FAILED;
    if (weighed.allowed) return because('allow', weighed.rules);
    const gaps = (): readonly Gap[] => explain(action, request);
    return weighed.rules.length > 0 ? forbidden(weighed.rules, gaps) : notPermitted(gaps());
  }

  const known = new Map<string, Verdict>();

  function recall(question: Question): Verdict {
    const request = cedarRequest(question);
    const key = JSON.stringify(request);
    const before = known.get(key);
    if (before !== undefined) return before;
    const verdict = judge(question.action, request);
    if (verdict === ENGINE_FAILED) return verdict; // may pass
    if (known.size >= KEPT_VERDICTS) known.clear();
    known.set(key, verdict);
    return verdict;
  }

  return {
    ...identity,
    rules,
    dispose,
    weigh(question) {
      try {
        return ask(cedarRequest(question));
      } catch {
        return null;
      }
    },
    decide(question) {
      try {
        return recall(question);
      } catch {
        return ENGINE_FAILED;
      }
    },
  };
}

/** An approval helps only where each of the forbids asks for one and a permit waits behind them. */
function forbidden(forbids: readonly Rule[], gaps: () => readonly Gap[]): Verdict {
  const kinds = forbids.flatMap(({ approval }) => approval ?? []);
  const [kind] = kinds;
  if (kind === undefined || kinds.length < forbids.length) return because('deny', forbids);
  return gaps().some(({ liftable }) => liftable)
    ? needsApproval(kind, forbids)
    : because('deny', forbids);
}

function notPermitted(gaps: readonly Gap[]): Verdict {
  const waiting = gaps.find(({ liftable }) => liftable)?.rule;
  if (waiting?.approval !== undefined) return needsApproval(waiting.approval, [waiting]);
  const fewest = Math.min(...gaps.map(({ unmet }) => unmet.length));
  const closest = gaps.filter(({ unmet }) => unmet.length === fewest);
  return {
    decision: 'deny',
    rules: [DEFAULT_DENY],
    reason: [NO_RULE, ...closest.map(({ rule }) => `but: ${rule.title}`)].join('; '),
    unmet: closest.flatMap(({ unmet }) => unmet),
  };
}

function needsApproval(approvalKind: ApprovalKind, rules: readonly Rule[]): Verdict {
  return { ...because('needs-approval', rules), approvalKind };
}

function because(decision: Verdict['decision'], rules: readonly Rule[]): Verdict {
  return {
    decision,
    rules: rules.map(({ id }) => id),
    reason: rules.map(({ title }) => title).join('; '),
  };
}

function byId(one: Rule, other: Rule): number {
  return one.id < other.id ? -1 : 1;
}
