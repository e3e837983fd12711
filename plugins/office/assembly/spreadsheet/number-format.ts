/** A value as a spreadsheet shows it, by its number format (ECMA-376-1, 18.8.30 and 18.8.31). */
import { Bytes } from '../../../lib/assembly/bytes';
import { Decimal } from './decimal';
import { MAX_CODE, parseCode } from './format-code';
import { writeDate } from './format-date';
import { writeFraction } from './format-fraction';
import { writeNumber, writePadded } from './format-number';
import { Condition, Kind, Section } from './format-token';

/** Beyond these, General changes to scientific notation. */
const LONGEST_INTEGER: i32 = 20;
const MOST_LEADING_ZEROES: i32 = 4;
/** The digits that spreadsheets format. */
const PRECISION: i32 = 15;
/** The digits that they store, the last two of them often nothing but the error of binary numbers. */
const STORED: i32 = 17;
/** Half the largest distance between doubles, as a part of their size. */
const HALF_STEP: f64 = 1.12e-16;

const value = new Decimal();

export class NumberFormat {
  /** Empty for General. */
  private sections: Section[] = [];
  private text: Section | null = null;

  constructor(code: string) {
    if (code.length <= MAX_CODE) this.read(code);
  }

  private read(code: string): void {
    const sections = parseCode(code);
    const last = sections[sections.length - 1];
    if (last.hasText && (sections.length > 1 || last.integers == 0)) this.text = sections.pop();
    else if (sections.length == 4) this.text = sections.pop();
    if (!hidesAll(sections)) this.sections = sections;
  }

  /** Appends the number in `at`; what is not a number as it stands. */
  writeNumber(out: Bytes, at: usize, length: usize, system1904: bool): void {
    if (!value.parse(at, length)) {
      out.append(at, length);
      return;
    }
    const start = out.length;
    if (!this.writeSection(out, system1904)) {
      out.length = start;
      writeGeneral(out, value);
    }
    trim(out, start);
  }

  /** Appends a text, with what the format puts around it. */
  writeText(out: Bytes, at: usize, length: usize): void {
    const section = this.text;
    if (section == null || !section.hasText) {
      out.append(at, length);
      return;
    }
    const start = out.length;
    for (let i = 0; i < section.kinds.length; i++) {
      if (section.kinds[i] == Kind.TEXT) out.append(at, length);
      else if (section.kinds[i] == Kind.LITERAL) out.codePoint(section.values[i]);
    }
    if (start == out.length) out.append(at, length);
  }

  private writeSection(out: Bytes, system1904: bool): bool {
    if (this.sections.length == 0) return false;
    const number = value.toF64();
    const index = choose(this.sections, number);
    const section = this.sections[index];
    if (section.isDate) return writeDate(out, section, number, system1904);
    if (value.negative && !this.saysSign(index)) out.byte(45);
    if (section.hasGeneral) {
      writeAround(out, section);
      return true;
    }
    value.roundDigits(PRECISION);
    if (section.slash >= 0) return writeFraction(out, section, value);
    writeNumber(out, section, value);
    return true;
  }

  private saysSign(index: i32): bool {
    const section = this.sections[index];
    if (section.condition != Condition.NONE) return section.negativesOnly();
    return index == 1 && this.sections[0].condition == Condition.NONE;
  }
}

/** A format such as `;;;` hides what is in the cell from the eye. A reader of the text is to see it. */
function hidesAll(sections: Section[]): bool {
  for (let i = 0; i < sections.length; i++) {
    if (!sections[i].isEmpty()) return false;
  }
  return true;
}

function choose(sections: Section[], number: f64): i32 {
  const count = sections.length;
  if (count == 1) return 0;
  if (sections[0].condition == Condition.NONE && sections[1].condition == Condition.NONE) {
    if (number < 0) return 1;
    return number == 0 && count > 2 ? 2 : 0;
  }
  if (sections[0].condition == Condition.NONE ? number > 0 : sections[0].meets(number)) return 0;
  if (count == 2) return 1;
  const second = sections[1];
  return (second.condition == Condition.NONE ? number < 0 : second.meets(number)) ? 1 : 2;
}

/** A section with the word General among other text. */
function writeAround(out: Bytes, section: Section): void {
  const negative = value.negative;
  value.negative = false;
  for (let i = 0; i < section.kinds.length; i++) {
    if (section.kinds[i] == Kind.GENERAL) writeGeneral(out, value);
    else if (section.kinds[i] == Kind.LITERAL) out.codePoint(section.values[i]);
  }
  value.negative = negative;
}

/** 12345.678900000001 is how 12345.6789 is stored; 11.666666666666666 is meant as it stands. */
function dropNoise(number: Decimal): void {
  number.roundDigits(STORED);
  if (number.count <= PRECISION) return;
  let stored: i64 = 0;
  for (let i = 0; i < STORED; i++) stored = stored * 10 + number.digit(i);
  const rounded = ((stored + 50) / 100) * 100;
  const distance = <f64>abs(stored - rounded);
  if (distance <= <f64>stored * HALF_STEP + 0.5) number.roundDigits(PRECISION);
}

/** All the digits that there are: no column is too narrow here. */
function writeGeneral(out: Bytes, number: Decimal): void {
  dropNoise(number);
  if (number.negative && !number.isZero()) out.byte(45);
  const point = number.point;
  if (point > LONGEST_INTEGER || point < -MOST_LEADING_ZEROES) {
    out.byte(48 + number.digit(0));
    if (number.count > 1) out.byte(46);
    for (let i = 1; i < number.count; i++) out.byte(48 + number.digit(i));
    out.ascii(point > 0 ? 'E+' : 'E-');
    writePadded(out, abs(point - 1), 2);
    return;
  }
  if (point <= 0) out.byte(48);
  for (let i = 0; i < point; i++) out.byte(48 + number.digit(i));
  if (number.count > point) out.byte(46);
  for (let i = point; i < number.count; i++) {
    out.byte(i < 0 ? 48 : 48 + number.digit(i));
  }
}

/** Takes off the padding that lines numbers up in a column. */
function trim(out: Bytes, start: usize): void {
  let first = start;
  while (first < out.length && load<u8>(out.at + first) == 32) first++;
  while (out.length > first && load<u8>(out.at + out.length - 1) == 32) out.length--;
  if (first == start) return;
  memory.copy(out.at + start, out.at + first, out.length - first);
  out.length -= first - start;
}
