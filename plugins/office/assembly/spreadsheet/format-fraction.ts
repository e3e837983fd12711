/** Fractions: `# ?/?` finds the nearest one with a denominator of one digit, `# ??/16` keeps to sixteenths. */
import { Bytes } from '../../../lib/assembly/bytes';
import { Decimal } from './decimal';
import { writePadded } from './format-number';
import { Kind, Section, isPlaceholder } from './format-token';

const MAX_DENOMINATOR_DIGITS: i32 = 7;
const LARGEST: f64 = 1e15;
const NEGLIGIBLE: f64 = 1e-9;

let numerator: i64 = 0;
let denominator: i64 = 1;
/** Where the numerator's placeholders begin, and where the denominator's end. */
let start: i32 = 0;
let end: i32 = 0;

/** Appends `value` as a fraction, without a sign; false when it is too large for one. */
export function writeFraction(out: Bytes, section: Section, value: Decimal): bool {
  const size = abs(value.toF64());
  if (size >= LARGEST) return false;
  start = section.slash;
  while (start > 0 && isPlaceholder(section.kinds[start - 1])) start--;
  const mixed = placeholders(section, 0, start, Kind.QUESTION) > 0;
  let whole = mixed ? <i64>floor(size) : 0;
  approximate(section, size - <f64>whole);
  if (mixed && numerator == denominator) {
    whole++;
    numerator = 0;
  }
  writeWhole(out, section, whole);
  if (!mixed || numerator > 0 || placeholders(section, start, section.slash, Kind.ZERO) > 0) {
    writePadded(out, numerator, placeholders(section, start, section.slash, Kind.ZERO));
    out.byte(47);
    writePadded(out, denominator, 1);
  }
  for (let i = end; i < section.kinds.length; i++) writeLiteral(out, section, i);
  return true;
}

/** How many placeholders there are in a range; with `kind` zero, only the zeros are counted. */
function placeholders(section: Section, from: i32, to: i32, kind: i32): i32 {
  let count = 0;
  for (let i = from; i < to; i++) {
    const found = section.kinds[i];
    if (isPlaceholder(found) && (kind != Kind.ZERO || found == Kind.ZERO)) count++;
  }
  return count;
}

function writeLiteral(out: Bytes, section: Section, index: i32): void {
  const kind = section.kinds[index];
  if (kind == Kind.LITERAL || kind == Kind.PERCENT) out.codePoint(section.values[index]);
}

function writeWhole(out: Bytes, section: Section, whole: i64): void {
  const zeros = placeholders(section, 0, start, Kind.ZERO);
  const shown = whole > 0 || numerator == 0 || zeros > 0;
  let written = false;
  for (let i = 0; i < start; i++) {
    if (!isPlaceholder(section.kinds[i])) writeLiteral(out, section, i);
    else if (shown && !written) {
      writePadded(out, whole, zeros);
      written = true;
    }
  }
}

function approximate(section: Section, part: f64): void {
  let fixed: i64 = 0;
  let largest: i64 = 1;
  let isFixed = false;
  end = section.slash + 1;
  for (; end < section.kinds.length && end - section.slash <= MAX_DENOMINATOR_DIGITS; end++) {
    const digit = section.values[end] - 48;
    const isDigit = section.kinds[end] == Kind.LITERAL && digit > 0 && digit <= 9;
    if (!isDigit && !isPlaceholder(section.kinds[end])) break;
    if (isDigit) isFixed = true;
    fixed = fixed * 10 + (isDigit ? digit : 0);
    largest *= 10;
  }
  if (!isFixed) {
    nearest(part, max(largest - 1, 1));
    return;
  }
  denominator = fixed;
  numerator = <i64>floor(part * <f64>fixed + 0.5);
}

/** The best rational number up to a denominator: continued fractions, with a last partial step. */
function nearest(part: f64, largest: i64): void {
  let p: i64 = 0;
  let q: i64 = 1;
  numerator = 1;
  denominator = 0;
  let rest = part;
  for (;;) {
    const step = <i64>min(floor(rest), LARGEST);
    if (denominator > 0 && step > (largest - q) / denominator) break;
    const nextP = p + step * numerator;
    const nextQ = q + step * denominator;
    p = numerator;
    q = denominator;
    numerator = nextP;
    denominator = nextQ;
    if (rest - <f64>step < NEGLIGIBLE) return;
    rest = 1 / (rest - <f64>step);
  }
  const partial = (largest - q) / denominator;
  p += partial * numerator;
  q += partial * denominator;
  if (q > 0 && distance(part, p, q) < distance(part, numerator, denominator)) {
    numerator = p;
    denominator = q;
  }
}

function distance(part: f64, p: i64, q: i64): f64 {
  return abs(part - <f64>p / <f64>q);
}
