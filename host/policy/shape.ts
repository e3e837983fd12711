const MAX_DEPTH = 16;
const MAX_OPERATORS = 40;

const STRING_OR_COMMENT = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*/g;
const OPERATOR = /[.+*!<-]|&&|\|\||\bif\b/g;

/** Cedar text, policies or schema, without its strings and comments. */
export function codeOf(text: string): string {
  return text.replace(STRING_OR_COMMENT, ' ');
}

/**
 * Whether no statement nests deeper than Cedar's parser can go. Its WebAssembly has a small stack, and
 * where that overflows (from 64 set brackets on) every later call in the process fails.
 */
export function isShallow(text: string): boolean {
  const code = codeOf(text);
  return (
    deepest(code) <= MAX_DEPTH &&
    code.split(';').every((part) => (part.match(OPERATOR)?.length ?? 0) <= MAX_OPERATORS)
  );
}

function deepest(code: string): number {
  let depth = 0;
  let most = 0;
  for (const [bracket] of code.matchAll(/[()[\]{}]/g)) {
    depth += '([{'.includes(bracket) ? 1 : -1;
    most = Math.max(most, depth);
  }
  return most;
}
