/** A time of Windows, in tenths of microseconds since 1601, as mails write it (RFC 5322, 3.3). */
import { Page } from '../../../mail/assembly/page';

const PER_SECOND: u64 = 10_000_000;
const DAY: i64 = 86_400;
/** Days from 1 March of the year 0 to 1 January 1601. */
const ERA: i64 = 584_694;
const DAYS: string = 'MonTueWedThuFriSatSun';
const MONTHS: string = 'JanFebMarAprMayJunJulAugSepOctNovDec';
/** The end of the year 9999. */
const LAST: u64 = 2_650_467_744_000_000_000;

function two(page: Page, value: i64): void {
  if (value < 10) page.ascii('0');
  page.ascii(value.toString());
}

/** Whether it is a time that can be written. */
export function isTime(time: u64): bool {
  return time > 0 && time < LAST;
}

export function writeTime(page: Page, time: u64): void {
  const seconds = <i64>(time / PER_SECOND);
  const days = seconds / DAY;
  const weekday = <i32>(days % 7) * 3;
  page.ascii(DAYS.substring(weekday, weekday + 3));
  page.ascii(', ');
  writeDate(page, days);
  const ofDay = seconds % DAY;
  two(page, ofDay / 3600);
  page.ascii(':');
  two(page, (ofDay / 60) % 60);
  page.ascii(':');
  two(page, ofDay % 60);
  page.ascii(' +0000');
}

/** Years begin with March here, so that the day that some have more is their last. */
function writeDate(page: Page, days: i64): void {
  const shifted = days + ERA;
  const era = shifted / 146_097;
  const ofEra = shifted % 146_097;
  const yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365;
  const ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const month = (5 * ofYear + 2) / 153;
  const isNextYear = month >= 10;
  const name = <i32>((month + 2) % 12) * 3;
  page.ascii((ofYear - (153 * month + 2) / 5 + 1).toString());
  page.ascii(' ');
  page.ascii(MONTHS.substring(name, name + 3));
  page.ascii(' ');
  page.ascii((yearOfEra + era * 400 + (isNextYear ? 1 : 0)).toString());
  page.ascii(' ');
}
