import type { CcosError } from '../core/error.ts';
import type { RowInput } from '../core/event.ts';
import type { World } from '../core/world.ts';
import type { Store } from '../store/store.ts';
import { refusalOf } from './gate.ts';
import type { Judged } from './gate.ts';
import { RowCap } from './row-cap.ts';

/**
 * Denials of what an agent may try as often as it likes. Each is decided; up to a cap each is a row, and
 * beyond it a count in the next one (INV-GATE-3).
 */
export class Denials {
  readonly #store: Store;
  readonly #cap: RowCap;

  constructor(parts: { readonly store: Store; readonly world: World }) {
    this.#store = parts.store;
    this.#cap = new RowCap(parts.world);
  }

  /** The error of a decision that does not allow, when its rows are durable. */
  async refuse(
    by: string,
    { row, ...judged }: Judged,
    rows: readonly RowInput[] = [],
  ): Promise<CcosError> {
    await this.record(by, [row, ...rows]);
    return refusalOf({ row, ...judged });
  }

  /** The same for what had nothing to decide on. */
  async record(by: string, [first, ...rest]: readonly RowInput[]): Promise<void> {
    const taken = this.#cap.take(by);
    if (taken === null || first === undefined) return;
    const { skipped } = taken;
    const counted = skipped === 0 ? first : { ...first, data: { ...first.data, skipped } };
    await this.#store.commit({ rows: [counted, ...rest] });
  }
}
