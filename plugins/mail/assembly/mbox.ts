/** The messages of an mbox file (RFC 4155). */
import { fieldNameEnd } from './fields';
import { lineEnd, nextLine, startsWith, trimEnd } from './lines';

/** Whether a message starts at a line: "From ", and a field in the next line. */
function isSeparator(at: usize, end: usize): bool {
  if (!startsWith(at, end, 'From ')) return false;
  const next = nextLine(lineEnd(at, end), end);
  return next < end && fieldNameEnd(next, lineEnd(next, end)) != 0;
}

/** The start of the message behind the one at `from`, or `end`. Its separator follows an empty line. */
export function nextMessage(from: usize, end: usize): usize {
  let at = nextLine(lineEnd(from, end), end);
  let afterEmpty = false;
  while (at < end) {
    if (afterEmpty && isSeparator(at, end)) return at;
    const stop = lineEnd(at, end);
    afterEmpty = trimEnd(at, stop) == at;
    at = nextLine(stop, end);
  }
  return end;
}

/** Whether bytes are an mbox: they say so, or more than one message is in them. */
export function isMbox(from: usize, end: usize, mediaType: string): bool {
  if (!isSeparator(from, end)) return false;
  return mediaType.toLowerCase().startsWith('application/mbox') || nextMessage(from, end) != end;
}
