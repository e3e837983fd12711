/** How well text fits a multi-byte encoding of East Asia, in the same unit as single-byte.ts. */
import { BIG5_ID, EUC_JP, GB18030, SHIFT_JIS } from '../../generated/encoding-ids';
import { IDEOGRAPHIC, IDEOGRAPHS, IDEOGRAPHS_AT } from '../../generated/languages';
import { lowerAscii } from '../bytes';
import { stepOf } from './decode';
import { Guess, otherScriptCost } from './single-byte';
import { INVALID } from './unicode';

const INVALID_COST: i32 = 400;
/** An ASCII letter before or after a character, or in it as the second byte: mostly an accented word. */
const GLUED_COST: i32 = 112;

const COMMON: i32 = 140;
const LESS_COMMON: i32 = 185;
const RARE: i32 = 230;
const MARK: i32 = 144;

function japanese(point: u32, shiftJis: bool, lead: u32): i32 {
  if (point >= 0x3041 && point < 0x3100) return 120;
  if (point >= 0xff61 && point < 0xffa0) return 104;
  if (point >= 0xff01 && point < 0xff5f) return 112;
  if (point < 0x4e00 || point >= 0xe000) return point < 0xe000 || point >= 0xf900 ? MARK : RARE;
  const levelOne = shiftJis ? lead >= 0x88 && lead <= 0x98 : lead >= 0xb0 && lead <= 0xcf;
  return levelOne ? COMMON : shiftJis && lead > 0xea ? RARE : LESS_COMMON;
}

function simplified(lead: u32, trail: u32): i32 {
  if (trail < 0xa1 || lead < 0xa1) return RARE;
  if (lead <= 0xa9) return lead <= 0xa3 ? MARK : LESS_COMMON;
  if (lead >= 0xb0 && lead <= 0xd7) return COMMON;
  return lead >= 0xd8 && lead <= 0xf7 ? LESS_COMMON : RARE;
}

function traditional(lead: u32): i32 {
  if (lead >= 0xa4 && lead <= 0xc6) return COMMON;
  if (lead >= 0xa1 && lead <= 0xa3) return MARK;
  return lead >= 0xc9 && lead <= 0xf9 ? LESS_COMMON : RARE;
}

function korean(lead: u32, trail: u32): i32 {
  if (trail < 0xa1 || lead < 0xa1) return LESS_COMMON;
  if (lead >= 0xb0 && lead <= 0xc8) return 128;
  if (lead <= 0xa3) return MARK;
  return lead >= 0xca && lead <= 0xfd ? 168 : LESS_COMMON;
}

/** The cost of a character that the frequency list lacks. */
function unseenCost(encoding: i32, at: usize, point: u32): i32 {
  const lead = <u32>load<u8>(at);
  const trail = <u32>load<u8>(at + 1);
  if (point > 0xffff) return RARE;
  if (encoding == SHIFT_JIS) return japanese(point, true, lead);
  if (encoding == EUC_JP) return lead == 0x8f ? RARE : japanese(point, false, lead);
  if (encoding == GB18030) return simplified(lead, trail);
  if (encoding == BIG5_ID) return traditional(lead);
  return korean(lead, trail);
}

/** The cost of each point of the plane that the list knows; zero for the rest. */
function frequencyCosts(which: usize): usize {
  const costs = heap.alloc(65536);
  memory.fill(costs, 0, 65536);
  const to = <i32>load<u16>(changetype<usize>(IDEOGRAPHS_AT) + ((which + 1) << 1));
  for (
    let i = <i32>load<u16>(changetype<usize>(IDEOGRAPHS_AT) + (which << 1));
    i + 1 < to;
    i += 2
  ) {
    store<u8>(costs + IDEOGRAPHS.charCodeAt(i), <u8>IDEOGRAPHS.charCodeAt(i + 1));
  }
  return costs;
}

function isAsciiLetter(byte: u32): bool {
  return lowerAscii(byte) - 97 < 26;
}

/** ASCII letters around and inside a character of `size` bytes, each one a cost. */
function gluedCost(from: usize, end: usize, at: usize, size: u32): i32 {
  let glued = 0;
  if (at > from && isAsciiLetter(<u32>load<u8>(at - 1))) glued++;
  if (size > 1 && load<u8>(at + 1) < 0x80) glued++;
  if (at + size < end && isAsciiLetter(<u32>load<u8>(at + size))) glued++;
  if (size == 1) return glued * 2 * GLUED_COST;
  return glued > 1 ? glued * GLUED_COST : 0;
}

function costAs(encoding: i32, frequencies: usize, from: usize, length: usize): i64 {
  const end = from + length;
  let at = from;
  let total: i64 = 0;
  while (at < end) {
    if (load<u8>(at) < 0x80) {
      at++;
      continue;
    }
    const taken = stepOf(encoding, at, end);
    const point = taken & 0xffffff;
    const size = taken >> 24;
    if (point != INVALID) {
      const known = point < 65536 ? <i32>load<u8>(frequencies + point) : 0;
      total += known != 0 ? known : unseenCost(encoding, at, point);
      total += gluedCost(from, end, at, size);
    } else if (end - at > 1) total += INVALID_COST;
    at += size;
  }
  return total;
}

/** Offers each multi-byte encoding for a sample. */
export function guessMultiByte(guess: Guess, from: usize, length: usize): void {
  for (let i = 0; i + 1 < IDEOGRAPHIC.length; i += 2) {
    const encoding = IDEOGRAPHIC.charCodeAt(i);
    const prior = ((<i64>IDEOGRAPHIC.charCodeAt(i + 1)) << 4) + otherScriptCost();
    guess.offer(encoding, prior + costAs(encoding, frequencyCosts(<usize>(i >> 1)), from, length));
  }
}
