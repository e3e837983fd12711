import { BOUNDS } from './bounds.ts';

const ATOM = String.raw`\[\^?(?:[^\\[\]]|\\[dwsDWS\\[\]^-])+\]|\\[dwsDWS\\^$.*+?()[\]{}|/]|[^\\^$*+?()[\]{}|]`;
const QUANTIFIER = String.raw`\*|\+|\?|\{(\d{1,4})(,\d{0,4})?\}`;
const TOKEN = new RegExp(`(?:${ATOM})(${QUANTIFIER})?`, 'uy');

/**
 * Whether a pattern runs in time linear in its subject whatever the subject is: anchored by `^`; a row
 * of characters and classes without groups, alternatives and look-around; `?` at most three times;
 * `{n}` anywhere; `*`, `+` and `{m,n}` on the last one only, where there is nothing to go back for.
 */
export function isLinearPattern(pattern: string): boolean {
  const tokens = tokenize(pattern);
  if (tokens === undefined) return false;
  const optional = tokens.filter(({ quantifier }) => quantifier === '?');
  const bounded = tokens.every(({ repeat }) => repeat <= BOUNDS.schemaRepeat);
  const fixed = tokens.slice(0, -1).every(({ variable }) => !variable);
  return optional.length <= 3 && bounded && fixed && compiles(pattern);
}

interface Token {
  readonly quantifier: string;
  /** `*`, `+` or a range: it can match more or less. */
  readonly variable: boolean;
  /** The largest number in it. */
  readonly repeat: number;
}

function tokenize(pattern: string): readonly Token[] | undefined {
  if (!pattern.startsWith('^')) return undefined;
  const tokens: Token[] = [];
  let at = 1;
  while (at < pattern.length && pattern.slice(at) !== '$') {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(pattern);
    if (match === null) return undefined;
    tokens.push(readToken(match));
    at += match[0].length;
  }
  return tokens;
}

function readToken([, quantifier = '', least = '0', range]: RegExpExecArray): Token {
  return {
    quantifier,
    variable: quantifier === '*' || quantifier === '+' || range !== undefined,
    repeat: Math.max(Number(least), Number(range?.slice(1) ?? 0)),
  };
}

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
