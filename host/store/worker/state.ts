import { CcosError } from '../../core/error.ts';
import type { Operation, Operations, WorkerSettings } from '../protocol.ts';
import { ChainCheck } from './chain-check.ts';
import { ChainLog } from './chain-log.ts';
import { CheckpointLog } from './checkpoint-log.ts';
import { Commits } from './commits.ts';
import { Database } from './database.ts';
import { QUARANTINE_MIGRATIONS, STATE_MIGRATIONS, migrate } from './migrations.ts';
import { Quarantine } from './quarantine.ts';
import { Vault } from './vault.ts';

type Handlers = {
  readonly [Name in Operation]: (
    ask: Operations[Name]['ask'],
  ) => Promise<Operations[Name]['answer']>;
};

/** What a home has on disk, opened: the only code that holds a database. */
export interface OpenState {
  readonly handlers: Handlers;
  readonly size: number;
  readonly migratedFrom: number | null;
  readonly recovered: number;
}

export async function openState(settings: WorkerSettings): Promise<OpenState> {
  const database = await Database.open(settings.stateFile, settings.lockWaitMillis);
  const check = new ChainCheck(database, settings.verifierKey);
  if (settings.readOnly) return openForReading(database, check);
  const before = await migrate(database, STATE_MIGRATIONS);
  const log = new CheckpointLog(required(settings.checkpointLog));
  const state = await check.open(log);
  const chain = new ChainLog(database, log, {
    origin: settings.origin,
    keyPem: required(settings.signingKeyPem),
    state,
  });
  const quarantine = await openQuarantine(settings);
  await demandQuarantine(database, { ...quarantine, rows: chain.size });
  const vault = await Vault.open(required(settings.vaultFile), {
    master: required(settings.masterKey),
    lockWaitMillis: settings.lockWaitMillis,
  });
  const secrets = await knownSecrets(database);
  if (vault.isNew && secrets.size > 0)
    throw new CcosError('integrity', { what: 'vault', why: 'vault_missing' });
  await vault.sweep(secrets);
  const commits = new Commits(chain, quarantine.blobs);
  const recovered = await quarantine.blobs.sweep((refs) => knownRefs(database, refs));
  return {
    size: chain.size,
    recovered,
    migratedFrom: before > 0 && before < STATE_MIGRATIONS.length ? before : null,
    handlers: {
      ...readers(database),
      ...vault.handlers(),
      commit: (group) => commits.commit(group),
      checkpoint: () => chain.checkpoint(),
      verify: ({ note }) => check.verify(log, note),
      blobPut: ({ facts, bytes }) => quarantine.blobs.put(facts, bytes),
      blobRead: (ref) => quarantine.blobs.read(ref),
      blobFacts: (ref) => quarantine.blobs.facts(ref),
      blobStats: () => quarantine.blobs.stats(),
      blobExpired: ({ now }) => quarantine.blobs.countExpired(now),
      blobLost: () => lostRefs(database, quarantine.blobs),
      blobPurge: (scope) => quarantine.blobs.purge(scope),
      pseudonyms: ({ tenant, of }) => quarantine.blobs.pseudonyms(tenant, of),
      async close() {
        await chain.checkpoint();
        await vault.close();
        await quarantine.database.close();
        await database.close();
        return null;
      },
    },
  };
}

function openForReading(database: Database, check: ChainCheck): OpenState {
  const refuse = (): Promise<never> =>
    Promise.reject(new CcosError('internal', { why: 'read_only' }));
  return {
    size: 0,
    recovered: 0,
    migratedFrom: null,
    handlers: {
      ...readers(database),
      verify: ({ note }) => check.verify(null, note),
      commit: refuse,
      checkpoint: refuse,
      blobPut: refuse,
      blobRead: refuse,
      blobFacts: refuse,
      blobStats: refuse,
      blobExpired: refuse,
      blobLost: refuse,
      blobPurge: refuse,
      pseudonyms: refuse,
      secretPut: refuse,
      secretRead: refuse,
      secretDelete: refuse,
      async close() {
        await database.close();
        return null;
      },
    },
  };
}

function readers(database: Database): Pick<Handlers, 'select' | 'leaves' | 'bodies'> {
  return {
    select: (query) => database.select(query),
    async leaves({ from, to }) {
      const rows = await database.select({
        sql: 'SELECT lower(hex(hash)) FROM chain WHERE seq >= ? AND seq <= ? ORDER BY seq',
        args: [from, to],
      });
      return rows.map(([hex]) => String(hex));
    },
    async bodies({ from, limit }) {
      const rows = await database.select({
        sql: 'SELECT CAST(body AS BLOB) FROM chain WHERE seq >= ? ORDER BY seq LIMIT ?',
        args: [from, limit],
      });
      return rows.map(([body]) =>
        Buffer.from(body instanceof Uint8Array ? body : []).toString('utf8'),
      );
    },
  };
}

interface OpenQuarantine {
  readonly database: Database;
  readonly blobs: Quarantine;
  /** Whether it was empty. */
  readonly isNew: boolean;
}

async function openQuarantine(settings: WorkerSettings): Promise<OpenQuarantine> {
  const database = await Database.open(required(settings.quarantineFile), settings.lockWaitMillis);
  const isNew = (await migrate(database, QUARANTINE_MIGRATIONS)) === 0;
  return { database, isNew, blobs: Quarantine.open(database, required(settings.masterKey)) };
}

/** A quarantine that is gone is not made anew: what the state knows of it would be unreadable for ever. */
async function demandQuarantine(
  state: Database,
  { blobs, isNew, rows }: OpenQuarantine & { readonly rows: number },
): Promise<void> {
  const missing = new CcosError('integrity', { what: 'quarantine', why: 'quarantine_missing' });
  if (isNew && rows > 0) throw missing;
  if (await blobs.hasKeys()) return;
  const known = await state.select({
    sql: 'SELECT 1 FROM blob_row LIMIT 1',
    args: [],
  });
  if (known.length > 0) throw missing;
}

async function knownRefs(
  database: Database,
  refs: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database.select({
    sql: 'SELECT ref FROM blob_row WHERE ref IN (SELECT value FROM json_each(?))',
    args: [JSON.stringify(refs)],
  });
  return new Set(rows.map(([ref]) => String(ref)));
}

async function lostRefs(database: Database, blobs: Quarantine): Promise<readonly string[]> {
  const stored = new Set(await blobs.settled());
  const rows = await database.select({ sql: 'SELECT ref FROM blob_row', args: [] });
  return rows.map(([ref]) => String(ref)).filter((ref) => !stored.has(ref));
}

async function knownSecrets(database: Database): Promise<ReadonlySet<string>> {
  const rows = await database.select({
    sql: `SELECT record FROM secret WHERE state IN ('pending', 'active')`,
    args: [],
  });
  return new Set(rows.map(([record]) => String(record)));
}

function required<Value>(value: Value | null): Value {
  if (value === null) throw new CcosError('internal', { why: 'worker_settings' });
  return value;
}
