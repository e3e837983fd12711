import type { HostFunctionName } from '../core/abi.ts';
import type { Log, World } from '../core/world.ts';

/** A WebAssembly module whose bytes were verified; `sha256` is lower-case hex of exactly `bytes`. */
export interface PluginModule {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** Bounds of one call. All are hard: reaching one ends the call. */
export interface CallLimits {
  /** Wall clock over loading, initialising and running; not over the start of a process. */
  readonly timeMs: number;
  /** 64 KiB each: the plugin's memory, and apart from it all that it allocates in Extism's kernel. */
  readonly memoryPages: number;
  readonly hostCalls: number;
  /** Of Extism's output, and of what one host call may carry out. */
  readonly outputBytes: number;
}

/**
 * A host function that the plugin called. `args` are its `i32` and `i64` parameters in order, signed,
 * without the pointer and its length. They are a stranger's numbers: every one may be any.
 */
export interface HostCall {
  readonly name: HostFunctionName;
  readonly args: readonly bigint[];
  /** Direction `out`: a copy of what the plugin pointed at. */
  readonly bytes?: Uint8Array;
  /** Direction `in`: how many bytes fit. */
  readonly want?: number;
}

/** `bytes`, at most `want` of them, are copied to where the plugin pointed, on direction `in` only. */
export interface HostAnswer {
  readonly result: bigint;
  readonly bytes?: Uint8Array;
}

/** A host call with a bad pointer or number, answered `result` (a `HOST_ERROR`) without asking. */
export interface RefusedHostCall {
  readonly name: HostFunctionName;
  readonly result: number;
}

export interface CallRequest {
  readonly module: PluginModule;
  readonly exportName: string;
  readonly input: Uint8Array;
  /** `module.field` of every import that the module may have. */
  readonly imports: readonly string[];
  readonly limits: CallLimits;
  /** Called one at a time, in the plugin's order. When it throws, {@link Sandbox.call} throws that. */
  readonly onHostCall: (call: HostCall) => HostAnswer | Promise<HostAnswer>;
  readonly onRefusedHostCall?: (call: RefusedHostCall) => void;
  readonly signal?: AbortSignal;
}

/**
 * Why a call has no result: `refused` (did not compile or link, or has no such export), `trap`,
 * `timeout`, `memory`, `output_limit`, `host_call_limit`, `crashed` (the process ended by itself),
 * `protocol` (it said something out of turn) and `aborted` (by the request's signal, or by close).
 */
export type FailedOutcome =
  | 'aborted'
  | 'crashed'
  | 'host_call_limit'
  | 'memory'
  | 'output_limit'
  | 'protocol'
  | 'refused'
  | 'timeout'
  | 'trap';

export interface CallTimes {
  /** Until a process took the call. */
  readonly queueMs: number;
  /** Until that process had started, when it had not. */
  readonly spawnMs?: number;
  /** Sending and compiling the module; 0 when the process has it. */
  readonly loadMs: number;
  readonly runMs: number;
}

export type CallEnd =
  | {
      readonly outcome: 'returned';
      /** What the plugin set as Extism's output, if it did. */
      readonly output?: Uint8Array;
      /** Whether it set an error; its text stays in the sandbox. */
      readonly errorSet: boolean;
    }
  | { readonly outcome: FailedOutcome };

export type CallOutcome = CallEnd & { readonly times: CallTimes; readonly hostCalls: number };

export interface SandboxStats {
  readonly processes: number;
  readonly busy: number;
  readonly queued: number;
  readonly calls: number;
  readonly spawned: number;
  readonly ended: number;
}

export interface Sandbox {
  /** Never throws for what a plugin does; see {@link CallRequest.onHostCall} and {@link close}. */
  readonly call: (request: CallRequest) => Promise<CallOutcome>;
  /** Starts one idle process ahead when there is none and room for it, with the module compiled. */
  readonly warm: (module?: PluginModule) => void;
  readonly stats: () => SandboxStats;
  /** Ends every process and waits until all are gone. Calls that wait or run end as `aborted`. */
  readonly close: () => Promise<void>;
}

export interface SandboxOptions {
  /** The bundle of `process/main.ts`, absolute: the only file that a sandbox process may read. */
  readonly processFile: string;
  readonly runtime: 'deno' | 'node';
  /** The runtime's program, absolute. Default: the one that runs this. */
  readonly executable?: string;
  readonly processes: number;
  readonly idleMs: number;
  readonly maxMemoryPages: number;
  readonly log: Log;
  readonly world: World;
}
