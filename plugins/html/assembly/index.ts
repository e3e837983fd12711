/** `extract_text` for HTML. */
import { Blob, readBlob } from '../../lib/assembly/blob';
import { hasBinaryMagic, isBinary } from '../../lib/assembly/encoding/binary';
import { Choice, chooseEncoding } from '../../lib/assembly/encoding/choose';
import { Text, decodeInto } from '../../lib/assembly/encoding/decode';
import { charsetOf } from '../../lib/assembly/encoding/names';
import { Failure, fail } from '../../lib/assembly/host';
import { readCall } from '../../lib/assembly/input';
import { Result } from '../../lib/assembly/result';
import { declaredInside } from './prescan';
import { Tokenizer } from './tokenizer';

const MAX_INPUT: i64 = 16 << 20;
/** No encoding makes more than three bytes of UTF-8 of one. */
const MAX_DECODED: usize = 3 * (16 << 20);
const REPLACEMENT: u32 = 0xfffd;

/** The encoding of the document, or null when the bytes are no text. */
function documentEncoding(blob: Blob, mediaType: string): Choice | null {
  if (hasBinaryMagic(blob.at, blob.length)) return null;
  const inside = declaredInside(blob.at, blob.length);
  const choice = chooseEncoding(blob.at, blob.length, charsetOf(mediaType), inside);
  return isBinary(choice.encoding, blob.at, blob.length) ? null : choice;
}

function writeDocument(blob: Blob, choice: Choice, maxBytes: i64): void {
  const source = new Text(blob.length + 64, MAX_DECODED, REPLACEMENT);
  decodeInto(source, choice.encoding, blob.at + choice.skip, blob.length - choice.skip);
  const from = source.bytes.at;
  const document = new Tokenizer(from, from + source.bytes.length, <usize>maxBytes);
  document.run();
  const layout = document.layout;
  const result = new Result('html', layout.text, layout.blocks);
  result.encoding = choice.encoding;
  result.characters = layout.characters;
  result.truncated = layout.truncated;
  result.title = document.title;
  if (source.undecodable > 0) result.warn('undecodable_bytes');
  if (choice.declaredWrong) result.warn('declared_encoding_wrong');
  if (document.hiddenText) result.warn('hidden_text');
  if (document.tree.tooDeep) result.warn('depth_limit');
  result.write(maxBytes);
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
  const choice = documentEncoding(blob, call.mediaType);
  if (choice == null) fail(Failure.UNSUPPORTED);
  else writeDocument(blob, choice, call.maxTextBytes);
  return 0;
}
