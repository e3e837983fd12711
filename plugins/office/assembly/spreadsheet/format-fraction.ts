/** Fractions: `# ?/?` finds the best denominator of that many digits, `# ??/16` keeps to sixteenths. */
import { Bytes } from '../../../lib/assembly/bytes';
import { Decimal } from './decimal';
import { writePadded } from './format-number';
import { Kind, Section, isPlaceholder } from './format-token';

/** A denominator of seven digits is beyond what a double tells apart in most values. */
const MAX_DENOMINATOR_DIGITS: i32 = 7;
const LARGEST: f64 = 1e15;
const SIXTEEN_STEPS: i32 = 16;

let numerator: i64 = 0;
let denominator: i64 = 1;
let whole: i64 = 0;
/** Where the numerator's placeholders begin, and what follows the denominator. */
let numeratorStart: i32 = 0;
let tail: i32 = 0;

/** Appends `value` as a fraction, without a sign; false when it is too large for one. */
export function writeFraction(out: Bytes, section: Section, value: Decimal): bool {
  const size = abs(value.toF64());
  if (size >= LARGEST) return false;
  numeratorStart = section.slash;
  while (numeratorStart > 0 && isPlaceholder(section.kinds[numeratorStart - 1])) numeratorStart--;
  const mixed = hasPlaceholder(section, numeratorStart);
  whole = mixed ? <i64>floor(size) : 0;
  approximate(section, size - <f64>whole);
  if (mixed && numerator == denominator) {
    whole++;
    numerator = 0;
  }
  writeParts(out, section, mixed);
  return true;
}

function hasPlaceholder(section: Section, end: i32): bool {
  for (let i = 0; i < end; i++) {
    if (isPlaceholder(section.kinds[i])) return true;
  }
  return false;
}

function approximate(section: Section, part: f64): void {
  const kinds = section.kinds;
  let fixed: i64 = 0;
  let digits = 0;
  let isFixed = false;
  tail = section.slash + 1;
  for (; tail < kinds.length && digits < MAX_DENOMINATOR_DIGITS; tail++, digits++) {
    const digit = section.values[tail] - 48;
    const isDigit = kinds[tail] == Kind.LITERAL && digit > 0 && digit <= 9;
    if (!isDigit && !isPlaceholder(kinds[tail])) break;
    if (isDigit) isFixed = true;
    fixed = fixed * 10 + (isDigit ? digit : 0);
  }
  if (isFixed) {
    denominator = fixed;
    numerator = <i64>floor(part * <f64>fixed + 0.5);
  } else bestWithin(part, <i64>(10 ** max(digits, 1)) - 1);
}

/** Continued fractions, up to the largest denominator that fits. */
function bestWithin(part: f64, largest: i64): void {
  let [p0, q0, p1, q1] = [0, 1, 1, 0];
}

function writeParts(out: Bytes, section: Section, mixed: bool): void {}
