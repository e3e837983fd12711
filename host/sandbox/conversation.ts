import { HOST_ERROR, HOST_FUNCTIONS, type HostFunctionName } from '../core/abi.ts';
import { LIMITS } from '../core/limits.ts';
import type { SandboxChild } from './child.ts';
import {
  HOST_FUNCTION_NAMES,
  KIND,
  PROTOCOL,
  ProtocolError,
  answerHead,
  callHead,
  loadHead,
  takeHostCall,
  takeResult,
  type HostCallFrame,
  type Result,
} from './protocol.ts';
import type { Frame } from './frames.ts';
import type { CallEnd, CallRequest, HostAnswer, HostCall, PluginModule } from './types.ts';

const NOTHING = new Uint8Array(0);
const REFUSALS: readonly number[] = [
  HOST_ERROR.denied,
  HOST_ERROR.overLimit,
  HOST_ERROR.badArgument,
];

/** What one call has cost so far, for the report and for the decision to keep the process. */
export interface Tally {
  hostCalls: number;
  /** Bytes that went in: the input and the answers. */
  bytesIn: number;
  rssMiB: number;
}

/** Waits for a new process to say that it is one of this version. */
export async function greet(child: SandboxChild): Promise<void> {
  const timer = setTimeout(() => {
    child.kill('crashed');
  }, LIMITS.callMillis[0]);
  try {
    const frame = await child.receive(PROTOCOL.length);
    const said = new TextDecoder().decode(frame.body);
    if (frame.kind !== KIND.ready || said !== PROTOCOL) throw new ProtocolError('version');
  } finally {
    clearTimeout(timer);
  }
}

/** Hands the module over to be compiled; false when it is not WebAssembly. */
export async function load(child: SandboxChild, module: PluginModule): Promise<boolean> {
  child.send(loadHead(module.sha256, module.bytes.byteLength), module.bytes);
  const { kind, body } = await child.receive(0);
  if (kind !== KIND.loaded) throw new ProtocolError('loaded');
  return body[0] === 1;
}

/** Runs one export in a process that has the module, answering its host calls. */
export async function converse(
  child: SandboxChild,
  request: CallRequest,
  tally: Tally,
): Promise<CallEnd> {
  const { module, exportName, imports, input, limits } = request;
  const { memoryPages, outputBytes } = limits;
  const head = { sha256: module.sha256, exportName, imports, memoryPages, outputBytes };
  child.send(callHead(head, input.byteLength), input);
  tally.bytesIn += input.byteLength;
  for (;;) {
    const frame = await child.receive(outputBytes);
    if (frame.kind === KIND.result) return endOf(takeResult(frame.body), outputBytes, tally);
    if (frame.kind !== KIND.hostCall) throw new ProtocolError('kind');
    tally.hostCalls += 1;
    if (tally.hostCalls > limits.hostCalls) return { outcome: 'host_call_limit' };
    const answer = await answerTo(frame, request);
    const bytes = answer.bytes ?? NOTHING;
    child.send(answerHead(answer.result, bytes.byteLength), bytes);
    tally.bytesIn += bytes.byteLength;
  }
}

function endOf(result: Result, outputBytes: number, tally: Tally): CallEnd {
  tally.rssMiB = result.rssMiB;
  const { outcome, errorSet, output } = result;
  if (outcome !== 'returned') return { outcome };
  if (output === undefined) return { outcome, errorSet };
  if (output.byteLength > outputBytes) throw new ProtocolError('output');
  return { outcome, errorSet, output };
}

/** What the process may say is what the table says: so many numbers, and bytes one way only. */
function hostCallOf(name: HostFunctionName, frame: HostCallFrame, outputBytes: number): HostCall {
  const { params, ...shape } = HOST_FUNCTIONS[name];
  const direction = 'direction' in shape ? shape.direction : undefined;
  const numbers = params.filter((kind) => kind === 'i32' || kind === 'i64').length;
  const mostBytes = direction === 'out' ? outputBytes : 0;
  const { args, want } = frame.head;
  if (args.length !== numbers || frame.bytes.byteLength > mostBytes) {
    throw new ProtocolError('host call');
  }
  if (direction === 'in') return { name, args, want };
  return direction === 'out' ? { name, args, bytes: frame.bytes.slice() } : { name, args };
}

async function answerTo(frame: Frame, request: CallRequest): Promise<HostAnswer> {
  const said = takeHostCall(frame.body);
  const { index, refusal } = said.head;
  const name = HOST_FUNCTION_NAMES[index];
  if (name === undefined) throw new ProtocolError('function');
  if (refusal !== 0) {
    if (!REFUSALS.includes(refusal)) throw new ProtocolError('refusal');
    request.onRefusedHostCall?.({ name, result: refusal });
    return { result: BigInt(refusal) };
  }
  const call = hostCallOf(name, said, request.limits.outputBytes);
  return fitting(await request.onHostCall(call), call.want ?? 0);
}

/** A host function that answers more than fits is a fault of the host. */
function fitting(answer: HostAnswer, want: number): HostAnswer {
  if ((answer.bytes?.byteLength ?? 0) > want) throw new RangeError('answer longer than asked');
  return answer;
}
