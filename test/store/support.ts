import { createClient } from '@libsql/client/sqlite3';
import type { InStatement } from '@libsql/client/sqlite3';
import type { EventType, RowInput } from '../../host/core/event.ts';
import type { ChainReport } from '../../host/store/protocol.ts';
import type { Store } from '../../host/store/store.ts';

/** What a person with the file and any SQLite can do; the home must be closed. */
export async function alter(file: string, statements: readonly InStatement[]): Promise<void> {
  const client = createClient({ url: `file:${file}`, concurrency: 1 });
  try {
    await client.batch(
      [
        'DROP TRIGGER IF EXISTS chain_is_append_only_update',
        'DROP TRIGGER IF EXISTS chain_is_append_only_delete',
        'DROP INDEX IF EXISTS chain_call',
        'DROP INDEX IF EXISTS chain_session',
        'DROP INDEX IF EXISTS chain_spent',
        ...statements,
      ],
      'write',
    );
  } finally {
    client.close();
  }
}

/** The rows of a query; blobs as bytes. */
export async function query(file: string, statement: InStatement): Promise<readonly unknown[][]> {
  const client = createClient({ url: `file:${file}`, concurrency: 1 });
  try {
    const { rows, columns } = await client.execute(statement);
    return rows.map((row) =>
      columns.map((_, i) => {
        const cell: unknown = row[i];
        return cell instanceof ArrayBuffer ? new Uint8Array(cell) : cell;
      }),
    );
  } finally {
    client.close();
  }
}

/** A row that names `n`; of another session, type and parent than the ones beside it. */
export function rowOf(n: number): RowInput {
  const types: readonly EventType[] = ['gateway.start', 'config.loaded', 'request.refused'];
  return {
    type: types[n % types.length] ?? 'gateway.start',
    data: { n },
    session: `session-${String(n)}`,
    parent: `e_${String(n).padStart(32, '0')}`,
  };
}

/** Commits `count` rows that name `from` and what follows, each alone and all at once. */
export async function fill(store: Store, from: number, count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, i) => store.commit({ rows: [rowOf(from + i)] })),
  );
}

export const verify = (store: Store, note: string | null = null): Promise<ChainReport> =>
  store.ask('verify', { note });

/** The code and the details of a rejection. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (failure) {
    const { code, detail } = failure as { readonly code: unknown; readonly detail: unknown };
    return { code, detail };
  }
  return 'nothing failed';
}
