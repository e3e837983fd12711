/** Lines of a byte range: they end with LF, before which a CR may stand. */

/** Where the line at `at` ends: its LF, or `end`. */
export function lineEnd(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != 10) at++;
  return at;
}

/** Behind the line that ends at `stop`. */
// @ts-ignore: decorator
@inline
export function nextLine(stop: usize, end: usize): usize {
  return stop < end ? stop + 1 : end;
}

/** `stop` without the blanks and the CR before it. */
export function trimEnd(at: usize, stop: usize): usize {
  while (stop > at && isBlank(<u32>load<u8>(stop - 1))) stop--;
  return stop;
}

export function isBlank(byte: u32): bool {
  return byte == 32 || byte == 9 || byte == 13;
}

/** Behind the empty lines at `at`. */
export function skipEmptyLines(at: usize, end: usize): usize {
  while (at < end) {
    const stop = lineEnd(at, end);
    if (stop == end || trimEnd(at, stop) != at) return at;
    at = stop + 1;
  }
  return at;
}

/** Whether a range starts with these bytes, letters in this case. */
export function startsWith(at: usize, end: usize, word: string): bool {
  if (at + <usize>word.length > end) return false;
  for (let i = 0; i < word.length; i++) {
    if (load<u8>(at + i) != word.charCodeAt(i)) return false;
  }
  return true;
}
