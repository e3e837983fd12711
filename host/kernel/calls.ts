import { CcosError, asCcosError } from '../core/error.ts';
import type { RowInput } from '../core/event.ts';
import { newId } from '../core/id.ts';
import type { CallId, QuarantineRef } from '../core/id.ts';
import type { JsonObject } from '../core/json.ts';
import { canonicalJson } from '../core/json.ts';
import type { BlobClass, Label } from '../core/label.ts';
import { labelOf, tagList } from '../core/label.ts';
import type { World } from '../core/world.ts';
import { sha256Hex } from '../crypto/digest.ts';
import type { Caller, Capability, Justification, Plugin } from '../policy/question.ts';
import type { BlobFacts } from '../store/protocol.ts';
import { beginCall, endCall, knowBlob, listOpenCalls } from '../store/tables/calls.ts';
import type { Store } from '../store/store.ts';
import type { Gate, Place } from './gate.ts';

/** What is called: one variant of one capability of one bundle, as policy and the chain name it. */
export interface CallTarget {
  readonly capability: Capability;
  readonly plugin: Plugin;
  readonly name: string;
  readonly version: string;
  readonly bundle: string;
  readonly variant: string;
  readonly codeSha256: string;
  readonly declaredClass: string;
}

/** A local document that the caller wants read. */
export interface DocumentCall {
  readonly caller: Caller;
  readonly session: string;
  readonly target: CallTarget;
  readonly justification: Justification;
  readonly document: {
    readonly bytes: Uint8Array;
    readonly class: BlobClass;
    readonly limit: number;
  };
  readonly args: JsonObject;
  readonly retentionMillis: number;
}

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
  readonly handles: readonly OpenHandle[];
  readonly label: Label;
  readonly startedAt: number;
}

/** What a host function did for a plugin, in ids and counts. */
export interface HostCallRecord {
  readonly function: string;
  readonly handle?: number;
  readonly ref?: string;
  readonly offset?: number;
  readonly length?: number;
  readonly bytes: number;
  readonly outcome: string;
  readonly decision?: string;
  readonly rule?: string;
  readonly micros: number;
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
    const place: Place = { session: request.session, call: id };
    await this.#gate.admit([this.#judgeIngest(request, place)]);
    const { facts, commit } = await this.#put(request, request.document);
    const blob = { ...facts, purged: false };
    const questionOf = {
      principal: request.target.plugin,
      blob,
      declaredClass: request.target.declaredClass,
      tenant: this.#tenant,
      session: request.session,
      now: this.#world.now(),
      running: true,
    };
    const execute = this.#gate.judge(
      {
        action: 'execute',
        principal: request.caller,
        capability: request.target.capability,
        tenant: this.#tenant,
        approved: request.target.capability.enabled,
      },
      place,
    );
    const access = this.#gate.judge(
      { action: 'accessBlob', ...questionOf, justification: request.justification, handle: 0 },
      place,
    );
    const derive = this.#gate.judge({ action: 'deriveBlob', ...questionOf, child: false }, place);
    const rule = access.verdict.rules.join(' ');
    try {
      await this.#gate.admit([execute, access, derive], {
        rows: [
          putRow(facts, commit, place),
          callRow(id, request, { facts, commit }),
          {
            type: 'quarantine.access',
            ...place,
            data: {
              call: id,
              ref: facts.ref,
              class: facts.class,
              capability: request.target.name,
              justification: request.justification,
              decision: access.verdict.decision,
              rule,
            },
          },
        ],
        changes: [
          knowBlob(facts.ref, facts.session, facts.expires),
          beginCall(id, request.target.name),
        ],
      });
    } catch (failure) {
      await this.#store.ask('blobPurge', { kind: 'ref', ref: facts.ref });
      throw failure;
    }
    const handle = {
      ref: facts.ref,
      class: facts.class,
      bytes: request.document.bytes, // what was just sealed; a blob from an earlier call is read back
      decision: access.id,
      rule,
    };
    return {
      id,
      request,
      handles: [handle],
      label: labelOf([facts.class], [facts.session]),
      startedAt: this.#world.monotonic(),
    };
  }

  /** Stores the output as a blob of its own, and lets it go to the caller where policy says so. */
  async succeed(
    call: OpenCall,
    result: { readonly output: Uint8Array; readonly hostCalls: readonly HostCallRecord[] },
  ): Promise<void> {
    const { request, id } = call;
    const place: Place = { session: request.session, call: id };
    const [handle] = call.handles;
    const derived = await this.#put(request, {
      bytes: result.output,
      class: handle?.class ?? request.document.class,
    });
    const release = this.#gate.judge(
      {
        action: 'release',
        principal: request.caller,
        sink: { kind: request.caller.kind, id: request.caller.id },
        label: call.label,
        localDocument: request.caller.kind === 'operator',
        releasedGrant: false,
        approved: false,
      },
      place,
    );
    await this.#gate.admit([release], {
      rows: [
        ...result.hostCalls.map((record) => hostCallRow(record, place)),
        putRow(derived.facts, derived.commit, place, handle?.ref),
        this.#resultRow(call, {
          outcome: 'ok',
          output_commit: derived.commit,
          output_ref: derived.facts.ref,
          bytes: result.output.length,
          host_calls: result.hostCalls.length,
        }),
      ],
      changes: [knowBlob(derived.facts.ref, request.session, derived.facts.expires), endCall(id)],
    });
  }

  /** Records why there is no result; the failure itself is the caller's to throw. */
  async fail(
    call: OpenCall,
    failed: { readonly error: unknown; readonly hostCalls: readonly HostCallRecord[] },
  ): Promise<void> {
    const place: Place = { session: call.request.session, call: call.id };
    const { code } = asCcosError(failed.error);
    await this.#store.commit({
      rows: [
        ...failed.hostCalls.map((record) => hostCallRow(record, place)),
        this.#resultRow(call, { outcome: code, host_calls: failed.hostCalls.length }),
      ],
      changes: [endCall(call.id)],
    });
  }

  /** What a crash cut off has a row at the next start; resolves with how many there were. */
  async recoverLost(): Promise<number> {
    const lost = await listOpenCalls(this.#store);
    if (lost.length === 0) return 0;
    await this.#store.commit({
      rows: lost.map(({ call, capability }) => ({
        type: 'capability.result',
        call,
        data: { call, capability, outcome: 'lost' },
      })),
      changes: lost.map(({ call }) => endCall(call)),
    });
    return lost.length;
  }

  #judgeIngest(
    { caller, session, document }: DocumentCall,
    place: Place,
  ): ReturnType<Gate['judge']> {
    const tenant = this.#tenant;
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

  async #put(
    request: DocumentCall,
    blob: { readonly bytes: Uint8Array; readonly class: BlobClass },
  ): Promise<{ readonly facts: BlobFacts; readonly commit: string }> {
    const created = this.#world.now();
    const facts: BlobFacts = {
      ref: newId('q', this.#world),
      tenant: this.#tenant,
      session: request.session,
      class: blob.class,
      created,
      expires: created + request.retentionMillis,
      bytes: blob.bytes.length,
    };
    const { commit } = await this.#store.ask('blobPut', { facts, bytes: blob.bytes });
    return { facts, commit };
  }

  #resultRow(call: OpenCall, facts: JsonObject): RowInput {
    return {
      type: 'capability.result',
      session: call.request.session,
      call: call.id,
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

function callRow(
  id: CallId,
  request: DocumentCall,
  input: { readonly facts: BlobFacts; readonly commit: string },
): RowInput {
  const { target, caller } = request;
  return {
    type: 'capability.call',
    session: request.session,
    call: id,
    data: {
      call: id,
      caller: `${caller.kind}:${caller.id}`,
      capability: target.name,
      version: target.version,
      bundle: target.bundle,
      variant: target.variant,
      code_sha256: target.codeSha256,
      args_commit: sha256Hex(`${input.commit}\n${canonicalJson(request.args)}`),
      handles: [{ handle: 0, ref: input.facts.ref, class: input.facts.class }],
    },
  };
}

function putRow(facts: BlobFacts, commit: string, place: Place, parent?: string): RowInput {
  return {
    type: 'quarantine.put',
    ...place,
    data: {
      ...(place.call !== undefined && { call: place.call }),
      ref: facts.ref,
      class: facts.class,
      bytes: facts.bytes,
      expires: facts.expires,
      commit,
      ...(parent !== undefined && { derived_from: parent }),
    },
  };
}

function hostCallRow(record: HostCallRecord, place: Place): RowInput {
  return {
    type: 'plugin.host_call',
    ...place,
    data: { ...(place.call !== undefined && { call: place.call }), ...record },
  };
}

/** The kernel's own refusals that have no decision: what could not even be read. */
export function refusedInput(error: CcosError, what: string): RowInput {
  return { type: 'input.refused', data: { code: error.code, what, ...error.detail } };
}
