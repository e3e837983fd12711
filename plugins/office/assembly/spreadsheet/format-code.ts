/** Number format codes: text to tokens, once for each code that a document uses (ECMA-376-1, 18.8.31). */
import { Condition, Kind, Section, isPlaceholder } from './format-token';

/** Spreadsheets allow 255; a longer code is no number format. */
export const MAX_CODE: i32 = 1024;
const MAX_SECTIONS: i32 = 4;
const MAX_SUBSECONDS: i32 = 6;

let code: string = '';
let at: i32 = 0;
let section: Section = new Section();

/** The sections of a code, one to four. */
export function parseCode(source: string): Section[] {
  code = source;
  at = 0;
  const sections: Section[] = [];
  do {
    section = new Section();
    while (at < code.length && code.charCodeAt(at) != 59) token();
    resolveMinutes(section);
    analyse(section);
    sections.push(section);
  } while (at++ < code.length && sections.length < MAX_SECTIONS);
  return sections;
}

function lower(index: i32): i32 {
  const unit = index < code.length ? code.charCodeAt(index) : 0;
  return unit >= 65 && unit <= 90 ? unit | 32 : unit;
}

function matches(word: string): bool {
  for (let i = 0; i < word.length; i++) {
    if (lower(at + i) != word.charCodeAt(i)) return false;
  }
  return true;
}

function literal(index: i32): i32 {
  if (index >= code.length) return index;
  const point = code.codePointAt(index);
  section.push(Kind.LITERAL, point);
  return index + (point > 0xffff ? 2 : 1);
}

function token(): void {
  const unit = code.charCodeAt(at);
  if (unit == 34) quoted();
  else if (unit == 92 || unit == 33) at = literal(at + 1);
  else if (unit == 91) bracket();
  else if (unit == 95) {
    section.push(Kind.LITERAL, 32);
    at += 2;
  } else if (unit == 42) at += 2;
  else if (matches('general')) {
    section.push(Kind.GENERAL, 0);
    at += 7;
  } else if (!numberToken(unit) && !dateToken()) at = literal(at);
}

function quoted(): void {
  at++;
  while (at < code.length && code.charCodeAt(at) != 34) at = literal(at);
  at++;
}

/** `[Red]` says nothing here; `[$€-407]` is a currency sign, `[h]` elapsed time, `[>=100]` a condition. */
function bracket(): void {
  const start = at + 1;
  let end = code.indexOf(']', start);
  if (end < 0) end = code.length;
  const first = lower(start);
  if (first == 36) currency(start + 1, end);
  else if (first >= 60 && first <= 62) condition(start, end);
  else elapsed(first, start, end);
  at = end + 1;
}

function currency(from: i32, end: i32): void {
  while (from < end && code.charCodeAt(from) != 45) from = literal(from);
}

function elapsed(letter: i32, start: i32, end: i32): void {
  for (let i = start; i < end; i++) {
    if (lower(i) != letter) return;
  }
  if (letter == 104) section.push(Kind.ELAPSED_HOURS, end - start);
  else if (letter == 109) section.push(Kind.ELAPSED_MINUTES, end - start);
  else if (letter == 115) section.push(Kind.ELAPSED_SECONDS, end - start);
}

function condition(start: i32, end: i32): void {
  const first = code.charCodeAt(start);
  const second = start + 1 < end ? code.charCodeAt(start + 1) : 0;
  const wide = second == 61 || (first == 60 && second == 62);
  if (first == 60) {
    section.condition =
      second == 62 ? Condition.NOT_EQUAL : wide ? Condition.LESS_EQUAL : Condition.LESS;
  } else if (first == 62) section.condition = wide ? Condition.GREATER_EQUAL : Condition.GREATER;
  else section.condition = Condition.EQUAL;
  section.bound = bound(start + (wide ? 2 : 1), end);
}

function bound(from: i32, end: i32): f64 {
  let value: f64 = 0;
  let unit: f64 = 0;
  let negative = false;
  for (let i = from; i < end; i++) {
    const digit = code.charCodeAt(i) - 48;
    if (digit == -3) negative = true;
    else if (digit == -2) unit = 1;
    else if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      unit *= 10;
    }
  }
  if (unit > 1) value /= unit;
  return negative ? -value : value;
}

function numberToken(unit: i32): bool {
  let kind = -1;
  if (unit == 48) kind = Kind.ZERO;
  else if (unit == 35) kind = Kind.HASH;
  else if (unit == 63) kind = Kind.QUESTION;
  else if (unit == 46) kind = Kind.POINT;
  else if (unit == 44) kind = Kind.COMMA;
  else if (unit == 37) kind = Kind.PERCENT;
  else if (unit == 47) kind = Kind.SLASH;
  else if (unit == 64) kind = Kind.TEXT;
  if (kind >= 0) section.push(kind, unit);
  at += kind >= 0 ? 1 : 0;
  return kind >= 0 || exponentToken();
}

function exponentToken(): bool {
  const sign = lower(at + 1);
  if (lower(at) != 101 || (sign != 43 && sign != 45)) return false;
  section.push(Kind.EXPONENT, sign == 43 ? 1 : 0);
  at += 2;
  return true;
}

function dateToken(): bool {
  if (matches('am/pm') || matches('a/p')) {
    const long = lower(at + 1) == 109;
    section.push(Kind.HALF_DAY, long ? 2 : 1);
    at += long ? 5 : 3;
    return true;
  }
  const letter = lower(at);
  const kind = dateKind(letter);
  if (kind < 0) return false;
  const start = at;
  while (lower(at) == letter) at++;
  section.push(kind, letter == 101 ? 4 : at - start);
  return true;
}

function dateKind(letter: i32): i32 {
  if (letter == 121 || letter == 101) return Kind.YEAR;
  if (letter == 109) return Kind.MONTH;
  if (letter == 100) return Kind.DAY;
  if (letter == 104) return Kind.HOUR;
  if (letter == 115) return Kind.SECOND;
  return letter == 98 ? Kind.BUDDHIST_YEAR : -1;
}

/** `m` and `mm` are minutes after an hour and before a second. */
function resolveMinutes(target: Section): void {
  let previous = -1;
  for (let i = 0; i < target.kinds.length; i++) {
    const kind = target.kinds[i];
    if (kind == Kind.MONTH && target.values[i] < 3) {
      const afterHour = previous == Kind.HOUR || previous == Kind.ELAPSED_HOURS;
      if (afterHour || nextDateKind(target, i + 1) == Kind.SECOND) target.kinds[i] = Kind.MINUTE;
    }
    if (kind >= Kind.YEAR && kind != Kind.HALF_DAY) previous = target.kinds[i];
  }
}

function nextDateKind(target: Section, from: i32): i32 {
  for (let i = from; i < target.kinds.length; i++) {
    const kind = target.kinds[i];
    if (kind >= Kind.YEAR) return kind == Kind.ELAPSED_SECONDS ? Kind.SECOND : kind;
  }
  return -1;
}

function analyse(target: Section): void {
  for (let i = 0; i < target.kinds.length; i++) {
    const kind = target.kinds[i];
    if (kind >= Kind.YEAR) target.isDate = true;
    if (kind >= Kind.ELAPSED_HOURS && kind <= Kind.ELAPSED_SECONDS) target.isElapsed = true;
    if (kind == Kind.HALF_DAY) target.halfDay = true;
    if (kind == Kind.TEXT) target.hasText = true;
    if (kind == Kind.GENERAL) target.hasGeneral = true;
  }
  if (target.isDate) findSubseconds(target);
  else measure(target);
}

/** In a time, `.000` after the seconds are their decimals. */
function findSubseconds(target: Section): void {
  const kinds = target.kinds;
  for (let i = 0; i < kinds.length; i++) {
    if (kinds[i] != Kind.POINT) continue;
    let digits = 0;
    while (
      digits < MAX_SUBSECONDS &&
      i + digits + 1 < kinds.length &&
      kinds[i + digits + 1] == Kind.ZERO
    ) {
      digits++;
      kinds[i + digits] = Kind.NOTHING;
    }
    if (digits == 0) continue;
    kinds[i] = Kind.SUBSECOND;
    target.values[i] = digits;
    target.subseconds = max(digits, target.subseconds);
  }
}

function measure(target: Section): void {
  let afterPoint = false;
  const kinds = target.kinds;
  for (let i = 0; i < kinds.length; i++) {
    const kind = kinds[i];
    if (kind == Kind.POINT) afterPoint = true;
    else if (kind == Kind.PERCENT) target.shift += 2;
    else if (kind == Kind.EXPONENT && target.exponent < 0) target.exponent = i;
    else if (kind == Kind.SLASH && target.slash < 0 && i > 0 && isPlaceholder(kinds[i - 1]))
      target.slash = i;
    else if (kind == Kind.COMMA) comma(target, i);
    else if (isPlaceholder(kind) && target.exponent < 0) {
      if (afterPoint) target.decimals++;
      else target.integers++;
    }
  }
}

/** Between digits a comma groups thousands; behind the last one it divides by a thousand. */
function comma(target: Section, index: i32): void {
  if (index == 0 || target.integers == 0) return;
  for (let i = index + 1; i < target.kinds.length; i++) {
    const kind = target.kinds[i];
    if (isPlaceholder(kind)) {
      target.thousands = true;
      return;
    }
    if (kind != Kind.COMMA) break;
  }
  target.shift -= 3;
}
