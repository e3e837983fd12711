import type { Row } from '../../core/event.ts';
import { digestToHex, leafHash } from '../../crypto/merkle.ts';
import type { Store } from '../store.ts';

/** Which rows of the chain; unset fields do not narrow. */
export interface RowFilter {
  readonly session?: string;
  readonly run?: string;
  readonly capability?: string;
  readonly type?: string;
  /** ISO 8601; rows at or after it. */
  readonly since?: string;
  /** Decisions that did not allow. */
  readonly denied?: true;
  readonly after?: number;
  readonly limit: number;
}

/** Oldest first; without `after`, the newest that match. */
export async function readRows(store: Store, filter: RowFilter): Promise<readonly Row[]> {
  const newest = filter.after === undefined;
  const allowed = filter.denied === true ? 'allow' : undefined;
  const where = [
    ['seq > ?', filter.after],
    ['session = ?', filter.session],
    [`body ->> '$.run' = ?`, filter.run],
    [`body ->> '$.type' = ?`, filter.type],
    [`body ->> '$.data.capability' = ?`, filter.capability],
    [`body ->> '$.ts' >= ?`, filter.since],
    [`body ->> '$.type' = 'policy.decision' AND body ->> '$.data.decision' <> ?`, allowed],
  ].filter((part): part is [string, string | number] => part[1] !== undefined);
  const clause = where.length === 0 ? '' : `WHERE ${where.map(([sql]) => sql).join(' AND ')}`;
  const rows = await store.select({
    sql: `SELECT CAST(body AS BLOB) FROM chain ${clause} ORDER BY seq ${newest ? 'DESC' : ''} LIMIT ?`,
    args: [...where.map(([, value]) => value), filter.limit],
  });
  const parsed = rows.map(([body]) => parseRow(body));
  return newest ? parsed.reverse() : parsed;
}

/** Every row of one call, in order. */
export async function readCallRows(store: Store, call: string): Promise<readonly Row[]> {
  const rows = await store.select({
    sql: 'SELECT CAST(body AS BLOB) FROM chain WHERE call = ? ORDER BY seq',
    args: [call],
  });
  return rows.map(([body]) => parseRow(body));
}

/** The newest calls first. */
export async function listCallIds(store: Store, limit: number): Promise<readonly string[]> {
  const rows = await store.select({
    sql: 'SELECT call FROM chain WHERE call IS NOT NULL GROUP BY call ORDER BY max(seq) DESC LIMIT ?',
    args: [limit],
  });
  return rows.map(([call]) => String(call));
}

/** The newest rows of one type whose data has that `name`, oldest first. */
export async function readNamedRows(
  store: Store,
  { type, name, limit }: { readonly type: string; readonly name: string; readonly limit: number },
): Promise<readonly Row[]> {
  const rows = await store.select({
    sql: `SELECT CAST(body AS BLOB) FROM chain
          WHERE body ->> '$.type' = ? AND body ->> '$.data.name' = ? ORDER BY seq DESC LIMIT ?`,
    args: [type, name, limit],
  });
  return rows.map(([body]) => parseRow(body)).reverse();
}

/** The rows of one type that name one of these as their parent. */
export async function readChildRows(
  store: Store,
  type: string,
  parents: readonly string[],
): Promise<readonly Row[]> {
  const rows = await store.select({
    sql: `SELECT CAST(body AS BLOB) FROM chain WHERE body ->> '$.type' = ?
          AND body ->> '$.parent' IN (SELECT value FROM json_each(?)) ORDER BY seq`,
    args: [type, JSON.stringify(parents)],
  });
  return rows.map(([body]) => parseRow(body));
}

function parseRow(body: unknown): Row {
  const text = Buffer.from(body instanceof Uint8Array ? body : []).toString('utf8');
  const row = JSON.parse(text) as Omit<Row, 'hash'>; // sealed by chain-format.ts
  return { ...row, hash: digestToHex(leafHash(text)) };
}
