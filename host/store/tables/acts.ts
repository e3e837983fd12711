import type { Change } from '../protocol.ts';
import type { Store } from '../store.ts';

/** The statements in the order in which they were made; a number that is missing is an empty text. */
export async function listActs(store: Store): Promise<readonly string[]> {
  const rows = await store.select({ sql: 'SELECT n, statement FROM act ORDER BY n', args: [] });
  return rows.map(([n, statement], i) => (n === i + 1 ? String(statement) : ''));
}

export const insertAct = (n: number, statement: string): Change => ({
  sql: 'INSERT INTO act(n, statement) VALUES (?,?)',
  args: [n, statement],
});

export const replaceAct = (n: number, statement: string): Change => ({
  sql: 'UPDATE act SET statement = ? WHERE n = ?',
  args: [statement, n],
});

/** The approvals that the tables take for given, or for still to be decided. */
export async function listInForce(store: Store): Promise<readonly string[]> {
  const rows = await store.select({
    sql: `SELECT approval FROM bundle WHERE state = 'active' AND approval IS NOT NULL
          UNION SELECT approval FROM capability WHERE state = 'enabled' AND approval IS NOT NULL
          UNION SELECT id FROM approval WHERE status IN ('pending', 'approved')`,
    args: [],
  });
  return rows.map(([id]) => String(id));
}
