import type { Change, Guard, SqlValue } from '../protocol.ts';
import type { Store } from '../store.ts';

export const APPROVAL_STATUSES = ['pending', 'approved', 'denied', 'expired', 'revoked'] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** A row of `approval`. `request` is the canonical JSON that `digest` (SHA-256, hex) is of. */
export interface ApprovalRecord {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly status: ApprovalStatus;
  readonly request: string;
  readonly digest: string;
  readonly requested: number;
  readonly expires: number;
  readonly decided: number | null;
  /** The DSSE envelope of the decision. */
  readonly decision: string | null;
  /** The DSSE envelope over what was asked and until when. */
  readonly seal: string | null;
  /** The session that asked; null for the gateway itself. */
  readonly requester: string | null;
  /** Canonical JSON of what was granted, where that is less than was asked for. */
  readonly granted: string | null;
  /** The DSSE envelope of the first yes, where it takes two. */
  readonly first: string | null;
}

const COLUMNS =
  'id, kind, subject, status, request, digest, requested, expires, decided, decision, seal, requester, granted, first';

export async function findApproval(store: Store, id: string): Promise<ApprovalRecord | null> {
  const [row] = await store.select({
    sql: `SELECT ${COLUMNS} FROM approval WHERE id = ?`,
    args: [id],
  });
  return row === undefined ? null : toRecord(row);
}

/** Those that wait first, the newest of each first; one order for equal times. */
export async function listApprovals(
  store: Store,
  status: ApprovalStatus | 'all',
): Promise<readonly ApprovalRecord[]> {
  const rows = await store.select({
    sql: `SELECT ${COLUMNS} FROM approval WHERE ?1 = 'all' OR status = ?1 
      ORDER BY status = 'pending' DESC, requested DESC, rowid DESC LIMIT 1000`,
    args: [status],
  });
  return rows.map(toRecord);
}

/** The same request, waiting at `now` (milliseconds since the epoch). */
interface Wanted {
  readonly kind: string;
  readonly digest: string;
  readonly now: number;
}
const WANTED = `kind = ? AND digest = ? AND status = 'pending' AND expires > ?`;

export async function findPending(
  store: Store,
  { kind, digest, now }: Wanted,
): Promise<ApprovalRecord | null> {
  const [row] = await store.select({
    sql: `SELECT ${COLUMNS} FROM approval WHERE ${WANTED}`,
    args: [kind, digest, now],
  });
  return row === undefined ? null : toRecord(row);
}

export const nonePending = ({ kind, digest, now }: Wanted): Guard => ({
  sql: `SELECT 1 FROM approval WHERE ${WANTED}`,
  args: [kind, digest, now],
  rows: 0,
});

export async function countPending(store: Store, now: number): Promise<number> {
  const [row] = await store.select({
    sql: `SELECT count(*) FROM approval WHERE status = 'pending' AND expires > ?`,
    args: [now],
  });
  return Number(row?.[0] ?? 0);
}

export function insertApproval(record: ApprovalRecord): Change {
  const { id, kind, subject, status, request, digest, requested, expires, seal } = record;
  return {
    sql: `INSERT INTO approval(${COLUMNS}) VALUES (?,?,?,?,?,?,?,?,NULL,NULL,?,?,NULL,NULL)`,
    args: [id, kind, subject, status, request, digest, requested, expires, seal, record.requester],
  };
}

export function decideApproval(
  id: string,
  decided: {
    readonly status: ApprovalStatus;
    readonly at: number;
    readonly decision: string | null;
    readonly granted: string | null;
  },
): Change {
  return {
    sql: 'UPDATE approval SET status = ?, decided = ?, decision = ?, granted = ? WHERE id = ?',
    args: [decided.status, decided.at, decided.decision, decided.granted, id],
  };
}

export const secondApproval = (id: string, first: string): Change => ({
  sql: 'UPDATE approval SET first = ? WHERE id = ?',
  args: [first, id],
});

/** That nobody has said yes in the meantime. */
export const isUnseconded = (id: string, first: string | null): Guard => ({
  sql: 'SELECT 1 FROM approval WHERE id = ? AND first IS ?',
  args: [id, first],
  rows: 1,
});

/** The approved ones of a kind about one subject, the oldest first: ids, of which nothing is proven yet. */
export async function listApproved(
  store: Store,
  kind: string,
  subject: string,
): Promise<readonly string[]> {
  const rows = await store.select({
    sql: `SELECT id FROM approval WHERE kind = ? AND subject = ? AND status = 'approved' ORDER BY rowid`,
    args: [kind, subject],
  });
  return rows.map(([id]) => String(id));
}

/** That it was not taken back in the meantime. */
export const stillApproved = (id: string): Guard => ({
  sql: `SELECT 1 FROM approval WHERE id = ? AND status = 'approved'`,
  args: [id],
  rows: 1,
});

/** What was decided stays as it was decided; one that waited is decided now. */
export const revokeApproval = (id: string, at: number): Change => ({
  sql: `UPDATE approval SET status = 'revoked', decided = coalesce(decided, ?) WHERE id = ?`,
  args: [at, id],
});

export function stillPending(id: string, digest: string): Guard {
  return {
    sql: `SELECT 1 FROM approval WHERE id = ? AND digest = ? AND status = 'pending'`,
    args: [id, digest],
    rows: 1,
  };
}

function toRecord(row: readonly SqlValue[]): ApprovalRecord {
  return {
    id: String(row[0]),
    kind: String(row[1]),
    subject: String(row[2]),
    status: String(row[3]) as ApprovalStatus, // written by the functions of this file only
    request: String(row[4]),
    digest: String(row[5]),
    requested: Number(row[6]),
    expires: Number(row[7]),
    decided: row[8] === null ? null : Number(row[8]),
    decision: textOrNull(row[9]),
    seal: textOrNull(row[10]),
    requester: textOrNull(row[11]),
    granted: textOrNull(row[12]),
    first: textOrNull(row[13]),
  };
}

const textOrNull = (value: SqlValue | undefined): string | null =>
  value === null || value === undefined ? null : String(value);
