import { CcosError } from '../core/error.ts';
import type { ApprovalKind } from './approval-kind.ts';
import { isApprovalKind } from './approval-kind.ts';
import type { Cedar } from './cedar.ts';
import { codeOf } from './shape.ts';

/** One policy of a pack: its Cedar text and what its annotations say about it. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly effect: 'permit' | 'forbid';
  /** The kind of approval that lifts the denial, or that makes the permit's `approved` true. */
  readonly approval: ApprovalKind | undefined;
  readonly file: string;
  readonly text: string;
}

export const CONSTITUTION_FILE = 'constitution.cedar';

const RULE_ID = /^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+$/;
const RESERVED = /^(?:engine|default)\./;
const TITLE = /^[\p{L}\p{N} ,;:'()@._/-]{1,160}$/u;

/** Annotations first, each a plain string on its own, then the effect: all that a head may have. */
const HEAD = /^(?<annotations>(?:@[a-z]+\("[^"\\]*"\)\s*)*)(?<effect>permit|forbid)\s*\(/;
const ANNOTATION = /@([a-z]+)\("([^"\\]*)"\)/g;

/**
 * The rules of one file. Throws `integrity` with `why`: `syntax` (not Cedar), `template`,
 * `annotations`, `id`, `title`, `approval`, or `constitution` (a rule that does not belong there).
 */
export function readRules(cedar: Cedar, file: string, text: string): readonly Rule[] {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type !== 'success') throw refused('syntax');
  if (parts.policy_templates.length > 0) throw refused('template');
  return inOrder(text, parts.policies).map((policy) => readRule(file, policy));
}

/** Cedar names policies by number and gives them back in the order of those names as words. */
export function inOrder(text: string, policies: readonly string[]): readonly string[] {
  const places = new Map(policies.map((policy) => [policy, text.indexOf(policy)]));
  return [...policies].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

/** One policy of a file; throws as {@link readRules}. */
export function readRule(file: string, text: string): Rule {
  const { effect, annotations } = readHead(text);
  const id = annotations.get('id');
  if (id === undefined || !RULE_ID.test(id) || RESERVED.test(id)) throw refused('id');
  const title = annotations.get('title');
  if (title === undefined || !TITLE.test(title)) throw refused('title', id);
  const approval = annotations.get('approval');
  if (approval !== undefined && !isApprovalKind(approval)) throw refused('approval', id);
  const rule = { id, title, effect, approval, file, text };
  if (!standsWhereItBelongs(rule)) throw refused('constitution', id);
  return rule;
}

interface Head extends Pick<Rule, 'effect'> {
  readonly annotations: ReadonlyMap<string, string>;
}

function readHead(text: string): Head {
  const head = HEAD.exec(text)?.groups;
  if (head === undefined) throw refused('annotations');
  return {
    effect: head['effect'] === 'permit' ? 'permit' : 'forbid',
    annotations: readAnnotations(head['annotations'] ?? ''),
  };
}

/** A misspelt `@approval` would otherwise pass unnoticed. */
function readAnnotations(text: string): ReadonlyMap<string, string> {
  const pairs = [...text.matchAll(ANNOTATION)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );
  if (pairs.some(([name]) => !['id', 'title', 'approval'].includes(name)))
    throw refused('annotations');
  return new Map(pairs);
}

/** The constitution holds `const.` forbids without `unless`, and no other file holds any of those. */
function standsWhereItBelongs({ id, effect, file, text }: Rule): boolean {
  if (file !== CONSTITUTION_FILE) return !id.startsWith('const.');
  return id.startsWith('const.') && effect === 'forbid' && !/\bunless\b/.test(codeOf(text));
}

/** Parsed as one text, which is twenty times faster than by name; Cedar numbers them in order. */
export function joined(rules: readonly Rule[]): string {
  return rules.map(({ text }) => text).join('\n');
}

/** Which of the {@link joined} rules Cedar calls `policy<n>`. */
export function ruleNumber(policyId: string): number {
  return Number(policyId.replace(/^policy/, ''));
}

export function refused(why: string, rule?: string): CcosError {
  return new CcosError('integrity', { what: 'policy', why, ...(rule !== undefined && { rule }) });
}
