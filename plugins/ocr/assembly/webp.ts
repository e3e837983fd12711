import { MALFORMED } from '../../pdf/assembly/host';
import { big32, byteAt, has, little16, little32 } from './blob';
import { UNSUPPORTED } from './host';
import { checkSize } from './size';

const LOSSY: u32 = 0x56503820; // "VP8 "
const LOSSLESS: u32 = 0x5650384c; // "VP8L"
const EXTENDED: u32 = 0x56503858; // "VP8X"
const ANIMATION: u32 = 2;
const DATA: usize = 20; // of the first chunk

/** WebP (RFC 9649). An animation is refused: its pictures have no common text. */
export function readWebp(): i32 {
  if (!has(0, 30)) return MALFORMED;
  const kind = big32(12);
  if (kind == LOSSY) return checkSize(little16(DATA + 6) & 0x3fff, little16(DATA + 8) & 0x3fff);
  if (kind == LOSSLESS) {
    const sizes = little32(DATA + 1);
    return checkSize((sizes & 0x3fff) + 1, ((sizes >> 14) & 0x3fff) + 1);
  }
  if (kind != EXTENDED) return MALFORMED;
  if ((byteAt(DATA) & ANIMATION) != 0) return UNSUPPORTED;
  return checkSize((little32(DATA + 4) & 0xffffff) + 1, (little32(DATA + 7) & 0xffffff) + 1);
}
