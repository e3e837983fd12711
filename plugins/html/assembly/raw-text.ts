/** Where content without tags ends (WHATWG HTML 13.2.5.9 to 31). */
import { lowerAscii } from '../../lib/assembly/bytes';
import { is, isSpace } from './attributes';

/** Behind the next occurrence of an ASCII sequence, or `end`. */
export function findSequence(from: usize, end: usize, sequence: string): usize {
  const length = <usize>sequence.length;
  const first = <u32>sequence.charCodeAt(0);
  for (let at = from; at + length <= end; at++) {
    if (load<u8>(at) == first && is(at, length, sequence)) return at + length;
  }
  return end;
}

/** Behind the comment that has its text at `from`: "-->", whose dashes may be those of "<!--", or "--!>". */
export function findCommentEnd(from: usize, end: usize): usize {
  for (let at = from - 2; at + 3 <= end; at++) {
    if (load<u16>(at) != 0x2d2d) continue;
    if (load<u8>(at + 2) == 62) return at + 3;
    if (at >= from && at + 4 <= end && is(at + 2, 2, '!>')) return at + 4;
  }
  return end;
}

function sameName(at: usize, name: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) {
    if (lowerAscii(<u32>load<u8>(at + i)) != lowerAscii(<u32>load<u8>(name + i))) return false;
  }
  return true;
}

function endsName(at: usize, end: usize): bool {
  if (at >= end) return false;
  const byte = <u32>load<u8>(at);
  return isSpace(byte) || byte == 47 || byte == 62;
}

/** The "<" of the end tag of an element, or `end`. */
export function findEnd(from: usize, end: usize, name: usize, length: usize): usize {
  for (let at = from; at + length + 2 < end; at++) {
    if (load<u8>(at) != 60 || load<u8>(at + 1) != 47) continue;
    if (sameName(at + 2, name, length) && endsName(at + 2 + length, end)) return at;
  }
  return end;
}

function scriptTag(at: usize, end: usize): bool {
  return at + 6 < end && is(at, 6, 'script') && endsName(at + 6, end);
}

/**
 * The same for a script, where "<!--" and then "<script" make "</script>" a part of the content, up to
 * that end tag or "-->".
 */
export function findScriptEnd(from: usize, end: usize): usize {
  let escaped = false;
  let double = false;
  for (let at = from; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == 45 && escaped && at + 3 <= end && is(at, 3, '-->')) {
      escaped = false;
      double = false;
    } else if (byte == 60) {
      if (scriptTag(at + 1, end)) double = escaped;
      else if (at + 4 <= end && is(at, 4, '<!--')) escaped = true;
      else if (at + 1 < end && load<u8>(at + 1) == 47 && scriptTag(at + 2, end)) {
        if (!double) return at;
        double = false;
      }
    }
  }
  return end;
}
