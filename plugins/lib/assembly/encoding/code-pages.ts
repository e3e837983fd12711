/** Windows code pages by number. */
import { encodingOf } from './names';
import { NONE } from './none';

const WINDOWS_1252: i32 = 0;
/** A lookup leaves a kilobyte behind; documents name a handful of code pages. */
const MAX_LOOKUPS: i32 = 4096;

/** Numbers and labels that are not made of the number. */
const LABELS: string =
  '|10000=macintosh|32768=macintosh|10007=x-mac-cyrillic|1200=utf-16le|1201=utf-16be|65001=utf-8|20127=utf-8' +
  '|936=gb18030|54936=gb18030|52936=gb18030|20866=koi8-r|21866=koi8-u|50220=iso-2022-jp|50221=iso-2022-jp' +
  '|50222=iso-2022-jp|51932=euc-jp|20932=euc-jp|51949=euc-kr|1361=euc-kr|874=windows-874|';

function labelOf(codePage: i32): string {
  if (codePage >= 1250 && codePage <= 1258) return 'windows-' + codePage.toString();
  if (codePage > 28590 && codePage < 28606) return 'iso-8859-' + (codePage - 28590).toString();
  const key = '|' + codePage.toString() + '=';
  const found = LABELS.indexOf(key);
  if (found < 0) return codePage < 1000 ? 'cp' + codePage.toString() : '';
  const from = found + key.length;
  return LABELS.substring(from, LABELS.indexOf('|', from));
}

let lastPage: i32 = 1252;
let lastEncoding: i32 = WINDOWS_1252;
let lookups: i32 = 0;

/** The encoding of a Windows code page; windows-1252 where there is none. */
export function encodingOfCodePage(codePage: i32): i32 {
  if (codePage == lastPage || lookups == MAX_LOOKUPS) return lastEncoding;
  lookups++;
  const encoding = encodingOf(labelOf(codePage));
  lastPage = codePage;
  lastEncoding = encoding == NONE ? WINDOWS_1252 : encoding;
  return lastEncoding;
}
