import type { Change, Guard, SqlValue } from '../protocol.ts';
import type { Store } from '../store.ts';

/** `pending` waits for its approval, `active` can be used, `revoked` has no value any more. */
export type SecretState = 'pending' | 'active' | 'revoked';

/** What is known of a secret beside its value. Times are milliseconds since the epoch. */
export interface SecretRecord {
  readonly tenant: string;
  readonly name: string;
  readonly state: SecretState;
  /** Names the sealed value in the vault. */
  readonly record: string;
  /** The record that was first stored under this name: a grant for it dies with its revocation. */
  readonly lineage: string;
  readonly created: number;
  readonly stored: number;
  readonly used: number | null;
  readonly approval: string | null;
}

export interface SecretName {
  readonly tenant: string;
  readonly name: string;
}

/** A grant: which version of which capability may have it attached on the way to which domain. */
export interface BindingRecord extends SecretName {
  /** `name@version`. */
  readonly capability: string;
  readonly publisher: string;
  readonly domain: string;
  readonly approval: string;
}

const COLUMNS = 'tenant, name, state, record, lineage, created, stored, used, approval';

export async function listSecrets(store: Store, tenant: string): Promise<readonly SecretRecord[]> {
  const rows = await store.select({
    sql: `SELECT ${COLUMNS} FROM secret WHERE tenant = ? ORDER BY name, state`,
    args: [tenant],
  });
  return rows.map(toSecret);
}

export async function findSecret(
  store: Store,
  { tenant, name }: SecretName,
  state: SecretState,
): Promise<SecretRecord | null> {
  const [row] = await store.select({
    sql: `SELECT ${COLUMNS} FROM secret WHERE tenant = ? AND name = ? AND state = ?`,
    args: [tenant, name, state],
  });
  return row === undefined ? null : toSecret(row);
}

export async function listBindings(
  store: Store,
  tenant: string,
): Promise<readonly BindingRecord[]> {
  const rows = await store.select({
    sql: `SELECT tenant, name, capability, publisher, domain, approval FROM secret_binding
          WHERE tenant = ? ORDER BY name, capability, domain`,
    args: [tenant],
  });
  return rows.map((row) => ({
    tenant: String(row[0]),
    name: String(row[1]),
    capability: String(row[2]),
    publisher: String(row[3]),
    domain: String(row[4]),
    approval: String(row[5]),
  }));
}

export function insertSecret(secret: SecretRecord): Change {
  const { tenant, name, state, record, lineage, created, stored, used, approval } = secret;
  return {
    sql: `INSERT INTO secret(${COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)`,
    args: [tenant, name, state, record, lineage, created, stored, used, approval],
  };
}

export const deleteSecret = ({ tenant, name }: SecretName, state: SecretState): Change => ({
  sql: 'DELETE FROM secret WHERE tenant = ? AND name = ? AND state = ?',
  args: [tenant, name, state],
});

/** The one that waits becomes the one that is used. */
export const activateSecret = ({ tenant, name }: SecretName, approval: string): Change => ({
  sql: `UPDATE secret SET state = 'active', approval = ?
        WHERE tenant = ? AND name = ? AND state = 'pending'`,
  args: [approval, tenant, name],
});

export const revokeSecret = ({ tenant, name }: SecretName): Change => ({
  sql: `UPDATE secret SET state = 'revoked', record = ''
        WHERE tenant = ? AND name = ? AND state = 'active'`,
  args: [tenant, name],
});

export const touchSecret = ({ tenant, name }: SecretName, at: number): Change => ({
  sql: `UPDATE secret SET used = ? WHERE tenant = ? AND name = ? AND state = 'active'`,
  args: [at, tenant, name],
});

/** That a record of a secret is still in that state when the commit happens. */
export const secretIs = (
  { tenant, name }: SecretName,
  state: SecretState,
  record: string,
): Guard => ({
  sql: 'SELECT 1 FROM secret WHERE tenant = ? AND name = ? AND state = ? AND record = ?',
  args: [tenant, name, state, record],
  rows: 1,
});

export const noneActive = ({ tenant, name }: SecretName): Guard => ({
  sql: `SELECT 1 FROM secret WHERE tenant = ? AND name = ? AND state = 'active'`,
  args: [tenant, name],
  rows: 0,
});

export const bindSecret = (binding: BindingRecord): Change => ({
  sql: `INSERT INTO secret_binding(tenant, name, capability, publisher, domain, approval)
        VALUES (?,?,?,?,?,?) ON CONFLICT DO UPDATE SET approval = excluded.approval`,
  args: [
    binding.tenant,
    binding.name,
    binding.capability,
    binding.publisher,
    binding.domain,
    binding.approval,
  ],
});

/** Every binding of a secret, or one. */
export const unbindSecret = (
  { tenant, name }: SecretName,
  one?: { readonly capability: string; readonly domain: string },
): Change =>
  one === undefined
    ? { sql: 'DELETE FROM secret_binding WHERE tenant = ? AND name = ?', args: [tenant, name] }
    : {
        sql: `DELETE FROM secret_binding
              WHERE tenant = ? AND name = ? AND capability = ? AND domain = ?`,
        args: [tenant, name, one.capability, one.domain],
      };

function toSecret(row: readonly SqlValue[]): SecretRecord {
  return {
    tenant: String(row[0]),
    name: String(row[1]),
    state: String(row[2]) as SecretState, // written by the functions of this file only
    record: String(row[3]),
    lineage: String(row[4]),
    created: Number(row[5]),
    stored: Number(row[6]),
    used: row[7] === null ? null : Number(row[7]),
    approval: row[8] === null ? null : String(row[8]),
  };
}
