import type { World } from '../core/world.ts';
import type { Change } from '../store/protocol.ts';
import {
  countDerived,
  countEvents,
  findEvent,
  hasBlobs,
  hasRevision,
  insertDerivation,
  insertEvent,
  isStale,
  listEvents,
  listTexts,
  markDeleted,
  markStale,
  supersede,
} from '../store/tables/events.ts';
import type { EventBlob, EventRecord, ListedEvent } from '../store/tables/events.ts';
import { setMemberState } from '../store/tables/sessions.ts';
import type { SessionPlace } from '../store/tables/sessions.ts';
import type { Store } from '../store/store.ts';

export type { EventBlob, EventRecord, ListedEvent } from '../store/tables/events.ts';

/** A new version of something that happened in a chat. */
export interface NewEvent extends EventRecord {
  readonly revision: string;
  readonly blobs: readonly EventBlob[];
}

/** What is known of chats: events, their versions, and what was made of them. No text, no name. */
export class Messages {
  readonly #store: Store;
  readonly #world: World;

  constructor(parts: { readonly store: Store; readonly world: World }) {
    this.#store = parts.store;
    this.#world = parts.world;
  }

  /** The newest version of what the outside calls so; `native` is a pseudonym. */
  find(connection: string, native: string): Promise<EventRecord | null> {
    return findEvent(this.#store, connection, native);
  }

  hasRevision(connection: string, revision: string): Promise<boolean> {
    return hasRevision(this.#store, connection, revision);
  }

  /** How many results were made of a version. */
  countDerived(event: string): Promise<number> {
    return countDerived(this.#store, event);
  }

  /** Whether a deletion has anything to destroy. */
  hasBlobs({ connection, native }: EventRecord): Promise<boolean> {
    return hasBlobs(this.#store, connection, native);
  }

  /** A first version, or one that stands beside those before it. */
  adds({ blobs, ...event }: NewEvent): readonly Change[] {
    return insertEvent(event, blobs);
  }

  /** A version in the place of the one before; what was made of that one is stale. */
  replaces(before: EventRecord, event: NewEvent): readonly Change[] {
    return [supersede(before.id), markStale(before.connection, before.native), ...this.adds(event)];
  }

  /** A last version: the blobs of all those before it are to be destroyed. */
  withdraws(before: EventRecord, event: NewEvent): readonly Change[] {
    return [
      markStale(before.connection, before.native),
      markDeleted(before.connection, before.native),
      ...this.adds(event),
    ];
  }

  /** Somebody left a channel, or came back to it. */
  moves(place: SessionPlace, state: 'active' | 'frozen'): Change {
    return setMemberState(place, state);
  }

  /** That the blob `ref` was made of the blob `source`. */
  derives(ref: string, source: string): Change {
    return insertDerivation(ref, source);
  }

  /** Whether what a blob was made of has been edited or deleted since. */
  isStale(ref: string): Promise<boolean> {
    return isStale(this.#store, ref);
  }

  /** The events of a session after number `after`, with the refs that can still be opened. */
  page(session: string, after: number, limit: number): Promise<readonly ListedEvent[]> {
    return listEvents(this.#store, { session, after, limit, now: this.#world.now() });
  }

  /** Refs of the texts of the newest messages of a session, oldest first. */
  texts(session: string, limit: number): Promise<readonly string[]> {
    return listTexts(this.#store, { session, limit, now: this.#world.now() });
  }

  count(session: string): Promise<{ readonly events: number; readonly messages: number }> {
    return countEvents(this.#store, session);
  }
}
