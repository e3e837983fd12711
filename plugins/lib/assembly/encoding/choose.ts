/** Which encoding bytes are in: what they say, then what was declared, then what they look like. */
import {
  ISO_2022_JP,
  SINGLE_COUNT,
  UTF_16BE,
  UTF_16LE,
  UTF_32BE,
  UTF_32LE,
  UTF_8,
} from '../../generated/encoding-ids';
import { countInvalid } from './decode';
import { guessMultiByte } from './ideographs';
import { NONE } from './none';
import { Guess, countPairs, guessSingleByte } from './single-byte';
import { Utf8Counts, bomLength, byBom, byZeroes, countUtf8, isIso2022Jp, nextHigh } from './sniff';

/** The guess looks at this many bytes from the first line with a byte above ASCII. */
const SAMPLE: usize = 128 << 10;
const LINE_SEARCH: usize = 4096;

export class Choice {
  encoding: i32 = UTF_8;
  /** Bytes of the byte order mark to pass over. */
  skip: usize = 0;
  /** A declared encoding that the bytes are not in. */
  declaredWrong: bool = false;
}

/** Text of which a few bytes were damaged is still UTF-8: at least eight good sequences for each bad one. */
function mostlyUtf8(counts: Utf8Counts): bool {
  return counts.wide >= counts.invalid * 8;
}

function isWide(encoding: i32): bool {
  return (
    encoding == UTF_16LE || encoding == UTF_16BE || encoding == UTF_32LE || encoding == UTF_32BE
  );
}

/** Believes a declaration when the bytes are valid in it. Strict UTF-8 with wide characters outweighs it. */
function believable(declared: i32, counts: Utf8Counts, at: usize, length: usize): bool {
  if (declared == UTF_8) return mostlyUtf8(counts);
  if (counts.invalid == 0 && counts.wide > 0) return false;
  if (isWide(declared) && byZeroes(at, length) == NONE && counts.invalid == 0) return false;
  if (declared < SINGLE_COUNT) return countInvalid(declared, at, length) * 64 <= <i64>length;
  return countInvalid(declared, at, length) * 256 <= <i64>length;
}

/** The start of the line of the first high byte. */
function sampleStart(at: usize, end: usize): usize {
  const high = nextHigh(at, end);
  let start = high;
  while (start > at && high - start < LINE_SEARCH && load<u8>(start - 1) != 10) start--;
  return start;
}

/** Guesses from the look of the bytes; windows-1252 where nothing fits better. */
function guess(at: usize, length: usize): i32 {
  const end = at + length;
  const start = sampleStart(at, end);
  const size = end - start < SAMPLE ? end - start : SAMPLE;
  const best = new Guess();
  countPairs(start, size);
  guessSingleByte(best);
  guessMultiByte(best, start, size);
  return best.encoding;
}

/** Chooses. `declared` and `inside` (a declaration in the text itself) may be NONE; the first counts more. */
export function chooseEncoding(at: usize, length: usize, declared: i32, inside: i32): Choice {
  const choice = new Choice();
  const bom = byBom(at, length);
  if (bom != NONE) {
    choice.encoding = bom;
    choice.skip = bomLength(bom);
    return choice;
  }
  const counts = countUtf8(at, length);
  if (declared != NONE && believable(declared, counts, at, length)) {
    choice.encoding = declared;
    return choice;
  }
  if (inside != NONE && believable(inside, counts, at, length)) {
    choice.encoding = inside;
    return choice;
  }
  choice.encoding = withoutDeclaration(counts, at, length);
  const wanted = declared != NONE ? declared : inside;
  choice.declaredWrong =
    wanted != NONE && wanted != choice.encoding && counts.wide + counts.invalid > 0;
  return choice;
}

function withoutDeclaration(counts: Utf8Counts, at: usize, length: usize): i32 {
  const zeroes = byZeroes(at, length);
  if (zeroes != NONE) return zeroes;
  const ascii = counts.invalid == 0 && counts.wide == 0;
  if (ascii && isIso2022Jp(at, length)) return ISO_2022_JP;
  if (counts.invalid == 0) return UTF_8;
  if (counts.wide > 0 && mostlyUtf8(counts)) return UTF_8;
  return guess(at, length);
}
