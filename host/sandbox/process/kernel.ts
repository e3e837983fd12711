import type { CallContext } from '@extism/extism';
import { KERNEL_MODULE } from '../../core/abi.ts';
import { PAGE_BYTES } from './engine.ts';
import type { CallHead, ProcessOutcome } from '../protocol.ts';

/** Extism keeps a block's number in the upper 16 bits of a signed address, and never reuses one. */
const MAX_BLOCKS = 32_767;
const OFFSET_MASK = (1n << 48n) - 1n;

/** What a call has come to, said by flags: a plugin can catch an exception, and go on. */
export interface CallState {
  stopped?: ProcessOutcome;
  output?: Uint8Array;
  errorSet: boolean;
  /** A host call is on the pipe. Left set, an exception (a full stack, say) has cut a frame in two. */
  talking: boolean;
}

/** Ends the plugin's run; `state.stopped` says why. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

export function stop(state: CallState, outcome: ProcessOutcome): never {
  state.stopped ??= outcome;
  throw new Stopped(outcome);
}

/** By module and field, as an Extism plugin takes them; `values` are whatever the plugin declared. */
export type ImportedFunctions = Record<string, Record<string, ImportedFunction>>;
type ImportedFunction = (context: CallContext, ...values: never[]) => unknown;

/**
 * Extism's kernel allocates outside WebAssembly's memory, where no cap of the process reaches, drops the
 * length of an output, and turns an error's text into an exception. These three functions stand in for
 * its own. What is freed does not count as free again, as its address is not used again either.
 */
export function boundedKernel(call: CallHead, state: CallState): ImportedFunctions {
  let bytesLeft = call.memoryPages * PAGE_BYTES;
  let blocksLeft = MAX_BLOCKS - 2; // the SDK's own: the null block and the input

  function alloc(context: CallContext, size: bigint): bigint {
    const bytes = BigInt.asUintN(64, size);
    if (blocksLeft === 0 || bytes > BigInt(bytesLeft)) stop(state, 'memory');
    blocksLeft -= 1;
    bytesLeft -= Number(bytes);
    return context.alloc(bytes);
  }

  function outputSet(context: CallContext, address: bigint, length: bigint): void {
    const size = BigInt.asUintN(64, length);
    if (size > BigInt(call.outputBytes)) stop(state, 'output_limit');
    const start = address & OFFSET_MASK;
    const block = context.read(address)?.bytes();
    if (block === undefined || start + size > BigInt(block.byteLength)) stop(state, 'trap');
    state.output = block.slice(Number(start), Number(start + size));
  }

  function errorSet(): void {
    state.errorSet = true;
  }

  return { [KERNEL_MODULE]: { alloc, output_set: outputSet, error_set: errorSet } };
}
