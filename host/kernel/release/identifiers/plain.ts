const INVISIBLE = /[\p{Mn}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const DIGIT = /\p{Nd}/gu;
const ONE_DIGIT = /^\p{Nd}$/u;
const BRACKETED = /[[({<]\s{0,2}(?:at|dot|\.)\s{0,2}[\])}>]/i;
const DOT_WORD = /\sdot\s/i;
const SPACED_ROW = /(?:^|\s)\S\s\S\s\S\s\S\s\S\s\S(?:\s|$)/;

/** Single characters in a row that are no accident. */
const ROW = 6;

/** A text as identifiers are looked for in it: compatibility forms, digits of ASCII, nothing invisible. */
export function plainOf(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text;
  return text.normalize('NFKC').replace(INVISIBLE, '').replace(DIGIT, digitOf);
}

/** Each set of decimal digits is ten code points in a row (Unicode, 4.6). */
function digitOf(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && ONE_DIGIT.test(String.fromCodePoint(point - value - 1))) value++;
  return String(value);
}

/** `alice (at) example [dot] com`, `alice @ example . com` written as an address is; undefined if same. */
export function deobfuscated(plain: string): string | undefined {
  if (!plain.includes('@') && !BRACKETED.test(plain) && !DOT_WORD.test(plain)) return undefined;
  const written = plain
    .replace(/\s{0,2}[[({<]\s{0,2}(?:at|@)\s{0,2}[\])}>]\s{0,2}/gi, '@')
    .replace(/\s{0,2}[[({<]\s{0,2}(?:dot|\.)\s{0,2}[\])}>]\s{0,2}/gi, '.')
    .replace(/\s{1,2}dot\s{1,2}/gi, '.')
    .replace(/\s{1,2}at\s{1,2}/gi, '@')
    .replace(/\s{0,2}@\s{0,2}/g, '@')
    .replace(/(\S)\s{1,2}\.(?=\s{0,2}\S)\s{0,2}/g, '$1.');
  return written === plain ? undefined : written;
}

/** `a l i c e` without its spaces, where {@link ROW} single characters or more stand in a row. */
export function despaced(plain: string): string | undefined {
  if (!SPACED_ROW.test(plain)) return undefined;
  let joined = '';
  let row: string[] = [];
  for (const part of plain.split(/\s/)) {
    if (part.length === 1) {
      row.push(part);
      continue;
    }
    joined += `${row.join(row.length >= ROW ? '' : ' ')} ${part} `;
    row = [];
  }
  return joined + row.join('');
}
