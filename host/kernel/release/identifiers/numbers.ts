/** More digits than a count of anything that a person speaks of. */
const LONG = 9;
const SHORT = 7;
const MOST_DIGITS = 64;
/** Groups of digits, at most this far apart. */
const GAP = 2;

/** Digits with the separators of telephone numbers between them, as they stand in a text. */
interface Cluster {
  readonly groups: readonly string[];
  /** What stands before each group but the first. */
  readonly gaps: readonly string[];
  readonly plus: boolean;
  readonly end: number;
}

/** The kind of number that names somebody, if one stands in a plain text. */
export function findNumber(plain: string): 'phone' | 'card' | 'ip' | 'number' | undefined {
  const digits = /[0-9]/g;
  for (let first = digits.exec(plain); first !== null; first = digits.exec(plain)) {
    const cluster = clusterAt(plain, first.index);
    const kind = judge(cluster);
    if (kind !== undefined) return kind;
    digits.lastIndex = cluster.end;
  }
  return undefined;
}

function clusterAt(plain: string, start: number): Cluster {
  const groups: string[] = [];
  const gaps: string[] = [];
  let at = start;
  let digits = 0;
  for (;;) {
    const from = at;
    while (isDigit(plain.charCodeAt(at)) && digits < MOST_DIGITS) {
      at++;
      digits++;
    }
    groups.push(plain.slice(from, at));
    let next = at;
    while (next - at <= GAP && isSeparator(plain.charCodeAt(next))) next++;
    if (digits >= MOST_DIGITS || next - at > GAP || !isDigit(plain.charCodeAt(next))) break;
    gaps.push(plain.slice(at, next));
    at = next;
  }
  const before = plain.slice(Math.max(0, start - 2), start);
  return { groups, gaps, plus: /\+\(?$/.test(before), end: at };
}

function judge(whole: Cluster): 'phone' | 'card' | 'ip' | 'number' | undefined {
  if (isAddress(whole)) return 'ip';
  const cluster = withoutDate(whole);
  const digits = cluster.groups.join('');
  if (digits.length < SHORT || isPlainNumber(cluster)) return undefined;
  if (digits.length >= 13 && digits.length <= 19 && luhn(digits)) return 'card';
  if (digits.length > 15 && !cluster.plus) return 'number';
  return 'phone';
}

function isAddress({ groups, gaps }: Cluster): boolean {
  for (let at = 0; at + 4 <= groups.length; at++) {
    const dotted = gaps.slice(at, at + 3).every((gap) => gap === '.');
    if (dotted && groups.slice(at, at + 4).every((group) => Number(group) < 256)) return true;
  }
  return false;
}

/** A day written in front, or a span of years, is not part of a number. */
function withoutDate(cluster: Cluster): Cluster {
  const { groups, gaps } = cluster;
  if (isSpanOfYears(cluster)) return { ...cluster, groups: [], gaps: [] };
  if (gaps[0] !== gaps[1] || !/^[-./]$/.test(gaps[0] ?? '') || !isDay(groups)) return cluster;
  return withoutDate({ ...cluster, groups: groups.slice(3), gaps: gaps.slice(3), plus: false });
}

function isSpanOfYears({ groups, gaps }: Cluster): boolean {
  return groups.length === 2 && groups.every(isYear) && /^\s?[-–/]?\s?$/.test(gaps[0] ?? '');
}

/** Year, month, day in the orders in which people write them. */
function isDay(groups: readonly string[]): boolean {
  const rest = isYear(groups[0] ?? '') ? groups.slice(1, 3) : groups.slice(0, 2);
  if (!isYear(groups[0] ?? '') && !isYear(groups[2] ?? '')) return false;
  return rest.every((group) => group.length <= 2 && Number(group) >= 1 && Number(group) <= 31);
}

function isYear(group: string): boolean {
  return group.length === 4 && group >= '1800' && group <= '2199';
}

/** A count, a fraction, a range: what has few digits and is not grouped as a short telephone number. */
function isPlainNumber({ groups, gaps, plus }: Cluster): boolean {
  const [first = '', second = ''] = groups;
  if (plus || /^0./.test(first)) return false;
  const two = groups.length === 2;
  if (two && gaps[0] === '.') return first.length < SHORT;
  return groups.join('').length < LONG && !(two && first.length === 3 && second.length === 4);
}

/** ISO/IEC 7812-1, annex B. */
function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isSeparator = (code: number): boolean =>
  code === 0x20 || code === 0xa0 || code === 0x202f || code === 0x2013 || isMark(code);
/** `-./()`. */
const isMark = (code: number): boolean => (code >= 0x2d && code <= 0x2f) || code >> 1 === 0x14;
