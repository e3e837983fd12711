import type { RowInput } from '../core/event.ts';
import type { World } from '../core/world.ts';
import type { PurgeScope } from '../store/protocol.ts';
import { forgetBlobs } from '../store/tables/calls.ts';
import { listDoomed } from '../store/tables/events.ts';
import type { Store } from '../store/store.ts';
import type { Gate } from './gate.ts';

/** Which blobs the operator wants destroyed. */
export type Purge =
  | { readonly kind: 'all' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'session'; readonly session: string };

/** The quarantine as the operator sees it: counts, and purging. */
export class Blobs {
  readonly #store: Store;
  readonly #gate: Gate;
  readonly #world: World;

  constructor(parts: { readonly store: Store; readonly gate: Gate; readonly world: World }) {
    this.#store = parts.store;
    this.#gate = parts.gate;
    this.#world = parts.world;
  }

  stats(): Promise<{ readonly blobs: number; readonly bytes: number }> {
    return this.#store.ask('blobStats', null);
  }

  /** The intent is on the chain, then the keys are destroyed, then the count is on the chain. */
  async purge(purge: Purge): Promise<{ readonly count: number }> {
    const now = this.#world.now();
    const scope: PurgeScope = purge.kind === 'expired' ? { kind: 'expired', now } : purge;
    const judged = this.#gate.judge({
      action: 'administer',
      principal: { kind: 'operator', id: 'operator' },
      task: 'purge',
      publisherTrusted: false,
      approved: false,
    });
    await this.#gate.admit([judged], { rows: [intentRow(purge.kind)] });
    const { count } = await this.#store.ask('blobPurge', scope);
    const forget =
      purge.kind === 'all'
        ? forgetBlobs({})
        : forgetBlobs(purge.kind === 'expired' ? { expiredAt: now } : { session: purge.session });
    await this.#store.commit({
      rows: [{ type: 'quarantine.purged', data: { scope: purge.kind, count } }],
      changes: [forget],
    });
    return { count };
  }

  /**
   * The blobs of messages that were deleted: the deletion is on the chain, with the intent, before a key
   * is destroyed, and what a crash leaves of them is found at the next start.
   */
  async destroyDeleted(): Promise<void> {
    const refs = await listDoomed(this.#store);
    if (refs.length === 0) return;
    const { count } = await this.#store.ask('blobPurge', { kind: 'refs', refs });
    await this.#store.commit({
      rows: [{ type: 'quarantine.purged', data: { scope: 'deleted', count } }],
      changes: [forgetBlobs({ refs })],
    });
  }

  /** What has outlived its retention, without a decision of its own: the retention was one. */
  async expire(): Promise<void> {
    const now = this.#world.now();
    const expired = await this.#store.ask('blobExpired', { now });
    if (expired === 0) return;
    await this.#store.commit({ rows: [intentRow('expired')] });
    const { count } = await this.#store.ask('blobPurge', { kind: 'expired', now });
    await this.#store.commit({
      rows: [{ type: 'quarantine.purged', data: { scope: 'expired', count } }],
      changes: [forgetBlobs({ expiredAt: now })],
    });
  }
}

/** Before anything is destroyed: what a crash in between leaves behind is at least announced. */
export const intentRow = (scope: string): RowInput => ({
  type: 'quarantine.purge',
  data: { scope },
});
