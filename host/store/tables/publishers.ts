import type { Change } from '../protocol.ts';
import type { Store } from '../store.ts';

/** A publisher with its keys, as the operator has pinned them. */
export interface PublisherRecord {
  readonly id: string;
  readonly namespaces: readonly string[];
  readonly effects: readonly string[];
  readonly threshold: number;
  readonly keys: readonly PublisherKeyRecord[];
}

export interface PublisherKeyRecord {
  readonly id: string;
  readonly raw: Uint8Array;
  readonly approval: string;
}

export async function listPublishers(store: Store): Promise<readonly PublisherRecord[]> {
  const publishers = await store.select({
    sql: 'SELECT id, namespaces, effects, threshold FROM publisher ORDER BY id',
    args: [],
  });
  const keys = await store.select({
    sql: 'SELECT id, publisher, raw, approval FROM publisher_key ORDER BY id',
    args: [],
  });
  return publishers.map(([id, namespaces, effects, threshold]) => ({
    id: String(id),
    namespaces: String(namespaces).split(' ').filter(Boolean),
    effects: String(effects).split(' ').filter(Boolean),
    threshold: Number(threshold),
    keys: keys
      .filter(([, publisher]) => publisher === id)
      .map(([key, , raw, approval]) => ({
        id: String(key),
        raw: raw instanceof Uint8Array ? raw : new Uint8Array(),
        approval: String(approval),
      })),
  }));
}

export const widenPublisher = (publisher: string, effects: readonly string[]): Change => ({
  sql: 'UPDATE publisher SET effects = ? WHERE id = ?',
  args: [effects.join(' '), publisher],
});

/** Pins a key to a publisher; what the publisher may do is what the newest approval says. */
export function trustKey(trusted: {
  readonly publisher: string;
  readonly namespaces: readonly string[];
  readonly effects: readonly string[];
  readonly keyId: string;
  readonly raw: Uint8Array;
  readonly approval: string;
}): readonly Change[] {
  return [
    {
      sql: `INSERT INTO publisher(id, namespaces, effects, threshold) VALUES (?,?,?,1)
            ON CONFLICT(id) DO UPDATE SET namespaces = excluded.namespaces, effects = excluded.effects`,
      args: [trusted.publisher, trusted.namespaces.join(' '), trusted.effects.join(' ')],
    },
    {
      sql: `INSERT INTO publisher_key(id, publisher, raw, approval) VALUES (?,?,?,?)`,
      args: [trusted.keyId, trusted.publisher, trusted.raw, trusted.approval],
    },
  ];
}
