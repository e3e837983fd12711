/**
 * A bare host for one plugin call: plain WebAssembly, no SDK, no process. It implements `ccos-abi/1`
 * and Extism's memory and input/output functions, strictly: what a real host refuses is refused here.
 */

/** The few WebAssembly types that are used: `lib` has no DOM, and @types/node 20 has no namespace for them. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
}
type WasmValue = number | bigint;
type HostFunction = (...args: never[]) => WasmValue | undefined;
type WasmImports = Readonly<Record<string, Readonly<Record<string, HostFunction>>>>;
export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}
interface WasmEngine {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  instantiate(module: WasmModule, imports: WasmImports): Promise<{ exports: PluginExports }>;
  readonly Module: {
    imports(module: WasmModule): { module: string; name: string; kind: string }[];
    exports(module: WasmModule): { name: string; kind: string }[];
  };
}
type PluginExports = { readonly memory: WasmMemory } & Readonly<Record<string, unknown>>;
const engine = (globalThis as unknown as { readonly WebAssembly: WasmEngine }).WebAssembly;

const MiB = 1024 * 1024;
const ERROR = { noSuchHandle: -1, outOfRange: -3, overLimit: -4, badArgument: -5 } as const;

export interface PluginCall {
  readonly module: WasmModule;
  readonly exportName: string;
  /** The Extism input: bytes as they are, anything else as JSON. */
  readonly input: unknown;
  /** `blobs[n]` is what handle `n` opens. */
  readonly blobs?: readonly Uint8Array[];
  /** Bytes that `out_write` and `output_set` take before they answer "over a limit"; 64 MiB by default. */
  readonly maxOutputBytes?: number;
}

export interface Child {
  readonly kind: string;
  readonly bytes: Uint8Array;
}

export interface PluginOutcome {
  readonly output: Uint8Array;
  /** The last argument of `fail`; undefined when it was never called. */
  readonly failCode: number | undefined;
  /** True when the plugin called Extism's `error_set`. */
  readonly errorSet: boolean;
  /** Names of the `ccos:host/1` functions in the order of their calls. */
  readonly calls: readonly string[];
  readonly children: readonly Child[];
  /** What the export, or an initialiser, threw; undefined when it returned. */
  readonly trap: unknown;
  readonly memoryBytes: number;
}

export const compilePlugin = (bytes: Uint8Array): Promise<WasmModule> => engine.compile(bytes);

/** `module.name` of every import, sorted. */
export const importsOf = (module: WasmModule): readonly string[] =>
  engine.Module.imports(module)
    .map((entry) => `${entry.module}.${entry.name}`)
    .sort();

/** Names of every export, sorted. */
export const exportsOf = (module: WasmModule): readonly string[] =>
  engine.Module.exports(module)
    .map((entry) => entry.name)
    .sort();

/** The output as JSON. Throws when it is not valid UTF-8 or not valid JSON. */
export const jsonOutput = (outcome: PluginOutcome): unknown =>
  JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(outcome.output));

/** Runs one export in a fresh instance. Never throws for what the plugin does: see `trap`. */
export async function callPlugin(call: PluginCall): Promise<PluginOutcome> {
  const host = new AbiHost(call);
  const instance = await engine.instantiate(call.module, host.imports());
  host.memory = instance.exports.memory;
  let trap: unknown;
  try {
    for (const name of ['__wasm_call_ctors', '_initialize', call.exportName]) {
      const start = instance.exports[name];
      if (typeof start === 'function') (start as () => unknown)();
      else if (name === call.exportName) throw new TypeError(`no export ${name}`);
    }
  } catch (error) {
    trap = error ?? new Error('thrown without a value');
  }
  return host.outcome(trap);
}

class AbiHost {
  memory: WasmMemory | undefined;
  private readonly call: PluginCall;
  private readonly maxOutputBytes: number;
  private readonly kernel: Kernel;
  private readonly written: Uint8Array[] = [];
  private readonly children: { kind: string; parts: Uint8Array[] }[] = [];
  private readonly calls: string[] = [];
  private writtenBytes = 0;
  private failCode: number | undefined;

  constructor(call: PluginCall) {
    this.call = call;
    this.maxOutputBytes = call.maxOutputBytes ?? 64 * MiB;
    const { input } = call;
    this.kernel = new Kernel(
      input instanceof Uint8Array ? input : new TextEncoder().encode(JSON.stringify(input)),
    );
  }

  imports(): WasmImports {
    return {
      'ccos:host/1': this.counted({
        q_stat: (handle: number) => BigInt(this.blob(handle)?.length ?? ERROR.noSuchHandle),
        q_read: this.read.bind(this),
        out_write: this.write.bind(this),
        child_new: (pointer: number, length: number) => {
          const kind = this.slice(pointer, length);
          if (kind === undefined) return ERROR.badArgument;
          return this.children.push({ kind: new TextDecoder().decode(kind), parts: [] }) - 1;
        },
        child_write: (index: number, pointer: number, length: number) => {
          const [child, part] = [this.children[index], this.slice(pointer, length)];
          if (child === undefined || part === undefined) return ERROR.badArgument;
          child.parts.push(part);
          return length;
        },
        fail: (code: number) => {
          this.failCode = code;
          return undefined;
        },
        progress: () => undefined,
      }),
      'extism:host/env': this.kernel.functions(),
    };
  }

  outcome(trap: unknown): PluginOutcome {
    return {
      output: concat(this.kernel.output === undefined ? this.written : [this.kernel.output]),
      failCode: this.failCode,
      errorSet: this.kernel.errorSet,
      calls: this.calls,
      children: this.children.map(({ kind, parts }) => ({ kind, bytes: concat(parts) })),
      trap,
      memoryBytes: this.memory?.buffer.byteLength ?? 0,
    };
  }

  private counted(functions: Record<string, HostFunction>): Record<string, HostFunction> {
    return Object.fromEntries(
      Object.entries(functions).map(([name, run]) => [
        name,
        (...args: never[]) => {
          this.calls.push(name);
          return run(...args);
        },
      ]),
    );
  }

  private blob(handle: number): Uint8Array | undefined {
    return this.call.blobs?.[handle];
  }

  private view(pointer: number, length: number): Uint8Array | undefined {
    const buffer = this.memory?.buffer;
    const [start, size] = [pointer >>> 0, length >>> 0];
    if (buffer === undefined || start + size > buffer.byteLength) return undefined;
    return new Uint8Array(buffer, start, size);
  }

  private slice(pointer: number, length: number): Uint8Array | undefined {
    return this.view(pointer, length)?.slice();
  }

  private read(...[handle, offset, pointer, length]: [number, bigint, number, number]): number {
    const [blob, target] = [this.blob(handle), this.view(pointer, length)];
    if (blob === undefined) return ERROR.noSuchHandle;
    if (target === undefined) return ERROR.badArgument;
    if (offset < 0n || offset > BigInt(blob.length)) return ERROR.outOfRange;
    const part = blob.subarray(Number(offset), Number(offset) + target.length);
    target.set(part);
    return part.length;
  }

  private write(pointer: number, length: number): number {
    const part = this.slice(pointer, length);
    if (part === undefined) return ERROR.badArgument;
    this.writtenBytes += part.length;
    if (this.writtenBytes > this.maxOutputBytes) return ERROR.overLimit;
    this.written.push(part);
    return part.length;
  }
}

/** Extism's kernel as a plugin sees it: blocks by offset, never reused, and the input beside them. */
class Kernel {
  output: Uint8Array | undefined;
  errorSet = false;
  private readonly input: Uint8Array;
  private readonly blocks = new Map<bigint, Uint8Array>();
  private next = 1024n;

  constructor(input: Uint8Array) {
    this.input = input;
  }

  functions(): Record<string, HostFunction> {
    const byte = (at: bigint) => {
      const [block, index] = this.find(at, 1);
      return block.getUint8(index);
    };
    const word = (at: bigint) => {
      const [block, index] = this.find(at, 8);
      return block.getBigUint64(index, true);
    };
    const length = (at: bigint) => BigInt(this.blocks.get(at)?.length ?? 0);
    return {
      alloc: (size: bigint) => {
        const at = this.next;
        this.blocks.set(at, new Uint8Array(Number(size)));
        this.next += size + 16n;
        return at;
      },
      free: (at: bigint) => {
        this.blocks.delete(at);
        return undefined;
      },
      length,
      length_unsafe: length,
      load_u8: byte,
      load_u64: word,
      store_u8: (at: bigint, value: number) => {
        const [block, index] = this.find(at, 1);
        block.setUint8(index, value & 0xff);
        return undefined;
      },
      store_u64: (at: bigint, value: bigint) => {
        const [block, index] = this.find(at, 8);
        block.setBigUint64(index, value, true);
        return undefined;
      },
      input_length: () => BigInt(this.input.length),
      input_load_u8: (at: bigint) => view(this.input).getUint8(Number(at)),
      input_load_u64: (at: bigint) => view(this.input).getBigUint64(Number(at), true),
      output_set: (at: bigint, size: bigint) => {
        this.output = (this.blocks.get(at) ?? new Uint8Array()).slice(0, Number(size));
        return undefined;
      },
      error_set: () => {
        this.errorSet = true;
        return undefined;
      },
    };
  }

  private find(at: bigint, size: number): [DataView, number] {
    for (const [start, block] of this.blocks) {
      const index = Number(at - start);
      if (index >= 0 && index + size <= block.length) return [view(block), index];
    }
    throw new RangeError('kernel memory: no such block');
  }
}

const view = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
