import type { PolicyEngine } from './engine.ts';
import { cedarRequest } from './entities.ts';
import type { Question } from './question.ts';
import type { Rule } from './rule.ts';
import { BASES } from './sample.ts';
import { codeOf } from './shape.ts';
import type { Literals } from './variations.ts';
import { variations } from './variations.ts';

/** How many questions are asked before others get a turn. */
const PART = 50;

/**
 * The rules that decide no question by themselves: wherever they hold, another rule holds too and says
 * the same. Tried on every sample question and on those that differ from it in one or two facts, with
 * what the rules name themselves among the values.
 */
export async function findDeadRules(engine: PolicyEngine): Promise<readonly Rule[]> {
  const dead = new Map(engine.rules.map((rule) => [rule.id, rule]));
  let asked = 0;
  for (const question of questions(literalsOf(engine.rules))) {
    if (dead.size === 0) break;
    const [only, ...others] = engine.weigh(question)?.rules ?? [];
    if (only !== undefined && others.length === 0) dead.delete(only.id);
    asked += 1;
    if (asked % PART === 0) await turnOfOthers();
  }
  return [...dead.values()];
}

/** Each question once: two that Cedar is asked in the same words are one. */
function* questions(literals: Literals): Generator<Question> {
  const known = new Set<string>();
  const near = BASES.flatMap((base) => [base, ...variationsOf(base, literals)]);
  for (const question of near) yield* once(question, known);
  for (const question of near)
    for (const further of variationsOf(question, literals)) yield* once(further, known);
}

function variationsOf(question: Question, literals: Literals): readonly Question[] {
  return variations(question, literals).map(({ question: other }) => other);
}

function* once(question: Question, known: Set<string>): Generator<Question> {
  const key = JSON.stringify(cedarRequest(question));
  if (known.has(key)) return;
  known.add(key);
  yield question;
}

const turnOfOthers = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 0);
  });

const STRING = /(?<type>[\w:]*)"(?<text>(?:[^"\\]|\\.)*)"/g;
const NUMBER = /(?<![\w.])\d{1,15}(?![\w.])/g;

/** What rules name: ids of entities, texts, numbers. Words of closed lists are tried anyway. */
function literalsOf(rules: readonly Rule[]): Literals {
  const found = { ids: new Set<string>(), texts: new Set<string>(), numbers: new Set<number>() };
  for (const rule of rules) {
    for (const { groups } of bodyOf(rule).matchAll(STRING)) {
      const { type = '', text = '' } = groups ?? {};
      if (NAMED.test(type)) found.ids.add(text);
      else if (type === '') found.texts.add(text.replace(/\/\d+$|\*/g, ''));
    }
    for (const [number] of codeOf(rule.text).matchAll(NUMBER)) found.numbers.add(Number(number));
  }
  return { ids: [...found.ids], texts: [...found.texts], numbers: [...found.numbers] };
}

/** The entities that are not words of a closed list. */
const NAMED = /(?:Operator|Agent|Gateway|Plugin|Channel|Session|Capability|Sink|Secret)::$/;

/** Without the annotations. */
function bodyOf({ effect, text }: Rule): string {
  return text.slice(text.indexOf(`${effect} (`) + 1 || text.indexOf(`${effect}(`) + 1);
}
