import { CcosError } from '../core/error.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { ApprovalKind } from '../policy/approval-kind.ts';
import type { ApprovalRequest } from './approval-request.ts';

/** What the decider leaves of a request. Times are milliseconds since the epoch. */
export interface Narrowing {
  /** Facts of the request with narrower values. */
  readonly scope?: JsonObject;
  readonly expires?: number;
  readonly maxUses?: number;
}

/** Whether `next` lets no more happen than `asked`. */
type IsNarrower = (next: Json, asked: Json) => boolean;

const fewer: IsNarrower = (next, asked) =>
  typeof next === 'number' &&
  typeof asked === 'number' &&
  Number.isSafeInteger(next) &&
  next <= asked;
const notMore: IsNarrower = (next, asked) => fewer(next, asked) && Number(next) >= 1;
const none: IsNarrower = (next, asked) => next === asked || next === false;
const subset: IsNarrower = (next, asked) =>
  Array.isArray(next) &&
  Array.isArray(asked) &&
  new Set(next).size === next.length &&
  next.every((item) => asked.includes(item));
const someOf: IsNarrower = (next, asked) =>
  subset(next, asked) && Array.isArray(next) && next.length > 0;

const EXCEPTION = { label: subset, max_bytes: notMore, max_uses: notMore } as const;

/** Which facts of a kind can be narrowed, and how; the others say what the request is. */
const NARROWABLE: Partial<Record<ApprovalKind, Readonly<Record<string, IsNarrower>>>> = {
  'egress.exception': EXCEPTION,
  'fs.exception': EXCEPTION,
  'declassify.public': { max_bytes: notMore, max_uses: notMore },
  'channel.grant': { max_verbatim_words: fewer, same_audience: none },
  'limit.raise': { to: notMore },
  'effect.grant': { effects: someOf },
  'publisher.trust': { namespaces: someOf, effects: subset },
  'secret.bind': { max_uses: notMore },
};

/** The kinds whose uses are counted one by one. */
const COUNTED: readonly ApprovalKind[] = [
  'egress.exception',
  'fs.exception',
  'declassify.public',
  'secret.bind',
];

/**
 * What is granted: the request with some of its facts narrower, each of them said in its changes too.
 * Throws `invalid_input` for anything that would let more happen than was asked for (D1.4-c).
 */
export function narrow(
  request: ApprovalRequest,
  narrowing: Narrowing,
  now: number,
): ApprovalRequest {
  const scope = narrowing.scope ?? {};
  for (const [name, value] of Object.entries(scope)) demandNarrower(request, name, value);
  const facts = {
    ...scope,
    ...expiryOf(request, narrowing.expires, now),
    ...usesOf(request, narrowing.maxUses),
  };
  const changed = Object.entries(facts).filter(
    ([name, value]) => !same(request.facts[name], value),
  );
  if (changed.length === 0) return request;
  return {
    ...request,
    changes: [
      ...request.changes,
      ...changed.map(([name, value]) => ({
        effect: 'NARROWS' as const,
        what: `narrowed by the operator, ${name}`,
        value: typeof value === 'number' ? value : wordsOf(value),
      })),
    ],
    facts: { ...request.facts, ...Object.fromEntries(changed) },
  };
}

/** Until when a request holds that says so itself; milliseconds since the epoch. */
export function expiryIn({ facts }: ApprovalRequest): number | null {
  const { expires } = facts;
  return typeof expires === 'string' ? Date.parse(expires) : null;
}

function demandNarrower({ kind, facts }: ApprovalRequest, name: string, value: Json): void {
  const rules = NARROWABLE[kind] ?? {};
  const isNarrower = Object.hasOwn(rules, name) ? rules[name] : undefined;
  const asked = facts[name];
  if (isNarrower === undefined || asked === undefined) throw refused('scope', 'not_narrowable');
  if (!isNarrower(value, asked)) throw refused('scope', 'wider');
}

function expiryOf(request: ApprovalRequest, expires: number | undefined, now: number): JsonObject {
  if (expires === undefined) return {};
  const asked = expiryIn(request);
  if (expires <= now) throw refused('expires', 'past');
  if (asked !== null && expires > asked) throw refused('expires', 'wider');
  return { expires: new Date(expires).toISOString() };
}

function usesOf({ kind, facts }: ApprovalRequest, maxUses: number | undefined): JsonObject {
  if (maxUses === undefined) return {};
  if (!COUNTED.includes(kind)) throw refused('max_uses', 'not_counted');
  if (!Number.isSafeInteger(maxUses) || maxUses < 1) throw refused('max_uses', 'count');
  const asked = facts['max_uses'];
  if (typeof asked === 'number' && maxUses > asked) throw refused('max_uses', 'wider');
  return { max_uses: maxUses };
}

const same = (one: Json | undefined, other: Json): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

function wordsOf(value: Json): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(wordsOf).join(' ') || 'none' : JSON.stringify(value);
}

const refused = (field: string, why: string): CcosError =>
  new CcosError('invalid_input', { field, why });
