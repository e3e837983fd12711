import { asCcosError } from '../core/error.ts';
import type { RowInput } from '../core/event.ts';
import { newId } from '../core/id.ts';
import type { CallId, QuarantineRef } from '../core/id.ts';
import type { JsonObject } from '../core/json.ts';
import type { BlobClass, Label } from '../core/label.ts';
import { labelOf, tagList } from '../core/label.ts';
import type { World } from '../core/world.ts';
import type { BlobFacts, Change } from '../store/protocol.ts';
import { beginCall, endCall, knowBlob, listOpenCalls } from '../store/tables/calls.ts';
import type { Store, Transaction } from '../store/store.ts';
import { accessRow, callRow, hostCallRow, placeOf, putRow } from './call-rows.ts';
import type { StoredBlob } from './call-rows.ts';
import type { DocumentCall, HostCallRecord } from './call-types.ts';

export type { CallTarget, DocumentCall, HostCallRecord } from './call-types.ts';
import type { Gate, Judged, Place } from './gate.ts';

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

  /** Puts the document into quarantine and opens it for this one call. */
  async begin(request: DocumentCall): Promise<OpenCall> {
    const id = newId('call', this.#world);
    const place = placeOf(id, request);
    const facts = this.#factsOf(request, request.document);
    const admitted = this.#gate.admit([this.#judgeEntry(request, place)]);
    // The rest is judged while the first decision is being written; the blob waits for that.
    const opening = Promise.resolve().then(() => this.#judgeOpening(request, facts, place));
    const [{ execute, access, derive }] = await Promise.all([opening, admitted]);
    const stored = await this.#put(facts, request.document.bytes);
    await this.#admitOrPurge([execute, access, derive], stored, {
      rows: [
        putRow(stored, place, request.parent?.facts.ref),
        callRow(id, request, stored),
        accessRow(access, stored, request),
      ],
      changes: [
        knowBlob(facts.ref, facts.session, facts.expires),
        beginCall(id, request.target.name),
        ...(request.opens ?? []),
      ],
    });
    const handle: OpenHandle = {
      ref: facts.ref,
      class: facts.class,
      bytes: request.document.bytes, // what was just sealed; a blob from an earlier call is read back
      decision: access.id,
      rule: access.verdict.rules.join(' '),
    };
    return {
      id,
      request,
      facts,
      handles: [handle],
      label: labelOf([facts.class], [facts.session]),
      startedAt: this.#world.monotonic(),
    };
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
    const [handle] = call.handles;
    const { output, hostCalls, release } = result;
    const derived = await this.#put(
      this.#factsOf(request, { bytes: output, class: request.document.class }),
      output,
    );
    await this.#admitOrPurge([release], derived, {
      rows: [
        ...hostCalls.map((record) => hostCallRow(record, place)),
        putRow(derived, place, handle?.ref),
        this.#resultRow(call, {
          outcome: 'ok',
          output_commit: derived.commit,
          output_ref: derived.facts.ref,
          bytes: output.length,
          host_calls: hostCalls.length,
        }),
      ],
      changes: [
        knowBlob(derived.facts.ref, request.session, derived.facts.expires),
        endCall(id),
        ...(result.ends ?? []),
      ],
    });
  }

  /** Records why there is no result; the failure itself is the caller's to throw. */
  async fail(
    call: OpenCall,
    failed: {
      readonly error: unknown;
      readonly hostCalls: readonly HostCallRecord[];
      readonly ends?: readonly Change[];
    },
  ): Promise<void> {
    const place = placeOf(call.id, call.request);
    const { code } = asCcosError(failed.error);
    await this.#store.commit({
      rows: [
        ...failed.hostCalls.map((record) => hostCallRow(record, place)),
        this.#resultRow(call, { outcome: code, host_calls: failed.hostCalls.length }),
      ],
      changes: [endCall(call.id), ...(failed.ends ?? [])],
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

  /** How a document gets into quarantine: the caller brings it, or a plugin made it of another. */
  #judgeEntry({ caller, session, document, parent }: DocumentCall, place: Place): Judged {
    const tenant = this.#tenant;
    if (parent !== undefined) {
      const { target, facts } = parent;
      const blob = { ...facts, purged: false };
      const declaredClass = target.declaredClass;
      const now = this.#world.now();
      return this.#gate.judge(
        {
          action: 'deriveBlob',
          principal: target.plugin,
          ...{ blob, declaredClass, tenant, session, now },
          running: true,
          child: true,
        },
        place,
      );
    }
    return this.#gate.judge(
      {
        action: 'ingest',
        principal: caller,
        session: { id: session, tenant },
        tenant,
        class: document.class,
        bytes: document.bytes.length,
        limit: document.limit,
      },
      place,
    );
  }

  #judgeOpening(
    request: DocumentCall,
    facts: BlobFacts,
    place: Place,
  ): { readonly execute: Judged; readonly access: Judged; readonly derive: Judged } {
    const { target, justification } = request;
    const opening = {
      principal: target.plugin,
      blob: { ...facts, purged: false },
      declaredClass: target.declaredClass,
      tenant: this.#tenant,
      session: request.session,
      now: this.#world.now(),
      running: true,
    };
    const execute = this.#gate.judge(
      {
        action: 'execute',
        principal: request.caller,
        capability: target.capability,
        tenant: this.#tenant,
        approved: target.capability.enabled,
      },
      place,
    );
    const access = this.#gate.judge(
      { action: 'accessBlob', ...opening, justification, handle: 0 },
      place,
    );
    const derive = this.#gate.judge({ action: 'deriveBlob', ...opening, child: false }, place);
    return { execute, access, derive };
  }

  /** A blob whose decisions do not allow it has no row, and is destroyed at once. */
  async #admitOrPurge(
    judged: readonly Judged[],
    stored: StoredBlob,
    transaction: Transaction,
  ): Promise<void> {
    try {
      await this.#gate.admit(judged, transaction);
    } catch (failure) {
      await this.#store.ask('blobPurge', { kind: 'ref', ref: stored.facts.ref });
      throw failure;
    }
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

  async #put(facts: BlobFacts, bytes: Uint8Array): Promise<StoredBlob> {
    const { commit } = await this.#store.ask('blobPut', { facts, bytes });
    return { facts, commit };
  }

  #resultRow(call: OpenCall, facts: JsonObject): RowInput {
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
