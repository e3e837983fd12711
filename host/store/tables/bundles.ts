import type { Change, SqlValue } from '../protocol.ts';
import type { Store } from '../store.ts';

/** A row of `bundle`: a digest that was installed, and where it stands. */
export interface BundleRecord {
  readonly name: string;
  readonly digest: string;
  readonly sequence: number;
  readonly version: string;
  readonly publisher: string;
  readonly state: 'pending' | 'active' | 'disabled' | 'superseded';
  readonly installed: number;
  readonly approval: string | null;
}

/** A row of `capability`: what a bundle offers under one id. */
export interface CapabilityRecord {
  readonly id: string;
  readonly bundle: string;
  readonly digest: string;
  readonly state: 'pending' | 'enabled' | 'disabled';
  readonly approval: string | null;
}

const COLUMNS = 'name, digest, sequence, version, publisher, state, installed, approval';

export async function listBundles(store: Store): Promise<readonly BundleRecord[]> {
  const rows = await store.select({
    sql: `SELECT ${COLUMNS} FROM bundle ORDER BY name, sequence DESC`,
    args: [],
  });
  return rows.map(toBundle);
}

export async function listCapabilities(store: Store): Promise<readonly CapabilityRecord[]> {
  const rows = await store.select({
    sql: 'SELECT id, bundle, digest, state, approval FROM capability ORDER BY id, bundle',
    args: [],
  });
  return rows.map(toCapability);
}

export function insertBundle(record: BundleRecord): Change {
  return {
    sql: `INSERT INTO bundle(${COLUMNS}) VALUES (?,?,?,?,?,?,?,?)
          ON CONFLICT(name, digest) DO UPDATE SET installed = excluded.installed`,
    args: [
      record.name,
      record.digest,
      record.sequence,
      record.version,
      record.publisher,
      record.state,
      record.installed,
      record.approval,
    ],
  };
}

/** Makes one digest the active one of its name. */
export function activateBundle(bundle: {
  readonly name: string;
  readonly digest: string;
  readonly approval: string;
}): readonly Change[] {
  const { name, digest, approval } = bundle;
  return [
    {
      sql: `UPDATE bundle SET state = 'superseded' WHERE name = ? AND state = 'active'`,
      args: [name],
    },
    {
      sql: `UPDATE bundle SET state = 'active', approval = ? WHERE name = ? AND digest = ?`,
      args: [approval, name, digest],
    },
  ];
}

export function setBundleState(name: string, digest: string, state: BundleRecord['state']): Change {
  return {
    sql: 'UPDATE bundle SET state = ? WHERE name = ? AND digest = ?',
    args: [state, name, digest],
  };
}

export function deleteBundle(name: string): readonly Change[] {
  return [
    { sql: 'DELETE FROM bundle WHERE name = ?', args: [name] },
    { sql: 'DELETE FROM capability WHERE bundle = ?', args: [name] },
  ];
}

/** A capability that waits for its approval; one that is enabled for an older digest stays so. */
export function offerCapability(record: CapabilityRecord): Change {
  return {
    sql: `INSERT INTO capability(id, bundle, digest, state, approval) VALUES (?,?,?,?,?)
          ON CONFLICT(id, bundle) DO NOTHING`,
    args: [record.id, record.bundle, record.digest, record.state, record.approval],
  };
}

/** What was enabled of a digest needs a new approval to be enabled again. */
export function disableCapabilities(bundle: string, digest: string): Change {
  return {
    sql: `UPDATE capability SET state = 'disabled' WHERE bundle = ? AND digest = ?`,
    args: [bundle, digest],
  };
}

/** The same for the one that an approval has enabled. */
export const disableCapability = (approval: string): Change => ({
  sql: `UPDATE capability SET state = 'disabled' WHERE approval = ?`,
  args: [approval],
});

export function setCapability(record: CapabilityRecord): Change {
  return {
    sql: `INSERT INTO capability(id, bundle, digest, state, approval) VALUES (?,?,?,?,?)
          ON CONFLICT(id, bundle) DO UPDATE SET
            digest = excluded.digest, state = excluded.state, approval = excluded.approval`,
    args: [record.id, record.bundle, record.digest, record.state, record.approval],
  };
}

function toBundle(row: readonly SqlValue[]): BundleRecord {
  return {
    name: String(row[0]),
    digest: String(row[1]),
    sequence: Number(row[2]),
    version: String(row[3]),
    publisher: String(row[4]),
    state: String(row[5]) as BundleRecord['state'], // written by the functions of this file only
    installed: Number(row[6]),
    approval: row[7] === null || row[7] === undefined ? null : String(row[7]),
  };
}

function toCapability(row: readonly SqlValue[]): CapabilityRecord {
  return {
    id: String(row[0]),
    bundle: String(row[1]),
    digest: String(row[2]),
    state: String(row[3]) as CapabilityRecord['state'], // written by the functions of this file only
    approval: row[4] === null || row[4] === undefined ? null : String(row[4]),
  };
}
