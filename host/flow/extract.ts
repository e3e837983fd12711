import type { LoadedVariant, Registry } from '../bundle/registry.ts';
import { CcosError, asCcosError } from '../core/error.ts';
import type { ErrorBody } from '../core/error.ts';
import type { JsonObject } from '../core/json.ts';
import { FIXED } from '../core/limits.ts';
import type { LimitValues } from '../core/limits.ts';
import { tagList } from '../core/label.ts';
import type { World } from '../core/world.ts';
import type { Child } from '../host-functions/scope.ts';
import type { Approvals } from '../kernel/approvals.ts';
import type { ParentCall } from '../kernel/call-types.ts';
import type { Calls, HostCallRecord, OpenCall } from '../kernel/calls.ts';
import { refusedInput } from '../kernel/call-rows.ts';
import { NeedsApproval } from '../kernel/gate.ts';
import type { Judged } from '../kernel/gate.ts';
import type { Store, Transaction } from '../kernel/records.ts';
import type { Runs } from '../kernel/runs.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { parseExtraction } from './extraction.ts';
import type { Extraction } from './extraction.ts';
import { runPlugin } from './plugin-run.ts';
import type { PluginAnswer, PluginRun } from './plugin-run.ts';

export const EXTRACT_TEXT = 'ccos.attachment.extract_text';

interface Parts {
  readonly store: Store;
  readonly registry: Registry;
  readonly calls: Calls;
  readonly runs: Runs;
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
  readonly attachments: readonly Attachment[];
  readonly labels: readonly string[];
  readonly plugin: { readonly id: string; readonly version: string; readonly code_sha256: string };
  readonly times_ms: Readonly<Record<'total' | 'queue' | 'load' | 'run', number>>;
  readonly call_id: string;
}

/** A document inside a document: what it is, and its text or why there is none. */
export type Attachment =
  | ({ readonly media_type: string; readonly bytes: number } & ExtractResult)
  | { readonly media_type: string; readonly bytes: number; readonly error: ErrorBody };

/** What a document and everything in it may take together. */
interface Budget {
  /** Of children, in bytes. */
  bytes: number;
  /** Of text, in bytes of UTF-8. */
  text: number;
  /** By the monotonic clock; nothing in the document is begun after it. */
  readonly deadline: number;
}

/** How many times the limit of one call a document with everything in it may take. */
const CALLS_OF_TIME = 3;

/** Where a document stands in the one that the caller brought. */
interface Nesting {
  readonly depth: number;
  readonly run: ReturnType<Runs['command']>;
  readonly budget: Budget;
  readonly parent?: ParentCall;
}

/** Text of a local document, through quarantine, gate, sandbox and chain. */
export class Extractor {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async extract(request: ExtractRequest): Promise<ExtractResult> {
    const { childBytes, textBytes, callMillis } = await this.#parts.limits();
    const deadline = this.#parts.world.monotonic() + CALLS_OF_TIME * callMillis;
    const budget = { bytes: childBytes, text: textBytes, deadline };
    const run = this.#parts.runs.command();
    const result = await this.#extract(request, { depth: 0, budget, run });
    if (result.attachments.length > 0) await this.#complete(request.session, run.id);
    return result;
  }

  /** A run with one call has ended with it. */
  async #complete(session: string, run: string): Promise<void> {
    await this.#parts.store.commit({
      rows: [{ type: 'run.complete', session, run, data: { state: 'done' } }],
      changes: [this.#parts.runs.ends(run, 'done')],
    });
  }

  /** What ends the run together with its only call. */
  #ends(nesting: Nesting, state: 'done' | 'failed'): Transaction['changes'] & object {
    return nesting.depth === 0 ? [this.#parts.runs.ends(nesting.run.id, state)] : [];
  }

  async #extract(request: ExtractRequest, nesting: Nesting): Promise<ExtractResult> {
    const started = this.#parts.world.monotonic();
    const limits = await this.#parts.limits();
    const variant = await this.#choose(request, limits);
    const args = { limits: { pages: limits.pages, text_bytes: nesting.budget.text } };
    const call = await this.#begin(request, { variant, limits, args, nesting });
    const hostCalls: HostCallRecord[] = [];
    let ran: Ran;
    try {
      ran = await this.#run({
        ...request,
        call,
        variant,
        limits,
        args,
        hostCalls,
        budget: nesting.budget,
      });
      const { output, release } = ran;
      const ends = ran.children.length > 0 ? [] : this.#ends(nesting, 'done');
      await this.#parts.calls.succeed(call, { output, hostCalls, release, ends });
    } catch (error) {
      await this.#parts.calls.fail(call, { error, hostCalls, ends: this.#ends(nesting, 'failed') });
      throw error;
    }
    nesting.budget.text -= Buffer.byteLength(ran.extraction.text);
    const attachments = await this.#readChildren(request, ran.children, {
      ...nesting,
      depth: nesting.depth + 1,
      parent: { id: call.id, target: variant.target, facts: call.facts },
    });
    const total = this.#parts.world.monotonic() - started;
    return resultOf(ran, { call, variant, total, attachments });
  }

  /** Each child in its turn, as a call of its own; what cannot be read says why. */
  async #readChildren(
    { session, signal }: ExtractRequest,
    children: readonly Child[],
    nesting: Nesting,
  ): Promise<readonly Attachment[]> {
    const attachments: Attachment[] = [];
    for (const { mediaType, parts, bytes } of children) {
      const facts = { media_type: mediaType, bytes };
      try {
        this.#demandRoom(nesting);
        const child = { bytes: Buffer.concat(parts), declaredType: mediaType, session };
        const read = await this.#extract({ ...child, ...(signal && { signal }) }, nesting);
        attachments.push({ ...facts, ...read });
      } catch (failure) {
        attachments.push({ ...facts, error: asCcosError(failure).toBody() });
      }
    }
    return attachments;
  }

  #demandRoom({ depth, budget }: Nesting): void {
    if (depth > FIXED.nestingDepth)
      throw new CcosError('limit', { limit: 'nestingDepth', value: FIXED.nestingDepth });
    if (budget.text <= 0) throw new CcosError('limit', { limit: 'textBytes' });
    if (this.#parts.world.monotonic() > budget.deadline)
      throw new CcosError('timeout', { limit: 'callMillis', value: CALLS_OF_TIME });
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
    const approval =
      (await this.#pendingFor('publisher.trust')) ?? (await this.#pendingFor('bundle.install'));
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
      readonly nesting: Nesting;
    },
  ): Promise<OpenCall> {
    const { parent, run } = chosen.nesting;
    try {
      return await this.#parts.calls.begin({
        caller: { kind: 'operator', id: 'operator' },
        session: request.session,
        run: run.id,
        ...(parent === undefined && {
          opens: run.opens,
          closes: [this.#parts.runs.ends(run.id, 'failed')],
        }),
        target: chosen.variant.target,
        justification: parent === undefined ? 'extract.text' : 'parse.child',
        ...(parent !== undefined && { parent }),
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

  async #run(run: ExtractRun): Promise<Ran> {
    const { sandbox, world, calls } = this.#parts;
    const done = runPlugin(sandbox, world, { ...run, handles: run.call.handles });
    const release = calls.judgeRelease(run.call); // while the plugin runs
    const answer = await done;
    const extraction = parseExtraction(answer.output, run.variant.validatesOutput, run.args.limits);
    return { ...answer, release, extraction };
  }
}

interface ExtractArgs extends JsonObject {
  readonly limits: { readonly pages: number; readonly text_bytes: number };
}

interface ExtractRun extends Omit<PluginRun, 'handles'> {
  readonly call: OpenCall;
  readonly args: ExtractArgs;
}

interface Ran extends PluginAnswer {
  readonly release: Judged;
  readonly extraction: Extraction;
}

function resultOf(
  { extraction, outcome }: Ran,
  from: {
    readonly call: OpenCall;
    readonly variant: LoadedVariant;
    readonly total: number;
    readonly attachments: readonly Attachment[];
  },
): ExtractResult {
  const { call, variant, total, attachments } = from;
  const round = (ms: number): number => Math.round(ms * 10) / 10;
  return {
    ...extraction,
    attachments,
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
