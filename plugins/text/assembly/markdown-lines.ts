/** What a line of Markdown begins (CommonMark 0.31, 4 and 5; tables as GitHub has them). */
import { Lines, isBlank } from './lines';

const MAX_MARKER: usize = 10;

function isRunOf(from: usize, to: usize, byte: u32): bool {
  for (let at = from; at < to; at++) if (load<u8>(at) != byte) return false;
  return to > from;
}

/** How many characters of this kind there are at the start. */
function runLength(from: usize, to: usize, byte: u32): usize {
  let at = from;
  while (at < to && load<u8>(at) == byte) at++;
  return at - from;
}

/** The level of a heading that starts with "#", or zero. */
export function headingLevel(line: Lines): i32 {
  const level = runLength(line.from, line.to, 35);
  if (level == 0 || level > 6 || line.indent > 3) return 0;
  const behind = line.from + level;
  return behind == line.to || isBlank(<u32>load<u8>(behind)) ? <i32>level : 0;
}

/** The level of the heading that a line of "=" or "-" makes of the paragraph above, or zero. */
export function underlineLevel(line: Lines): i32 {
  if (line.indent > 3) return 0;
  if (isRunOf(line.from, line.to, 61)) return 1;
  return isRunOf(line.from, line.to, 45) ? 2 : 0;
}

/** Three or more of "*", "-" or "_", blanks between them or not. */
export function isBreak(line: Lines): bool {
  if (line.isEmpty || line.indent > 3) return false;
  const mark = load<u8>(line.from);
  if (mark != 42 && mark != 45 && mark != 95) return false;
  let marks = 0;
  for (let at = line.from; at < line.to; at++) {
    if (load<u8>(at) == mark) marks++;
    else if (!isBlank(<u32>load<u8>(at))) return false;
  }
  return marks >= 3;
}

/** How long the fence is that the line opens or closes, its character in the low bits; zero for none. */
export function fenceOf(line: Lines): usize {
  if (line.isEmpty) return 0;
  const mark = <u32>load<u8>(line.from);
  if (mark != 96 && mark != 126) return 0;
  const length = runLength(line.from, line.to, mark);
  return length < 3 ? 0 : (length << 8) | mark;
}

/** Whether the line closes a fence: as long as the one that opened, with nothing behind it. */
export function closesFence(line: Lines, fence: usize): bool {
  const found = fenceOf(line);
  if (found == 0 || (found & 255) != (fence & 255) || found < fence) return false;
  return line.to - line.from == found >> 8;
}

/** Where the text of a list item starts, behind its bullet or number; zero for what is none. */
export function itemStart(line: Lines): usize {
  let at = line.from;
  const mark = at < line.to ? <u32>load<u8>(at) : 0;
  if (mark == 42 || mark == 43 || mark == 45) at++;
  else {
    while (at < line.to && <u32>load<u8>(at) - 48 < 10) at++;
    const ends = at < line.to && (load<u8>(at) == 46 || load<u8>(at) == 41);
    if (at == line.from || at - line.from >= MAX_MARKER || !ends) return 0;
    at++;
  }
  if (at < line.to && !isBlank(<u32>load<u8>(at))) return 0;
  while (at < line.to && isBlank(<u32>load<u8>(at))) at++;
  return at;
}

/** Where the text of a quotation starts, behind its ">"; zero for what is none. */
export function quoteStart(line: Lines): usize {
  if (line.indent > 3 || line.isEmpty || load<u8>(line.from) != 62) return 0;
  let at = line.from;
  while (at < line.to && (load<u8>(at) == 62 || isBlank(<u32>load<u8>(at)))) at++;
  return at;
}

/** Whether the line is the one below the names of columns: "-" and ":", with "|" between. */
export function isDelimiterRow(line: Lines): bool {
  let pipes = 0;
  let dashes = 0;
  for (let at = line.from; at < line.to; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == 124) pipes++;
    else if (byte == 45) dashes++;
    else if (byte != 58 && !isBlank(byte)) return false;
  }
  return dashes > 0 && pipes > 0;
}

export function hasPipe(line: Lines): bool {
  for (let at = line.from; at < line.to; at++) if (load<u8>(at) == 124) return true;
  return false;
}
