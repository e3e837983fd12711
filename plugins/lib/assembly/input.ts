/**
 * The JSON input of a call, read strictly (RFC 8259): `args.limits.pages`, `args.limits.text_bytes` and
 * the first handle. Everything else is checked for form and skipped.
 */
import { Failure, fail, inputCopy, inputLength } from './host';

const MAX_INPUT: i32 = 64 << 10;
const MAX_DEPTH: i32 = 32;

export class Call {
  handle: i32 = -1;
  mediaType: string = '';
  /** Upper bounds of the caller; where it gives none, these. */
  maxPages: i64 = 2000;
  maxTextBytes: i64 = 2 << 20;
}

let at: usize = 0;
let end: usize = 0;
let broken: bool = false;
/** Room for the units of the longest string that fits into the input. */
let units: usize = 0;

function peek(): u32 {
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte != 32 && byte != 9 && byte != 10 && byte != 13) return byte;
    at++;
  }
  return 0;
}

function take(byte: u32): bool {
  if (peek() != byte) return false;
  at++;
  return true;
}

function expect(byte: u32): void {
  if (!take(byte)) broken = true;
}

function hexQuad(): u32 {
  let value: u32 = 0;
  for (let i = 0; i < 4; i++) {
    const byte = at < end ? (<u32>load<u8>(at++)) | 32 : 0;
    if (byte - 48 < 10) value = (value << 4) | (byte - 48);
    else if (byte - 97 < 6) value = (value << 4) | (byte - 87);
    else broken = true;
  }
  return value;
}

function escapeUnit(): u32 {
  const byte = at < end ? <u32>load<u8>(at++) : 0;
  if (byte == 117) return hexQuad();
  if (byte == 110) return 10;
  if (byte == 116) return 9;
  if (byte == 114) return 13;
  if (byte == 98) return 8;
  if (byte == 102) return 12;
  if (byte != 34 && byte != 92 && byte != 47) broken = true;
  return byte;
}

/** A string, each byte above ASCII as one unit: no name or media type that we compare has any. */
function text(): string {
  expect(34);
  let length: usize = 0;
  while (!broken) {
    const byte = at < end ? <u32>load<u8>(at++) : 0;
    if (byte == 34) break;
    if (byte < 32) broken = true;
    const unit = byte == 92 ? escapeUnit() : byte;
    store<u16>(units + (length << 1), <u16>unit);
    length++;
  }
  return String.UTF16.decodeUnsafe(units, length << 1);
}

/** A number; the part after a point or an exponent is checked by nobody, because no limit has one. */
function integer(): i64 {
  const negative = take(45);
  let value: i64 = 0;
  let digits = 0;
  while (at < end && <u32>load<u8>(at) - 48 < 10) {
    if (value < i64.MAX_VALUE / 16) value = value * 10 + (<i64>load<u8>(at) - 48);
    digits++;
    at++;
  }
  if (digits == 0) broken = true;
  while (at < end && isNumberTail(<u32>load<u8>(at))) at++;
  return negative ? -value : value;
}

function isNumberTail(byte: u32): bool {
  return byte == 46 || byte == 43 || byte == 45 || (byte | 32) == 101 || byte - 48 < 10;
}

function word(): void {
  const start = at;
  while (at < end && <u32>load<u8>(at) - 97 < 26) at++;
  const length = at - start;
  if (length != 4 && length != 5) broken = true;
}

/** Passes over a value of any kind. */
function skip(depth: i32): void {
  const byte = peek();
  if (depth > MAX_DEPTH) broken = true;
  if (broken) return;
  if (byte == 34) text();
  else if (byte == 123 || byte == 91) skipContainer(byte == 123, depth);
  else if (byte == 45 || byte - 48 < 10) integer();
  else word();
}

function skipContainer(object: bool, depth: i32): void {
  const close: u32 = object ? 125 : 93;
  at++;
  if (take(close)) return;
  do {
    if (object) {
      text();
      expect(58);
    }
    skip(depth + 1);
  } while (!broken && take(44));
  expect(close);
}

type Member = (call: Call, name: string) => void;

function object(call: Call, member: Member): void {
  expect(123);
  if (take(125)) return;
  do {
    const name = text();
    expect(58);
    if (broken) return;
    member(call, name);
  } while (!broken && take(44));
  expect(125);
}

function limitMember(call: Call, name: string): void {
  if (name == 'pages') call.maxPages = integer();
  else if (name == 'text_bytes') call.maxTextBytes = integer();
  else skip(0);
}

function argsMember(call: Call, name: string): void {
  if (name == 'limits') object(call, limitMember);
  else skip(0);
}

function handleMember(call: Call, name: string): void {
  if (name == 'handle') call.handle = <i32>integer();
  else if (name == 'media_type' && peek() == 34) call.mediaType = text();
  else skip(0);
}

function handles(call: Call): void {
  expect(91);
  if (take(93)) return;
  object(call, handleMember);
  while (!broken && take(44)) skip(0);
  expect(93);
}

function rootMember(call: Call, name: string): void {
  if (name == 'args') object(call, argsMember);
  else if (name == 'handles') handles(call);
  else skip(0);
}

/** The JSON of `args` as the host has written it; the host has checked it against the schema. */
export class Args {
  at: usize = 0;
  length: i32 = 0;
}

const args = new Args();

function rootArgs(_: Call, name: string): void {
  const isArgs = name == 'args';
  peek();
  const start = at;
  skip(0);
  if (!isArgs) return;
  args.at = start;
  args.length = <i32>(at - start);
}

/** The arguments of an action, or null as {@link readCall} has it. */
export function readArgs(): Args | null {
  if (read(rootArgs) != null && args.length > 0) return args;
  fail(Failure.REFUSED);
  return null;
}

/** The call, or null when its input is not what the ABI says; the failure (7, refused) is set then. */
export function readCall(): Call | null {
  const call = read(rootMember);
  if (call != null && call.handle >= 0 && call.maxTextBytes >= 0 && call.maxPages >= 0) return call;
  fail(Failure.REFUSED);
  return null;
}

function read(member: Member): Call | null {
  const length = inputLength();
  const call = new Call();
  broken = length < 2 || length > MAX_INPUT;
  if (broken) return null;
  at = heap.alloc(<usize>length);
  units = heap.alloc((<usize>length) << 1);
  end = at + length;
  inputCopy(at);
  object(call, member);
  return broken || peek() != 0 || at != end ? null : call;
}
