import type { RowInput } from '../core/event.ts';
import { parseId } from '../core/id.ts';
import type { World } from '../core/world.ts';
import { listNames } from '../store/tables/events.ts';
import type { Store } from '../store/store.ts';
import type { GivenNames } from './release/identifiers/words.ts';
import type { Session } from './sessions.ts';

/** Of a conversation, the newest: what is older has mostly been said again. */
const MOST_NAMES = 100;

/** The names that people and files have in a conversation, for the guard that keeps them in it. */
export class ConversationNames {
  readonly #store: Store;
  readonly #world: World;

  constructor(parts: { readonly store: Store; readonly world: World }) {
    this.#store = parts.store;
    this.#world = parts.world;
  }

  /**
   * Everybody's in the channel of a session, not only those of its own sender. The host opens them for
   * itself: a row says how many, and nothing of them is handed on.
   */
  async of({ id, connection, channel }: Session): Promise<GivenNames> {
    const place = { connection, channel, now: this.#world.now(), limit: MOST_NAMES };
    const found = await listNames(this.#store, place);
    if (found.length === 0) return { people: [], files: [] };
    await this.#store.commit({ rows: [guardRow(id, found.length)] });
    const texts = await Promise.all(
      found.map(async ({ field, ref }) => ({ field, text: await this.#read(ref) })),
    );
    const of = (wanted: boolean): readonly string[] =>
      texts.filter(({ field }) => (field === 'file_name') === wanted).map(({ text }) => text);
    return { people: [...new Set(of(false))], files: [...new Set(of(true))] };
  }

  async #read(ref: string): Promise<string> {
    return new TextDecoder().decode(await this.#store.ask('blobRead', parseId('q', ref)));
  }
}

const guardRow = (session: string, count: number): RowInput => ({
  type: 'quarantine.access',
  session,
  data: {
    class: 'pii.chat.metadata',
    capability: 'host.identifier_guard',
    justification: 'guard.names',
    decision: 'allow',
    rule: 'host.guard',
    count,
  },
});
