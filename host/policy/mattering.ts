import type { PolicyEngine } from './engine.ts';
import type { Question } from './question.ts';
import type { Variation } from './variations.ts';
import { variations } from './variations.ts';
import type { Verdict } from './verdict.ts';

/** A fact that decided: with another value the answer would be another. */
export interface MatteringFact extends Pick<Variation, 'fact' | 'value' | 'instead'> {
  /** What the answer would be instead. */
  readonly decision: Verdict['decision'];
}

/** Each fact that the decision hangs on by itself, with the first value that would turn it. */
export function factsThatMatter(
  engine: PolicyEngine,
  question: Question,
): readonly MatteringFact[] {
  const { decision } = engine.decide(question);
  const found = new Map<string, MatteringFact>();
  for (const { fact, value, instead, question: other } of variations(question)) {
    if (found.has(fact)) continue;
    const turned = engine.decide(other).decision;
    if (turned !== decision) found.set(fact, { fact, value, instead, decision: turned });
  }
  return [...found.values()];
}
