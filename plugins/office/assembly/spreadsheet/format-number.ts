/** Numbers, percentages and scientific notation, digit by digit from the right. */
import { Bytes } from '../../../lib/assembly/bytes';
import { Decimal } from './decimal';
import { Kind, Section, isPlaceholder } from './format-token';

const work = new Decimal();

/** Appends `value` as the section shows it, without a sign. */
export function writeNumber(out: Bytes, section: Section, value: Decimal): void {
  work.set(value);
  if (work.isZero()) work.point = 0;
  else work.point += section.shift;
  if (section.exponent >= 0) {
    writeScientific(out, section);
    return;
  }
  work.round(section.decimals);
  writeDigits(out, section, section.kinds.length);
}

/** Writes the tokens before `end` with the digits of `work`. */
function writeDigits(out: Bytes, section: Section, end: i32): void {
  let place = section.integers;
  let afterPoint = false;
  let decimal = 0;
  for (let i = 0; i < end; i++) {
    const kind = section.kinds[i];
    if (kind == Kind.POINT && !afterPoint) {
      if (section.integers == 0) writeLeading(out, section, 0);
      afterPoint = true;
      out.byte(46);
    } else if (!isPlaceholder(kind)) writeOther(out, section, i);
    else if (afterPoint) writeDecimal(out, kind, decimal++);
    else {
      if (place == section.integers) writeLeading(out, section, place);
      writeInteger(out, section, kind, --place);
    }
  }
}

/** What a token that takes no digit shows. */
function writeOther(out: Bytes, section: Section, index: i32): void {
  const kind = section.kinds[index];
  if (kind == Kind.COMMA || kind == Kind.NOTHING || kind == Kind.TEXT) return;
  out.codePoint(section.values[index]);
}

/** The digits to the left of the first placeholder. */
function writeLeading(out: Bytes, section: Section, places: i32): void {
  for (let place = work.point - 1; place >= places; place--) writePlace(out, section, place);
}

/** The digit that counts 10^place. */
function writePlace(out: Bytes, section: Section, place: i32): void {
  out.byte(48 + work.digit(work.point - 1 - place));
  if (section.thousands && place > 0 && place % 3 == 0) out.byte(44);
}

function writeInteger(out: Bytes, section: Section, kind: i32, place: i32): void {
  if (place < work.point || kind == Kind.ZERO) writePlace(out, section, place);
  else if (kind == Kind.QUESTION) out.byte(32);
}

function writeDecimal(out: Bytes, kind: i32, index: i32): void {
  if (kind == Kind.ZERO || work.point + index < work.count)
    out.byte(48 + work.digit(work.point + index));
  else if (kind == Kind.QUESTION) out.byte(32);
}

/** With more than one digit before the point the exponent is a multiple of their number. */
function writeScientific(out: Bytes, section: Section): void {
  const period = max(section.integers, 1);
  let exponent = exponentOf(period);
  work.round(section.decimals - exponent);
  exponent = exponentOf(period);
  work.point -= exponent;
  writeDigits(out, section, section.exponent);
  writeExponent(out, section, exponent);
}

function exponentOf(period: i32): i32 {
  return work.isZero() ? 0 : floorTo(work.point - 1, period);
}

function floorTo(value: i32, period: i32): i32 {
  const rest = value % period;
  return value - (rest < 0 ? rest + period : rest);
}

function writeExponent(out: Bytes, section: Section, exponent: i32): void {
  out.byte(69);
  if (exponent < 0) out.byte(45);
  else if (section.values[section.exponent] == 1) out.byte(43);
  let digits = 0;
  let last = section.exponent;
  for (let i = last + 1; i < section.kinds.length && isPlaceholder(section.kinds[i]); i++) {
    digits++;
    last = i;
  }
  writePadded(out, abs(exponent), digits);
  for (let i = last + 1; i < section.kinds.length; i++) writeOther(out, section, i);
}

/** Appends a number with at least `width` digits. */
export function writePadded(out: Bytes, value: i64, width: i32): void {
  let unit: i64 = 1;
  let digits = 1;
  while (value / unit >= 10) {
    unit *= 10;
    digits++;
  }
  for (; digits < width; width--) out.byte(48);
  for (; unit > 0; unit /= 10) out.byte(48 + <u32>((value / unit) % 10));
}
