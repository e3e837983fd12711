/**
 * `ccos-sandbox/1`: what the host and a sandbox process say to each other, over the standard input and
 * output of the process.
 *
 *     frame   = length:u32 kind:u8 body          length counts kind and body; integers little-endian
 *
 *     kind         from     body
 *     1 ready      process  PROTOCOL, UTF-8; once, first
 *     2 load       host     sha256:32 module
 *     3 loaded     process  accepted:u8                       0 when it is not that hash or not WebAssembly
 *     4 call       host     head:u32 JSON(CallHead) input
 *     5 host_call  process  function:u8 refusal:i8 argc:u16 want:u32 argc × i64 bytes
 *     6 answer     host     result:i64 bytes
 *     7 result     process  outcome:u8 flags:u8 rss:u32 output    flags: 1 error set, 2 output set; rss in MiB
 *
 * The host speaks first and the two take turns: load → loaded; call → (host_call → answer)* → result. Either
 * side ends the conversation at once when the other speaks out of turn. Each reads the length before it
 * allocates: the process takes at most FIXED.frameBytes, the host what the state of the call allows. The
 * `refusal` of a host call is a HOST_ERROR that the process has found already; the host counts the call
 * and answers with it.
 */
import { HOST_FUNCTIONS, type HostFunctionName } from '../core/abi.ts';

export const KIND = {
  ready: 1,
  load: 2,
  loaded: 3,
  call: 4,
  hostCall: 5,
  answer: 6,
  result: 7,
} as const;

/** `length` and `kind`. */
export const HEAD_BYTES = 5;
const LENGTH_BYTES = 4;
export const SHA256_BYTES = 32;
export const HOST_CALL_FIXED_BYTES = 8;
export const ANSWER_FIXED_BYTES = 8;
export const RESULT_FIXED_BYTES = 6;
const MAX_ARGS = 8;
/** Room in a frame for everything but the bytes that it carries. */
export const FRAME_OVERHEAD_BYTES = 256;

export const HOST_FUNCTION_NAMES = Object.keys(HOST_FUNCTIONS) as readonly HostFunctionName[];

/** The version, and the functions by number: a process built from another table is refused. */
export const PROTOCOL = `ccos-sandbox/1 ${HOST_FUNCTION_NAMES.join(',')}`;

/** How a call can end as the process sees it; the number in a frame is the index. */
export const PROCESS_OUTCOMES = ['returned', 'trap', 'memory', 'output_limit', 'refused'] as const;
export type ProcessOutcome = (typeof PROCESS_OUTCOMES)[number];

export interface CallHead {
  readonly sha256: string;
  readonly exportName: string;
  readonly imports: readonly string[];
  readonly memoryPages: number;
  readonly outputBytes: number;
}

export interface HostCallHead {
  readonly index: number;
  readonly refusal: number;
  readonly want: number;
  readonly args: readonly bigint[];
}

export interface HostCallFrame {
  readonly head: HostCallHead;
  /** A view of the frame. */
  readonly bytes: Uint8Array;
}

export interface Result {
  readonly outcome: ProcessOutcome;
  readonly errorSet: boolean;
  readonly rssMiB: number;
  readonly output?: Uint8Array;
}

/** The other side broke the protocol, or is another version of it. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Writes a frame's first bytes into `target`; `bodyBytes` is all that follows them. */
export function putHead(target: Uint8Array, kind: number, bodyBytes: number): void {
  const view = viewOf(target);
  view.setUint32(0, bodyBytes + HEAD_BYTES - LENGTH_BYTES, true);
  view.setUint8(LENGTH_BYTES, kind);
}

/** Throws {@link ProtocolError} when the frame would be empty or its body over `maxBytes`. */
export function takeHead(bytes: Uint8Array, maxBytes: number): { kind: number; bodyBytes: number } {
  const view = viewOf(bytes);
  const bodyBytes = view.getUint32(0, true) - (HEAD_BYTES - LENGTH_BYTES);
  if (bodyBytes < 0 || bodyBytes > maxBytes) throw new ProtocolError('frame length');
  return { kind: view.getUint8(LENGTH_BYTES), bodyBytes };
}

/** A frame's head and the fixed part of its body; `bytes` that follow are sent apart, uncopied. */
function headed(kind: number, fixed: Uint8Array, followingBytes: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(HEAD_BYTES + fixed.byteLength);
  putHead(head, kind, fixed.byteLength + followingBytes);
  head.set(fixed, HEAD_BYTES);
  return head;
}

/** A small frame, whole. */
export function frame(kind: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  return headed(kind, body, 0);
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function loadHead(sha256: string, moduleBytes: number): Uint8Array<ArrayBuffer> {
  return headed(KIND.load, fromHex(sha256), moduleBytes);
}

export function callHead(head: CallHead, inputBytes: number): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(head));
  const fixed = new Uint8Array(LENGTH_BYTES + json.byteLength);
  viewOf(fixed).setUint32(0, json.byteLength, true);
  fixed.set(json, LENGTH_BYTES);
  return headed(KIND.call, fixed, inputBytes);
}

/** In the process, which trusts its host: no more checks than the lengths. */
export function takeCall(body: Uint8Array): { head: CallHead; input: Uint8Array } {
  const end = LENGTH_BYTES + viewOf(body).getUint32(0, true);
  const json = new TextDecoder().decode(body.subarray(LENGTH_BYTES, end));
  return { head: JSON.parse(json) as CallHead, input: body.slice(end) };
}

/** The host's side of a host call. Throws {@link ProtocolError} on anything but a well-formed one. */
export function takeHostCall(body: Uint8Array): HostCallFrame {
  if (body.byteLength < HOST_CALL_FIXED_BYTES) throw new ProtocolError('host call');
  const view = viewOf(body);
  const index = view.getUint8(0);
  const argc = view.getUint16(2, true);
  const start = HOST_CALL_FIXED_BYTES + argc * BigInt64Array.BYTES_PER_ELEMENT;
  if (argc > MAX_ARGS || start > body.byteLength) throw new ProtocolError('host call arguments');
  const args = Array.from({ length: argc }, (_, i) =>
    view.getBigInt64(HOST_CALL_FIXED_BYTES + i * BigInt64Array.BYTES_PER_ELEMENT, true),
  );
  const head = { index, refusal: view.getInt8(1), want: view.getUint32(4, true), args };
  return { head, bytes: body.subarray(start) };
}

/** Writes a host call's head into `target` and returns how long it is. */
export function putHostCall(target: Uint8Array, call: HostCallHead, bytes: number): number {
  const fixed = HOST_CALL_FIXED_BYTES + call.args.length * BigInt64Array.BYTES_PER_ELEMENT;
  putHead(target, KIND.hostCall, fixed + bytes);
  const view = viewOf(target);
  view.setUint8(HEAD_BYTES, call.index);
  view.setInt8(HEAD_BYTES + 1, call.refusal);
  view.setUint16(HEAD_BYTES + 2, call.args.length, true);
  view.setUint32(HEAD_BYTES + 4, call.want, true);
  call.args.forEach((arg, i) => {
    const at = HEAD_BYTES + HOST_CALL_FIXED_BYTES + i * BigInt64Array.BYTES_PER_ELEMENT;
    view.setBigInt64(at, arg, true);
  });
  return HEAD_BYTES + fixed;
}

export function answerHead(result: bigint, bytes: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(HEAD_BYTES + ANSWER_FIXED_BYTES);
  putHead(head, KIND.answer, ANSWER_FIXED_BYTES + bytes);
  viewOf(head).setBigInt64(HEAD_BYTES, result, true);
  return head;
}

export function resultHead(result: Result): Uint8Array<ArrayBuffer> {
  const fixed = new Uint8Array(RESULT_FIXED_BYTES);
  const view = viewOf(fixed);
  view.setUint8(0, PROCESS_OUTCOMES.indexOf(result.outcome));
  view.setUint8(1, (result.errorSet ? 1 : 0) | (result.output === undefined ? 0 : 2));
  view.setUint32(2, result.rssMiB, true);
  return headed(KIND.result, fixed, result.output?.byteLength ?? 0);
}

/** The host's side of a result; `output` is a copy. Throws {@link ProtocolError}. */
export function takeResult(body: Uint8Array): Result {
  if (body.byteLength < RESULT_FIXED_BYTES) throw new ProtocolError('result');
  const view = viewOf(body);
  const outcome = PROCESS_OUTCOMES[view.getUint8(0)];
  const flags = view.getUint8(1);
  if (outcome === undefined || flags > 3) throw new ProtocolError('result');
  const output = body.slice(RESULT_FIXED_BYTES);
  const base = { outcome, errorSet: (flags & 1) !== 0, rssMiB: view.getUint32(2, true) };
  return (flags & 2) === 0 ? base : { ...base, output };
}
