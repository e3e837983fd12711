/** `ccos.verify.figures`: whether a result holds small numbers, yes and no, and nothing else. */
import { readArgs } from '../../lib/assembly/input';
import { finish, raw } from '../../lib/assembly/output';

/** Of one number, and of them all: what a hostile transform could hide in them is bounded by both. */
const DIGITS = 6;
const NUMBERS = 32;
/** A name of a field. */
const NAME_BYTES = 32;

let at: usize = 0;
let end: usize = 0;

function isDigit(byte: u32): bool {
  return byte - 48 < 10;
}

function isLower(byte: u32): bool {
  return byte - 97 < 26;
}

/** A string is a name, of letters, digits and `_`, before a colon, or it is text. */
function passName(): bool {
  const from = ++at;
  while (at < end && load<u8>(at) != 34) {
    const byte = <u32>load<u8>(at++);
    if (!isDigit(byte) && !isLower(byte | 32) && byte != 95) return false;
  }
  const length = at - from;
  at++;
  return length <= <usize>NAME_BYTES && at < end && load<u8>(at) == 58;
}

function passNumber(): bool {
  const from = at;
  while (at < end && isDigit(load<u8>(at))) at++;
  const next = at < end ? <u32>load<u8>(at) : 0;
  const isWhole = next == 44 || next == 93 || next == 125; // a comma or a bracket: no point, no exponent
  return isWhole && at - from <= <usize>DIGITS;
}

/** The argument as the host has written it: JSON without spaces. */
function isFigures(): bool {
  let numbers = 0;
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte == 34) {
      if (!passName()) return false;
    } else if (isDigit(byte)) {
      if (!passNumber() || ++numbers > NUMBERS) return false;
    } else if (byte == 45) {
      return false; // below zero
    } else at++;
  }
  return true;
}

export function figures(): i32 {
  const args = readArgs();
  if (args == null) return 0;
  at = args.at;
  end = args.at + args.length;
  raw(isFigures() ? '{"ok":true}' : '{"ok":false}');
  finish();
  return 0;
}
