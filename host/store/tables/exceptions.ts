import type { Change, SqlValue } from '../protocol.ts';
import type { Store } from '../store.ts';

/** Where to look for an exception; what it lets through is in its approval. */
export interface ExceptionRecord {
  readonly approval: string;
  readonly kind: string;
  readonly capability: string;
  readonly target: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

const COLUMNS = 'approval, kind, capability, target, expires';

/** The live ones for a capability and a target, the oldest first. */
export async function findExceptions(
  store: Store,
  wanted: { readonly capability: string; readonly target: string; readonly now: number },
): Promise<readonly ExceptionRecord[]> {
  const rows = await store.select({
    sql: `SELECT ${COLUMNS} FROM egress_exception
          WHERE capability = ? AND target = ? AND expires > ? ORDER BY rowid`,
    args: [wanted.capability, wanted.target, wanted.now],
  });
  return rows.map(toRecord);
}

/** All that there ever were, the newest first. */
export async function listExceptions(store: Store): Promise<readonly ExceptionRecord[]> {
  const rows = await store.select({
    sql: `SELECT ${COLUMNS} FROM egress_exception ORDER BY rowid DESC LIMIT 1000`,
    args: [],
  });
  return rows.map(toRecord);
}

export const insertException = (record: ExceptionRecord): Change => ({
  sql: `INSERT INTO egress_exception(${COLUMNS}) VALUES (?,?,?,?,?)`,
  args: [record.approval, record.kind, record.capability, record.target, record.expires],
});

function toRecord(row: readonly SqlValue[]): ExceptionRecord {
  return {
    approval: String(row[0]),
    kind: String(row[1]),
    capability: String(row[2]),
    target: String(row[3]),
    expires: Number(row[4]),
  };
}
