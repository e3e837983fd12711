import { CcosError } from '../core/error.ts';
import { FIXED } from '../core/limits.ts';
import type { World } from '../core/world.ts';
import { countWatched, findWatch, watchApproval } from '../store/tables/watches.ts';
import type { Store } from '../store/store.ts';
import type { Approval, Approvals } from './approvals.ts';

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

  /** The same request twice is one approval; a session has a bounded number that wait. */
  async ask(session: string, request: () => Promise<Approval>): Promise<Approval> {
    const waiting = await countWatched(this.#store, session, this.#world.now());
    if (waiting >= FIXED.pendingOfSession)
      throw new CcosError('rate_limited', { pending: waiting });
    const approval = await request();
    await this.#store.commit({ rows: [], changes: [watchApproval(approval.id, session)] });
    return approval;
  }

  /** Null for one that is not there, and for one of another session. */
  async find(id: string, session: string): Promise<Approval | null> {
    const sessions = await findWatch(this.#store, id);
    return sessions.includes(session) ? this.#approvals.get(id) : null;
  }
}
