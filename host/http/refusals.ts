import type { Log, World } from '../core/world.ts';
import type { Store } from '../kernel/records.ts';
import { RowCap } from '../kernel/row-cap.ts';

/**
 * Refused requests are on the chain, without anything that the stranger sent: the code, and how many
 * were left out while a flood was on.
 */
export class RefusalRecorder {
  readonly #store: Store;
  readonly #log: Log;
  readonly #cap: RowCap;
  readonly #guesses: RowCap;

  constructor(parts: { readonly store: Store; readonly world: World; readonly log: Log }) {
    this.#store = parts.store;
    this.#log = parts.log;
    this.#cap = new RowCap(parts.world);
    this.#guesses = new RowCap(parts.world, 1);
  }

  record(code: string): Promise<void> {
    return this.#write(code, this.#cap);
  }

  /** A guess at a plane that guesses have closed: the first is a row, and the others its count. */
  recordGuess(): Promise<void> {
    return this.#write('rate_limited', this.#guesses);
  }

  async #write(code: string, cap: RowCap): Promise<void> {
    const taken = cap.take();
    if (taken === null) return;
    const { skipped } = taken;
    this.#log.warn('request.refused', { code, skipped });
    await this.#store.commit({ rows: [{ type: 'request.refused', data: { code, skipped } }] });
  }
}
