/** Encoded words of header fields (RFC 2047), read as leniently as mail needs it. */
import { Bytes, lowerAscii } from '../../lib/assembly/bytes';
import { Text, decodeInto } from '../../lib/assembly/encoding/decode';
import { NONE } from '../../lib/assembly/encoding/none';
import { encodingOfLabel, pickForField } from './charsets';
import { isBlank } from './lines';
import { Note, note } from './notes';
import { Sink, decodeBase64, hexValue } from './transfer';

/** More than the longest field can become. */
const MAX_DECODED: usize = 1 << 20;

const unfolded = new Bytes(1024);
const run = new Bytes(1024);
const runSink = new Sink(run, MAX_DECODED);
const decoded = new Text(1024, MAX_DECODED, 0);
let runEncoding: i32 = NONE;

/** Appends bytes of a charset as UTF-8 in which controls are blanks: a value stays on its line. */
export function appendDecoded(into: Bytes, at: usize, length: usize, declared: i32): void {
  if (length == 0) return;
  const choice = pickForField(at, length, declared);
  if (choice.declaredWrong) note(Note.DECLARED_WRONG);
  decoded.bytes.length = 0;
  decoded.undecodable = 0;
  decodeInto(decoded, choice.encoding, at + choice.skip, length - choice.skip);
  if (decoded.undecodable > 0) note(Note.UNDECODABLE);
  for (let i: usize = 0; i < decoded.bytes.length; i++) {
    const byte = <u32>load<u8>(decoded.bytes.at + i);
    into.byte(byte < 32 || byte == 127 ? 32 : byte);
  }
}

function unfold(at: usize, length: usize): void {
  unfolded.length = 0;
  for (let i: usize = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    if (byte != 10 && byte != 13) unfolded.byte(byte);
  }
}

function flush(into: Bytes): void {
  appendDecoded(into, run.at, run.length, runEncoding);
  run.length = 0;
}

function find(at: usize, end: usize, byte: u32): usize {
  while (at < end && load<u8>(at) != byte) at++;
  return at;
}

/** The end of a word's text: "?=". */
function textEnd(at: usize, end: usize): usize {
  while (at + 1 < end) {
    if (load<u8>(at) == 63 && load<u8>(at + 1) == 61) return at;
    at++;
  }
  return 0;
}

function decodeQ(at: usize, end: usize): void {
  while (at < end) {
    const byte = <u32>load<u8>(at);
    const value = byte == 61 && at + 2 < end ? hexPair(at + 1) : -1;
    if (value >= 0) {
      run.byte(<u32>value);
      at += 3;
    } else {
      run.byte(byte == 95 ? 32 : byte);
      at++;
    }
  }
}

function hexPair(at: usize): i32 {
  const high = hexValue(<u32>load<u8>(at));
  const low = hexValue(<u32>load<u8>(at + 1));
  return high < 0 || low < 0 ? -1 : (high << 4) | low;
}

/** Adds the word at `at` to the run of words in its charset; returns where it ends, or zero when it is none. */
function takeWord(into: Bytes, at: usize, end: usize): usize {
  const charset = at + 2;
  const charsetEnd = find(charset, end, 63);
  const text = charsetEnd + 3;
  if (charsetEnd == charset || text > end || load<u8>(charsetEnd + 2) != 63) return 0;
  const kind = lowerAscii(<u32>load<u8>(charsetEnd + 1));
  const stop = kind == 98 || kind == 113 ? textEnd(text, end) : 0;
  if (stop == 0) return 0;
  const encoding = encodingOfLabel(charset, charsetEnd - charset);
  if (run.length > 0 && encoding != runEncoding) flush(into);
  runEncoding = encoding;
  if (kind == 113) decodeQ(text, stop);
  else decodeBase64(text, stop, runSink);
  return stop + 2;
}

function isAllBlank(at: usize, end: usize): bool {
  while (at < end && isBlank(<u32>load<u8>(at))) at++;
  return at == end;
}

/** Appends the value of a field, unfolded, its words decoded. */
export function appendWords(into: Bytes, from: usize, length: usize): void {
  unfold(from, length);
  const end = unfolded.at + unfolded.length;
  let literal = unfolded.at;
  let at = literal;
  let afterWord = false;
  run.length = 0;
  while (at + 1 < end) {
    const starts = load<u8>(at) == 61 && load<u8>(at + 1) == 63;
    const literalLength = at - literal;
    const between = afterWord && starts && isAllBlank(literal, at);
    if (starts && !between && literalLength > 0) {
      flush(into);
      appendDecoded(into, literal, literalLength, NONE);
      literal = at;
    }
    const next = starts ? takeWord(into, at, end) : 0;
    if (next != 0) {
      literal = next;
      afterWord = true;
      at = next;
    } else {
      if (starts) afterWord = false;
      at++;
    }
  }
  flush(into);
  appendDecoded(into, literal, end - literal, NONE);
}
