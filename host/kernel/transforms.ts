import { asCcosError } from '../core/error.ts';
import type { RowInput } from '../core/event.ts';
import { newId } from '../core/id.ts';
import { canonicalJson } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import { outputLabel, tagList } from '../core/label.ts';
import type { BlobClass, Label } from '../core/label.ts';
import type { World } from '../core/world.ts';
import type { BlobFacts } from '../store/protocol.ts';
import { beginCall, endCall, isOpenCall, knowBlob } from '../store/tables/calls.ts';
import type { Store } from '../store/store.ts';
import { hostCallRow, putRow } from './call-rows.ts';
import type { HostCallRecord } from './call-types.ts';
import type { OpenHandle } from './calls.ts';
import type { Gate, Judged, Place } from './gate.ts';
import type { Messages } from './messages.ts';
import { RejectedOutput } from './release/rejection.ts';
import { declassifiedLabel, releasedLabel } from './release/relabel.ts';
import type { Runs } from './runs.ts';
import type { DecidedBlob, TransformRequest, Verified } from './transform-types.ts';
import { at, callRow, declassifiedRow, downgradeRow } from './transform-rows.ts';

export interface OpenTransform {
  readonly request: TransformRequest;
  readonly handles: readonly OpenHandle[];
  /** The join of everything that the call could read. */
  readonly label: Label;
  readonly startedAt: number;
}

/** A result that has passed every check of a release. */
interface Passed extends Ended {
  readonly text: string;
  readonly granted: boolean;
  readonly claims: boolean;
  readonly verified: Verified | null;
}

/** What is known at the end of a call, whichever it is. */
interface Ended {
  readonly hostCalls: readonly HostCallRecord[];
}

/**
 * Calls whose output goes to an agent. What a call may tell is taken from its run before anything is
 * opened; the output is relabelled, recorded and released in one transaction, or nothing of it leaves.
 */
export class Transforms {
  readonly #parts: {
    readonly store: Store;
    readonly gate: Gate;
    readonly runs: Runs;
    readonly messages: Messages;
    readonly world: World;
    readonly tenant: string;
  };

  constructor(parts: {
    readonly store: Store;
    readonly gate: Gate;
    readonly runs: Runs;
    readonly messages: Messages;
    readonly world: World;
    readonly tenant: string;
  }) {
    this.#parts = parts;
  }

  /** The decisions and the budget are durable before a byte is decrypted (INV-CALL-1, INV-LEAK-2). */
  async begin(request: TransformRequest): Promise<OpenTransform> {
    const { store, gate, runs, world } = this.#parts;
    const { id, run, target, leakBits, blobs } = request;
    const startedAt = world.monotonic();
    const spent = runs.spends(run.id, leakBits);
    const args = canonicalJson(request.args);
    const facts = this.#factsOf(request, Buffer.from(args));
    try {
      await gate.admit([request.execute, ...blobs.map(({ judged }) => judged)], {
        rows: [callRow(request), ...blobs.map(({ row }) => row)],
        changes: [
          beginCall(id, target.name),
          knowBlob(facts.ref, request.session, facts.expires),
          ...spent.changes,
        ],
        guards: spent.guards,
        blob: { facts, bytes: Buffer.from(args), when: 'after', args },
      });
    } catch (failure) {
      if (asCcosError(failure).code !== 'conflict') throw failure;
      throw await runs.explain(run.id, leakBits);
    }
    const bytes = await Promise.all(blobs.map((blob) => store.ask('blobRead', blob.facts.ref)));
    const handles = blobs.map((blob, at) => handleOf(blob, bytes[at] ?? new Uint8Array()));
    return { request, handles, label: labelOf(request), startedAt };
  }

  /** Whether an agent gets what has passed every check; `granted` by the operator's signature. */
  judgeRelease({ request }: OpenTransform, label: Label, granted: boolean): Judged {
    const { caller } = request;
    return this.#parts.gate.judge(
      {
        action: 'release',
        principal: caller,
        sink: { kind: caller.kind, id: caller.id },
        label,
        localDocument: false,
        releasedGrant: granted,
        approved: false,
      },
      placeOf(request),
    );
  }

  /**
   * Releases exactly this output: it is put away, with what it was made of; the floor of the run rises;
   * the rows are durable; and only then does it leave. Resolves with its label.
   */
  async release(open: OpenTransform, passed: Passed): Promise<Label> {
    const { gate, runs, messages } = this.#parts;
    const { request } = open;
    const { granted, hostCalls, verified } = passed;
    const redacted = releasedLabel(open.label, { granted, passed: true });
    const label = declassified(redacted, passed);
    const bytes = Buffer.from(passed.text);
    const facts = this.#factsOf(request, bytes);
    const raised = runs.raises(request.run.id, label);
    const place = placeOf(request);
    await gate.admit([this.judgeRelease(open, label, granted)], {
      rows: [
        ...hostCalls.map((record) => hostCallRow(record, place)),
        ...(passed.claims ? [downgradeRow(request, label)] : []),
        putRow(facts, place, { parent: request.blobs[0]?.facts.ref }),
        {
          ...this.#resultRow(open, label, {
            outcome: 'ok',
            output_ref: facts.ref,
            host_calls: hostCalls.length,
          }),
          commitAs: { output_commit: 'bytes' },
        },
        ...(verified !== null && label !== redacted
          ? [declassifiedRow(request, redacted, { verified, bytes: bytes.length })]
          : []),
      ],
      changes: [
        knowBlob(facts.ref, request.session, facts.expires),
        endCall(request.id),
        ...request.blobs.map((blob) => messages.derives(facts.ref, blob.facts.ref)),
        ...raised.changes,
      ],
      guards: [...raised.guards, ...(verified?.guards ?? []), isOpenCall(request.id)],
      blob: { facts, bytes, when: 'before' },
    });
    return label;
  }

  /** A call without an output; an output that may not leave has a row that says which check it was. */
  async fail(
    open: OpenTransform,
    { error, hostCalls }: Ended & { readonly error: unknown },
  ): Promise<void> {
    const { request } = open;
    const place = placeOf(request);
    const rejected: readonly RowInput[] =
      error instanceof RejectedOutput
        ? [{ type: 'transform.rejected', ...at(request), data: { call: request.id, ...error.why } }]
        : [];
    await this.#parts.store.commit({
      rows: [
        ...hostCalls.map((record) => hostCallRow(record, place)),
        ...rejected,
        this.#resultRow(open, open.label, {
          outcome: asCcosError(error).code,
          host_calls: hostCalls.length,
        }),
      ],
      changes: [endCall(request.id)],
      guards: [isOpenCall(request.id)],
    });
  }

  #resultRow(open: OpenTransform, label: Label, facts: JsonObject): RowInput {
    const { request, startedAt } = open;
    return {
      type: 'capability.result',
      ...at(request),
      data: {
        call: request.id,
        capability: request.target.name,
        label: [...tagList(label)],
        duration_ms: Math.round(this.#parts.world.monotonic() - startedAt),
        ...facts,
      },
    };
  }

  /** As raw as the rawest of what the call opened: a blob has no other classes. */
  #factsOf(request: TransformRequest, bytes: Uint8Array): BlobFacts {
    const created = this.#parts.world.now();
    return {
      ref: newId('q', this.#parts.world),
      tenant: this.#parts.tenant,
      session: request.session,
      class: request.target.declaredClass as BlobClass, // the gate has let it open blobs of that class
      created,
      expires: created + request.retentionMillis,
      bytes: bytes.length,
    };
  }
}

/** INV-LABEL-4: what a verifier has passed is these bytes, and no others. */
const declassified = (label: Label, { text, verified }: Passed): Label =>
  declassifiedLabel(label, {
    approved: verified !== null,
    passed: verified?.text === text,
  });

const placeOf = (request: TransformRequest): Place => ({ ...at(request), call: request.id });

/** What an agent writes has the floor of its run. */
function labelOf({ blobs, run, session }: TransformRequest): Label {
  const handles = blobs.map(({ facts }) => blobLabel(facts.class, session));
  return outputLabel({ floor: run.taint, args: run.taint, handles });
}

const blobLabel = (of: BlobClass, session: string): Label => ({
  tags: new Set([of]),
  origins: new Set([session]),
});

function handleOf({ facts, judged }: DecidedBlob, bytes: Uint8Array): OpenHandle {
  return {
    ref: facts.ref,
    class: facts.class,
    bytes,
    decision: judged.id,
    rule: judged.verdict.rules.join(' '),
  };
}
