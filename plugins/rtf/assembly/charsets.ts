/** Code pages of documents and fonts. */
import { encodingOfCodePage } from '../../lib/assembly/encoding/code-pages';
import { NONE } from '../../lib/assembly/encoding/none';

const MAX_FONT: i32 = 32767;

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
