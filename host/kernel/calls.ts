import { asCcosError } from '../core/error.ts';
import type { RowInput } from '../core/event.ts';
import { newId } from '../core/id.ts';
import type { CallId, QuarantineRef } from '../core/id.ts';
import { canonicalJson } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import type { BlobClass, Label } from '../core/label.ts';
import { labelOf, tagList } from '../core/label.ts';
import type { World } from '../core/world.ts';
import type { BlobFacts, Change } from '../store/protocol.ts';
import { beginCall, endCall, isOpenCall, knowBlob, listOpenCalls } from '../store/tables/calls.ts';
import type { Committed, Store, Transaction } from '../store/store.ts';
import { accessRow, callRow, hostCallRow, placeOf, putRow } from './call-rows.ts';
import { questionsOf } from './call-questions.ts';
import type { DocumentCall, HostCallRecord, StoredDocument } from './call-types.ts';

export type { CallTarget, DocumentCall, HostCallRecord } from './call-types.ts';
import { isRefusal } from './gate.ts';
import type { Gate, Judged } from './gate.ts';

/** A blob that a call may read: the bytes are in this process for the length of the call. */
export interface OpenHandle {
  readonly ref: QuarantineRef;
  readonly class: BlobClass;
  readonly bytes: Uint8Array;
  /** The decision that let it be opened, and its rule. */
  readonly decision: string;
  readonly rule: string;
}

export interface OpenCall {
  readonly id: CallId;
  readonly request: DocumentCall;
  /** The document. */
  readonly facts: BlobFacts;
  readonly handles: readonly OpenHandle[];
  readonly label: Label;
  readonly startedAt: number;
  /** The rows that tell of the document, when they are durable. */
  readonly told: Promise<void>;
  /** The document, for another call to open. */
  readonly stored: StoredDocument;
}

type BegunCall = Omit<OpenCall, 'handles' | 'told' | 'stored'>;

interface FailedCall {
  readonly error: unknown;
  readonly hostCalls: readonly HostCallRecord[];
  readonly ends?: readonly Change[];
}

/**
 * Calls of plugins, from the caller's document to the result: every step judged, recorded, then done.
 * INV-CALL-1: one durable decision for each handle before its first byte. INV-CALL-2: every host call
 * is durable before the result leaves.
 */
export class Calls {
  readonly #store: Store;
  readonly #gate: Gate;
  readonly #world: World;
  readonly #tenant: string;

  constructor(parts: {
    readonly store: Store;
    readonly gate: Gate;
    readonly world: World;
    readonly tenant: string;
  }) {
    this.#store = parts.store;
    this.#gate = parts.gate;
    this.#world = parts.world;
    this.#tenant = parts.tenant;
  }

  /**
   * Puts the document into quarantine and opens it for this one call. The decisions are durable, then
   * the document, and then the plugin may run; the rows that tell of it are written meanwhile.
   */
  async begin(request: DocumentCall): Promise<OpenCall> {
    const id = newId('call', this.#world);
    const place = placeOf(id, request);
    const { bytes, stored } = request.document;
    const facts = stored?.facts ?? this.#factsOf(request, request.document);
    const asked = questionsOf(request, facts, { tenant: this.#tenant, now: this.#world.now() });
    const entry = asked.entry === null ? [] : [this.#gate.judge(asked.entry, place)];
    const [execute, access, derive] = [
      this.#gate.judge(asked.execute, place),
      this.#gate.judge(asked.access, place),
      this.#gate.judge(asked.derive, place),
    ];
    const label = labelOf([facts.class], [facts.session]);
    const startedAt = this.#world.monotonic();
    const call = { id, request, facts, label, startedAt };
    const { commitments } = await this.#admitDocument(
      call,
      [...entry, execute, access, derive],
      [callRow(id, request, facts), accessRow(access, facts, request)],
    );
    const handle: OpenHandle = {
      ref: facts.ref,
      class: facts.class,
      bytes, // what was just sealed; a blob from an earlier call is read back
      decision: access.id,
      rule: access.verdict.rules.join(' '),
    };
    const commit = stored?.commit ?? commitments?.bytes ?? '';
    const told = stored === undefined ? this.#tell(call, commit) : Promise.resolve();
    told.catch(() => undefined); // whoever ends the call hears of it
    return { ...call, handles: [handle], told, stored: { facts, commit } };
  }

  async #tell({ id, request, facts }: BegunCall, commit: string): Promise<void> {
    await this.#store.commit({
      rows: [putRow(facts, placeOf(id, request), { parent: request.parent?.facts.ref, commit })],
      changes: [knowBlob(facts.ref, facts.session, facts.expires)],
    });
  }

  /** Nothing is put away where a decision does not allow; what fails after the decisions has its row. */
  async #admitDocument(
    call: BegunCall,
    judged: readonly Judged[],
    rows: readonly RowInput[],
  ): Promise<Committed> {
    const { id, request, facts } = call;
    try {
      return await this.#gate.admit(judged, {
        rows,
        changes: [beginCall(id, request.target.name), ...(request.opens ?? [])],
        ...(request.document.stored === undefined && { blob: blobOf(request, facts) }),
      });
    } catch (error) {
      const failed = { error, hostCalls: [], ends: request.closes ?? [] };
      if (!isRefusal(error)) await this.#endFailed(call, failed).catch(() => undefined);
      throw error;
    }
  }

  /** Whether the result may go to the caller: it does not depend on what the plugin answers. */
  judgeRelease({ id, request, label }: OpenCall): Judged {
    const { caller } = request;
    return this.#gate.judge(
      {
        action: 'release',
        principal: caller,
        sink: { kind: caller.kind, id: caller.id },
        label,
        localDocument: caller.kind === 'operator',
        releasedGrant: false,
        approved: false,
      },
      placeOf(id, request),
    );
  }

  /** Stores the output as a blob of its own, and lets it go to the caller where policy says so. */
  async succeed(
    call: OpenCall,
    result: {
      readonly output: Uint8Array;
      readonly hostCalls: readonly HostCallRecord[];
      readonly release: Judged;
      /** What becomes durable with the end. */
      readonly ends?: readonly Change[];
    },
  ): Promise<void> {
    const { request, id } = call;
    const place = placeOf(id, request);
    const { output, hostCalls, release } = result;
    const facts = this.#factsOf(request, { bytes: output, class: request.document.class });
    await call.told;
    await this.#gate.admit([release], {
      rows: [
        ...hostCalls.map((record) => hostCallRow(record, place)),
        putRow(facts, place, { parent: call.facts.ref }),
        {
          ...this.#resultRow(call, {
            outcome: 'ok',
            output_ref: facts.ref,
            bytes: output.length,
            host_calls: hostCalls.length,
          }),
          commitAs: { output_commit: 'bytes' },
        },
      ],
      changes: [
        knowBlob(facts.ref, request.session, facts.expires),
        endCall(id),
        ...(result.ends ?? []),
      ],
      blob: { facts, bytes: output, when: 'before' },
    });
  }

  /** Records why there is no result; the failure itself is the caller's to throw. */
  async fail(call: OpenCall, failed: FailedCall): Promise<void> {
    await call.told.catch(() => undefined);
    await this.#endFailed(call, failed);
  }

  async #endFailed(call: BegunCall, { error, hostCalls, ends = [] }: FailedCall): Promise<void> {
    const place = placeOf(call.id, call.request);
    await this.#store.commit({
      rows: [
        ...hostCalls.map((record) => hostCallRow(record, place)),
        this.#resultRow(call, { outcome: asCcosError(error).code, host_calls: hostCalls.length }),
      ],
      changes: [endCall(call.id), ...ends],
      guards: [isOpenCall(call.id)],
    });
  }

  /** What a crash cut off has a row at the next start; resolves with how many there were. */
  async recoverLost(): Promise<number> {
    const lost = await listOpenCalls(this.#store);
    if (lost.length === 0) return 0;
    await this.#store.commit({
      rows: lost.map(({ call, capability }) => ({
        type: 'capability.result',
        data: { call, capability, outcome: 'lost' },
      })),
      changes: lost.map(({ call }) => endCall(call)),
    });
    return lost.length;
  }

  #factsOf(
    request: DocumentCall,
    blob: { readonly bytes: Uint8Array; readonly class: BlobClass },
  ): BlobFacts {
    const created = this.#world.now();
    return {
      ref: newId('q', this.#world),
      tenant: this.#tenant,
      session: request.session,
      class: blob.class,
      created,
      expires: created + request.retentionMillis,
      bytes: blob.bytes.length,
    };
  }

  #resultRow(call: BegunCall, facts: JsonObject): RowInput {
    return {
      type: 'capability.result',
      session: call.request.session,
      run: call.request.run,
      data: {
        call: call.id,
        capability: call.request.target.name,
        label: [...tagList(call.label)],
        duration_ms: Math.round(this.#world.monotonic() - call.startedAt),
        ...facts,
      },
    };
  }
}

function blobOf(
  { document, args }: DocumentCall,
  facts: BlobFacts,
): NonNullable<Transaction['blob']> {
  return { facts, bytes: document.bytes, when: 'after', args: canonicalJson(args) };
}
