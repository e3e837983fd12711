/** `extract_text` for plain text. */
import { Blocks } from '../../lib/assembly/blocks';
import { Blob, readBlob } from '../../lib/assembly/blob';
import { Choice, chooseEncoding } from '../../lib/assembly/encoding/choose';
import { Text, decodeInto } from '../../lib/assembly/encoding/decode';
import { charsetOf } from '../../lib/assembly/encoding/names';
import { NONE } from '../../lib/assembly/encoding/none';
import { Failure, fail } from '../../lib/assembly/host';
import { Call, readCall } from '../../lib/assembly/input';
import { Result } from '../../lib/assembly/result';
import { hasEntityBomb } from '../../lib/assembly/xml-entities';
import { kindOfContent, kindOfType } from './kinds';
import { Structure } from './structure';
import { hasBinaryMagic, isBinary } from '../../lib/assembly/encoding/binary';

const MAX_INPUT: i64 = 50 << 20;
const FIRST_CAPACITY: usize = 64 << 10;

/** The encoding of the text, or null when the bytes are no text. */
function textEncoding(blob: Blob, mediaType: string): Choice | null {
  if (hasBinaryMagic(blob.at, blob.length)) return null;
  const choice = chooseEncoding(blob.at, blob.length, charsetOf(mediaType), NONE);
  return isBinary(choice.encoding, blob.at, blob.length) ? null : choice;
}

/** What was declared, or what the text says itself. */
function structureOf(text: Text, mediaType: string, result: Result): Structure {
  const at = text.bytes.at;
  const end = at + text.bytes.length;
  const structure = new Structure(at, end, text.truncated);
  const declared = kindOfType(mediaType);
  const kind = declared.length > 0 ? declared : kindOfContent(at, end, text.truncated);
  if (!structure.read(kind)) result.warn('not_as_declared');
  return structure;
}

function writeText(blob: Blob, choice: Choice, call: Call): void {
  const text = new Text(FIRST_CAPACITY, <usize>call.maxTextBytes, 0);
  decodeInto(text, choice.encoding, blob.at + choice.skip, blob.length - choice.skip);
  if (hasEntityBomb(text.bytes.at, text.bytes.length)) {
    fail(Failure.LIMIT);
    return;
  }
  const result = new Result('text', text.bytes, new Blocks());
  if (text.undecodable > 0) result.warn('undecodable_bytes');
  if (choice.declaredWrong) result.warn('declared_encoding_wrong');
  const structure = structureOf(text, call.mediaType, result);
  if (structure.overLimit) {
    fail(Failure.LIMIT);
    return;
  }
  result.format = structure.format;
  result.language = structure.language;
  result.blocks = structure.blocks;
  result.encoding = choice.encoding;
  result.characters = text.characters;
  result.truncated = text.truncated;
  result.write(call.maxTextBytes);
}

/** Fails with 3 (unsupported) for what is no text, 4 (limit), 5 (empty), 7 (refused). */
export function extract_text(): i32 {
  const call = readCall();
  if (call == null) return 0;
  const blob = readBlob(call.handle, MAX_INPUT);
  if (blob.failed) return 0;
  if (blob.length == 0) {
    fail(Failure.EMPTY);
    return 0;
  }
  const choice = textEncoding(blob, call.mediaType);
  if (choice == null) fail(Failure.UNSUPPORTED);
  else writeText(blob, choice, call);
  return 0;
}
