import type { Change } from '../protocol.ts';
import type { Store } from '../store.ts';

/** What an approval has raised a limit to, and which one. */
export async function listLimitGrants(
  store: Store,
): Promise<
  readonly { readonly name: string; readonly value: number; readonly approval: string }[]
> {
  const rows = await store.select({
    sql: 'SELECT name, value, approval FROM limit_grant',
    args: [],
  });
  return rows.map(([name, value, approval]) => ({
    name: String(name),
    value: Number(value),
    approval: String(approval),
  }));
}

export const grantLimit = (name: string, value: number, approval: string): Change => ({
  sql: `INSERT INTO limit_grant(name, value, approval) VALUES (?,?,?)
        ON CONFLICT(name) DO UPDATE SET value = excluded.value, approval = excluded.approval`,
  args: [name, value, approval],
});
