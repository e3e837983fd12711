/** `extract_text` for RTF (Rich Text Format Specification 1.9.1). */
import { Blob, readBlob } from '../../lib/assembly/blob';
import { hasBinaryMagic } from '../../lib/assembly/encoding/binary';
import { Failure, fail } from '../../lib/assembly/host';
import { Call, readCall } from '../../lib/assembly/input';
import { Result } from '../../lib/assembly/result';
import { Action } from './actions';
import { Flow } from './flow';
import { Reader } from './reader';
import { Page } from './report';
import { FlowId } from './words';

const MAX_INPUT: i64 = 50 << 20;
/** More text than any caller may ask for. */
const MAX_TEXT: i64 = 8 << 20;
const SIGNATURE: string = '{\\rtf';

/** Behind white space and a byte order mark. */
function textStart(blob: Blob): usize {
  const end = blob.at + blob.length;
  const marked = blob.length >= 3 && (load<u32>(blob.at) & 0xffffff) == 0xbfbbef;
  let at = blob.at + (marked ? 3 : 0);
  while (at < end && <u32>load<u8>(at) <= 32) at++;
  return at;
}

function hasSignature(at: usize): bool {
  for (let i = 0; i < SIGNATURE.length; i++) {
    if (load<u8>(at + i) != SIGNATURE.charCodeAt(i)) return false;
  }
  return true;
}

/** Pieces of documents, without the first words, are groups as well. */
function startsGroup(at: usize, end: usize): bool {
  if (at == end || load<u8>(at) != 123) return false;
  at++;
  while (at < end && (<u32>load<u8>(at) <= 32 || load<u8>(at) == 123)) at++;
  return at < end && load<u8>(at) == 92;
}

function read(from: usize, end: usize, call: Call): void {
  const limit = <usize>min<i64>(call.maxTextBytes, MAX_TEXT);
  const flows = new StaticArray<Flow>(FlowId.COUNT);
  for (let i = 0; i < FlowId.COUNT; i++) flows[i] = new Flow(limit);
  const action = new Action(flows);
  const reader = new Reader(action, from, end, hasSignature(from));
  reader.run();
  if (reader.tooDeep) {
    fail(Failure.LIMIT);
    return;
  }
  const page = new Page(limit);
  page.fill(flows);
  const result = new Result('rtf', page.text.bytes, page.blocks);
  result.characters = page.text.characters;
  result.title = action.title.bytes;
  result.truncated = page.text.truncated;
  if (action.undecodable() > 0) result.warn('undecodable_bytes');
  if (action.hiddenText) result.warn('hidden_text');
  result.write(call.maxTextBytes);
}

/** Fails with 1 (malformed), 3 (unsupported), 4 (limit), 5 (empty), 7 (refused). */
export function extract_text(): i32 {
  const call = readCall();
  if (call == null) return 0;
  const blob = readBlob(call.handle, MAX_INPUT);
  if (blob.failed) return 0;
  const from = textStart(blob);
  const end = blob.at + blob.length;
  if (blob.length == 0) fail(Failure.EMPTY);
  else if (hasBinaryMagic(blob.at, blob.length)) fail(Failure.UNSUPPORTED);
  else if (!startsGroup(from, end)) fail(Failure.MALFORMED);
  else read(from, end, call);
  return 0;
}
