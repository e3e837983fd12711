import { createPlugin, type ExtismPluginOptions, type Plugin } from '@extism/extism';
import { HOST_MODULE, KERNEL_FUNCTIONS, KERNEL_MODULE } from '../../core/abi.ts';
import {
  HOST_FUNCTION_NAMES,
  ProtocolError,
  type CallHead,
  type ProcessOutcome,
} from '../protocol.ts';
import { PAGE_BYTES, engine, type Instance, type Module } from './engine.ts';
import { HostFunctions, type Guest } from './host-functions.ts';
import { boundedKernel, type CallState } from './kernel.ts';
import type { Pipe } from './pipe.ts';

export interface RunResult {
  readonly outcome: ProcessOutcome;
  readonly errorSet: boolean;
  readonly output?: Uint8Array;
}

export interface Run {
  readonly module: Module;
  readonly call: CallHead;
  readonly input: Uint8Array;
  readonly pipe: Pipe;
}

type ExtismFunctions = NonNullable<ExtismPluginOptions['functions']>;

/** A run under way. */
interface Running {
  readonly state: CallState;
  readonly guest: Guest;
  readonly functions: HostFunctions;
  plugin?: Plugin;
  bytesAtStart: number;
}

const KNOWN: ReadonlySet<string> = new Set([
  ...KERNEL_FUNCTIONS.map((name) => `${KERNEL_MODULE}.${name}`),
  ...HOST_FUNCTION_NAMES.map((name) => `${HOST_MODULE}.${name}`),
]);

/** The SDK would offer its whole kernel, HTTP with it; so every import is looked at before it links. */
function links(module: Module, call: CallHead): boolean {
  const granted = new Set(call.imports.filter((name) => KNOWN.has(name)));
  const imports = engine.Module.imports(module);
  const exports = engine.Module.exports(module);
  return (
    imports.every((it) => it.kind === 'function' && granted.has(`${it.module}.${it.name}`)) &&
    exports.some((it) => it.kind === 'function' && it.name === call.exportName)
  );
}

function noNetwork(): never {
  throw new TypeError('no network');
}

/** WASI's reactors have `_initialize`, which the SDK calls; older ones have their constructors only. */
function construct(instance: Instance): void {
  const { _initialize, __wasm_call_ctors: constructors } = instance.exports;
  if (_initialize === undefined && typeof constructors === 'function') {
    (constructors as () => void)(); // an export that is a function of WebAssembly
  }
}

/** A trap of a plugin that has grown and cannot grow by another eighth was, as far as can be told, that. */
function ranOut({ guest: { memory }, bytesAtStart }: Running): boolean {
  if (memory === undefined || memory.buffer.byteLength <= bytesAtStart) return false;
  try {
    memory.grow(Math.ceil(memory.buffer.byteLength / PAGE_BYTES / 8));
    return false;
  } catch {
    return true;
  }
}

/** How an exception counts. Only an instance that cannot have its first memory says so itself. */
function failure(error: unknown, on: Running): ProcessOutcome {
  if (error instanceof engine.LinkError || error instanceof engine.CompileError) {
    return 'refused';
  }
  const message = on.plugin === undefined && error instanceof RangeError ? error.message : '';
  return /memory/i.test(message) || ranOut(on) ? 'memory' : 'trap';
}

/** Runs the export of a fresh instance; throws what the plugin or the SDK throws. */
async function execute({ module, call, input }: Run, on: Running): Promise<void> {
  on.plugin = await createPlugin(module, {
    useWasi: false,
    runInWorker: false,
    fetch: noNetwork,
    functions: { ...boundedKernel(call, on.state), ...on.functions.table() } as ExtismFunctions,
  });
  const instance = (await on.plugin.getInstance()) as Instance; // the SDK means the DOM's type
  const { memory } = instance.exports;
  if (memory instanceof engine.Memory) on.guest.memory = memory;
  on.bytesAtStart = on.guest.memory?.buffer.byteLength ?? 0;
  construct(instance);
  await on.plugin.call(call.exportName, input);
}

async function outcomeOf(given: Run, on: Running): Promise<ProcessOutcome> {
  try {
    await execute(given, on);
  } catch (error) {
    return failure(error, on);
  }
  return on.functions.overMemory() ? 'memory' : 'returned';
}

/**
 * Runs one export of a fresh instance, in the foreground: no worker, WASI, HTTP, files, configuration
 * or log. What the export returns is ignored.
 */
export async function run(given: Run): Promise<RunResult> {
  const { module, call, pipe } = given;
  if (!links(module, call)) return { outcome: 'refused', errorSet: false };
  const state: CallState = { errorSet: false, talking: false };
  const guest: Guest = {};
  const functions = new HostFunctions(pipe, call, { state, guest });
  const ended = await outcomeOf(given, { state, guest, functions, bytesAtStart: 0 });
  if (state.talking) throw new ProtocolError('host call');
  const outcome = state.stopped ?? ended;
  const { errorSet, output } = state;
  if (outcome !== 'returned' || output === undefined) return { outcome, errorSet };
  return { outcome, errorSet, output };
}
