import { CcosError, asCcosError } from '../core/error.ts';
import { newId } from '../core/id.ts';
import type { World } from '../core/world.ts';
import {
  findSession,
  findSessionAt,
  insertSession,
  listSessions,
} from '../store/tables/sessions.ts';
import type { SessionPlace, SessionRecord } from '../store/tables/sessions.ts';
import type { Store } from '../store/store.ts';
import type { Runs } from './runs.ts';

export type Session = SessionRecord;

/** Where somebody speaks, in the ids of the outside: they are never stored and never logged. */
export interface OutsidePlace {
  /** The channel that was connected, and its kind. */
  readonly connection: string;
  readonly connector: string;
  readonly channel: string;
  readonly thread?: string | undefined;
  readonly sender: string;
}

/**
 * Conversations: one for each sender in each thread of each channel, under a random id. What the outside
 * calls them is kept as pseudonyms under the tenant's key and in no other form (INV-SESSION-1).
 */
export class Sessions {
  readonly #store: Store;
  readonly #world: World;
  readonly #runs: Runs;
  readonly #tenant: string;

  constructor(parts: {
    readonly store: Store;
    readonly world: World;
    readonly runs: Runs;
    readonly tenant: string;
  }) {
    this.#store = parts.store;
    this.#world = parts.world;
    this.#runs = parts.runs;
    this.#tenant = parts.tenant;
  }

  /** Throws `not_found`. */
  async get(id: string): Promise<Session> {
    const session = await this.lookUp(id);
    if (session === null) throw new CcosError('not_found', { what: 'session' });
    return session;
  }

  async lookUp(id: string): Promise<Session | null> {
    const session = await findSession(this.#store, id);
    return session?.tenant === this.#tenant ? session : null;
  }

  /** The oldest first. */
  list(page: { readonly after?: string; readonly limit: number }): Promise<readonly Session[]> {
    return listSessions(this.#store, { ...page, tenant: this.#tenant });
  }

  /**
   * Pseudonyms, stable for the tenant, of lists of words that say what is meant and in which world
   * (`['sender', 'discord', '123']`).
   */
  pseudonyms(of: readonly (readonly string[])[]): Promise<readonly string[]> {
    return this.#store.ask('pseudonyms', { tenant: this.#tenant, of });
  }

  /** Who speaks: the same for a tenant in every channel of that kind. */
  async senderOf(connector: string, sender: string): Promise<string> {
    const [pseudonym = ''] = await this.pseudonyms([['sender', connector, sender]]);
    return pseudonym;
  }

  /** Where a place is, in pseudonyms. */
  async locate(place: OutsidePlace): Promise<SessionPlace> {
    const { connection, connector } = place;
    const [channel = '', thread = '', sender = ''] = await this.pseudonyms([
      ['channel', connection, place.channel],
      ['thread', connection, place.channel, place.thread ?? ''],
      ['sender', connector, place.sender],
    ]);
    return {
      tenant: this.#tenant,
      connection,
      channel,
      thread: place.thread === undefined ? '' : thread,
      sender,
    };
  }

  find(at: SessionPlace): Promise<Session | null> {
    return findSessionAt(this.#store, at);
  }

  /** The session of a place, made where there was none, with a run of its own. */
  async open(at: SessionPlace, connector: string): Promise<Session> {
    const known = await this.find(at);
    if (known !== null) return known;
    const id = newId('s', this.#world);
    const session = { ...at, id, connector, state: 'active', created: this.#world.now() } as const;
    try {
      await this.#make(session);
      return session;
    } catch (failure) {
      const first = await this.find(at); // made at the same moment
      if (first === null || asCcosError(failure).code !== 'conflict') throw failure;
      return first;
    }
  }

  async #make(session: Session): Promise<void> {
    const run = this.#runs.prepare(session.id, 'session');
    await this.#store.commit({
      rows: [
        {
          type: 'session.created',
          session: session.id,
          run: run.id,
          data: { connector: session.connector, connection: session.connection },
        },
      ],
      changes: [insertSession(session), run.opens],
    });
  }
}
