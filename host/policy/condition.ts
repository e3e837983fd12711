import type { Clause, Expr } from '@cedar-policy/cedar-wasm/nodejs';
import type { Cedar } from './cedar.ts';

/** Cedar's type of an extension call overlaps every other expression, so `in` does not narrow. */
interface Conjunction {
  readonly '&&': { readonly left: Expr; readonly right: Expr };
}

const APPROVED = { '.': { left: { Var: 'context' }, attr: 'approved' } };
const ANYTHING = {
  effect: 'permit',
  principal: { op: 'All' },
  action: { op: 'All' },
  resource: { op: 'All' },
} as const;

/** What must hold, each condition by itself. */
export function conjuncts({ kind, body }: Clause): readonly Expr[] {
  return kind === 'when' ? operands(body) : [{ '!': { arg: body } }];
}

function operands(body: Expr): readonly Expr[] {
  if (!('&&' in body)) return [body];
  const { left, right } = (body as Conjunction)['&&'];
  return [...operands(left), ...operands(right)];
}

/** Whether it is `context.approved`. */
export function isApproval(body: Expr): boolean {
  return JSON.stringify(body) === JSON.stringify(APPROVED);
}

/** As Cedar writes it, for example `context.bytes <= context.limit`. */
export function conditionText(cedar: Cedar, body: Expr): string {
  const answer = cedar.policyToText({ ...ANYTHING, conditions: [{ kind: 'when', body }] });
  const text = answer.type === 'success' ? answer.text : '';
  return text.slice(text.indexOf('{') + 1, text.lastIndexOf('}')).trim();
}
