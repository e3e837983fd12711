/** What the bytes themselves say: a byte order mark, strict UTF-8, the zeroes of UTF-16, shift sequences. */
import {
  ISO_2022_JP,
  UTF_16BE,
  UTF_16LE,
  UTF_32BE,
  UTF_32LE,
  UTF_8,
} from '../../generated/encoding-ids';
import { NONE } from './none';
import { INVALID, stepUtf16, stepUtf32, stepUtf8 } from './unicode';

const SAMPLE: usize = 64 << 10;

/** The encoding that a byte order mark at the start names, or NONE. */
export function byBom(at: usize, length: usize): i32 {
  const word = length >= 4 ? load<u32>(at) : 0;
  if (length >= 4 && word == 0x0000feff) return UTF_32LE;
  if (length >= 4 && word == 0xfffe0000) return UTF_32BE;
  if (length >= 3 && load<u16>(at) == 0xbbef && load<u8>(at + 2) == 0xbf) return UTF_8;
  if (length >= 2 && load<u16>(at) == 0xfeff) return UTF_16LE;
  if (length >= 2 && load<u16>(at) == 0xfffe) return UTF_16BE;
  return NONE;
}

/** Length in bytes of that mark. */
export function bomLength(encoding: i32): usize {
  return encoding == UTF_8 ? 3 : encoding == UTF_32LE || encoding == UTF_32BE ? 4 : 2;
}

/** Counts of a whole text, read as UTF-8. */
export class Utf8Counts {
  /** Characters of two bytes or more. */
  wide: i64 = 0;
  invalid: i64 = 0;
}

export function countUtf8(from: usize, length: usize): Utf8Counts {
  const counts = new Utf8Counts();
  const end = from + length;
  let at = from;
  while (at < end) {
    if (at + 8 <= end && (load<u64>(at) & 0x8080808080808080) == 0) {
      at += 8;
      continue;
    }
    const taken = stepUtf8(at, end);
    at += taken >> 24;
    if ((taken & 0xffffff) == INVALID) counts.invalid++;
    else if (taken >> 24 > 1) counts.wide++;
  }
  return counts;
}

/** First byte of 0x80 or more at or after `from`, or `end`. */
export function nextHigh(from: usize, end: usize): usize {
  let at = from;
  while (at + 8 <= end && (load<u64>(at) & 0x8080808080808080) == 0) at += 8;
  while (at < end && load<u8>(at) < 0x80) at++;
  return at;
}

function countZeroes(from: usize, end: usize): i32 {
  let zeroes = 0;
  for (let at = from; at < end; at++) if (load<u8>(at) == 0) zeroes++;
  return zeroes;
}

/** Of a hundred units, how many are characters that text has; line ends and blanks count for the tie. */
class Plausible {
  share: i32 = 0;
  blanks: i32 = 0;
  units: i32 = 0;

  /** One stray NUL in other text is no sign: a quarter of zeroes is, or a blank in two hundred units. */
  isSigned(zeroes: i32, length: usize): bool {
    return <usize>zeroes * 4 >= length || (this.blanks > 0 && this.blanks * 200 >= this.units);
  }
}

function isPlausible(point: u32): bool {
  if (point < 32) return point == 9 || point == 10 || point == 13 || point == 12;
  if (point >= 0x7f && point < 0xa0) return false;
  if (point >= 0xe000 && point < 0xf900) return false;
  return (point & 0xfffe) != 0xfffe && point < 0x30000;
}

function plausibleAs(encoding: i32, at: usize, end: usize): Plausible {
  const found = new Plausible();
  let good = 0;
  let all = 0;
  while (at < end) {
    const wide = encoding == UTF_32LE || encoding == UTF_32BE;
    const big = encoding == UTF_32BE || encoding == UTF_16BE;
    const taken = wide ? stepUtf32(at, end, big) : stepUtf16(at, end, big);
    const point = taken & 0xffffff;
    at += taken >> 24;
    all++;
    if (point != INVALID && isPlausible(point)) good++;
    if (point == 32 || point == 10) found.blanks++;
  }
  found.units = all;
  found.share = all == 0 ? 0 : (good * 100) / all;
  return found;
}

/** UTF-16 or UTF-32 without a mark: only where there are zero bytes, which no other text has. */
export function byZeroes(from: usize, length: usize): i32 {
  const end = from + (length < SAMPLE ? length & ~3 : SAMPLE);
  const stop = length < 4 ? from + length : end;
  const zeroes = countZeroes(from, stop);
  if (zeroes == 0) return NONE;
  let best = NONE;
  let bestShare = 97;
  let bestBlanks = 0;
  const order = memory.data<i32>([UTF_32LE, UTF_32BE, UTF_16LE, UTF_16BE]);
  for (let i = 0; i < 4; i++) {
    const encoding = load<i32>(order + (i << 2));
    const found = plausibleAs(encoding, from, stop);
    const wins = found.share > bestShare || (found.share == bestShare && found.blanks > bestBlanks);
    if (!wins || found.share < 98 || !found.isSigned(zeroes, stop - from)) continue;
    if (best == UTF_32LE || best == UTF_32BE) continue;
    best = encoding;
    bestShare = found.share;
    bestBlanks = found.blanks;
  }
  return best;
}

/** ISO-2022-JP: seven bits only, and a shift to JIS X 0208 or to kana (RFC 1468). */
export function isIso2022Jp(from: usize, length: usize): bool {
  const end = from + length;
  for (let at = from; at + 2 < end; at++) {
    if (load<u8>(at) != 0x1b) continue;
    const code = ((<u32>load<u8>(at + 1)) << 8) | (<u32>load<u8>(at + 2));
    if (code == 0x2440 || code == 0x2442 || code == 0x2849 || code == 0x284a) return true;
  }
  return false;
}
