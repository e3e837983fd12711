/** Subtitles, SubRip and WebVTT (W3C), as a table: start, end and text of each cue. */
import { Block, Blocks } from '../../lib/assembly/blocks';
import { Bytes } from '../../lib/assembly/bytes';
import { Lines, isBlank, startsWith } from './lines';

const ARROW: string = '-->';

function isTimeByte(byte: u32): bool {
  return byte - 48 < 10 || byte == 58 || byte == 46 || byte == 44;
}

/** Where the time at `at` ends: digits with ":" between them; zero when there is none. */
function timeEnd(at: usize, end: usize): usize {
  let stop = at;
  let colons = 0;
  while (stop < end && isTimeByte(<u32>load<u8>(stop))) {
    if (load<u8>(stop) == 58) colons++;
    stop++;
  }
  return colons > 0 ? stop : 0;
}

/** The times of a cue: two ranges. */
class Times {
  from: usize = 0;
  fromEnd: usize = 0;
  to: usize = 0;
  toEnd: usize = 0;

  /** Whether the line is that of the times of a cue. */
  read(line: Lines): bool {
    this.from = line.from;
    this.fromEnd = timeEnd(line.from, line.to);
    if (this.fromEnd == 0) return false;
    let at = this.fromEnd;
    while (at < line.to && isBlank(<u32>load<u8>(at))) at++;
    if (!startsWith(at, line.to, ARROW)) return false;
    at += 3;
    while (at < line.to && isBlank(<u32>load<u8>(at))) at++;
    this.to = at;
    this.toEnd = timeEnd(at, line.to);
    return this.toEnd != 0;
  }
}

/** Appends the text of a line without its marks; who speaks stays, as `NAME: `. */
function appendCue(own: Bytes, from: usize, to: usize): void {
  let at = from;
  while (at < to) {
    const byte = <u32>load<u8>(at);
    const closing: u32 = byte == 60 ? 62 : byte == 123 && startsWith(at + 1, to, '\\') ? 125 : 0;
    let stop = at;
    while (closing != 0 && stop < to && load<u8>(stop) != closing) stop++;
    if (closing == 0 || stop == to) {
      own.byte(byte);
      at++;
      continue;
    }
    if (startsWith(at, stop, '<v')) appendSpeaker(own, at + 2, stop);
    at = stop + 1;
  }
}

/** The annotation of a voice span, behind its classes. */
function appendSpeaker(own: Bytes, from: usize, to: usize): void {
  let at = from;
  while (at < to && !isBlank(<u32>load<u8>(at))) at++;
  if (at + 1 >= to) return;
  own.append(at + 1, to - at - 1);
  own.ascii(': ');
}

/** Whether the first lines are the number and the times of a cue, or the times alone. */
export function startsCue(at: usize, end: usize): bool {
  const lines = new Lines(at, end);
  const times = new Times();
  for (let i = 0; i < 3 && lines.next(); i++) if (times.read(lines)) return true;
  return false;
}

/** Adds the table. */
export function addSubtitles(blocks: Blocks, at: usize, end: usize): void {
  const lines = new Lines(at, end);
  const times = new Times();
  blocks.mark(Block.TABLE);
  while (!blocks.omitted && lines.next()) {
    if (!times.read(lines)) continue;
    blocks.mark(Block.ROW);
    blocks.add(Block.CELL, 0, times.from - at, times.fromEnd - at);
    blocks.add(Block.CELL, 0, times.to - at, times.toEnd - at);
    const own = blocks.own;
    const start = own.length;
    while (lines.next() && !lines.isEmpty) {
      if (own.length > start) own.byte(10);
      appendCue(own, lines.from, lines.to);
    }
    blocks.addOwn(Block.CELL, 0, start);
  }
  blocks.mark(Block.END_TABLE);
}
