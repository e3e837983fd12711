import { CcosError } from '../core/error.ts';
import type { Label } from '../core/label.ts';
import type { World } from '../core/world.ts';
import type { Guard } from '../store/protocol.ts';
import { findExceptions, insertException, listExceptions } from '../store/tables/exceptions.ts';
import type { ExceptionRecord } from '../store/tables/exceptions.ts';
import { hasLeft, readSpent } from '../store/tables/spent.ts';
import type { Spent } from '../store/tables/spent.ts';
import type { Store } from '../store/store.ts';
import type { Approval, ApprovalRequest } from './approval-request.ts';
import type { Approvals } from './approvals.ts';
import { kindOf, parseException } from './exception-request.ts';
import type { EgressException, EgressSink } from './exception-request.ts';

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

/** An exception that covers it, and what must still be left of it; the row of the attempt is its use. */
export interface Covered {
  readonly approval: string;
  readonly sink: EgressSink;
  readonly guard: Guard;
}

/** One that was granted, and what is left of it. */
export interface GrantedException extends EgressException {
  readonly approval: string;
  readonly status: 'live' | 'used' | 'expired' | 'revoked';
  readonly spent: Spent;
}

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
    for (const record of await findExceptions(this.#store, { capability, target, now })) {
      const { approval } = record;
      const exception = await this.#proven(record);
      if (exception === null || !covers(exception, leaving)) continue;
      const { sink, maxUses, maxBytes } = exception;
      const spent = await readSpent(this.#store, approval);
      if (spent.uses >= maxUses || spent.bytes + bytes > maxBytes) continue;
      return { approval, sink, guard: hasLeft(approval, { bytes, maxUses, maxBytes }) };
    }
    return null;
  }

  /** The newest first, those that are over too. */
  async list(): Promise<readonly GrantedException[]> {
    const records = await listExceptions(this.#store);
    return Promise.all(records.map(({ approval }) => this.#granted(approval)));
  }

  /** Throws `not_found` for anything that is no exception. */
  async get(approval: string): Promise<GrantedException> {
    const known = (await listExceptions(this.#store)).some((it) => it.approval === approval);
    if (!known) throw new CcosError('not_found', { what: 'exception' });
    return this.#granted(approval);
  }

  async #granted(approval: string): Promise<GrantedException> {
    const { granted, ...asked } = await this.#approvals.get(approval);
    const exception = parseException(granted ?? asked);
    const spent = await readSpent(this.#store, approval);
    return { ...exception, approval, spent, status: this.#statusOf(exception, asked, spent) };
  }

  #statusOf(
    { expires, maxUses, maxBytes }: EgressException,
    { status }: Pick<Approval, 'status'>,
    spent: Spent,
  ): GrantedException['status'] {
    if (status !== 'approved') return 'revoked';
    if (expires <= this.#world.now()) return 'expired';
    return spent.uses >= maxUses || spent.bytes >= maxBytes ? 'used' : 'live';
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

function recordOf(request: ApprovalRequest, approval: string): ExceptionRecord {
  const { capability, target, sink, expires } = parseException(request);
  return { approval, kind: kindOf(sink), capability, target, expires };
}
