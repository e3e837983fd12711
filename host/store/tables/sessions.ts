import type { Change, SqlValue } from '../protocol.ts';
import type { Store } from '../store.ts';

type SessionState = 'active' | 'frozen';

/** A row of `session`. Channel, thread and sender are pseudonyms; `thread` is empty outside of one. */
export interface SessionRecord {
  readonly id: string;
  readonly tenant: string;
  /** The channel that was connected, and its kind. */
  readonly connection: string;
  readonly connector: string;
  readonly channel: string;
  readonly thread: string;
  readonly sender: string;
  readonly state: SessionState;
  readonly created: number;
}

/** What makes a session the one it is. */
export type SessionPlace = Pick<
  SessionRecord,
  'tenant' | 'connection' | 'channel' | 'thread' | 'sender'
>;

const COLUMNS = 'id, tenant, connection, connector, channel, thread, sender, state, created';

export async function findSession(store: Store, id: string): Promise<SessionRecord | null> {
  const [row] = await store.select({
    sql: `SELECT ${COLUMNS} FROM session WHERE id = ?`,
    args: [id],
  });
  return row === undefined ? null : toRecord(row);
}

export async function findSessionAt(
  store: Store,
  { tenant, connection, channel, thread, sender }: SessionPlace,
): Promise<SessionRecord | null> {
  const [row] = await store.select({
    sql: `SELECT ${COLUMNS} FROM session
          WHERE tenant = ? AND connection = ? AND channel = ? AND thread = ? AND sender = ?`,
    args: [tenant, connection, channel, thread, sender],
  });
  return row === undefined ? null : toRecord(row);
}

/** The oldest first, after the session `after`. */
export async function listSessions(
  store: Store,
  page: { readonly tenant: string; readonly after?: string; readonly limit: number },
): Promise<readonly SessionRecord[]> {
  const rows = await store.select({
    sql: `SELECT ${COLUMNS} FROM session
          WHERE tenant = ?1
            AND (?2 = '' OR (created, id) > (SELECT created, id FROM session WHERE id = ?2))
          ORDER BY created, id LIMIT ?3`,
    args: [page.tenant, page.after ?? '', page.limit],
  });
  return rows.map(toRecord);
}

export const insertSession = (session: SessionRecord): Change => ({
  sql: `INSERT INTO session(${COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)`,
  args: valuesOf(session),
});

/** For the one session that is not made by a message. */
export const ensureSession = (session: SessionRecord): Change => ({
  sql: `INSERT OR IGNORE INTO session(${COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)`,
  args: valuesOf(session),
});

/** In every thread of a channel. */
export const setMemberState = (
  { tenant, connection, channel, sender }: Omit<SessionPlace, 'thread'>,
  state: SessionState,
): Change => ({
  sql: `UPDATE session SET state = ?
        WHERE tenant = ? AND connection = ? AND channel = ? AND sender = ?`,
  args: [state, tenant, connection, channel, sender],
});

/** In every channel and thread of a connection. */
export const setSenderState = (
  connection: string,
  sender: string,
  state: SessionState,
): Change => ({
  sql: 'UPDATE session SET state = ? WHERE connection = ? AND sender = ?',
  args: [state, connection, sender],
});

function valuesOf(session: SessionRecord): readonly SqlValue[] {
  const { id, tenant, connection, connector, channel, thread, sender, state, created } = session;
  return [id, tenant, connection, connector, channel, thread, sender, state, created];
}

function toRecord(row: readonly SqlValue[]): SessionRecord {
  return {
    id: String(row[0]),
    tenant: String(row[1]),
    connection: String(row[2]),
    connector: String(row[3]),
    channel: String(row[4]),
    thread: String(row[5]),
    sender: String(row[6]),
    state: row[7] === 'active' ? 'active' : 'frozen',
    created: Number(row[8]),
  };
}
