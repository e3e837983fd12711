/** Characters of the fonts Symbol and Wingdings, which have code points of their own (w:sym). */

const GREEK_CAPITALS: string = 'ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ';
const GREEK_SMALL: string = 'αβχδεφγηιϕκλμνοπθρστυϖωξψζ';
const BULLET: u32 = 0x2022;

/** Pairs of a code in Wingdings and what it looks like. */
// prettier-ignore
const WINGDINGS = memory.data<u16>([
  0x4a, 0x263a, 0x6c, 0x25cf, 0x6e, 0x25a0, 0x6f, 0x25a1, 0x71, 0x25a1, 0x76, 0x2756, 0xa7, 0x25aa, 0xa8, 0x25fb,
  0xdf, 0x2190, 0xe0, 0x2192, 0xe1, 0x2191, 0xe2, 0x2193, 0xf0, 0x21e8, 0xfb, 0x2717, 0xfc, 0x2713, 0xfd, 0x2612,
  0xfe, 0x2611, 0,
]);

function inSymbol(code: u32): u32 {
  if (code - 65 < 26) return GREEK_CAPITALS.charCodeAt(code - 65);
  if (code - 97 < 26) return GREEK_SMALL.charCodeAt(code - 97);
  if (code == 0xb7) return BULLET;
  if (code == 0xae) return 0x2192;
  if (code == 0xa3) return 0x2264;
  if (code == 0xb3) return 0x2265;
  if (code == 0xb1) return 0xb1;
  if (code == 0xb0) return 0xb0;
  return code >= 32 && code < 0x40 ? code : BULLET;
}

function inWingdings(code: u32): u32 {
  for (let at = WINGDINGS; load<u16>(at) != 0; at += 4) {
    if (<u32>load<u16>(at) == code) return <u32>load<u16>(at + 2);
  }
  return BULLET;
}

/** What a symbol looks like; a bullet where we do not know. `symbolFont` is true for Symbol itself. */
export function symbolPoint(code: u32, symbolFont: bool): u32 {
  if (code < 0xf000 || code > 0xf0ff) return code;
  return symbolFont ? inSymbol(code & 0xff) : inWingdings(code & 0xff);
}
