/** A version of semver 2.0.0 without build metadata; numbers have at most nine digits. */
export const VERSION =
  /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-([0-9A-Za-z-]{1,32}(?:\.[0-9A-Za-z-]{1,32}){0,7}))?$/;

/** Comparators that must all hold, `>=1.4 <2`; missing numbers are zero. */
export const VERSION_RANGE =
  /^(?:>=|>|<=|<|=)\d{1,9}(?:\.\d{1,9}){0,2}(?: (?:>=|>|<=|<|=)\d{1,9}(?:\.\d{1,9}){0,2}){0,3}$/;

/** Negative, zero or positive by semver 2.0.0 section 11; both must match {@link VERSION}. */
export function compareVersions(left: string, right: string): number {
  const a = VERSION.exec(left) ?? [];
  const b = VERSION.exec(right) ?? [];
  for (const part of [1, 2, 3]) {
    const difference = Number(a[part]) - Number(b[part]);
    if (difference !== 0) return difference;
  }
  return comparePrerelease(a[4], b[4]);
}

/** Whether `version` satisfies a range that matches {@link VERSION_RANGE}. */
export function satisfies(version: string, range: string): boolean {
  return range.split(' ').every((comparator) => {
    const [, operator = '', bound = ''] = /^([<>=]+)(.*)$/.exec(comparator) ?? [];
    const [major = '0', minor = '0', patch = '0'] = bound.split('.').map((part) => String(+part));
    const order = compareVersions(version, `${major}.${minor}.${patch}`);
    if (order === 0) return operator.includes('=');
    return operator.startsWith(order < 0 ? '<' : '>');
  });
}

function comparePrerelease(left: string | undefined, right: string | undefined): number {
  if (left === right) return 0;
  if (left === undefined) return 1;
  if (right === undefined) return -1;
  const a = left.split('.');
  const b = right.split('.');
  for (const [index, identifier] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (identifier !== other) return compareIdentifiers(identifier, other);
  }
  return -1;
}

function compareIdentifiers(left: string, right: string): number {
  const [a, b] = [left, right].map((word) => /^\d+$/.test(word));
  if (a === true && b === true) return Number(left) - Number(right);
  if (a !== b) return a === true ? -1 : 1;
  return left < right ? -1 : 1;
}
