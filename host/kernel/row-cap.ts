import type { World } from '../core/world.ts';

/** Rows of one kind in one window; what goes beyond is counted, and said with the next. */
const ROWS_PER_WINDOW = 20;
const WINDOW_MILLIS = 10_000;
/** More than there are credentials: beyond it the oldest count is forgotten. */
const KEYS = 10_000;

interface Window {
  start: number;
  written: number;
  skipped: number;
}

/** Keeps a flood of refusals from filling the chain, for each key apart (INV-GATE-3). */
export class RowCap {
  readonly #world: World;
  readonly #rows: number;
  readonly #windows = new Map<string, Window>();

  constructor(world: World, rows = ROWS_PER_WINDOW) {
    this.#world = world;
    this.#rows = rows;
  }

  /** Whether a row may be written now; if so, with how many were left out before it. */
  take(key = ''): { readonly skipped: number } | null {
    const window = this.#windowOf(key);
    if (window.written >= this.#rows) {
      window.skipped += 1;
      return null;
    }
    window.written += 1;
    const { skipped } = window;
    window.skipped = 0;
    return { skipped };
  }

  #windowOf(key: string): Window {
    const now = this.#world.monotonic();
    let window = this.#windows.get(key);
    if (window === undefined) {
      const [oldest] = this.#windows.keys();
      if (this.#windows.size >= KEYS && oldest !== undefined) this.#windows.delete(oldest);
      window = { start: now, written: 0, skipped: 0 };
      this.#windows.set(key, window);
    }
    if (now - window.start > WINDOW_MILLIS) {
      window.start = now;
      window.written = 0;
    }
    return window;
  }
}
