import { createPlugin, type Plugin } from '@extism/extism';
import { HOST_MODULE, KERNEL_FUNCTIONS, KERNEL_MODULE } from '../../core/abi.ts';
import { HOST_FUNCTION_NAMES, ProtocolError, type CallHead, type ProcessOutcome } from '../protocol.ts';
import { HostFunctions, type Guest } from './host-functions.ts';
import { boundedKernel, type CallState } from './kernel.ts';
import type { Pipe } from './pipe.ts';

export interface RunResult {
  readonly outcome: ProcessOutcome;
  readonly errorSet: boolean;
  readonly output?: Uint8Array;
}

export interface Run {
  readonly module: WebAssembly.Module;
  readonly call: CallHead;
  readonly input: Uint8Array;
  readonly pipe: Pipe;
}

const KNOWN: ReadonlySet<string> = new Set([
  ...KERNEL_FUNCTIONS.map((name) => `${KERNEL_MODULE}.${name}`),
  ...HOST_FUNCTION_NAMES.map((name) => `${HOST_MODULE}.${name}`),
]);

/** The SDK would offer its whole kernel, HTTP with it; so every import is looked at before it links. */
function links(module: WebAssembly.Module, call: CallHead): boolean {
  const granted = new Set(call.imports.filter((name) => KNOWN.has(name)));
  const imports = WebAssembly.Module.imports(module);
  const exports = WebAssembly.Module.exports(module);
  return (
    imports.every((it) => it.kind === 'function' && granted.has(`${it.module}.${it.name}`)) &&
    exports.some((it) => it.kind === 'function' && it.name === call.exportName)
  );
}

function noNetwork(): never {
  throw new TypeError('no network');
}

/** WASI's reactors have `_initialize`, which the SDK calls; older ones have their constructors only. */
function construct(instance: WebAssembly.Instance): void {
  const { _initialize, __wasm_call_ctors } = instance.exports;
  if (_initialize === undefined && typeof __wasm_call_ctors === 'function') __wasm_call_ctors();
}

/** How a plugin's exception counts. Only an instance that cannot have its memory says so itself. */
function failure(error: unknown, plugin: Plugin | undefined): ProcessOutcome {
  if (error instanceof WebAssembly.LinkError || error instanceof WebAssembly.CompileError) {
    return 'refused';
  }
  const noMemory = plugin === undefined && error instanceof RangeError && /memory/i.test(error.message);
  return noMemory ? 'memory' : 'trap';
}

/** A trap of a plugin that has grown and cannot grow by another eighth was, as far as can be told, that. */
function ranOut(guest: Guest, bytesAtStart: number): boolean {
  const memory = guest.memory;
  if (memory === undefined || memory.buffer.byteLength <= bytesAtStart) return false;
  try {
    memory.grow(Math.ceil(memory.buffer.byteLength / 65_536 / 8));
    return false;
  } catch {
    return true;
  }
}

/**
 * Runs one export of a fresh instance, in the foreground: no worker, WASI, HTTP, files, configuration
 * or log. What the export returns is ignored.
 */
export async function run({ module, call, input, pipe }: Run): Promise<RunResult> {
  if (!links(module, call)) return { outcome: 'refused', errorSet: false };
  const state: CallState = { errorSet: false, talking: false };
  const guest: Guest = {};
  const functions = new HostFunctions(pipe, call, { state, guest });
  let plugin: Plugin | undefined;
  let bytesAtStart = 0;
  let outcome: ProcessOutcome = 'returned';
  try {
    plugin = await createPlugin(module, {
      useWasi: false,
      runInWorker: false,
      fetch: noNetwork,
      functions: { ...boundedKernel(call, state), ...functions.table() },
    });
    const instance = await plugin.getInstance();
    const { memory } = instance.exports;
    if (memory instanceof WebAssembly.Memory) guest.memory = memory;
    bytesAtStart = guest.memory?.buffer.byteLength ?? 0;
    construct(instance);
    await plugin.call(call.exportName, input);
  } catch (error) {
    outcome = failure(error, plugin);
    if (outcome === 'trap' && ranOut(guest, bytesAtStart)) outcome = 'memory';
  }
  if (state.talking) throw new ProtocolError('host call');
  if (outcome === 'returned' && functions.overMemory()) outcome = 'memory';
  outcome = state.stopped ?? outcome;
  const { errorSet, output } = state;
  return outcome === 'returned' && output !== undefined
    ? { outcome, errorSet, output }
    : { outcome, errorSet };
}
