/** Dates and times: a serial number of days, in the 1900 or the 1904 system. */
import { Bytes } from '../../../lib/assembly/bytes';
import { writePadded } from './format-number';
import { Kind, Section } from './format-token';

const DAY: i64 = 86400;
/** The serial number of 31 December 9999, the last day that spreadsheets know. */
const LAST_DAY: f64 = 2958466;
/** Days between the two systems. */
const OFFSET_1904: i64 = 1462;
/** The 1900 system has a 29 February 1900, which never was. */
const FALSE_DAY: i64 = 60;
/** Days from 1 March of the year 0 to 30 December 1899. */
const EPOCH: i64 = 693899;

const MONTHS: string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const WEEKDAYS: string[] = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
];

let year: i64 = 0;
let month: i64 = 0;
let day: i64 = 0;
let weekday: i32 = 0;
/** Whole seconds since the beginning of the day, and of the count. */
let ofDay: i64 = 0;
let elapsed: i64 = 0;
/** Parts of a second, in units of the section's precision. */
let fraction: i64 = 0;

/** Appends a serial number as the section shows it; false for what is no date. */
export function writeDate(out: Bytes, section: Section, serial: f64, system1904: bool): bool {
  if (section.isElapsed ? abs(serial) >= LAST_DAY : serial < 0 || serial >= LAST_DAY) return false;
  split(abs(serial), section.subseconds, system1904 && !section.isElapsed);
  if (serial < 0) out.byte(45);
  for (let i = 0; i < section.kinds.length; i++) writeToken(out, section, i);
  return true;
}

function split(serial: f64, subseconds: i32, system1904: bool): void {
  let unit: i64 = 1;
  for (let i = 0; i < subseconds; i++) unit *= 10;
  const days = <i64>floor(serial);
  const units = <i64>floor((serial - <f64>days) * <f64>(DAY * unit) + 0.5);
  elapsed = days * DAY + units / unit;
  fraction = units % unit;
  ofDay = elapsed % DAY;
  splitDay(elapsed / DAY + (system1904 ? OFFSET_1904 : 0), system1904);
}

function splitDay(serial: i64, system1904: bool): void {
  weekday = <i32>((serial + 6) % 7);
  if (!system1904 && serial <= FALSE_DAY) {
    year = 1900;
    month = serial > 31 ? 2 : 1;
    day = serial > 31 ? serial - 31 : serial;
  } else civil(serial + EPOCH);
}

/** The Gregorian date of a day counted from 1 March of the year 0. */
function civil(days: i64): void {
  const era = days / 146097;
  const inEra = days % 146097;
  const yearOfEra = (inEra - inEra / 1460 + inEra / 36524 - inEra / 146096) / 365;
  const inYear = inEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const shifted = (5 * inYear + 2) / 153;
  day = inYear - (153 * shifted + 2) / 5 + 1;
  month = shifted < 10 ? shifted + 3 : shifted - 9;
  year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
}

function writeToken(out: Bytes, section: Section, index: i32): void {
  const kind = section.kinds[index];
  const value = section.values[index];
  if (kind >= Kind.HOUR) writeTime(out, section, index);
  else if (kind == Kind.YEAR) writeYear(out, year, value);
  else if (kind == Kind.MONTH) writeMonth(out, value);
  else if (kind == Kind.DAY) writeDay(out, value);
  else if (kind != Kind.NOTHING && kind != Kind.TEXT && kind != Kind.GENERAL) out.codePoint(value);
}

function writeYear(out: Bytes, full: i64, letters: i32): void {
  if (letters > 2) writePadded(out, full, 4);
  else writePadded(out, full % 100, 2);
}

function writeMonth(out: Bytes, letters: i32): void {
  const name = MONTHS[<i32>month - 1];
  if (letters < 3) writePadded(out, month, letters);
  else if (letters == 4 || letters > 5) out.ascii(name);
  else writeStart(out, name, letters == 5 ? 1 : 3);
}

function writeDay(out: Bytes, letters: i32): void {
  if (letters < 3) writePadded(out, day, letters);
  else if (letters == 3) writeStart(out, WEEKDAYS[weekday], 3);
  else out.ascii(WEEKDAYS[weekday]);
}

function writeStart(out: Bytes, name: string, length: i32): void {
  for (let i = 0; i < length; i++) out.byte(name.charCodeAt(i));
}

function writeTime(out: Bytes, section: Section, index: i32): void {
  const kind = section.kinds[index];
  const value = section.values[index];
  if (kind == Kind.HOUR) writePadded(out, hour(section.halfDay), value);
  else if (kind == Kind.MINUTE) writePadded(out, (ofDay / 60) % 60, value);
  else if (kind == Kind.SECOND) writePadded(out, ofDay % 60, value);
  else if (kind == Kind.ELAPSED_HOURS) writePadded(out, elapsed / 3600, value);
  else if (kind == Kind.ELAPSED_MINUTES) writePadded(out, elapsed / 60, value);
  else if (kind == Kind.ELAPSED_SECONDS) writePadded(out, elapsed, value);
  else if (kind == Kind.HALF_DAY) writeHalfDay(out, value);
  else if (kind == Kind.BUDDHIST_YEAR) writeYear(out, year + 543, value);
  else writeSubseconds(out, section.subseconds, value);
}

function hour(halfDay: bool): i64 {
  const hours = ofDay / 3600;
  if (!halfDay) return hours;
  return hours % 12 == 0 ? 12 : hours % 12;
}

function writeHalfDay(out: Bytes, letters: i32): void {
  out.byte(ofDay >= DAY / 2 ? 80 : 65);
  if (letters == 2) out.byte(77);
}

function writeSubseconds(out: Bytes, precision: i32, digits: i32): void {
  let value = fraction;
  for (; precision > digits; precision--) value /= 10;
  out.byte(46);
  writePadded(out, value, digits);
}
