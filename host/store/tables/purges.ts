import type { Change } from '../protocol.ts';
import type { Store } from '../store.ts';

/** A purge that was announced and has no end yet: after a crash, what is left here was cut off. */
export interface OpenPurge {
  /** The id of the row that announced it. */
  readonly intent: string;
  readonly scope: string;
}

export const beginPurge = ({ intent, scope }: OpenPurge): Change => ({
  sql: 'INSERT INTO open_purge(intent, scope) VALUES (?,?)',
  args: [intent, scope],
});

export const endPurge = (intent: string): Change => ({
  sql: 'DELETE FROM open_purge WHERE intent = ?',
  args: [intent],
});

export async function listOpenPurges(store: Store): Promise<readonly OpenPurge[]> {
  const rows = await store.select({ sql: 'SELECT intent, scope FROM open_purge', args: [] });
  return rows.map(([intent, scope]) => ({ intent: String(intent), scope: String(scope) }));
}
