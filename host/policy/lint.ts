import { CcosError } from '../core/error.ts';
import type { Cedar } from './cedar.ts';
import { loadCedar } from './cedar.ts';
import { findDeadRules } from './dead-rules.ts';
import type { PackSource } from './pack.ts';
import { loadPack, parsePack } from './pack.ts';
import { inOrder, joined, readRule, ruleNumber } from './rule.ts';
import type { Rule } from './rule.ts';
import { isShallow } from './shape.ts';
import { findWildcards } from './wildcard.ts';

/** What can be wrong with a pack, and what to do about it. */
const MENDS = {
  files: 'a pack has one .cedarschema, a constitution.cedar and further .cedar files, nothing else',
  depth: 'split the statement: at most 16 brackets deep and 40 operators in one',
  schema: 'take gate.cedarschema as it ships: the host asks in its words',
  syntax: 'mend the Cedar text at that place',
  template: 'write the rule out: a pack has no templates',
  annotations: 'a rule starts with @id("…") and @title("…"), and @approval("…") where one lifts it',
  id: 'give the rule an id such as base.release.node, not of engine. or default.',
  title: 'say in one plain sentence of at most 160 characters what the rule does',
  approval: 'name a kind of approval that exists: see ccos approvals list --all',
  constitution: 'constitution.cedar holds const. rules only, each a forbid without unless',
  duplicate: 'give each rule an id of its own',
  validation: 'use the words of the schema; a rule that can never apply is refused too',
  wildcard_egress:
    'name the sink in the head and ask for context.approved, so that an exception says what leaves',
  dead_rule: 'it decides nothing that the other rules do not: delete it, or mend its conditions',
} as const;
export type LintCode = keyof typeof MENDS;

export interface LintProblem {
  readonly code: LintCode;
  readonly file?: string;
  readonly rule?: string;
  /** What Cedar says of the text, which it may quote. */
  readonly detail?: string;
  readonly mend: string;
}

/** More of Cedar's words would be a page of its own. */
const MOST_DETAIL = 300;

/**
 * Everything that is wrong with a pack. What keeps it from being read hides what comes after: the texts
 * first, then the words of the schema, then egress without an exception and rules that decide nothing.
 */
export async function lintPack(source: PackSource): Promise<readonly LintProblem[]> {
  const cedar = await loadCedar();
  const unreadable = [...source].flatMap(([file, text]) => textProblems(cedar, file, text));
  if (unreadable.length > 0) return unreadable;
  try {
    const { rules, schema } = parsePack(cedar, source);
    const invalid = validationProblems(cedar, schema, rules);
    if (invalid.length > 0) return invalid;
    const wildcards = wildcardProblems(cedar, rules); // beside one of them, other permits decide nothing
    return wildcards.length > 0 ? wildcards : await deadRuleProblems(source);
  } catch (failure) {
    return [problemOf(failure)];
  }
}

function textProblems(cedar: Cedar, file: string, text: string): readonly LintProblem[] {
  if (!isShallow(text)) return [problem('depth', { file })];
  if (!file.endsWith('.cedar')) return [];
  const parts = cedar.policySetTextToParts(text);
  if (parts.type !== 'success') return [problem('syntax', { file, detail: said(parts.errors[0]) })];
  if (parts.policy_templates.length > 0) return [problem('template', { file })];
  return inOrder(text, parts.policies).flatMap((policy) => {
    try {
      readRule(file, policy);
      return [];
    } catch (failure) {
      return [{ ...problemOf(failure), file }];
    }
  });
}

function validationProblems(
  cedar: Cedar,
  schema: string,
  rules: readonly Rule[],
): readonly LintProblem[] {
  const answer = cedar.validate({ schema, policies: { staticPolicies: joined(rules) } });
  if (answer.type !== 'success') return [problem('schema', { detail: said(answer.errors[0]) })];
  const { validationErrors, validationWarnings, otherWarnings } = answer;
  return [
    ...[...validationErrors, ...validationWarnings].map(({ policyId, error }) => {
      const rule = rules[ruleNumber(policyId)];
      return problem('validation', { ...placeOf(rule), detail: said(error) });
    }),
    ...otherWarnings.map((warning) => problem('validation', { detail: said(warning) })),
  ];
}

function wildcardProblems(cedar: Cedar, rules: readonly Rule[]): readonly LintProblem[] {
  return findWildcards(cedar, rules).map((rule) => problem('wildcard_egress', placeOf(rule)));
}

async function deadRuleProblems(source: PackSource): Promise<readonly LintProblem[]> {
  const engine = await loadPack(source, { version: '', sha256: '' });
  try {
    const dead = await findDeadRules(engine);
    return dead.map((rule) => problem('dead_rule', placeOf(rule)));
  } finally {
    engine.dispose();
  }
}

function placeOf(rule: Rule | undefined): Pick<LintProblem, 'file' | 'rule'> {
  return rule === undefined ? {} : { file: rule.file, rule: rule.id };
}

function problem(
  code: LintCode,
  more: { readonly file?: string; readonly rule?: string; readonly detail?: string },
): LintProblem {
  return { code, ...more, mend: MENDS[code] };
}

/** What `loadPack` refuses a pack for. */
function problemOf(failure: unknown): LintProblem {
  if (!(failure instanceof CcosError) || failure.code !== 'integrity') throw failure;
  const { why, rule } = failure.detail;
  const code = Object.hasOwn(MENDS, String(why)) ? (String(why) as LintCode) : 'syntax';
  return problem(code, typeof rule === 'string' ? { rule } : {});
}

interface Said {
  readonly message: string;
  readonly help: string | null;
}

function said(error: Said | undefined): string {
  const { message = '', help = null } = error ?? {};
  return (help === null ? message : `${message}: ${help}`).slice(0, MOST_DETAIL);
}
