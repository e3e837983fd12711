import { CcosError } from '../core/error.ts';
import { FIXED } from '../core/limits.ts';
import type { World } from '../core/world.ts';
import { countAsked, countWatched, findWatch, watchApproval } from '../store/tables/watches.ts';
import type { Store } from '../store/store.ts';
import type { Approval } from './approval-request.ts';
import type { Approvals } from './approvals.ts';

const HOUR_MILLIS = 3_600_000;

/** Approvals that an agent has asked for, in its session: it may see what becomes of them and no more. */
export class ApprovalWatches {
  readonly #store: Store;
  readonly #world: World;
  readonly #approvals: Approvals;

  constructor(parts: {
    readonly store: Store;
    readonly world: World;
    readonly approvals: Approvals;
  }) {
    this.#store = parts.store;
    this.#world = parts.world;
    this.#approvals = parts.approvals;
  }

  /** The same request twice is one approval; a session has a bounded number that wait, and that it asks for in an hour. */
  async ask(session: string, request: (requester: string) => Promise<Approval>): Promise<Approval> {
    const now = this.#world.now();
    const waiting = await countWatched(this.#store, session, now);
    if (waiting >= FIXED.pendingOfSession)
      throw new CcosError('rate_limited', { pending: waiting });
    const asked = await countAsked(this.#store, session, now - HOUR_MILLIS);
    if (asked >= FIXED.askedPerHour) throw new CcosError('rate_limited', { asked });
    const approval = await request(session);
    await this.#store.commit({ rows: [], changes: [watchApproval(approval.id, session)] });
    return approval;
  }

  /** Null for one that is not there, and for one of another session. */
  async find(id: string, session: string): Promise<Approval | null> {
    const sessions = await findWatch(this.#store, id);
    return sessions.includes(session) ? this.#approvals.get(id) : null;
  }
}
