import { CcosError } from '../../core/error.ts';
import type { Database } from './database.ts';
import { SIGNED_ACTS } from './signed-acts-migration.ts';

/** Each entry brings a database from version `index` to `index + 1`. Entries are never edited. */
export const STATE_MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE chain(
       seq INTEGER PRIMARY KEY, hash BLOB NOT NULL, body TEXT NOT NULL,
       call TEXT GENERATED ALWAYS AS (body ->> '$.data.call') VIRTUAL) STRICT`,
    `CREATE INDEX chain_call ON chain(call, seq) WHERE call IS NOT NULL`,
    `CREATE TRIGGER chain_is_append_only_update BEFORE UPDATE ON chain
       BEGIN SELECT RAISE(ABORT, 'append-only'); END`,
    `CREATE TRIGGER chain_is_append_only_delete BEFORE DELETE ON chain
       BEGIN SELECT RAISE(ABORT, 'append-only'); END`,
    `CREATE TABLE checkpoint(
       size INTEGER PRIMARY KEY, note TEXT NOT NULL, frontier TEXT NOT NULL, head TEXT NOT NULL) STRICT`,
    `CREATE TABLE approval(
       id TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, status TEXT NOT NULL,
       request TEXT NOT NULL, digest TEXT NOT NULL, requested INTEGER NOT NULL,
       expires INTEGER NOT NULL, decided INTEGER, decision TEXT) STRICT`,
    `CREATE INDEX approval_subject ON approval(kind, subject, status)`,
    `CREATE TABLE publisher(
       id TEXT PRIMARY KEY, namespaces TEXT NOT NULL, effects TEXT NOT NULL,
       threshold INTEGER NOT NULL) STRICT`,
    `CREATE TABLE publisher_key(
       id TEXT PRIMARY KEY, publisher TEXT NOT NULL REFERENCES publisher(id), raw BLOB NOT NULL,
       revoked_since INTEGER, approval TEXT NOT NULL) STRICT`,
    `CREATE TABLE bundle(
       name TEXT NOT NULL, digest TEXT NOT NULL, sequence INTEGER NOT NULL, version TEXT NOT NULL,
       publisher TEXT NOT NULL, state TEXT NOT NULL, installed INTEGER NOT NULL,
       approval TEXT, PRIMARY KEY (name, digest)) STRICT`,
    `CREATE UNIQUE INDEX bundle_active ON bundle(name) WHERE state = 'active'`,
    `CREATE TABLE bundle_floor(name TEXT PRIMARY KEY, sequence INTEGER NOT NULL, digest TEXT NOT NULL, version TEXT NOT NULL) STRICT`,
    `CREATE TABLE capability(
       id TEXT NOT NULL, bundle TEXT NOT NULL, digest TEXT NOT NULL, state TEXT NOT NULL,
       approval TEXT, PRIMARY KEY (id, bundle)) STRICT`,
    `CREATE TABLE token(
       id TEXT PRIMARY KEY, plane TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, session TEXT,
       created INTEGER NOT NULL, revoked INTEGER) STRICT`,
    `CREATE TABLE limit_grant(name TEXT PRIMARY KEY, value INTEGER NOT NULL, approval TEXT NOT NULL) STRICT`,
    `CREATE TABLE open_call(call TEXT PRIMARY KEY, capability TEXT NOT NULL) STRICT`,
    `CREATE TABLE blob_row(ref TEXT PRIMARY KEY, session TEXT NOT NULL, expires INTEGER NOT NULL) STRICT`,
  ],
  [
    `ALTER TABLE chain ADD COLUMN session TEXT GENERATED ALWAYS AS (body ->> '$.session') VIRTUAL`,
    `CREATE INDEX chain_session ON chain(session, seq) WHERE session IS NOT NULL`,
    `CREATE TABLE session(
       id TEXT PRIMARY KEY, tenant TEXT NOT NULL, connection TEXT NOT NULL, connector TEXT NOT NULL,
       channel TEXT NOT NULL, thread TEXT NOT NULL, sender TEXT NOT NULL, state TEXT NOT NULL,
       created INTEGER NOT NULL,
       UNIQUE (tenant, connection, channel, thread, sender)) STRICT`,
    `CREATE INDEX session_order ON session(tenant, created, id)`,
    `CREATE TABLE run(
       id TEXT PRIMARY KEY, session TEXT NOT NULL REFERENCES session(id), kind TEXT NOT NULL,
       state TEXT NOT NULL, created INTEGER NOT NULL, ended INTEGER,
       leak_bits INTEGER NOT NULL CHECK (leak_bits >= 0)) STRICT`,
    `CREATE UNIQUE INDEX run_of_session ON run(session) WHERE kind = 'session' AND ended IS NULL`,
    `CREATE INDEX run_open ON run(kind) WHERE ended IS NULL`,
    `CREATE TABLE run_taint(
       run TEXT NOT NULL REFERENCES run(id), kind TEXT NOT NULL, value TEXT NOT NULL,
       PRIMARY KEY (run, kind, value)) STRICT, WITHOUT ROWID`,
    `CREATE TRIGGER run_taint_only_rises_update BEFORE UPDATE ON run_taint
       BEGIN SELECT RAISE(ABORT, 'only rises'); END`,
    `CREATE TRIGGER run_taint_only_rises_delete BEFORE DELETE ON run_taint
       BEGIN SELECT RAISE(ABORT, 'only rises'); END`,
    `CREATE TABLE run_grant(
       run TEXT NOT NULL REFERENCES run(id), approval TEXT NOT NULL, kind TEXT NOT NULL,
       uses INTEGER NOT NULL CHECK (uses >= 0), expires INTEGER NOT NULL,
       PRIMARY KEY (run, approval)) STRICT, WITHOUT ROWID`,
  ],
  [
    `CREATE TABLE secret(
       tenant TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, record TEXT NOT NULL,
       lineage TEXT NOT NULL, created INTEGER NOT NULL, stored INTEGER NOT NULL, used INTEGER,
       approval TEXT, PRIMARY KEY (tenant, name, state)) STRICT`,
    `CREATE TABLE secret_binding(
       tenant TEXT NOT NULL, name TEXT NOT NULL, capability TEXT NOT NULL, publisher TEXT NOT NULL,
       domain TEXT NOT NULL, approval TEXT NOT NULL,
       PRIMARY KEY (tenant, name, capability, publisher, domain)) STRICT`,
  ],
  SIGNED_ACTS,
  [
    `CREATE TABLE channel(
       id TEXT PRIMARY KEY, kind TEXT NOT NULL, approval TEXT NOT NULL,
       connected INTEGER NOT NULL, ended INTEGER) STRICT`,
    `CREATE TABLE channel_grant(
       channel TEXT NOT NULL REFERENCES channel(id), capability TEXT NOT NULL,
       approval TEXT NOT NULL, PRIMARY KEY (channel, capability)) STRICT, WITHOUT ROWID`,
    `CREATE TABLE event(
       id TEXT PRIMARY KEY, session TEXT NOT NULL REFERENCES session(id), n INTEGER NOT NULL,
       connection TEXT NOT NULL, native TEXT NOT NULL, version INTEGER NOT NULL,
       revision TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, change TEXT NOT NULL,
       envelope TEXT NOT NULL,
       UNIQUE (connection, native, version), UNIQUE (session, n)) STRICT`,
    `CREATE UNIQUE INDEX event_revision ON event(connection, revision) WHERE revision <> ''`,
    `CREATE TABLE event_blob(
       ref TEXT PRIMARY KEY, event TEXT NOT NULL REFERENCES event(id), class TEXT NOT NULL) STRICT`,
    `CREATE INDEX event_blob_event ON event_blob(event)`,
    `CREATE TABLE derivation(
       ref TEXT NOT NULL, source TEXT NOT NULL, stale INTEGER NOT NULL,
       PRIMARY KEY (ref, source)) STRICT, WITHOUT ROWID`,
    `CREATE INDEX derivation_source ON derivation(source)`,
    `CREATE TABLE approval_watch(
       approval TEXT NOT NULL REFERENCES approval(id), session TEXT NOT NULL,
       PRIMARY KEY (approval, session)) STRICT, WITHOUT ROWID`,
  ],
  [`CREATE TABLE open_purge(intent TEXT PRIMARY KEY, scope TEXT NOT NULL) STRICT`],
  [
    `CREATE TABLE egress_exception(
       approval TEXT PRIMARY KEY, kind TEXT NOT NULL, capability TEXT NOT NULL, target TEXT NOT NULL,
       uses INTEGER NOT NULL, bytes INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT`,
    `CREATE INDEX egress_exception_target ON egress_exception(capability, target)`,
  ],
  [
    `ALTER TABLE approval ADD COLUMN requester TEXT`,
    `ALTER TABLE approval ADD COLUMN granted TEXT`,
    `ALTER TABLE approval ADD COLUMN first TEXT`,
    `CREATE INDEX approval_requester ON approval(requester, requested) WHERE requester IS NOT NULL`,
    // What the rows themselves say was spent of an approval: nothing else counts it.
    `CREATE INDEX chain_spent ON chain(body ->> '$.data.approval', body ->> '$.data.bytes')
       WHERE body ->> '$.type' IN ('egress.attempt', 'secret.used', 'label.declassified')`,
    `ALTER TABLE egress_exception DROP COLUMN uses`,
    `ALTER TABLE egress_exception DROP COLUMN bytes`,
    `DROP TABLE run_grant`,
  ],
];

export const QUARANTINE_MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE tenant_key(tenant TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT`,
    `CREATE TABLE blob(
       ref TEXT PRIMARY KEY, tenant TEXT NOT NULL, session TEXT NOT NULL, class TEXT NOT NULL,
       created INTEGER NOT NULL, expires INTEGER NOT NULL, bytes INTEGER NOT NULL,
       key BLOB NOT NULL) STRICT`,
    `CREATE TABLE chunk(
       ref TEXT NOT NULL REFERENCES blob(ref) ON DELETE CASCADE, part INTEGER NOT NULL,
       sealed BLOB NOT NULL, PRIMARY KEY (ref, part)) STRICT, WITHOUT ROWID`,
    `CREATE INDEX blob_expires ON blob(expires)`,
  ],
  [
    // With a rowid: a long row of a table without one costs seven times as much to insert.
    `CREATE TABLE chunk_by_row(
       ref TEXT NOT NULL REFERENCES blob(ref) ON DELETE CASCADE, part INTEGER NOT NULL,
       sealed BLOB NOT NULL, PRIMARY KEY (ref, part)) STRICT`,
    `INSERT INTO chunk_by_row SELECT ref, part, sealed FROM chunk`,
    `DROP TABLE chunk`,
    `ALTER TABLE chunk_by_row RENAME TO chunk`,
  ],
];

export const VAULT_MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE vault_key(id INTEGER PRIMARY KEY CHECK (id = 1), wrapped BLOB NOT NULL) STRICT`,
    `CREATE TABLE sealed(record TEXT PRIMARY KEY, box BLOB NOT NULL) STRICT`,
  ],
];

/**
 * Brings a database to the newest version; resolves with the version it had, 0 for a new one. Throws
 * `integrity` where a table is gone.
 */
export async function migrate(
  database: Database,
  migrations: readonly (readonly string[])[],
): Promise<number> {
  const [row] = await database.select({ sql: 'PRAGMA user_version', args: [] });
  const version = Number(row?.[0] ?? 0);
  if (version > migrations.length)
    throw new CcosError('newer_home', { found: version, known: migrations.length });
  for (const [index, statements] of migrations.entries()) {
    if (index < version) continue;
    const all = [...statements, `PRAGMA user_version=${String(index + 1)}`];
    await database.batch(all.map((sql) => ({ sql, args: [] })));
  }
  await demandTables(database, migrations.flat());
  return version;
}

/** Throws `integrity` where somebody has dropped a table that the migrations made. */
async function demandTables(database: Database, statements: readonly string[]): Promise<void> {
  const wanted = tablesAfter(statements);
  const rows = await database.select({
    sql: `SELECT count(*) FROM sqlite_schema WHERE type = 'table'
          AND name IN (SELECT value FROM json_each(?))`,
    args: [JSON.stringify([...wanted])],
  });
  if (rows[0]?.[0] !== wanted.size)
    throw new CcosError('integrity', { what: 'database', why: 'missing_table' });
}

function tablesAfter(statements: readonly string[]): ReadonlySet<string> {
  const tables = new Set<string>();
  const words = /^(?:CREATE TABLE (\w+)|DROP TABLE (\w+)|ALTER TABLE (\w+) RENAME TO (\w+))/;
  for (const sql of statements) {
    const [, created, dropped, before, after] = words.exec(sql) ?? [];
    for (const name of [dropped, before]) if (name !== undefined) tables.delete(name);
    for (const name of [created, after]) if (name !== undefined) tables.add(name);
  }
  return tables;
}
