import type { Change, Guard, SqlValue } from '../protocol.ts';
import type { Store } from '../store.ts';

/** A row of `channel`: a chat that was connected, by which approval. */
export interface ChannelRecord {
  readonly id: string;
  readonly kind: string;
  readonly approval: string;
  readonly connected: number;
  readonly ended: number | null;
}

/** A row of `channel_grant`: what the approval of that id allows a capability on a channel. */
export interface ChannelGrantRecord {
  readonly channel: string;
  readonly capability: string;
  readonly approval: string;
}

const COLUMNS = 'id, kind, approval, connected, ended';

export async function listChannels(store: Store): Promise<readonly ChannelRecord[]> {
  const rows = await store.select({
    sql: `SELECT ${COLUMNS} FROM channel ORDER BY connected, id LIMIT 1000`,
    args: [],
  });
  return rows.map(toRecord);
}

export async function findChannel(store: Store, id: string): Promise<ChannelRecord | null> {
  const [row] = await store.select({
    sql: `SELECT ${COLUMNS} FROM channel WHERE id = ?`,
    args: [id],
  });
  return row === undefined ? null : toRecord(row);
}

export const insertChannel = (channel: ChannelRecord): Change => ({
  sql: `INSERT INTO channel(${COLUMNS}) VALUES (?,?,?,?,NULL)`,
  args: [channel.id, channel.kind, channel.approval, channel.connected],
});

export const noChannelOf = (kind: string): Guard => ({
  sql: 'SELECT 1 FROM channel WHERE kind = ? AND ended IS NULL',
  args: [kind],
  rows: 0,
});

export const isConnected = (id: string): Guard => ({
  sql: 'SELECT 1 FROM channel WHERE id = ? AND ended IS NULL',
  args: [id],
  rows: 1,
});

/** With its grants; nothing of its sessions is shown any more. */
export const endChannel = (id: string, at: number): readonly Change[] => [
  { sql: 'UPDATE channel SET ended = ? WHERE id = ? AND ended IS NULL', args: [at, id] },
  { sql: 'DELETE FROM channel_grant WHERE channel = ?', args: [id] },
  { sql: `UPDATE session SET state = 'frozen' WHERE connection = ?`, args: [id] },
];

export async function listChannelGrants(
  store: Store,
  channel: string,
): Promise<readonly ChannelGrantRecord[]> {
  const rows = await store.select({
    sql: 'SELECT capability, approval FROM channel_grant WHERE channel = ? ORDER BY capability',
    args: [channel],
  });
  return rows.map(([capability, approval]) => ({
    channel,
    capability: String(capability),
    approval: String(approval),
  }));
}

export const insertChannelGrant = (grant: ChannelGrantRecord): Change => ({
  sql: `INSERT INTO channel_grant(channel, capability, approval) VALUES (?,?,?)
        ON CONFLICT(channel, capability) DO UPDATE SET approval = excluded.approval`,
  args: [grant.channel, grant.capability, grant.approval],
});

export const deleteChannelGrant = (channel: string, capability: string): Change => ({
  sql: 'DELETE FROM channel_grant WHERE channel = ? AND capability = ?',
  args: [channel, capability],
});

function toRecord(row: readonly SqlValue[]): ChannelRecord {
  return {
    id: String(row[0]),
    kind: String(row[1]),
    approval: String(row[2]),
    connected: Number(row[3]),
    ended: row[4] === null || row[4] === undefined ? null : Number(row[4]),
  };
}
