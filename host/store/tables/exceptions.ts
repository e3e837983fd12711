import type { Change, Guard } from '../protocol.ts';
import type { Store } from '../store.ts';

/** What an exception may still let through. Times are milliseconds since the epoch. */
export interface ExceptionRecord {
  readonly approval: string;
  readonly kind: string;
  readonly capability: string;
  readonly target: string;
  readonly uses: number;
  readonly bytes: number;
  readonly expires: number;
}

/** The live ones for a capability and a target, the oldest first. */
export async function listExceptions(
  store: Store,
  wanted: { readonly capability: string; readonly target: string; readonly now: number },
): Promise<readonly ExceptionRecord[]> {
  const rows = await store.select({
    sql: `SELECT approval, kind, capability, target, uses, bytes, expires FROM egress_exception
          WHERE capability = ? AND target = ? AND uses > 0 AND expires > ? ORDER BY rowid`,
    args: [wanted.capability, wanted.target, wanted.now],
  });
  return rows.map((row) => ({
    approval: String(row[0]),
    kind: String(row[1]),
    capability: String(row[2]),
    target: String(row[3]),
    uses: Number(row[4]),
    bytes: Number(row[5]),
    expires: Number(row[6]),
  }));
}

export const insertException = (record: ExceptionRecord): Change => ({
  sql: `INSERT INTO egress_exception(approval, kind, capability, target, uses, bytes, expires)
        VALUES (?,?,?,?,?,?,?)`,
  args: [
    record.approval,
    record.kind,
    record.capability,
    record.target,
    record.uses,
    record.bytes,
    record.expires,
  ],
});

/** One use, and so many bytes of it. */
export const spendException = (approval: string, bytes: number): Change => ({
  sql: 'UPDATE egress_exception SET uses = uses - 1, bytes = bytes - ? WHERE approval = ?',
  args: [bytes, approval],
});

/** That it still has both when the commit happens: guards are checked one commit after another. */
export const hasException = (approval: string, bytes: number, now: number): Guard => ({
  sql: `SELECT 1 FROM egress_exception
        WHERE approval = ? AND uses > 0 AND bytes >= ? AND expires > ?`,
  args: [approval, bytes, now],
  rows: 1,
});
