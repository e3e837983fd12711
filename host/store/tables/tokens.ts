import type { Change, SqlValue } from '../protocol.ts';
import type { Store } from '../store.ts';

/** A credential of a plane. Only the SHA-256 of a token is kept. */
export interface TokenRecord {
  readonly id: string;
  readonly plane: 'admin' | 'agent';
  readonly hash: string;
  readonly session: string | null;
  readonly created: number;
  readonly revoked: number | null;
}

const COLUMNS = 'id, plane, hash, session, created, revoked';

export async function listTokens(store: Store): Promise<readonly TokenRecord[]> {
  const rows = await store.select({
    sql: `SELECT ${COLUMNS} FROM token ORDER BY created DESC LIMIT 1000`,
    args: [],
  });
  return rows.map(toToken);
}

export async function findTokenByHash(store: Store, hash: string): Promise<TokenRecord | null> {
  const [row] = await store.select({
    sql: `SELECT ${COLUMNS} FROM token WHERE hash = ? AND revoked IS NULL`,
    args: [hash],
  });
  return row === undefined ? null : toToken(row);
}

export function insertToken(record: TokenRecord): Change {
  return {
    sql: `INSERT INTO token(${COLUMNS}) VALUES (?,?,?,?,?,NULL)`,
    args: [record.id, record.plane, record.hash, record.session, record.created],
  };
}

export function revokeToken(id: string, at: number): Change {
  return { sql: 'UPDATE token SET revoked = ? WHERE id = ? AND revoked IS NULL', args: [at, id] };
}

function toToken(row: readonly SqlValue[]): TokenRecord {
  return {
    id: String(row[0]),
    plane: row[1] === 'admin' ? 'admin' : 'agent',
    hash: String(row[2]),
    session: row[3] === null || row[3] === undefined ? null : String(row[3]),
    created: Number(row[4]),
    revoked: row[5] === null || row[5] === undefined ? null : Number(row[5]),
  };
}
