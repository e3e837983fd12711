import { CcosError } from '../core/error.ts';
import type { RowInput } from '../core/event.ts';
import { newId } from '../core/id.ts';
import type { JsonObject } from '../core/json.ts';
import type { Label } from '../core/label.ts';
import { tagList } from '../core/label.ts';
import type { World } from '../core/world.ts';
import type { Caller, Plugin } from '../policy/question.ts';
import type { Store, Transaction } from '../store/store.ts';
import type { Approval } from './approval-request.ts';
import type { Approvals } from './approvals.ts';
import type { Covered, EgressExceptions, Leaving } from './egress-exceptions.ts';
import { exceptionRequest, kindOf } from './exception-request.ts';
import type { EgressSink } from './exception-request.ts';
import { NeedsApproval } from './gate.ts';
import type { Gate, Judged, Place } from './gate.ts';
import { lineageOf, withLineage } from './lineage.ts';
import type { OpenedSecret, SecretUses } from './secret-use.ts';
import type { ApprovalWatches } from './watches.ts';

/** On whose behalf something leaves, and what it is made of. */
export interface EgressSource {
  readonly caller: Caller;
  readonly plugin: Plugin;
  /** The hosts of its manifest, which its approval has named; `*` is none of them. */
  readonly hosts: readonly string[];
  /** The join of the run's floor, the arguments and everything that the call could read. */
  readonly label: Label;
  readonly place: Place & { readonly session: string; readonly run: string; readonly call: string };
}

/** What leaves, and where to. */
export interface EgressAttempt {
  /** `http` is a name, which an exception may say leads to a private network. */
  readonly sink: 'http' | 'http.private' | 'fs';
  /** A domain as `core/domain.ts` writes it, or the name of a folder. */
  readonly target: string;
  readonly bytes: number;
  /** The name of a secret that shall be attached. */
  readonly secret?: string;
}

/** An attempt that was let through; its end is a row too. */
export interface Admitted {
  readonly id: string;
  readonly sink: EgressSink;
  readonly secret: OpenedSecret | null;
}

const DEFAULT_EXCEPTION_MILLIS = 3_600_000;
/** The exception that an agent meets is decided about once, however often it asks in the meantime. */
const ROUND_MILLIS = 3_600_000;
const RETRIES = 3;
/** The first is what it is where no exception says otherwise. */
const SINKS_OF = {
  http: ['http.public', 'http.private'],
  'http.private': ['http.private'],
  fs: ['fs'],
} as const;

interface Parts {
  readonly store: Store;
  readonly gate: Gate;
  readonly approvals: Approvals;
  readonly exceptions: EgressExceptions;
  readonly world: World;
  readonly secretUses: SecretUses;
  readonly watches: ApprovalWatches;
}

/**
 * The one way out (INV-EGRESS-1): whatever a plugin sends, to a host or to a file, is judged here with the
 * label of all that it may be made of, and recorded before it leaves.
 */
export class Egress {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Lets exactly this leave. Throws `approval_required` with the approval for exactly this, or
   * `policy_denied`. Uses are counted in the same commit, so the last one is given once.
   */
  async admit(source: EgressSource, attempt: EgressAttempt): Promise<Admitted> {
    for (let left = RETRIES; ; left--) {
      try {
        return await this.#tryAdmit(source, attempt);
      } catch (failure) {
        const raced = failure instanceof CcosError && failure.code === 'conflict'; // the last use went
        if (!raced || left === 0) throw failure;
      }
    }
  }

  async #tryAdmit(source: EgressSource, attempt: EgressAttempt): Promise<Admitted> {
    const { plugin, place } = source;
    const { target, secret: name } = attempt;
    const covered = await this.#parts.exceptions.find(leavingOf(source, attempt));
    const sink = covered?.sink ?? SINKS_OF[attempt.sink][0];
    const id = newId('e', this.#parts.world);
    const approved = covered !== null || isNamed(source, attempt);
    const judged = await this.#explained(source, this.#judge(source, sink, approved));
    const secret =
      name === undefined
        ? null
        : await this.#parts.secretUses.prepare({ plugin, name, domain: target, place, parent: id });
    const row = attemptRow(id, source, { ...attempt, sink, covered });
    try {
      await this.#parts.gate.admit(
        secret === null ? [judged] : [judged, secret.judged],
        together(row, covered, secret),
      );
    } catch (failure) {
      throw await this.#withApproval(failure, source, { ...attempt, sink, secret });
    }
    return { id, sink, secret };
  }

  /** A denial says what the value is made of. */
  async #explained({ label, place }: EgressSource, judged: Judged): Promise<Judged> {
    if (judged.verdict.decision === 'allow' || label.tags.size === 0) return judged;
    return withLineage(judged, await lineageOf(this.#parts.store, place));
  }

  #judge({ caller, label, place }: EgressSource, sink: EgressSink, approved: boolean): Judged {
    return this.#parts.gate.judge(
      {
        action: 'release',
        principal: caller,
        sink: { kind: sink, id: 'target' },
        label,
        localDocument: false,
        releasedGrant: false,
        approved,
      },
      place,
    );
  }

  /** How it ended; durable before anybody hears of it. */
  async end(
    { place, plugin }: EgressSource,
    { id, sink }: Admitted,
    facts: JsonObject & { readonly outcome: string },
  ): Promise<void> {
    const { call, ...at } = place;
    const row: RowInput = {
      type: 'egress.result',
      ...at,
      parent: id,
      data: { call, capability: plugin.id, sink, ...facts },
    };
    await this.#parts.store.commit({ rows: [row] });
  }

  async #withApproval(
    failure: unknown,
    { caller, plugin, label, place }: EgressSource,
    asked: Omit<EgressAttempt, 'sink' | 'secret'> & {
      readonly sink: EgressSink;
      readonly secret: OpenedSecret | null;
    },
  ): Promise<unknown> {
    if (!(failure instanceof NeedsApproval)) return failure;
    if (failure.kind === 'secret.bind' && asked.secret !== null)
      return asked.secret.withApproval(failure);
    if (failure.kind !== kindOf(asked.sink)) return failure;
    const { approvals, world, watches } = this.#parts;
    const request = exceptionRequest({
      capability: plugin.id,
      publisher: plugin.publisher,
      sink: asked.sink,
      target: asked.target,
      label: [...label.tags],
      // A command of the operator has a run of its own, and the next one another.
      scope: caller.kind === 'operator' ? { session: place.session } : { run: place.run },
      maxBytes: asked.bytes,
      maxUses: 1,
      expires: roundUp(world.now() + DEFAULT_EXCEPTION_MILLIS),
    });
    const ask = (by?: string): Promise<Approval> => approvals.request(request, by);
    // An agent may see what becomes of it, and has a bounded number that wait.
    const { id } = await (caller.kind === 'agent' ? watches.ask(place.session, ask) : ask());
    return new CcosError('approval_required', failure.detail, {
      ...failure.decision,
      approval_id: id,
    });
  }
}

const roundUp = (millis: number): number => Math.ceil(millis / ROUND_MILLIS) * ROUND_MILLIS;

function leavingOf({ plugin, label, place }: EgressSource, attempt: EgressAttempt): Leaving {
  const { session, run } = place;
  const { target, bytes } = attempt;
  const { id: capability, publisher } = plugin;
  return {
    sinks: SINKS_OF[attempt.sink],
    ...{ capability, publisher, target, label, run, session, bytes },
  };
}

/** The attempt, and what it spends: one commit. */
function together(
  row: RowInput,
  covered: Covered | null,
  secret: OpenedSecret | null,
): Transaction {
  return {
    rows: [row, ...(secret?.rows ?? [])],
    changes: secret?.changes ?? [],
    guards: [...(covered === null ? [] : [covered.guard]), ...(secret?.guards ?? [])],
  };
}

/** What is public may go to the hosts that the approval of the capability has named. */
function isNamed({ label, hosts }: EgressSource, { sink, target }: EgressAttempt): boolean {
  return sink === 'http' && label.tags.size === 0 && hosts.some((host) => matches(host, target));
}

/** `*.example.org` is each name one or more labels below it, and not itself; a port is never a default. */
export function matches(pattern: string, domain: string): boolean {
  if (!pattern.startsWith('*.')) return pattern === domain;
  return domain.endsWith(pattern.slice(1)) && domain.length > pattern.length - 1;
}

/** A domain that nobody has approved is a stranger's text: it goes into no row. */
function attemptRow(
  id: string,
  { place, plugin, label }: EgressSource,
  attempt: Omit<EgressAttempt, 'sink'> & {
    readonly sink: EgressSink;
    readonly covered: Covered | null;
  },
): RowInput {
  const { call, ...at } = place;
  const { sink, target, bytes, covered } = attempt;
  return {
    type: 'egress.attempt',
    id,
    ...at,
    data: {
      call,
      capability: plugin.id,
      sink,
      label: [...tagList(label)],
      [sink === 'fs' ? 'folder' : 'domain']: target,
      bytes,
      ...(covered !== null && { approval: covered.approval }),
    },
  };
}
