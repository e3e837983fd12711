import type { BlobClass } from '../../core/label.ts';
import type { Change, SqlValue } from '../protocol.ts';
import type { Store } from '../store.ts';

export type EventState = 'live' | 'superseded' | 'deleted';

/**
 * A row of `event`: one version of one thing that happened in a chat. `native` is the pseudonym of what
 * the outside calls it; `n` counts the events of a session from 1; `envelope` is a `ChatEnvelope` as JSON.
 */
export interface EventRecord {
  readonly id: string;
  readonly session: string;
  readonly connection: string;
  readonly native: string;
  readonly version: number;
  readonly kind: string;
  readonly state: EventState;
  readonly change: string;
  readonly envelope: string;
}

/** A blob that belongs to an event. */
export interface EventBlob {
  readonly ref: string;
  readonly class: BlobClass;
}

/** An event as a session lists it, with the blobs that can still be opened. */
export interface ListedEvent {
  readonly n: number;
  readonly id: string;
  readonly kind: string;
  readonly state: EventState;
  readonly blobs: readonly EventBlob[];
}

const COLUMNS = 'id, session, connection, native, version, kind, state, change, envelope';

/** The newest version of a thing. */
export async function findEvent(
  store: Store,
  connection: string,
  native: string,
): Promise<EventRecord | null> {
  const [row] = await store.select({
    sql: `SELECT ${COLUMNS} FROM event WHERE connection = ? AND native = ?
          ORDER BY version DESC LIMIT 1`,
    args: [connection, native],
  });
  return row === undefined ? null : toRecord(row);
}

export async function hasRevision(
  store: Store,
  connection: string,
  revision: string,
): Promise<boolean> {
  const rows = await store.select({
    sql: 'SELECT 1 FROM event WHERE connection = ? AND revision = ?',
    args: [connection, revision],
  });
  return rows.length > 0;
}

/** A version that is there already is a `conflict`. */
export function insertEvent(
  event: EventRecord & { readonly revision: string },
  blobs: readonly EventBlob[],
): readonly Change[] {
  const { id, session, connection, native, version, kind, state, change, envelope } = event;
  return [
    {
      sql: `INSERT INTO event(${COLUMNS}, revision, n)
            VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,
              (SELECT coalesce(max(n), 0) + 1 FROM event WHERE session = ?2))`,
      args: [
        id,
        session,
        connection,
        native,
        version,
        kind,
        state,
        change,
        envelope,
        event.revision,
      ],
    },
    ...blobs.map((blob) => ({
      sql: 'INSERT INTO event_blob(ref, event, class) VALUES (?,?,?)',
      args: [blob.ref, id, blob.class],
    })),
  ];
}

export const supersede = (event: string): Change => ({
  sql: `UPDATE event SET state = 'superseded' WHERE id = ? AND state = 'live'`,
  args: [event],
});

/** All versions of a thing. */
export const markDeleted = (connection: string, native: string): Change => ({
  sql: `UPDATE event SET state = 'deleted' WHERE connection = ? AND native = ?`,
  args: [connection, native],
});

/** The blobs of deleted events that the state still knows: a crash can leave some. */
export async function listDoomed(store: Store): Promise<readonly string[]> {
  const rows = await store.select({
    sql: `SELECT b.ref FROM event e JOIN event_blob b ON b.event = e.id
          JOIN blob_row r ON r.ref = b.ref WHERE e.state = 'deleted'`,
    args: [],
  });
  return rows.map(([ref]) => String(ref));
}

/** Whether any version of a message still has a blob. */
export async function hasBlobs(store: Store, connection: string, native: string): Promise<boolean> {
  const rows = await store.select({
    sql: `SELECT 1 FROM event e JOIN event_blob b ON b.event = e.id JOIN blob_row r ON r.ref = b.ref
          WHERE e.connection = ? AND e.native = ? LIMIT 1`,
    args: [connection, native],
  });
  return rows.length > 0;
}

/** How many results were made of a version, and now say something about what is no longer said. */
export async function countDerived(store: Store, event: string): Promise<number> {
  const [row] = await store.select({
    sql: `SELECT count(DISTINCT d.ref) FROM event_blob b JOIN derivation d ON d.source = b.ref
          WHERE b.event = ?`,
    args: [event],
  });
  return Number(row?.[0] ?? 0);
}

export const markStale = (connection: string, native: string): Change => ({
  sql: `UPDATE derivation SET stale = 1 WHERE source IN (
          SELECT b.ref FROM event e JOIN event_blob b ON b.event = e.id
          WHERE e.connection = ? AND e.native = ?)`,
  args: [connection, native],
});

/** That the blob `ref` was made of the blob `source`. */
export const insertDerivation = (ref: string, source: string): Change => ({
  sql: 'INSERT OR IGNORE INTO derivation(ref, source, stale) VALUES (?,?,0)',
  args: [ref, source],
});

export async function isStale(store: Store, ref: string): Promise<boolean> {
  const rows = await store.select({
    sql: 'SELECT 1 FROM derivation WHERE ref = ? AND stale = 1',
    args: [ref],
  });
  return rows.length > 0;
}

/** In order, after the event number `after`; blobs that are gone at `now` are left out. */
export async function listEvents(
  store: Store,
  page: {
    readonly session: string;
    readonly after: number;
    readonly limit: number;
    readonly now: number;
  },
): Promise<readonly ListedEvent[]> {
  const rows = await store.select({
    sql: `SELECT e.n, e.id, e.kind, e.state, b.ref, b.class
          FROM (SELECT * FROM event WHERE session = ?1 AND n > ?2 ORDER BY n LIMIT ?3) e
          LEFT JOIN (event_blob b JOIN blob_row r ON r.ref = b.ref AND r.expires > ?4)
            ON b.event = e.id AND e.state <> 'deleted'
          ORDER BY e.n, b.rowid`,
    args: [page.session, page.after, page.limit, page.now],
  });
  return grouped(rows);
}

/** The texts of the newest messages of a session, oldest first. */
export async function listTexts(
  store: Store,
  page: { readonly session: string; readonly limit: number; readonly now: number },
): Promise<readonly string[]> {
  const rows = await store.select({
    sql: `SELECT e.envelope ->> '$.text' FROM event e
          JOIN blob_row r ON r.ref = e.envelope ->> '$.text' AND r.expires > ?2
          WHERE e.session = ?1 AND e.state = 'live' AND e.kind IN ('message', 'edit')
          ORDER BY e.n DESC LIMIT ?3`,
    args: [page.session, page.now, page.limit],
  });
  return rows.map(([ref]) => String(ref)).reverse();
}

/** The refs of the names that a channel's newest events gave: whose they are, and what files are called. */
export async function listNames(
  store: Store,
  place: {
    readonly connection: string;
    readonly channel: string;
    readonly now: number;
    readonly limit: number;
  },
): Promise<readonly { readonly field: string; readonly ref: string }[]> {
  const rows = await store.select({
    sql: `SELECT t.key, t.value
          FROM session s JOIN event e ON e.session = s.id, json_tree(e.envelope) t
          JOIN blob_row r ON r.ref = t.value AND r.expires > ?3
          WHERE s.connection = ?1 AND s.channel = ?2 AND e.state <> 'deleted' AND t.key IN
            ('sender_name', 'author_name', 'channel_name', 'thread_name', 'file_name')
          ORDER BY e.rowid DESC LIMIT ?4`,
    args: [place.connection, place.channel, place.now, place.limit],
  });
  return rows.map(([field, ref]) => ({ field: String(field), ref: String(ref) }));
}

/** How many events, and how many messages among them that are still said. */
export async function countEvents(
  store: Store,
  session: string,
): Promise<{ readonly events: number; readonly messages: number }> {
  const [row] = await store.select({
    sql: `SELECT count(*), count(*) FILTER (WHERE state = 'live' AND kind IN ('message', 'edit'))
          FROM event WHERE session = ?`,
    args: [session],
  });
  return { events: Number(row?.[0] ?? 0), messages: Number(row?.[1] ?? 0) };
}

function grouped(rows: readonly (readonly SqlValue[])[]): readonly ListedEvent[] {
  const events = new Map<string, ListedEvent & { readonly blobs: EventBlob[] }>();
  for (const [n, id, kind, state, ref, of] of rows) {
    const key = String(id);
    const event = events.get(key) ?? {
      n: Number(n),
      id: key,
      kind: String(kind),
      state: String(state) as EventState, // written by the functions of this file only
      blobs: [],
    };
    events.set(key, event);
    if (ref !== null) event.blobs.push({ ref: String(ref), class: String(of) as BlobClass }); // likewise
  }
  return [...events.values()];
}

function toRecord(row: readonly SqlValue[]): EventRecord {
  return {
    id: String(row[0]),
    session: String(row[1]),
    connection: String(row[2]),
    native: String(row[3]),
    version: Number(row[4]),
    kind: String(row[5]),
    state: String(row[6]) as EventState, // written by the functions of this file only
    change: String(row[7]),
    envelope: String(row[8]),
  };
}
