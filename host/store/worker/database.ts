import { createClient } from '@libsql/client/sqlite3';
import type { Client, InStatement, ResultSet } from '@libsql/client/sqlite3';
import { CcosError } from '../../core/error.ts';
import type { Change, SqlValue } from '../protocol.ts';

/** What is set on the one connection, and read back: a pragma that did not take is an error. */
const PRAGMAS: readonly (readonly [name: string, set: string, get: string])[] = [
  ['locking_mode', 'EXCLUSIVE', 'exclusive'],
  ['journal_mode', 'WAL', 'wal'],
  ['synchronous', 'FULL', '2'],
  ['secure_delete', 'ON', '1'],
  ['foreign_keys', 'ON', '1'],
  ['trusted_schema', 'OFF', '0'],
  ['cell_size_check', 'ON', '1'],
  ['journal_size_limit', '33554432', '33554432'],
  // Pages; moving the log into the file stops everything else for some milliseconds.
  ['wal_autocheckpoint', '4000', '4000'],
];

/**
 * One database file with one connection, which keeps an exclusive lock for as long as the worker lives.
 * libSQL leaves a statement open after SQLITE_BUSY and then loses writes that it acknowledged
 * (libsql-client-ts#352). The lock leaves nobody who could make this connection wait, and one that met
 * SQLITE_BUSY while it was opened is thrown away. It is never made anew later: the old one would keep
 * the lock until it is collected, and the pragmas would be gone with it.
 */
export class Database {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async open(file: string, lockWaitMillis: number): Promise<Database> {
    const deadline = performance.now() + lockWaitMillis;
    for (;;) {
      try {
        return await Database.#tryOpen(file);
      } catch (failure) {
        if (!isBusy(failure)) throw toCcosError(failure);
        if (performance.now() >= deadline) throw new CcosError('locked', {});
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  static async #tryOpen(file: string): Promise<Database> {
    const client = createClient({ url: `file:${encodePath(file)}`, timeout: 0, concurrency: 1 });
    try {
      for (const [name, set] of PRAGMAS) await client.execute(`PRAGMA ${name}=${set}`);
      await client.batch(['SELECT count(*) FROM sqlite_schema'], 'write'); // takes the lock
      for (const [name, , want] of PRAGMAS) {
        const { rows } = await client.execute(`PRAGMA ${name}`);
        if (toValue(rows[0]?.[0])?.toString() !== want)
          throw new CcosError('internal', { pragma: name });
      }
      return new Database(client);
    } catch (failure) {
      client.close();
      throw failure;
    }
  }

  /** All statements in one transaction, durable when this resolves. */
  async batch(changes: readonly Change[]): Promise<void> {
    const statements = changes.map(toStatement);
    try {
      await this.#client.batch(statements, 'write');
    } catch (failure) {
      throw toCcosError(failure);
    }
  }

  async select(query: Change): Promise<readonly (readonly SqlValue[])[]> {
    let result: ResultSet;
    try {
      result = await this.#client.execute(toStatement(query));
    } catch (failure) {
      throw toCcosError(failure);
    }
    const width = result.columns.length;
    return result.rows.map((row) => Array.from({ length: width }, (_, i) => toValue(row[i])));
  }

  /** Moves the log into the file, so that what was shredded is gone from both. */
  async truncateLog(): Promise<void> {
    await this.select({ sql: 'PRAGMA wal_checkpoint(TRUNCATE)', args: [] });
  }

  /**
   * Lets go of the lock at once. libSQL keeps a closed connection, and its locks, until its statements
   * are garbage collected; a database that has left WAL and exclusive locking holds none.
   */
  async close(): Promise<void> {
    try {
      await this.#client.execute('PRAGMA journal_mode=DELETE');
      await this.#client.execute('PRAGMA locking_mode=NORMAL');
      await this.#client.execute('SELECT count(*) FROM sqlite_schema');
    } catch {
      // A full disk: the lock ends with the process, and all that was acknowledged is durable.
    } finally {
      this.#client.close();
    }
  }
}

/** libSQL reads a file name as a URL: what would end or split it is escaped. */
function encodePath(file: string): string {
  return encodeURI(file).replaceAll('?', '%3F').replaceAll('#', '%23');
}

function toStatement({ sql, args }: Change): InStatement {
  return { sql, args: [...args] };
}

function toValue(cell: unknown): SqlValue {
  if (cell instanceof ArrayBuffer) return new Uint8Array(cell);
  if (typeof cell === 'string' || typeof cell === 'number') return cell;
  return null;
}

function codeOf(failure: unknown): string {
  if (typeof failure !== 'object' || failure === null || !('code' in failure)) return '';
  return String(failure.code);
}

const isBusy = (failure: unknown): boolean => codeOf(failure).startsWith('SQLITE_BUSY');

const CODES: readonly (readonly [
  prefix: string,
  code: 'storage_full' | 'integrity' | 'conflict',
])[] = [
  ['SQLITE_FULL', 'storage_full'],
  ['SQLITE_READONLY', 'storage_full'],
  ['SQLITE_IOERR', 'storage_full'],
  ['SQLITE_CANTOPEN', 'storage_full'],
  ['SQLITE_CORRUPT', 'integrity'],
  ['SQLITE_NOTADB', 'integrity'],
  ['SQLITE_CONSTRAINT', 'conflict'],
  // Our statements are fixed: one that cannot be run meets tables that are not ours.
  ['SQLITE_ERROR', 'integrity'],
];

function toCcosError(failure: unknown): CcosError {
  if (failure instanceof CcosError) return failure;
  const code = codeOf(failure);
  const known = CODES.find(([prefix]) => code.startsWith(prefix));
  if (known === undefined) return new CcosError('internal', { sqlite: code });
  return new CcosError(known[1], { sqlite: code });
}
