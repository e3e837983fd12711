import { CcosError } from '../../core/error.ts';
import type { Commitments } from '../../core/event.ts';
import type { QuarantineRef } from '../../core/id.ts';
import { canonicalJson } from '../../core/json.ts';
import type { BlobClass } from '../../core/label.ts';
import { FIXED } from '../../core/limits.ts';
import {
  commitment,
  importKey,
  openChunks,
  randomKey,
  sealChunks,
  unwrap,
  wrap,
} from '../../crypto/seal.ts';
import type { Bytes, Key } from '../../crypto/seal.ts';
import { pseudonym } from '../../crypto/pseudonym.ts';
import type { BlobFacts, BlobPut, Change, PurgeScope, SqlValue } from '../protocol.ts';
import type { Database } from './database.ts';

/** A blob under its own key, ready to be stored. */
export interface SealedBlob {
  readonly ref: QuarantineRef;
  readonly changes: readonly Change[];
  readonly commitments: Commitments;
}

/**
 * The encrypted blobs. Each has a key of its own, wrapped by its tenant's, wrapped by the home's; what
 * the blob is (ref, tenant, session, class, times, size) is associated data of all three, so no row can
 * pass for another (INV-QUAR-1). Destroying the wrapped key destroys the blob (INV-QUAR-2).
 */
export class Quarantine {
  readonly #database: Database;
  readonly #master: Key;
  readonly #tenants = new Map<string, Key>();

  private constructor(database: Database, master: Key) {
    this.#database = database;
    this.#master = master;
  }

  static open(database: Database, masterKey: Uint8Array): Quarantine {
    return new Quarantine(database, importKey(Uint8Array.from(masterKey)));
  }

  /** Durable when this resolves, with a salted commitment to the bytes that dies with the blob. */
  async put(facts: BlobFacts, bytes: Uint8Array): Promise<{ readonly commit: string }> {
    const sealed = await this.seal({ facts, bytes });
    await this.store([sealed]);
    return { commit: sealed.commitments.bytes };
  }

  /** Sealed in memory; nothing is on disk yet. */
  async seal({ facts, bytes, args }: Omit<BlobPut, 'when'>): Promise<SealedBlob> {
    const context = contextOf(facts);
    const raw = randomKey();
    const tenant = await this.#tenantKey(facts.tenant);
    const key = importKey(raw);
    const chunkBytes = FIXED.quarantineChunkBytes;
    const sealed = sealChunks(key, bytes, { context, chunkBytes });
    const blob: Change = {
      sql: 'INSERT INTO blob(ref, tenant, session, class, created, expires, bytes, key) VALUES (?,?,?,?,?,?,?,?)',
      args: [
        facts.ref,
        facts.tenant,
        facts.session,
        facts.class,
        facts.created,
        facts.expires,
        facts.bytes,
        wrap(tenant, raw, context),
      ],
    };
    const chunks = sealed.map((chunk, part): Change => ({
      sql: 'INSERT INTO chunk(ref, part, sealed) VALUES (?,?,?)',
      args: [facts.ref, part, chunk],
    }));
    return {
      ref: facts.ref,
      changes: [blob, ...chunks],
      commitments: {
        bytes: commitment(raw, bytes),
        args: args === undefined ? '' : commitment(raw, args, 'args'),
      },
    };
  }

  /** All of them in one transaction, durable when this resolves. */
  async store(blobs: readonly SealedBlob[]): Promise<void> {
    await this.#database.batch(blobs.flatMap(({ changes }) => changes));
  }

  /** Throws `gone` for a blob that was purged or never was. */
  async read(ref: QuarantineRef): Promise<Bytes> {
    const [row] = await this.#database.select({
      sql: `SELECT ${FACTS}, key FROM blob WHERE ref = ?`,
      args: [ref],
    });
    if (row === undefined) throw new CcosError('gone', {});
    const facts = toFacts(row);
    const context = contextOf(facts);
    const wrapped = row[7];
    if (!(wrapped instanceof Uint8Array)) throw new CcosError('integrity', { what: 'blob' });
    const key = importKey(unwrap(await this.#tenantKey(facts.tenant), wrapped, context));
    const chunks = await this.#database.select({
      sql: 'SELECT sealed FROM chunk WHERE ref = ? ORDER BY part',
      args: [ref],
    });
    const sealed = chunks.map(([chunk]) =>
      chunk instanceof Uint8Array ? chunk : new Uint8Array(),
    );
    return openChunks(key, sealed, { context, bytes: facts.bytes });
  }

  async facts(ref: QuarantineRef): Promise<BlobFacts | null> {
    const [row] = await this.#database.select({
      sql: `SELECT ${FACTS} FROM blob WHERE ref = ?`,
      args: [ref],
    });
    return row === undefined ? null : toFacts(row);
  }

  async stats(): Promise<{ readonly blobs: number; readonly bytes: number }> {
    const [row] = await this.#database.select({
      sql: 'SELECT count(*), coalesce(sum(bytes), 0) FROM blob',
      args: [],
    });
    return { blobs: Number(row?.[0] ?? 0), bytes: Number(row?.[1] ?? 0) };
  }

  async countExpired(now: number): Promise<number> {
    const [row] = await this.#database.select({
      sql: 'SELECT count(*) FROM blob WHERE expires <= ?',
      args: [now],
    });
    return Number(row?.[0] ?? 0);
  }

  /** Under the tenant's key, so that they end with it. */
  async pseudonyms(tenant: string, of: readonly (readonly string[])[]): Promise<readonly string[]> {
    const key = await this.#tenantKey(tenant);
    return of.map((words) => pseudonym(key, words));
  }

  /** Destroys keys and ciphertext, in the file and in its log. */
  async purge(scope: PurgeScope): Promise<{ readonly count: number }> {
    const { where, args } = whereOf(scope);
    const before = await this.stats();
    await this.#database.batch([
      { sql: `DELETE FROM chunk WHERE ref IN (SELECT ref FROM blob WHERE ${where})`, args },
      { sql: `DELETE FROM blob WHERE ${where}`, args },
    ]);
    await this.#database.truncateLog();
    return { count: before.blobs - (await this.stats()).blobs };
  }

  /** Whether anything was ever put away in it. */
  async hasKeys(): Promise<boolean> {
    const keys = await this.#database.select({ sql: 'SELECT 1 FROM tenant_key LIMIT 1', args: [] });
    return keys.length > 0;
  }

  /** The blobs that there are; what was destroyed is gone from the file by then, whatever came between. */
  async settled(): Promise<readonly string[]> {
    await this.#database.truncateLog();
    const rows = await this.#database.select({ sql: 'SELECT ref FROM blob', args: [] });
    return rows.map(([ref]) => String(ref));
  }

  /** Removes the blobs whose row with the state never came: what a crash left behind. */
  async sweep(isKnown: (refs: readonly string[]) => Promise<ReadonlySet<string>>): Promise<number> {
    const rows = await this.#database.select({ sql: 'SELECT ref FROM blob', args: [] });
    const refs = rows.map(([ref]) => String(ref));
    const known = await isKnown(refs);
    const orphans = refs.filter((ref) => !known.has(ref));
    if (orphans.length === 0) return 0;
    await this.#database.batch(
      orphans.flatMap((ref) => [
        { sql: 'DELETE FROM chunk WHERE ref = ?', args: [ref] },
        { sql: 'DELETE FROM blob WHERE ref = ?', args: [ref] },
      ]),
    );
    await this.#database.truncateLog();
    return orphans.length;
  }

  async #tenantKey(tenant: string): Promise<Key> {
    const cached = this.#tenants.get(tenant);
    if (cached !== undefined) return cached;
    const context = `ccos-tenant-key-v1 ${tenant}`;
    const [row] = await this.#database.select({
      sql: 'SELECT wrapped FROM tenant_key WHERE tenant = ?',
      args: [tenant],
    });
    let raw: Bytes;
    if (row?.[0] instanceof Uint8Array) {
      raw = this.#unwrapTenant(row[0], context);
    } else {
      raw = randomKey();
      const wrapped = wrap(this.#master, raw, context);
      await this.#database.batch([
        { sql: 'INSERT INTO tenant_key(tenant, wrapped) VALUES (?,?)', args: [tenant, wrapped] },
      ]);
    }
    const key = importKey(raw);
    this.#tenants.set(tenant, key);
    return key;
  }

  #unwrapTenant(wrapped: Uint8Array, context: string): Bytes {
    try {
      return unwrap(this.#master, wrapped, context);
    } catch {
      throw new CcosError('quarantine_locked', { why: 'key' });
    }
  }
}

const FACTS = 'ref, tenant, session, class, created, expires, bytes';

function toFacts(row: readonly SqlValue[]): BlobFacts {
  return {
    ref: String(row[0]) as QuarantineRef, // minted by newId(); the key's associated data proves it
    tenant: String(row[1]),
    session: String(row[2]),
    class: String(row[3]) as BlobClass, // proved by the associated data as well
    created: Number(row[4]),
    expires: Number(row[5]),
    bytes: Number(row[6]),
  };
}

function contextOf(facts: BlobFacts): string {
  return `ccos-blob-v1 ${canonicalJson(facts)}`;
}

function whereOf(scope: PurgeScope): {
  readonly where: string;
  readonly args: readonly SqlValue[];
} {
  switch (scope.kind) {
    case 'all':
      return { where: '1', args: [] };
    case 'expired':
      return { where: 'expires <= ?', args: [scope.now] };
    case 'session':
      return { where: 'session = ?', args: [scope.session] };
    case 'refs':
      return {
        where: 'ref IN (SELECT value FROM json_each(?))',
        args: [JSON.stringify(scope.refs)],
      };
  }
}
