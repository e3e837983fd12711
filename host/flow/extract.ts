import type { LoadedVariant, Registry } from '../bundle/registry.ts';
import { FAIL_CODES } from '../core/abi.ts';
import { CcosError } from '../core/error.ts';
import type { JsonObject } from '../core/json.ts';
import { FIXED } from '../core/limits.ts';
import type { LimitValues } from '../core/limits.ts';
import { tagList } from '../core/label.ts';
import type { World } from '../core/world.ts';
import { answerHostCall, recordRefused } from '../host-functions/answer.ts';
import type { CallScope } from '../host-functions/scope.ts';
import type { Approvals } from '../kernel/approvals.ts';
import type { Calls, HostCallRecord, OpenCall } from '../kernel/calls.ts';
import { refusedInput } from '../kernel/call-rows.ts';
import { NeedsApproval } from '../kernel/gate.ts';
import type { Judged } from '../kernel/gate.ts';
import type { Store } from '../kernel/records.ts';
import type { CallLimits, CallOutcome, FailedOutcome, Sandbox } from '../sandbox/index.ts';
import { parseExtraction } from './extraction.ts';
import type { Extraction } from './extraction.ts';

export const EXTRACT_TEXT = 'ccos.attachment.extract_text';

interface Parts {
  readonly store: Store;
  readonly registry: Registry;
  readonly calls: Calls;
  readonly approvals: Approvals;
  readonly sandbox: Sandbox;
  readonly world: World;
  readonly limits: () => Promise<LimitValues>;
  readonly retentionMillis: () => number;
}

/** A local document that the operator named; the name itself stays with the command line. */
export interface ExtractRequest {
  readonly bytes: Uint8Array;
  readonly declaredType?: string;
  readonly session: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** What the operator gets: the text, and where it came from. */
export interface ExtractResult extends Extraction {
  readonly blocks: readonly never[];
  readonly attachments: readonly never[];
  readonly labels: readonly string[];
  readonly plugin: { readonly id: string; readonly version: string; readonly code_sha256: string };
  readonly times_ms: Readonly<Record<'total' | 'queue' | 'load' | 'run', number>>;
  readonly call_id: string;
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

/** Text of a local document, through quarantine, gate, sandbox and chain. */
export class Extractor {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async extract(request: ExtractRequest): Promise<ExtractResult> {
    const started = this.#parts.world.monotonic();
    const limits = await this.#parts.limits();
    const variant = await this.#choose(request, limits);
    const args = { limits: { pages: limits.pages, text_bytes: limits.textBytes } };
    const call = await this.#begin(request, { variant, limits, args });
    const hostCalls: HostCallRecord[] = [];
    let ran: Ran;
    try {
      ran = await this.#run(call, { variant, limits, args, request, hostCalls });
      const { output, release } = ran;
      await this.#parts.calls.succeed(call, { output, hostCalls, release });
    } catch (error) {
      await this.#parts.calls.fail(call, { error, hostCalls });
      throw error;
    }
    return resultOf(ran, {
      call,
      variant,
      total: this.#parts.world.monotonic() - started,
    });
  }

  /** Refusals before there is a call leave a row of their own. */
  async #choose(
    { bytes, declaredType }: ExtractRequest,
    limits: LimitValues,
  ): Promise<LoadedVariant> {
    if (bytes.length > limits.inputBytes)
      return this.#refuse(
        new CcosError('too_large', { bytes: bytes.length, limit: limits.inputBytes }),
      );
    const head = bytes.subarray(0, FIXED.sniffBytes);
    const variant = await this.#parts.registry.find(EXTRACT_TEXT, head, declaredType);
    if (variant !== undefined) return variant;
    const approval = await this.#pendingFor('bundle.install');
    if (approval !== undefined)
      return this.#refuse(new CcosError('approval_required', {}, { approval_id: approval }));
    return this.#refuse(new CcosError('unsupported_type', {}));
  }

  async #refuse(error: CcosError): Promise<never> {
    await this.#parts.store.commit({ rows: [refusedInput(error, 'extract')] });
    throw error;
  }

  async #begin(
    request: ExtractRequest,
    chosen: {
      readonly variant: LoadedVariant;
      readonly limits: LimitValues;
      readonly args: ExtractArgs;
    },
  ): Promise<OpenCall> {
    try {
      return await this.#parts.calls.begin({
        caller: { kind: 'operator', id: 'operator' },
        session: request.session,
        target: chosen.variant.target,
        justification: 'extract.text',
        document: {
          bytes: request.bytes,
          class: 'pii.attachment',
          limit: chosen.limits.inputBytes,
        },
        args: chosen.args,
        retentionMillis: this.#parts.retentionMillis(),
      });
    } catch (error) {
      if (!(error instanceof NeedsApproval)) throw error;
      const approval = await this.#pendingFor(error.kind);
      throw new CcosError('approval_required', error.detail, {
        ...error.decision,
        ...(approval !== undefined && { approval_id: approval }),
      });
    }
  }

  async #pendingFor(kind: string): Promise<string | undefined> {
    const pending = await this.#parts.approvals.list('pending');
    return pending.find((approval) => approval.kind === kind)?.id;
  }

  async #run(
    call: OpenCall,
    running: {
      readonly variant: LoadedVariant;
      readonly limits: LimitValues;
      readonly args: ExtractArgs;
      readonly request: ExtractRequest;
      readonly hostCalls: HostCallRecord[];
    },
  ): Promise<Ran> {
    const { variant, limits, args, request, hostCalls } = running;
    const { sandbox, world } = this.#parts;
    const bounds = boundsOf(variant, limits);
    const scope: CallScope = {
      handles: call.handles,
      outputBytes: bounds.outputBytes,
      output: [],
      written: 0,
      failure: null,
      overLimit: false,
      onProgress: request.onProgress ?? (() => undefined),
    };
    const done = sandbox.call({
      module: variant.module,
      exportName: variant.manifest.export,
      imports: variant.manifest.imports,
      input: pluginInput(variant, { args, request }),
      limits: bounds,
      onHostCall(hostCall) {
        const { answer, record } = answerHostCall(scope, hostCall, world);
        hostCalls.push(record);
        return answer;
      },
      onRefusedHostCall({ name, result }) {
        hostCalls.push(recordRefused(name, result));
      },
      ...(request.signal !== undefined && { signal: request.signal }),
    });
    const release = this.#parts.calls.judgeRelease(call); // while the plugin runs
    const outcome = await done;
    demandResult(outcome, scope, bounds);
    const output = outputOf(scope, outcome);
    return {
      output,
      outcome,
      release,
      extraction: parseExtraction(output, variant.validatesOutput),
    };
  }
}

interface ExtractArgs extends JsonObject {
  readonly limits: { readonly pages: number; readonly text_bytes: number };
}

interface Ran {
  readonly output: Uint8Array;
  readonly outcome: CallOutcome;
  readonly release: Judged;
  readonly extraction: Extraction;
}

/** `abi.md`: one JSON object, without the ref and without the name. */
function pluginInput(
  variant: LoadedVariant,
  call: { readonly args: ExtractArgs; readonly request: ExtractRequest },
): Uint8Array {
  const { declaredType } = call.request;
  const handle = {
    class: variant.target.declaredClass,
    handle: 0,
    ...(declaredType !== undefined && { media_type: declaredType }),
  };
  const input = { abi: 1, args: call.args, capability: variant.target.name, handles: [handle] };
  return new TextEncoder().encode(JSON.stringify(input));
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

function resultOf(
  { extraction, outcome }: Ran,
  from: { readonly call: OpenCall; readonly variant: LoadedVariant; readonly total: number },
): ExtractResult {
  const { call, variant, total } = from;
  const round = (ms: number): number => Math.round(ms * 10) / 10;
  return {
    ...extraction,
    blocks: [],
    attachments: [],
    labels: tagList(call.label),
    plugin: {
      id: `${variant.target.bundle}:${variant.target.variant}`,
      version: variant.target.version,
      code_sha256: variant.target.codeSha256,
    },
    times_ms: {
      total: round(total),
      queue: round(outcome.times.queueMs),
      load: round(outcome.times.loadMs),
      run: round(outcome.times.runMs),
    },
    call_id: call.id,
  };
}
