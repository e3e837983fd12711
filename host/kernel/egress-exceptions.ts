import { CcosError } from '../core/error.ts';
import type { Label, Tag } from '../core/label.ts';
import { TAGS, tagList } from '../core/label.ts';
import type { World } from '../core/world.ts';
import type { ApprovalKind } from '../policy/approval-kind.ts';
import type { SinkKind } from '../policy/question.ts';
import type { Change, Guard } from '../store/protocol.ts';
import {
  hasException,
  insertException,
  listExceptions,
  spendException,
} from '../store/tables/exceptions.ts';
import type { ExceptionRecord } from '../store/tables/exceptions.ts';
import type { Store } from '../store/store.ts';
import { factText } from './approvals.ts';
import type { ApprovalRequest, Approvals } from './approvals.ts';

/** The sinks that an exception of this kind opens. */
export type EgressSink = Extract<SinkKind, 'http.public' | 'http.private' | 'fs'>;

/** Exactly what may leave: everything that an exception names, and nothing beside it. */
export interface EgressException {
  /** `name@version`. */
  readonly capability: string;
  readonly publisher: string;
  readonly sink: EgressSink;
  /** A domain as `core/domain.ts` writes it, or the name of a folder. */
  readonly target: string;
  /** The tags that the value may have. */
  readonly label: readonly Tag[];
  /** One of the two. */
  readonly scope: { readonly run: string } | { readonly session: string };
  readonly maxBytes: number;
  readonly maxUses: number;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** What wants to leave. */
export interface Leaving {
  /** Where it may go by what it is: a request by either of two. */
  readonly sinks: readonly EgressSink[];
  readonly capability: string;
  readonly publisher: string;
  readonly target: string;
  readonly label: Label;
  readonly run: string;
  readonly session: string;
  readonly bytes: number;
}

/** An exception that covers it, and what using it changes. */
export interface Covered {
  readonly approval: string;
  readonly sink: EgressSink;
  readonly change: Change;
  readonly guard: Guard;
}

const SINK_WORDS: Readonly<Record<EgressSink, string>> = {
  'http.public': 'a host on the Internet',
  'http.private': 'a host in a private network or on this machine',
  fs: 'a folder of this machine',
};

/** INV-EGRESS-1: what leaves is what an exception names, as the operator's signature proves it. */
export class EgressExceptions {
  readonly #store: Store;
  readonly #approvals: Approvals;
  readonly #world: World;

  constructor(parts: {
    readonly store: Store;
    readonly approvals: Approvals;
    readonly world: World;
  }) {
    this.#store = parts.store;
    this.#approvals = parts.approvals;
    this.#world = parts.world;
    for (const kind of ['egress.exception', 'fs.exception'] as const)
      parts.approvals.register(kind, {
        question: () => ({
          action: 'administer',
          principal: { kind: 'operator', id: 'operator' },
          task: 'allowEgress',
          publisherTrusted: false,
          approved: true,
        }),
        apply: (request, approval) =>
          Promise.resolve({ rows: [], changes: [insertException(recordOf(request, approval))] }),
      });
  }

  /** The first live one that covers all of it; null where there is none. */
  async find(leaving: Leaving): Promise<Covered | null> {
    const now = this.#world.now();
    const { capability, target, bytes } = leaving;
    for (const record of await listExceptions(this.#store, { capability, target, now })) {
      if (record.bytes < bytes) continue;
      const exception = await this.#proven(record);
      if (exception === null || !covers(exception, leaving)) continue;
      if (record.uses > exception.maxUses || record.bytes > exception.maxBytes) continue;
      if (exception.expires <= now) continue;
      return {
        approval: record.approval,
        sink: exception.sink,
        change: spendException(record.approval, bytes),
        guard: hasException(record.approval, bytes, now),
      };
    }
    return null;
  }

  async #proven({ approval, kind }: ExceptionRecord): Promise<EgressException | null> {
    const wanted = kind === 'fs.exception' ? kind : 'egress.exception';
    const request = await this.#approvals.proven(approval, wanted);
    return request === null ? null : parseException(request);
  }
}

function covers(exception: EgressException, leaving: Leaving): boolean {
  const { scope } = exception;
  return (
    leaving.sinks.includes(exception.sink) &&
    exception.capability === leaving.capability &&
    exception.publisher === leaving.publisher &&
    exception.target === leaving.target &&
    [...leaving.label.tags].every((tag) => exception.label.includes(tag)) &&
    ('run' in scope ? scope.run === leaving.run : scope.session === leaving.session)
  );
}

export const kindOf = (sink: EgressSink): ApprovalKind =>
  sink === 'fs' ? 'fs.exception' : 'egress.exception';

/** The approval that lets exactly this leave. */
export function exceptionRequest(exception: EgressException): ApprovalRequest {
  const { capability, publisher, sink, target, label, scope, maxBytes, maxUses } = exception;
  const expires = new Date(exception.expires).toISOString();
  const tags = tagList({ tags: new Set(label), origins: new Set() });
  const [scopeKind, scopeId] = 'run' in scope ? ['run', scope.run] : ['session', scope.session];
  const widens = (what: string, value: string | number) =>
    ({ effect: 'WIDENS', what, value }) as const;
  return {
    kind: kindOf(sink),
    subject: target,
    summary: `let ${capability} send to ${target}`,
    changes: [
      widens(`it may send to this target, ${SINK_WORDS[sink]}`, target),
      widens('what it sends may hold', tags.join(' ')),
      widens(`for this ${scopeKind} only`, scopeId),
      widens('so many bytes in all', maxBytes),
      widens('so many times', maxUses),
      widens('until', expires),
    ],
    facts: {
      capability,
      publisher,
      sink,
      target,
      label: [...label].sort(),
      [scopeKind]: scopeId,
      max_bytes: maxBytes,
      max_uses: maxUses,
      expires,
    },
  };
}

function parseException(request: ApprovalRequest): EgressException {
  const { facts } = request;
  const { run, label } = facts;
  const tags = Array.isArray(label) ? TAGS.filter((tag) => label.includes(tag)) : [];
  return {
    capability: factText(request, 'capability'),
    publisher: factText(request, 'publisher'),
    sink: sinkOf(factText(request, 'sink')),
    target: factText(request, 'target'),
    label: tags,
    scope: typeof run === 'string' ? { run } : { session: factText(request, 'session') },
    maxBytes: Number(facts['max_bytes']),
    maxUses: Number(facts['max_uses']),
    expires: Date.parse(factText(request, 'expires')),
  };
}

function sinkOf(word: string): EgressSink {
  if (word === 'http.public' || word === 'http.private' || word === 'fs') return word;
  throw new CcosError('internal', { why: 'approval_facts' });
}

function recordOf(request: ApprovalRequest, approval: string): ExceptionRecord {
  const { capability, target, sink, maxUses, maxBytes, expires } = parseException(request);
  return {
    approval,
    kind: kindOf(sink),
    capability,
    target,
    uses: maxUses,
    bytes: maxBytes,
    expires,
  };
}
