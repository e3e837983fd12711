import type { Guard } from '../protocol.ts';
import type { Store } from '../store.ts';

/** How often an approval was used, and for how many bytes in all, as the rows of the chain say. */
export interface Spent {
  readonly uses: number;
  readonly bytes: number;
}

const SPENT =
  'SELECT count(*) AS uses, coalesce(sum(spent_bytes), 0) AS bytes FROM chain WHERE spent = ?';

export async function readSpent(store: Store, approval: string): Promise<Spent> {
  const [row] = await store.select({ sql: SPENT, args: [approval] });
  return { uses: Number(row?.[0] ?? 0), bytes: Number(row?.[1] ?? 0) };
}

/** That one more use, of so many bytes, is within the limits when the commit happens. */
export const hasLeft = (
  approval: string,
  next: { readonly bytes: number; readonly maxUses: number; readonly maxBytes: number },
): Guard => ({
  sql: `SELECT 1 FROM (${SPENT}) WHERE uses < ? AND bytes + ? <= ?`,
  args: [approval, next.maxUses, next.bytes, next.maxBytes],
  rows: 1,
});
