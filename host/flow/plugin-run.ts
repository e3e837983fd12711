import type { LoadedVariant } from '../bundle/variant.ts';
import { FAIL_CODES } from '../core/abi.ts';
import { CcosError } from '../core/error.ts';
import type { JsonObject } from '../core/json.ts';
import { FIXED } from '../core/limits.ts';
import type { LimitValues } from '../core/limits.ts';
import type { World } from '../core/world.ts';
import { answerHostCall, recordRefused } from '../host-functions/answer.ts';
import type { CallScope, Child, Powers } from '../host-functions/scope.ts';
import type { HostCallRecord, OpenHandle } from '../kernel/calls.ts';
import type {
  CallLimits,
  CallOutcome,
  FailedOutcome,
  HostAnswer,
  Sandbox,
} from '../sandbox/index.ts';

/** What one run of a plugin is given. */
export interface PluginRun {
  readonly handles: readonly OpenHandle[];
  readonly variant: LoadedVariant;
  readonly limits: LimitValues;
  /** What the chain commits to. */
  readonly args: JsonObject;
  /** Goes with the arguments, and is committed to nowhere, so that nobody can try guesses against it. */
  readonly password?: string;
  readonly declaredType?: string;
  /** What the children of the whole document may still hold, in bytes. */
  readonly budget: { bytes: number };
  /** Filled while the plugin runs, whatever comes of it. */
  readonly hostCalls: HostCallRecord[];
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
  /** Of an action. */
  readonly powers?: Powers;
}

export interface PluginAnswer {
  readonly output: Uint8Array;
  readonly children: readonly Child[];
  readonly outcome: CallOutcome;
}

/** The outcome of a sandboxed call, in the words of the error table. */
const OUTCOME_CODES = {
  aborted: 'not_ready',
  crashed: 'plugin_failed',
  host_call_limit: 'limit',
  memory: 'memory',
  output_limit: 'limit',
  protocol: 'plugin_failed',
  refused: 'plugin_failed',
  timeout: 'timeout',
  trap: 'plugin_failed',
} as const satisfies Record<FailedOutcome, string>;

/** Runs a plugin on the handles of its call. Throws the error that its failure is. */
export async function runPlugin(
  sandbox: Sandbox,
  world: World,
  run: PluginRun,
): Promise<PluginAnswer> {
  const { variant, limits, hostCalls, signal } = run;
  const bounds = boundsOf(variant, limits);
  const scope = scopeOf(run, bounds);
  const outcome = await sandbox.call({
    module: variant.module,
    exportName: variant.manifest.export,
    imports: variant.manifest.imports,
    input: pluginInput(run),
    limits: bounds,
    onHostCall(hostCall) {
      const answered = answerHostCall(scope, hostCall, world);
      const taken = ({ answer, record }: Awaited<typeof answered>): HostAnswer => {
        hostCalls.push(record);
        return answer;
      };
      return answered instanceof Promise ? answered.then(taken) : taken(answered);
    },
    onRefusedHostCall({ name, result }) {
      hostCalls.push(recordRefused(name, result));
    },
    ...(signal !== undefined && { signal }),
  });
  demandResult(outcome, scope, bounds);
  return { output: outputOf(scope, outcome), children: scope.children?.list ?? [], outcome };
}

function scopeOf(
  { handles, variant, limits, budget, onProgress, powers }: PluginRun,
  bounds: CallLimits,
): CallScope {
  const derives = variant.manifest.effects.includes('quarantine.derive');
  return {
    handles,
    outputBytes: bounds.outputBytes,
    output: [],
    written: 0,
    failure: null,
    overLimit: false,
    children: derives ? { list: [], most: limits.childBlobs, budget } : null,
    onProgress: onProgress ?? (() => undefined),
    powers: powers ?? null,
    response: { bytes: new Uint8Array(), at: 0 },
    denial: null,
  };
}

/** `abi.md`: one JSON object, without the ref and without the name. */
function pluginInput(run: PluginRun): Uint8Array {
  const { handles, variant, declaredType } = run;
  const named = handles.map((opened, handle) => ({
    class: opened.class,
    handle,
    ...(declaredType !== undefined && { media_type: declaredType }),
  }));
  const args = argsOf(run);
  const input = { abi: 1, args, capability: variant.target.name, handles: named };
  return new TextEncoder().encode(JSON.stringify(input));
}

/** With the password where the capability's schema of its input has one. */
function argsOf({ variant, args, password }: PluginRun): JsonObject {
  if (password === undefined) return args;
  const more = { ...args, password };
  return variant.validatesInput(more) ? more : args;
}

/** The lower of what the bundle asks for and what is in force. */
function boundsOf({ manifest }: LoadedVariant, limits: LimitValues): CallLimits {
  const { timeMs, memoryPages, hostCalls, outputBytes } = manifest.limits;
  return {
    timeMs: Math.min(timeMs, limits.callMillis),
    memoryPages: Math.min(memoryPages, limits.memoryPages),
    hostCalls: Math.min(hostCalls, limits.hostCalls),
    outputBytes: Math.min(outputBytes, limits.textBytes + FIXED.outputOverheadBytes),
  };
}

/** The bound that an outcome is about, where it is about one. */
const BOUND_OF: Partial<Record<FailedOutcome, keyof CallLimits>> = {
  timeout: 'timeMs',
  memory: 'memoryPages',
  host_call_limit: 'hostCalls',
  output_limit: 'outputBytes',
};

/** What the plugin said, and what happened to it, before what it wrote. */
function demandResult(outcome: CallOutcome, scope: CallScope, bounds: CallLimits): void {
  if (scope.denial !== null) throw scope.denial;
  // A plugin that has said why may trap afterwards: its own word tells more.
  if (scope.failure !== null) throw new CcosError(FAIL_CODES[scope.failure], {});
  if (outcome.outcome !== 'returned') {
    const limit = BOUND_OF[outcome.outcome];
    throw new CcosError(OUTCOME_CODES[outcome.outcome], {
      outcome: outcome.outcome,
      ...(limit !== undefined && { limit, value: bounds[limit] }),
    });
  }
  if (scope.overLimit)
    throw new CcosError('limit', { limit: 'outputBytes', value: bounds.outputBytes });
  if (outcome.errorSet) throw new CcosError('plugin_failed', { outcome: 'error_set' });
}

function outputOf(scope: CallScope, outcome: CallOutcome): Uint8Array {
  if (scope.output.length > 0) return Buffer.concat(scope.output);
  return outcome.outcome === 'returned' ? (outcome.output ?? new Uint8Array()) : new Uint8Array();
}
