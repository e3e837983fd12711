import { asCcosError } from '../core/error.ts';
import type { RowInput } from '../core/event.ts';
import { newId } from '../core/id.ts';
import type { CallId } from '../core/id.ts';
import type { JsonObject } from '../core/json.ts';
import type { Label } from '../core/label.ts';
import { tagList } from '../core/label.ts';
import type { World } from '../core/world.ts';
import type { Caller } from '../policy/question.ts';
import type { BlobFacts, Change } from '../store/protocol.ts';
import { beginCall, endCall, knowBlob } from '../store/tables/calls.ts';
import type { Store } from '../store/store.ts';
import { hostCallRow } from './call-rows.ts';
import type { CallTarget, HostCallRecord } from './call-types.ts';
import type { EgressSource } from './egress.ts';
import type { Gate, Judged } from './gate.ts';

/** A caller wants something done outside, with arguments and without a document. */
export interface ActionCall {
  readonly caller: Caller;
  readonly session: string;
  readonly run: string;
  readonly target: CallTarget;
  /** The hosts of its manifest. */
  readonly hosts: readonly string[];
  /** The floor of the run: whoever calls was told that much, and may have put it into the arguments. */
  readonly floor: Label;
  /** Canonical JSON. */
  readonly args: string;
  /** What becomes durable with the beginning: a run that begins here. */
  readonly opens: readonly Change[];
}

export interface OpenAction {
  readonly id: CallId;
  readonly request: ActionCall;
  /** What its effects leave with. */
  readonly source: EgressSource;
  readonly startedAt: number;
}

interface Concluded {
  /** A closed word or code. */
  readonly outcome: string;
  readonly hostCalls: readonly HostCallRecord[];
  readonly ends?: readonly Change[];
}

interface Parts {
  readonly store: Store;
  readonly gate: Gate;
  readonly world: World;
  readonly tenant: string;
  readonly retentionMillis: () => number;
}

/** Calls of actions: judged, recorded, done; each effect on the way has its own decision (`egress.ts`). */
export class Actions {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async begin(request: ActionCall): Promise<OpenAction> {
    const { gate, world, tenant } = this.#parts;
    const { caller, session, run, target, hosts, floor } = request;
    const id = newId('call', world);
    const place = { session, run, call: id };
    const judged = gate.judge(
      {
        action: 'execute',
        principal: caller,
        capability: target.capability,
        tenant,
        approved: target.capability.enabled,
        channelGranted: true, // it opens nothing of a chat
      },
      place,
    );
    const bytes = Buffer.from(request.args);
    const facts = this.#factsOf(session, bytes);
    await gate.admit([judged], {
      rows: [callRow(id, request)],
      changes: [
        ...request.opens,
        beginCall(id, target.name),
        knowBlob(facts.ref, session, facts.expires),
      ],
      // The arguments are kept as long as what a chat says: the commitment to them dies with them.
      blob: { facts, bytes, when: 'after', args: request.args },
    });
    const source = { caller, plugin: target.plugin, hosts, label: floor, place };
    return { id, request, source, startedAt: world.monotonic() };
  }

  /** Lets the result go back to the caller; its label is what it may be made of. */
  async succeed(
    action: OpenAction,
    result: {
      readonly bytes: number;
      /** The caller or the plugin speaks of labels, where only the host does. */
      readonly claims: boolean;
      readonly hostCalls: readonly HostCallRecord[];
      readonly ends: readonly Change[];
    },
  ): Promise<void> {
    const { hostCalls, bytes, claims, ends } = result;
    const lowers = claims && action.source.label.tags.size > 0;
    await this.#parts.gate.admit([this.#judgeRelease(action)], {
      rows: [
        ...hostCalls.map((record) => hostCallRow(record, action.source.place)),
        ...(lowers ? [downgradeRow(action)] : []),
        this.#resultRow(action, { outcome: 'ok', bytes, host_calls: hostCalls.length }),
      ],
      changes: [endCall(action.id), ...ends],
    });
  }

  /** Records why there is no result; the failure itself is the caller's to throw. */
  async fail(
    action: OpenAction,
    failed: Omit<Concluded, 'outcome'> & { readonly error: unknown },
  ): Promise<void> {
    await this.conclude(action, { ...failed, outcome: asCcosError(failed.error).code });
  }

  /** The end of a call whose result nobody gets. */
  async conclude(action: OpenAction, { outcome, hostCalls, ends = [] }: Concluded): Promise<void> {
    await this.#parts.store.commit({
      rows: [
        ...hostCalls.map((record) => hostCallRow(record, action.source.place)),
        this.#resultRow(action, { outcome, host_calls: hostCalls.length }),
      ],
      changes: [endCall(action.id), ...ends],
    });
  }

  #factsOf(session: string, { length: bytes }: Uint8Array): BlobFacts {
    const { world, tenant, retentionMillis } = this.#parts;
    const created = world.now();
    const expires = created + retentionMillis();
    const ref = newId('q', world);
    return { ref, tenant, session, class: 'pii.chat.message', created, expires, bytes };
  }

  #judgeRelease({ request, source }: OpenAction): Judged {
    const { caller, target } = request;
    return this.#parts.gate.judge(
      {
        action: 'release',
        principal: caller,
        sink: { kind: caller.kind, id: caller.id },
        label: source.label,
        localDocument: false,
        // An action gives back what its run knows already, and what the world has answered.
        releasedGrant: target.capability.enabled && target.capability.outputKind === 'action',
        approved: false,
      },
      source.place,
    );
  }

  #resultRow({ id, request, source, startedAt }: OpenAction, facts: JsonObject): RowInput {
    const { session, run, target } = request;
    return {
      type: 'capability.result',
      session,
      run,
      data: {
        call: id,
        capability: target.name,
        label: [...tagList(source.label)],
        duration_ms: Math.round(this.#parts.world.monotonic() - startedAt),
        ...facts,
      },
    };
  }
}

function downgradeRow({ id, request, source }: OpenAction): RowInput {
  const { session, run, target } = request;
  return {
    type: 'label.downgrade_attempt',
    session,
    run,
    data: { call: id, capability: target.name, label: [...tagList(source.label)] },
  };
}

function callRow(id: CallId, { caller, session, run, target, args }: ActionCall): RowInput {
  return {
    type: 'capability.call',
    session,
    run,
    data: {
      call: id,
      caller: `${caller.kind}:${caller.id}`,
      capability: target.name,
      version: target.version,
      bundle: target.bundle,
      variant: target.variant,
      code_sha256: target.codeSha256,
      args_bytes: Buffer.byteLength(args),
      handles: [],
    },
    commitAs: { args_commit: 'args' },
  };
}
