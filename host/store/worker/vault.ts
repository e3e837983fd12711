import { existsSync, writeFileSync } from 'node:fs';
import { CcosError } from '../../core/error.ts';
import { importKey, randomKey, unwrap, wrap } from '../../crypto/seal.ts';
import { openRecord, sealRecord } from '../../crypto/vault-box.ts';
import type { Operations } from '../protocol.ts';
import { Database } from './database.ts';
import { VAULT_MIGRATIONS, migrate } from './migrations.ts';

const KEY_CONTEXT = 'ccos-vault-key-v1';

type VaultOperation = 'secretPut' | 'secretRead' | 'secretDelete';
export type VaultHandlers = {
  readonly [Name in VaultOperation]: (
    ask: Operations[Name]['ask'],
  ) => Promise<Operations[Name]['answer']>;
};

/**
 * The sealed values of secrets, in a file of their own under a key of their own, which the home's master
 * key wraps. What a secret is called and may be used for is in the state, with its rows.
 */
export class Vault {
  readonly #database: Database;
  readonly #master: Uint8Array;
  #key: Uint8Array | null = null;
  /** Whether it was empty. */
  readonly isNew: boolean;

  private constructor(
    database: Database,
    made: { readonly master: Uint8Array; readonly isNew: boolean },
  ) {
    this.#database = database;
    this.#master = made.master;
    this.isNew = made.isNew;
  }

  static async open(
    file: string,
    options: { readonly master: Uint8Array; readonly lockWaitMillis: number },
  ): Promise<Vault> {
    // SQLite would make it readable by others; homes from before there was a vault have none.
    if (!existsSync(file)) writeFileSync(file, '', { flag: 'wx', mode: 0o600 });
    const database = await Database.open(file, options.lockWaitMillis);
    const isNew = (await migrate(database, VAULT_MIGRATIONS)) === 0;
    return new Vault(database, { master: options.master, isNew });
  }

  handlers(): VaultHandlers {
    return {
      secretPut: (ask) => this.#put(ask),
      secretRead: (ask) => this.#read(ask),
      secretDelete: ({ record }) => this.#delete([record]),
    };
  }

  /** Removes the records that the state does not know: what a crash left behind. */
  async sweep(known: ReadonlySet<string>): Promise<number> {
    const rows = await this.#database.select({ sql: 'SELECT record FROM sealed', args: [] });
    const orphans = rows.map(([record]) => String(record)).filter((record) => !known.has(record));
    if (orphans.length > 0) await this.#delete(orphans);
    return orphans.length;
  }

  close(): Promise<void> {
    this.#key?.fill(0);
    return this.#database.close();
  }

  async #put({ record, context, value }: Operations['secretPut']['ask']): Promise<null> {
    const sealed = sealRecord(await this.#vaultKey(), value, context);
    await this.#database.batch([
      { sql: 'INSERT INTO sealed(record, box) VALUES (?,?)', args: [record, sealed] },
    ]);
    return null;
  }

  async #read({ record, context }: Operations['secretRead']['ask']): Promise<Uint8Array> {
    const key = await this.#vaultKey();
    const [row] = await this.#database.select({
      sql: 'SELECT box FROM sealed WHERE record = ?',
      args: [record],
    });
    if (!(row?.[0] instanceof Uint8Array)) throw new CcosError('gone', { what: 'secret' });
    return openRecord(key, row[0], context);
  }

  /** The record is gone from the file and from its log when this resolves. */
  async #delete(records: readonly string[]): Promise<null> {
    await this.#database.batch(
      records.map((record) => ({ sql: 'DELETE FROM sealed WHERE record = ?', args: [record] })),
    );
    await this.#database.truncateLog();
    return null;
  }

  /** Fails closed: with another master key nothing is read, and nothing is made anew. */
  async #vaultKey(): Promise<Uint8Array> {
    if (this.#key !== null) return this.#key;
    const master = importKey(this.#master);
    const [row] = await this.#database.select({ sql: 'SELECT wrapped FROM vault_key', args: [] });
    if (row?.[0] instanceof Uint8Array) {
      try {
        this.#key = unwrap(master, row[0], KEY_CONTEXT);
      } catch {
        throw new CcosError('quarantine_locked', { what: 'vault', why: 'key' });
      }
      return this.#key;
    }
    await this.#demandEmpty();
    const raw = randomKey();
    await this.#database.batch([
      {
        sql: 'INSERT INTO vault_key(id, wrapped) VALUES (1,?)',
        args: [wrap(master, raw, KEY_CONTEXT)],
      },
    ]);
    this.#key = raw;
    return raw;
  }

  async #demandEmpty(): Promise<void> {
    const rows = await this.#database.select({ sql: 'SELECT 1 FROM sealed LIMIT 1', args: [] });
    if (rows.length > 0) throw new CcosError('integrity', { what: 'vault' });
  }
}
