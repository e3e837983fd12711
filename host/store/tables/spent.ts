import type { Guard } from '../protocol.ts';
import type { Store } from '../store.ts';

/** How often an approval was used, and for how many bytes in all, as the rows of the chain say. */
export interface Spent {
  readonly uses: number;
  readonly bytes: number;
}

/** The words of the index `chain_spent`; a secret's use has no bytes. */
const SPENT = `SELECT count(*) AS uses, coalesce(sum(body ->> '$.data.bytes'), 0) AS bytes FROM chain
  WHERE body ->> '$.type' IN ('egress.attempt', 'secret.used', 'label.declassified')
    AND body ->> '$.data.approval' = ?`;

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
