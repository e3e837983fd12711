/** Charsets of mail: labels as byte ranges, and a choice that costs little for what is plain. */
import { Choice, chooseEncoding } from '../../lib/assembly/encoding/choose';
import { countInvalid } from '../../lib/assembly/encoding/decode';
import { encodingOf } from '../../lib/assembly/encoding/names';
import { NONE } from '../../lib/assembly/encoding/none';
import { isIso2022Jp, nextHigh } from '../../lib/assembly/encoding/sniff';
import {
  ISO_2022_JP,
  UTF_16BE,
  UTF_16LE,
  UTF_32BE,
  UTF_32LE,
  UTF_8,
} from '../../lib/generated/encoding-ids';
import { MAX_GUESSES } from './limits';

/** Labels that are looked up at most: a lookup leaves some kilobytes behind. */
const MAX_LOOKUPS: i32 = 2048;
const MAX_LABEL: usize = 40;
/** Bytes of a text that says too little to doubt its declaration. */
const SHORT: usize = 256;

const last = memory.data(40);
let lastLength: usize = 0;
let lastEncoding: i32 = NONE;
let lookups: i32 = 0;
let guesses: i32 = 0;
let plain: Choice = new Choice();

function isLast(at: usize, length: usize): bool {
  return length == lastLength && memory.compare(last, at, length) == 0;
}

/** The encoding of a label, or NONE: it ends at a blank, a comment or the language of RFC 2231. */
export function encodingOfLabel(at: usize, length: usize): i32 {
  let size: usize = 0;
  while (size < length && !endsLabel(<u32>load<u8>(at + size))) size++;
  if (size == 0 || size > MAX_LABEL) return NONE;
  if (isLast(at, size)) return lastEncoding;
  if (lookups == MAX_LOOKUPS) return NONE;
  lookups++;
  lastEncoding = encodingOf(String.UTF8.decodeUnsafe(at, size));
  lastLength = size;
  memory.copy(last, at, size);
  return lastEncoding;
}

function endsLabel(byte: u32): bool {
  return byte <= 32 || byte == 40 || byte == 42 || byte == 59;
}

/** Not a superset of ASCII. */
function isSpecial(encoding: i32): bool {
  return (
    encoding == ISO_2022_JP ||
    encoding == UTF_16LE ||
    encoding == UTF_16BE ||
    encoding == UTF_32LE ||
    encoding == UTF_32BE
  );
}

function isPlainAscii(at: usize, length: usize): bool {
  const end = at + length;
  if (nextHigh(at, end) != end) return false;
  for (; at < end; at++) if (load<u8>(at) == 0x1b || load<u8>(at) == 0) return false;
  return true;
}

function unguessed(encoding: i32): Choice {
  plain.encoding = encoding;
  plain.skip = 0;
  return plain;
}

function isMarked(at: usize, length: usize): bool {
  return length >= 3 && load<u16>(at) == 0xbbef && load<u8>(at + 2) == 0xbf;
}

/**
 * As `chooseEncoding`, but a short text is in what was declared, and there is a bound on guesses: behind it,
 * what was declared, or windows-1252 (0). What is decided here leaves nothing behind.
 */
export function pickEncoding(at: usize, length: usize, declared: i32): Choice {
  if (isSpecial(declared)) return chooseEncoding(at, length, declared, NONE);
  if (isPlainAscii(at, length)) return unguessed(UTF_8);
  const isUtf8 = countInvalid(UTF_8, at, length) == 0;
  const expectsUtf8 = declared == NONE || declared == UTF_8;
  if (isUtf8 && expectsUtf8 && nextHigh(at, at + length) != at + length && !isMarked(at, length)) {
    return unguessed(UTF_8);
  }
  if (isUtf8) return chooseEncoding(at, length, declared, NONE);
  if (!expectsUtf8 && length <= SHORT) return unguessed(declared);
  return guessed(at, length, declared);
}

/** The same for a piece of a field, of which there may be millions: these are believed. */
export function pickForField(at: usize, length: usize, declared: i32): Choice {
  if (declared != NONE && declared != UTF_8) {
    return length <= SHORT ? unguessed(declared) : pickEncoding(at, length, declared);
  }
  if (nextHigh(at, at + length) != at + length) return pickEncoding(at, length, declared);
  return unguessed(isIso2022Jp(at, length) ? ISO_2022_JP : UTF_8);
}

function guessed(at: usize, length: usize, declared: i32): Choice {
  if (guesses == MAX_GUESSES) return unguessed(declared == NONE ? 0 : declared);
  const choice = chooseEncoding(at, length, declared, NONE);
  if (choice.encoding != declared) guesses++;
  return choice;
}
