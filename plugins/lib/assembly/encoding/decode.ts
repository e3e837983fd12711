/** Bytes of any encoding into UTF-8 with line feeds for line ends. */
import {
  BIG5_ID,
  EUC_JP,
  EUC_KR,
  GB18030,
  ISO_2022_JP,
  SHIFT_JIS,
  SINGLE_COUNT,
  UTF_16BE,
  UTF_16LE,
  UTF_32BE,
  UTF_32LE,
  UTF_8,
} from '../../generated/encoding-ids';
import { SINGLE } from '../../generated/encodings';
import { Bytes, utf8Length } from '../bytes';
import {
  resetIso2022Jp,
  stepBig5,
  stepEucJp,
  stepEucKr,
  stepGb18030,
  stepIso2022Jp,
  stepShiftJis,
} from './east-asian';
import { INVALID, NOTHING, step, stepUtf16, stepUtf32, stepUtf8 } from './unicode';

const REPLACEMENT: u32 = 0xfffd;

/** Text that grows to a limit in bytes of UTF-8, and never past it. */
export class Text {
  bytes: Bytes;
  characters: i64 = 0;
  truncated: bool = false;
  /** Sequences that were no character, each one U+FFFD in the text. */
  undecodable: i64 = 0;
  private afterCarriageReturn: bool = false;

  constructor(
    capacity: usize,
    private limit: usize,
    /** What stands for U+0000; zero drops it. */
    private nul: u32,
  ) {
    this.bytes = new Bytes(capacity);
  }

  /** Appends a character: CR and CRLF become LF. */
  put(point: u32): void {
    let kept = point;
    if (point == 0) {
      if (this.nul == 0) return;
      kept = this.nul;
    } else if (point == 13) {
      kept = 10;
    } else if (point == 10 && this.afterCarriageReturn) {
      this.afterCarriageReturn = false;
      return;
    }
    this.afterCarriageReturn = point == 13;
    if (this.bytes.length + utf8Length(kept) > this.limit) {
      this.truncated = true;
      return;
    }
    this.bytes.codePoint(kept);
    this.characters++;
  }
}

export function stepSingle(encoding: i32, at: usize): u32 {
  const byte = <u32>load<u8>(at);
  if (byte < 0x80) return step(byte, 1);
  const index = ((<usize>encoding) << 7) + (byte & 0x7f);
  const point = <u32>load<u16>(changetype<usize>(SINGLE) + (index << 1));
  return step(point == REPLACEMENT ? INVALID : point, 1);
}

/** One character: the code point, INVALID or NOTHING in the low 24 bits, the bytes taken above. */
export function stepOf(encoding: i32, at: usize, end: usize): u32 {
  if (encoding < SINGLE_COUNT) return stepSingle(encoding, at);
  switch (encoding) {
    case UTF_16LE:
      return stepUtf16(at, end, false);
    case UTF_16BE:
      return stepUtf16(at, end, true);
    case UTF_32LE:
      return stepUtf32(at, end, false);
    case UTF_32BE:
      return stepUtf32(at, end, true);
    case SHIFT_JIS:
      return stepShiftJis(at, end);
    case EUC_JP:
      return stepEucJp(at, end);
    case ISO_2022_JP:
      return stepIso2022Jp(at, end);
    case GB18030:
      return stepGb18030(at, end);
    case BIG5_ID:
      return stepBig5(at, end);
    case EUC_KR:
      return stepEucKr(at, end);
    default:
      return stepUtf8(at, end);
  }
}

/** Decodes bytes into `text` until they end or the text is full. */
export function decodeInto(text: Text, encoding: i32, from: usize, length: usize): void {
  const end = from + length;
  let at = from;
  resetIso2022Jp();
  while (at < end && !text.truncated) {
    const taken = stepOf(encoding, at, end);
    const point = taken & 0xffffff;
    at += taken >> 24;
    if (point == INVALID) {
      text.undecodable++;
      text.put(REPLACEMENT);
    } else if (point != NOTHING) text.put(point);
  }
}

/** How many sequences of these bytes are no character of the encoding. */
export function countInvalid(encoding: i32, from: usize, length: usize): i64 {
  const end = from + length;
  let at = from;
  let invalid: i64 = 0;
  resetIso2022Jp();
  while (at < end) {
    const taken = stepOf(encoding, at, end);
    at += taken >> 24;
    if ((taken & 0xffffff) == INVALID) invalid++;
  }
  return invalid;
}
