import type { LoadedVariant } from '../bundle/variant.ts';
import { CcosError } from '../core/error.ts';
import type { JsonObject } from '../core/json.ts';
import type { LimitValues } from '../core/limits.ts';
import type { World } from '../core/world.ts';
import type { Approvals } from '../kernel/approvals.ts';
import type { DocumentCall, ParentCall, StoredDocument } from '../kernel/call-types.ts';
import type { Calls, HostCallRecord, OpenCall } from '../kernel/calls.ts';
import { NeedsApproval } from '../kernel/gate.ts';
import type { Judged } from '../kernel/gate.ts';
import type { Transaction } from '../kernel/records.ts';
import type { Runs } from '../kernel/runs.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { runPlugin } from './plugin-run.ts';
import type { PluginAnswer } from './plugin-run.ts';

interface Parts {
  readonly calls: Calls;
  readonly runs: Runs;
  readonly approvals: Approvals;
  readonly sandbox: Sandbox;
  readonly world: World;
  readonly retentionMillis: () => number;
}

/** A document, and where it stands: in a run, and perhaps in another document. */
export interface DocumentToCall {
  readonly bytes: Uint8Array;
  readonly declaredType?: string;
  readonly session: string;
  readonly run: ReturnType<Runs['command']>;
  readonly parent?: ParentCall;
  /** Put away by an earlier call; the run is open since then. */
  readonly stored?: StoredDocument;
  /** What its children may still hold, in bytes. */
  readonly budget: { bytes: number };
  /** Goes to the plugins that take one, and nowhere else. */
  readonly password?: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** A plugin, and what it is asked. */
export interface Asked<Result> {
  readonly variant: LoadedVariant;
  readonly limits: LimitValues;
  readonly args: JsonObject;
  /** Makes the result of the output, or throws. */
  readonly read: (output: Uint8Array) => Result | Promise<Result>;
  /** Whether nothing more is called in this run. */
  readonly isLast: (answer: PluginAnswer, result: Result) => boolean;
  /** Where an earlier call has given a result already: that this one fails ends no run. */
  readonly isExtra?: boolean;
}

export interface Answered<Result> {
  readonly call: OpenCall;
  readonly answer: PluginAnswer;
  readonly result: Result;
}

/** Calls of one plugin on one document each, with their run where they are all of it. */
export class DocumentCalls {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async call<Result>(document: DocumentToCall, asked: Asked<Result>): Promise<Answered<Result>> {
    const { calls } = this.#parts;
    const call = await this.#begin(document, asked);
    const hostCalls: HostCallRecord[] = [];
    try {
      const { answer, release } = await this.#run(call, document, { asked, hostCalls });
      const result = await asked.read(answer.output);
      const ends = asked.isLast(answer, result) ? this.#ends(document, 'done') : [];
      await calls.succeed(call, { output: answer.output, hostCalls, release, ends });
      return { call, answer, result };
    } catch (error) {
      const ends = asked.isExtra === true ? [] : this.#ends(document, 'failed');
      await calls.fail(call, { error, hostCalls, ends });
      throw error;
    }
  }

  /** What ends the run together with its last call: only the document that the caller brought has one. */
  #ends(
    { parent, run }: DocumentToCall,
    state: 'done' | 'failed',
  ): Transaction['changes'] & object {
    return parent === undefined ? [this.#parts.runs.ends(run.id, state)] : [];
  }

  async #run<Result>(
    call: OpenCall,
    document: DocumentToCall,
    { asked, hostCalls }: { readonly asked: Asked<Result>; readonly hostCalls: HostCallRecord[] },
  ): Promise<{ readonly answer: PluginAnswer; readonly release: Judged }> {
    const { sandbox, world, calls } = this.#parts;
    const { variant, limits, args } = asked;
    const done = runPlugin(sandbox, world, {
      ...document,
      handles: call.handles,
      variant,
      limits,
      args,
      hostCalls,
    });
    const release = calls.judgeRelease(call); // while the plugin runs
    return { answer: await done, release };
  }

  async #begin<Result>(
    document: DocumentToCall,
    { variant, limits, args, isExtra = false }: Asked<Result>,
  ): Promise<OpenCall> {
    const { bytes, session, run, parent, stored } = document;
    const { calls, retentionMillis } = this.#parts;
    try {
      return await calls.begin({
        caller: { kind: 'operator', id: 'operator' },
        session,
        run: run.id,
        ...(parent === undefined && this.#opens(document, isExtra)),
        target: variant.target,
        justification: parent === undefined ? 'extract.text' : 'parse.child',
        ...(parent !== undefined && { parent }),
        document: {
          bytes,
          class: 'pii.attachment',
          limit: limits.inputBytes,
          ...(stored !== undefined && { stored }),
        },
        args,
        retentionMillis: retentionMillis(),
      });
    } catch (error) {
      throw error instanceof NeedsApproval ? await this.#awaited(error) : error;
    }
  }

  /** What the first call opens, and what ends with one that cannot begin. */
  #opens(
    { run, stored }: DocumentToCall,
    isExtra: boolean,
  ): Pick<DocumentCall, 'opens' | 'closes'> {
    return {
      ...(stored === undefined && { opens: run.opens }),
      ...(!isExtra && { closes: [this.#parts.runs.ends(run.id, 'failed')] }),
    };
  }

  async #awaited(error: NeedsApproval): Promise<CcosError> {
    const approval = await this.pendingFor(error.kind);
    return new CcosError('approval_required', error.detail, {
      ...error.decision,
      ...(approval !== undefined && { approval_id: approval }),
    });
  }

  /** The approval of that kind that waits for an answer. */
  async pendingFor(kind: string): Promise<string | undefined> {
    const pending = await this.#parts.approvals.list('pending');
    return pending.find((approval) => approval.kind === kind)?.id;
  }
}
