import type { RowInput } from '../core/event.ts';
import { newId } from '../core/id.ts';
import type { JsonObject } from '../core/json.ts';
import type { World } from '../core/world.ts';
import type { Change } from '../store/protocol.ts';
import { forgetBlobs } from '../store/tables/calls.ts';
import { listDoomed } from '../store/tables/events.ts';
import { beginPurge, endPurge, listOpenPurges } from '../store/tables/purges.ts';
import type { OpenPurge } from '../store/tables/purges.ts';
import type { Store, Transaction } from '../store/store.ts';
import type { Gate } from './gate.ts';
import { Turns } from './turns.ts';

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
  readonly #turns = new Turns();

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
    const judged = this.#gate.judge({
      action: 'administer',
      principal: { kind: 'operator', id: 'operator' },
      task: 'purge',
      publisherTrusted: false,
      approved: false,
    });
    return this.#turns.take(() =>
      this.#purge(purge, (intent) => this.#gate.admit([judged], intent)),
    );
  }

  /**
   * The blobs of messages that were deleted: the deletion is on the chain, with the intent, before a key
   * is destroyed, and what a crash leaves of them is found at the next start.
   */
  async destroyDeleted(): Promise<void> {
    await this.#turns.take(async () => {
      const refs = await listDoomed(this.#store);
      if (refs.length === 0) return;
      await this.#store.ask('blobPurge', { kind: 'refs', refs });
      await this.#store.commit({
        rows: [{ type: 'quarantine.purged', data: { scope: 'deleted', count: refs.length } }],
        changes: [forgetBlobs({ refs })],
      });
    });
  }

  /** What has outlived its retention, without a decision of its own: the retention was one. */
  async expire(): Promise<void> {
    await this.#turns.take(async () => {
      if ((await this.#store.ask('blobExpired', { now: this.#world.now() })) === 0) return;
      await this.#purge({ kind: 'expired' }, (intent) => this.#store.commit(intent));
    });
  }

  /**
   * A row for each purge that a crash or a full disk cut off between its intent and its end, with the
   * count of what it destroyed all the same (INV-QUAR-2).
   */
  async recover(): Promise<void> {
    await this.#turns.take(() => this.#recover());
  }

  async #purge(
    purge: Purge,
    announce: (intent: Transaction) => Promise<unknown>,
  ): Promise<{ readonly count: number }> {
    await this.#recover();
    const now = this.#world.now();
    const open = { intent: newId('e', this.#world), scope: purge.kind };
    await announce({
      rows: [{ ...intentRow(open.scope), id: open.intent }],
      changes: [beginPurge(open)],
    });
    const { count } = await this.#store.ask(
      'blobPurge',
      purge.kind === 'expired' ? { kind: 'expired', now } : purge,
    );
    await this.#store.commit({
      rows: [doneRow(open, { count })],
      changes: [forgetPurged(purge, now), endPurge(open.intent)],
    });
    return { count };
  }

  /** Purges come one at a time, and each begins with this: there is one at most. */
  async #recover(): Promise<void> {
    const [open] = await listOpenPurges(this.#store);
    if (open === undefined) return;
    const lost = await this.#store.ask('blobLost', null);
    await this.#store.commit({
      rows: [doneRow(open, { count: lost.length, recovered: true })],
      changes: [forgetBlobs({ refs: lost }), endPurge(open.intent)],
    });
  }
}

/** Before anything is destroyed: what a crash in between leaves behind was announced. */
export const intentRow = (scope: string): RowInput => ({
  type: 'quarantine.purge',
  data: { scope },
});

function forgetPurged(purge: Purge, now: number): Change {
  if (purge.kind === 'all') return forgetBlobs({});
  return forgetBlobs(purge.kind === 'expired' ? { expiredAt: now } : { session: purge.session });
}

/** The end of a purge names the row that announced it. */
const doneRow = ({ intent, scope }: OpenPurge, facts: JsonObject): RowInput => ({
  type: 'quarantine.purged',
  parent: intent,
  data: { scope, ...facts },
});
