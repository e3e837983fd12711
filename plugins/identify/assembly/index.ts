/** `identify`: what a document is, by its content. One reading: the first that holds from the first byte on. */
import { Blob, readBlob, readStart } from '../../lib/assembly/blob';
import { hasBinaryMagic, isBinary } from '../../lib/assembly/encoding/binary';
import { NONE } from '../../lib/assembly/encoding/none';
import { byBom, bomLength, byZeroes } from '../../lib/assembly/encoding/sniff';
import { Failure, fail } from '../../lib/assembly/host';
import { Call, readCall } from '../../lib/assembly/input';
import { finish, name, raw } from '../../lib/assembly/output';
import { openZip } from '../../lib/assembly/zip';
import { UTF_16BE, UTF_16LE, UTF_8 } from '../../lib/generated/encoding-ids';
import { isTar } from '../../archive/assembly/tar';
import { formatOfType, mediaTypeOf } from './formats';
import { formatByMagic } from './magic';
import { formatOfOle, formatOfZip, isOle } from './packages';
import { formatOfText, isAsDeclared } from './text';

const MAX_INPUT: i64 = 50 << 20;
/** What is looked at of anything but a package. */
const SAMPLE: i64 = 256 << 10;

function isZip(at: usize, length: usize): bool {
  const word = length >= 4 ? load<u32>(at) : 0;
  return word == 0x04034b50 || word == 0x06054b50;
}

function write(format: string, asDeclared: bool): void {
  raw('{"as_declared":');
  raw(asDeclared ? 'true' : 'false');
  raw(',"format":');
  name(format);
  raw(',"media_type":');
  name(mediaTypeOf(format));
  raw('}');
  finish();
}

function declaredType(call: Call): string {
  const semicolon = call.mediaType.indexOf(';');
  const type = semicolon < 0 ? call.mediaType : call.mediaType.substring(0, semicolon);
  return type.trim().toLowerCase();
}

/** The characters of ASCII in a text of UTF-16, "?" for all others: as much as formats are told by. */
function narrowed(blob: Blob, encoding: i32, skip: usize): Blob {
  const text = new Blob();
  text.at = heap.alloc(blob.length + 64);
  const big = encoding == UTF_16BE;
  for (let i = skip; i + 1 < blob.length; i += 2) {
    const unit = <u32>load<u16>(blob.at + i);
    const point = big ? bswap(<u16>unit) : unit;
    store<u8>(text.at + text.length++, point > 0 && point < 0x80 ? <u8>point : 63);
  }
  return text;
}

/** The text of a sample behind its mark, or null when it is none. */
function textOf(blob: Blob): Blob | null {
  const bom = byBom(blob.at, blob.length);
  const skip: usize = bom == NONE ? 0 : bomLength(bom);
  const encoding = bom == NONE ? byZeroes(blob.at, blob.length) : bom;
  if (encoding == UTF_16LE || encoding == UTF_16BE) return narrowed(blob, encoding, skip);
  const isText = encoding != NONE || !hasBinaryMagic(blob.at, blob.length);
  if (!isText || isBinary(encoding == NONE ? UTF_8 : encoding, blob.at, blob.length)) return null;
  const text = new Blob();
  text.at = blob.at + skip;
  text.length = blob.length - skip;
  return text;
}

/** Line ends of all kinds as line feeds, in place. */
function unifyLines(text: Blob): void {
  let to: usize = 0;
  for (let i: usize = 0; i < text.length; i++) {
    const byte = load<u8>(text.at + i);
    const next: u32 = i + 1 < text.length ? load<u8>(text.at + i + 1) : 0;
    if (byte == 13 && next == 10) continue;
    store<u8>(text.at + to++, byte == 13 ? 10 : byte);
  }
  text.length = to;
}

function identifyText(sample: Blob, call: Call): void {
  const text = textOf(sample);
  if (text == null) {
    write('unknown', false);
    return;
  }
  unifyLines(text);
  const end = text.at + text.length;
  const type = declaredType(call);
  const declared = formatOfType(type);
  if (isAsDeclared(text.at, end, declared, type)) {
    write(declared.length > 0 ? declared : 'text', true);
    return;
  }
  const format = formatOfText(text.at, end, !sample.isWhole);
  write(format, format == declared);
}

function identifyZip(call: Call): void {
  const blob = readBlob(call.handle, MAX_INPUT);
  if (blob.failed) return;
  const zip = openZip(blob.at, blob.length);
  if (zip == null) return;
  const format = formatOfZip(zip);
  if (format.length > 0) write(format, mediaTypeOf(format) == declaredType(call));
}

function identifyOle(call: Call): void {
  const blob = readBlob(call.handle, MAX_INPUT);
  if (!blob.failed) write(formatOfOle(blob.at, blob.length), false);
}

/** Nothing at all is a text without characters, and a damaged document of any other kind. */
function emptyCode(call: Call): i32 {
  const type = declaredType(call);
  const format = formatOfType(type);
  const isText = format.length == 0 || format == 'unknown' || type.startsWith('text/');
  return isText ? Failure.EMPTY : Failure.MALFORMED;
}

/** Fails with 1 (damaged), 4 (limit), 5 (empty), 7 (refused). */
export function identify(): i32 {
  const call = readCall();
  if (call == null) return 0;
  const sample = readStart(call.handle, SAMPLE, MAX_INPUT);
  if (sample.failed) return 0;
  const known = formatByMagic(sample.at, sample.length);
  if (sample.length == 0) fail(emptyCode(call));
  else if (isZip(sample.at, sample.length)) identifyZip(call);
  else if (isOle(sample.at, sample.length)) identifyOle(call);
  else if (known.length > 0) write(known, mediaTypeOf(known) == declaredType(call));
  else if (isTar(sample.at, sample.length)) write('tar', declaredType(call) == 'application/x-tar');
  else identifyText(sample, call);
  return 0;
}
