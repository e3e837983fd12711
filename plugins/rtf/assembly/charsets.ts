/** Code pages of documents and fonts. */
import { encodingOf } from '../../lib/assembly/encoding/names';
import { NONE } from '../../lib/assembly/encoding/none';

const MAX_FONT: i32 = 32767;
const WINDOWS_1252: i32 = 0;

/** Charset and code page, in pairs (Rich Text Format Specification 1.9.1, "Font Table"). */
// prettier-ignore
const CHARSETS = memory.data<u16>([
  0, 1252, 77, 10000, 78, 932, 79, 949, 80, 936, 81, 950, 89, 10007, 128, 932, 129, 949, 130, 949, 134, 936,
  136, 950, 161, 1253, 162, 1254, 163, 1258, 177, 1255, 178, 1256, 186, 1257, 204, 1251, 222, 874,
  238, 1250, 254, 437, 255, 850,
]);
const CHARSET_COUNT: usize = 23;

/** The encoding of each font plus one; zero for a font without one of its own. */
const fonts = memory.data(MAX_FONT + 1);

function labelOf(codePage: i32): string {
  if (codePage == 65001) return 'utf-8';
  if (codePage == 10000) return 'macintosh';
  if (codePage == 10007) return 'x-mac-cyrillic';
  if (codePage == 28592) return 'iso-8859-2';
  if (codePage == 20866) return 'koi8-r';
  if (codePage == 54936 || codePage == 936) return 'gb18030';
  if (codePage == 874) return 'windows-874';
  if (codePage >= 1250 && codePage <= 1258) return 'windows-' + codePage.toString();
  if (codePage == 437 || codePage == 850 || codePage == 852 || codePage == 866)
    return 'ibm' + codePage.toString();
  if (codePage == 932 || codePage == 949 || codePage == 950) return 'cp' + codePage.toString();
  return '';
}

let lastPage: i32 = 1252;
let lastEncoding: i32 = WINDOWS_1252;
/** A lookup leaves a kilobyte behind; documents name a handful of code pages. */
let lookups: i32 = 0;
const MAX_LOOKUPS: i32 = 4096;

/** The encoding of a Windows code page; windows-1252 where there is none. */
export function encodingOfCodePage(codePage: i32): i32 {
  if (codePage == lastPage || lookups == MAX_LOOKUPS) return lastEncoding;
  lookups++;
  const encoding = encodingOf(labelOf(codePage));
  lastPage = codePage;
  lastEncoding = encoding == NONE ? WINDOWS_1252 : encoding;
  return lastEncoding;
}

/** The encoding of a font's charset, or NONE when it leaves that to the document. */
export function encodingOfCharset(charset: i32): i32 {
  for (let i: usize = 0; i < CHARSET_COUNT; i++) {
    const pair = CHARSETS + (i << 2);
    if (<i32>load<u16>(pair) == charset) return encodingOfCodePage(load<u16>(pair + 2));
  }
  return NONE;
}

export function setFont(font: i32, encoding: i32): void {
  if (font >= 0 && font <= MAX_FONT) store<u8>(fonts + font, <u8>(encoding + 1));
}

/** The encoding of a font, or NONE. */
export function encodingOfFont(font: i32): i32 {
  return font >= 0 && font <= MAX_FONT ? <i32>load<u8>(fonts + font) - 1 : NONE;
}
