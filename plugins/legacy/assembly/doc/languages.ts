/** The code page of a language, where that is not the one of the west ([MS-LCID]). */

/** The primary language and its code page, in pairs. */
// prettier-ignore
const PAGES = memory.data<u16>([
  0x01, 1256, 0x02, 1251, 0x04, 936, 0x05, 1250, 0x08, 1253, 0x0d, 1255, 0x0e, 1250, 0x11, 932, 0x12, 949,
  0x15, 1250, 0x18, 1250, 0x19, 1251, 0x1a, 1250, 0x1b, 1250, 0x1c, 1250, 0x1e, 874, 0x1f, 1254, 0x22, 1251,
  0x23, 1251, 0x24, 1250, 0x25, 1257, 0x26, 1257, 0x27, 1257, 0x29, 1256, 0x2a, 1258, 0x2f, 1251, 0,
]);

export function codePageOf(language: u32): i32 {
  const primary = language & 0x3ff;
  for (let at = PAGES; load<u16>(at) != 0; at += 4) {
    if (<u32>load<u16>(at) == primary) return <i32>load<u16>(at + 2);
  }
  return 1252;
}
