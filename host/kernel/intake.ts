import type { RowInput } from '../core/event.ts';
import { newId } from '../core/id.ts';
import type { BlobClass } from '../core/label.ts';
import type { World } from '../core/world.ts';
import type { BlobFacts, Change } from '../store/protocol.ts';
import { knowBlob } from '../store/tables/calls.ts';
import type { Store, Transaction } from '../store/store.ts';
import { putRow } from './call-rows.ts';
import type { Place } from './gate.ts';

/** One thing that somebody wrote or sent; `name` says where in the message it stood. */
export interface Part {
  readonly name: string;
  readonly class: BlobClass;
  readonly bytes: Uint8Array;
}

/** Where each part of a message is now. */
export type PartRefs = ReadonlyMap<string, string>;

interface StoredBlob {
  readonly facts: BlobFacts;
  readonly commit: string;
}

/** What is told of a message: before the blobs, and after them. */
export interface Telling {
  readonly rows: readonly RowInput[];
  readonly changes: readonly Change[];
}

/** Puts the parts of a message away: all of them with the rows that tell of them, or none. */
export class Intake {
  readonly #store: Store;
  readonly #world: World;
  readonly #tenant: string;
  readonly #retentionMillis: () => number;

  constructor(parts: {
    readonly store: Store;
    readonly world: World;
    readonly tenant: string;
    readonly retentionMillis: () => number;
  }) {
    this.#store = parts.store;
    this.#world = parts.world;
    this.#tenant = parts.tenant;
    this.#retentionMillis = parts.retentionMillis;
  }

  /**
   * The decisions must be durable. Resolves when everything is; where that cannot be, no blob remains,
   * and a crash in between leaves none that the next start does not sweep.
   */
  async take(
    place: Place & { readonly session: string },
    parts: readonly Part[],
    tell: (refs: PartRefs) => Telling,
  ): Promise<void> {
    const stored = await this.#putAll(place.session, parts);
    const refs = new Map(parts.map(({ name }, at) => [name, stored[at]?.facts.ref ?? '']));
    try {
      await this.#store.commit(this.#transaction(place, stored, tell(refs)));
    } catch (failure) {
      await this.#discard(stored.map(({ facts }) => facts.ref));
      throw failure;
    }
  }

  #transaction(place: Place, stored: readonly StoredBlob[], told: Telling): Transaction {
    return {
      rows: [...told.rows, ...stored.map(({ facts, commit }) => putRow(facts, place, { commit }))],
      changes: [
        ...told.changes,
        ...stored.map(({ facts }) => knowBlob(facts.ref, facts.session, facts.expires)),
      ],
    };
  }

  async #putAll(session: string, parts: readonly Part[]): Promise<readonly StoredBlob[]> {
    const facts = parts.map((part) => this.#factsOf(session, part));
    const put = await Promise.allSettled(parts.map(({ bytes }, at) => this.#put(facts[at], bytes)));
    const failed = put.find((settled) => settled.status === 'rejected');
    if (failed === undefined)
      return put.flatMap((settled) => (settled.status === 'fulfilled' ? [settled.value] : []));
    await this.#discard(facts.map(({ ref }) => ref));
    throw failed.reason;
  }

  #factsOf(session: string, part: Part): BlobFacts {
    const created = this.#world.now();
    return {
      ref: newId('q', this.#world),
      tenant: this.#tenant,
      session,
      class: part.class,
      created,
      expires: created + this.#retentionMillis(),
      bytes: part.bytes.length,
    };
  }

  async #put(facts: BlobFacts | undefined, bytes: Uint8Array): Promise<StoredBlob> {
    if (facts === undefined) throw new RangeError('a part without facts');
    const { commit } = await this.#store.ask('blobPut', { facts, bytes });
    return { facts, commit };
  }

  async #discard(refs: readonly string[]): Promise<void> {
    if (refs.length > 0) await this.#store.ask('blobPurge', { kind: 'refs', refs });
  }
}
