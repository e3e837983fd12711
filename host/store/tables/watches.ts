import type { Change } from '../protocol.ts';
import type { Store } from '../store.ts';

/** That a session has asked for an approval, and may see what becomes of it. */
export const watchApproval = (approval: string, session: string): Change => ({
  sql: 'INSERT OR IGNORE INTO approval_watch(approval, session) VALUES (?,?)',
  args: [approval, session],
});

export async function findWatch(store: Store, approval: string): Promise<readonly string[]> {
  const rows = await store.select({
    sql: 'SELECT session FROM approval_watch WHERE approval = ?',
    args: [approval],
  });
  return rows.map(([session]) => String(session));
}

/** Those that it has asked for first since then, whatever became of them. */
export async function countAsked(store: Store, session: string, since: number): Promise<number> {
  const [row] = await store.select({
    sql: `SELECT count(*) FROM approval WHERE requester = ? AND requested > ?`,
    args: [session, since],
  });
  return Number(row?.[0] ?? 0);
}

/** Those that still wait for an answer. */
export async function countWatched(store: Store, session: string, now: number): Promise<number> {
  const [row] = await store.select({
    sql: `SELECT count(*) FROM approval_watch w JOIN approval a ON a.id = w.approval
          WHERE w.session = ? AND a.status = 'pending' AND a.expires > ?`,
    args: [session, now],
  });
  return Number(row?.[0] ?? 0);
}
