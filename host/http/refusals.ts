import type { Log, World } from '../core/world.ts';
import type { Store } from '../kernel/records.ts';

/** Rows for refused requests in one window; what goes beyond is counted and said with the next. */
const ROWS_PER_WINDOW = 20;
const WINDOW_MILLIS = 10_000;

/**
 * Refused requests are on the chain, without anything that the stranger sent: the code, and how many
 * were left out while a flood was on.
 */
export class RefusalRecorder {
  readonly #store: Store;
  readonly #world: World;
  readonly #log: Log;
  #windowStart = 0;
  #written = 0;
  #skipped = 0;

  constructor(parts: { readonly store: Store; readonly world: World; readonly log: Log }) {
    this.#store = parts.store;
    this.#world = parts.world;
    this.#log = parts.log;
  }

  async record(code: string): Promise<void> {
    const now = this.#world.monotonic();
    if (now - this.#windowStart > WINDOW_MILLIS) {
      this.#windowStart = now;
      this.#written = 0;
    }
    if (this.#written >= ROWS_PER_WINDOW) {
      this.#skipped += 1;
      return;
    }
    this.#written += 1;
    const skipped = this.#skipped;
    this.#skipped = 0;
    this.#log.warn('request.refused', { code, skipped });
    await this.#store.commit({ rows: [{ type: 'request.refused', data: { code, skipped } }] });
  }
}
