import type { CallContext } from '@extism/extism';
import { FIXED } from '../../core/limits.ts';
import { HOST_ERROR, HOST_FUNCTIONS, HOST_MODULE } from '../../core/abi.ts';
import {
  ANSWER_FIXED_BYTES,
  FRAME_OVERHEAD_BYTES,
  HOST_FUNCTION_NAMES,
  KIND,
  ProtocolError,
  putHostCall,
  type CallHead,
  type HostCallHead,
} from '../protocol.ts';
import { PAGE_BYTES, type Memory } from './engine.ts';
import { stop, type CallState, type ImportedFunctions } from './kernel.ts';
import type { Pipe } from './pipe.ts';

/** Up to here bytes are copied behind their head, so that one write carries both. */
const SCRATCH_BYTES = 128 * 1024;
const MAX_CARRIED_BYTES = FIXED.frameBytes - FRAME_OVERHEAD_BYTES;

/** The plugin's memory, once there is an instance. */
export interface Guest {
  memory?: Memory;
}

interface Shape {
  readonly params: readonly ('i32' | 'i64' | 'len' | 'ptr')[];
  readonly result: 'i32' | 'i64' | null;
  readonly direction?: 'in' | 'out';
}

/** What the plugin passed, checked: a number of the table, or a negative one that is the answer. */
interface Arguments {
  readonly numbers: readonly bigint[];
  readonly pointer: number;
  readonly length: number;
}

const NOTHING = new Uint8Array(0);
const scratch = new Uint8Array(SCRATCH_BYTES);
const answerFixed = new Uint8Array(ANSWER_FIXED_BYTES);

/** A module may declare any type for an import, so what arrives may be any JavaScript value. */
function isInt32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value;
}

function takeArguments(shape: Shape, values: readonly unknown[]): Arguments | undefined {
  const numbers: bigint[] = [];
  let pointer = 0;
  let length = 0;
  for (const [i, kind] of shape.params.entries()) {
    const value = values[i];
    if (kind === 'i64') {
      if (typeof value !== 'bigint') return undefined;
      numbers.push(BigInt.asIntN(64, value));
      continue;
    }
    if (!isInt32(value)) return undefined;
    if (kind === 'i32') numbers.push(BigInt(value));
    else if (kind === 'ptr') pointer = value >>> 0;
    else length = value >>> 0;
  }
  return { numbers, pointer, length };
}

/** The bytes that pointer and length mean, or the error that they are answered with. */
function region(guest: Guest, given: Arguments): Uint8Array | number {
  if (guest.memory === undefined) return HOST_ERROR.denied; // initialising: there is no instance yet
  const buffer = guest.memory.buffer; // taken anew each time, because memory grows
  if (given.pointer + given.length > buffer.byteLength) return HOST_ERROR.badArgument;
  return new Uint8Array(buffer, given.pointer, given.length);
}

/** One channel for all host functions of one call. */
export class HostFunctions {
  readonly #pipe: Pipe;
  readonly #call: CallHead;
  readonly #state: CallState;
  readonly #guest: Guest;

  constructor(
    pipe: Pipe,
    call: CallHead,
    at: { readonly state: CallState; readonly guest: Guest },
  ) {
    this.#pipe = pipe;
    this.#call = call;
    this.#state = at.state;
    this.#guest = at.guest;
  }

  /** As `functions` of an Extism plugin. */
  table(): ImportedFunctions {
    const functions = HOST_FUNCTION_NAMES.map((name, index) => {
      const shape: Shape = HOST_FUNCTIONS[name];
      return [name, (_: CallContext, ...values: unknown[]) => this.#invoke(index, shape, values)];
    });
    return { [HOST_MODULE]: Object.fromEntries(functions) as ImportedFunctions[string] };
  }

  /** Whether the plugin's memory has grown past the call's limit, which may be under its own maximum. */
  overMemory(): boolean {
    const bytes = this.#guest.memory?.buffer.byteLength ?? 0;
    return bytes > this.#call.memoryPages * PAGE_BYTES;
  }

  #invoke(index: number, shape: Shape, values: readonly unknown[]): bigint | number | undefined {
    if (this.#state.talking) process.exit(1);
    if (this.#state.stopped !== undefined) stop(this.#state, this.#state.stopped);
    if (this.overMemory()) stop(this.#state, 'memory');
    const given = takeArguments(shape, values);
    const result =
      given === undefined
        ? this.#refuse(index, HOST_ERROR.badArgument)
        : this.#ask(index, shape.direction, given);
    if (shape.result === null) return undefined;
    return shape.result === 'i64' ? result : Number(BigInt.asIntN(32, result));
  }

  #ask(index: number, direction: 'in' | 'out' | undefined, given: Arguments): bigint {
    const head = { index, refusal: 0, want: 0, args: given.numbers };
    if (direction === undefined) {
      this.#send(head, NOTHING);
      return this.#answer(NOTHING);
    }
    const bytes = region(this.#guest, given);
    if (typeof bytes === 'number') return this.#refuse(index, bytes);
    if (direction === 'in') {
      const room = bytes.subarray(0, MAX_CARRIED_BYTES);
      this.#send({ ...head, want: room.byteLength }, NOTHING);
      return this.#answer(room);
    }
    const most = Math.min(this.#call.outputBytes, MAX_CARRIED_BYTES);
    if (bytes.byteLength > most) return this.#refuse(index, HOST_ERROR.overLimit);
    this.#send(head, bytes);
    return this.#answer(NOTHING);
  }

  /** The host hears of it and counts it all the same. */
  #refuse(index: number, refusal: number): bigint {
    this.#send({ index, refusal, want: 0, args: [] }, NOTHING);
    return this.#answer(NOTHING);
  }

  #send(head: HostCallHead, bytes: Uint8Array): void {
    const length = putHostCall(scratch, head, bytes.byteLength);
    this.#state.talking = true;
    if (length + bytes.byteLength <= SCRATCH_BYTES) {
      scratch.set(bytes, length);
      this.#pipe.write(scratch.subarray(0, length + bytes.byteLength));
      return;
    }
    this.#pipe.write(scratch.subarray(0, length));
    this.#pipe.write(bytes);
  }

  /** Reads the answer's bytes straight into `room`, which is the plugin's memory. */
  #answer(room: Uint8Array): bigint {
    const head = this.#pipe.readHead(ANSWER_FIXED_BYTES + room.byteLength);
    if (head?.kind !== KIND.answer) process.exit(1);
    const bytes = head.bodyBytes - ANSWER_FIXED_BYTES;
    if (bytes < 0) throw new ProtocolError('answer');
    this.#pipe.readInto(answerFixed);
    this.#pipe.readInto(room.subarray(0, bytes));
    this.#state.talking = false;
    return new DataView(answerFixed.buffer).getBigInt64(0, true);
  }
}
