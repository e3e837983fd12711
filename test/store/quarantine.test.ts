import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InStatement } from '@libsql/client/sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import type { HomeFiles } from '../../host/core/home.ts';
import { newId } from '../../host/core/id.ts';
import { FIXED } from '../../host/core/limits.ts';
import { world } from '../../host/runtime/world.ts';
import type { BlobFacts, PurgeScope } from '../../host/store/protocol.ts';
import { knowBlob } from '../../host/store/tables/calls.ts';
import type { OpenState } from '../../host/store/worker/state.ts';
import { copyTestHome, makeTestFolder, makeTestHome, openTestState } from '../support/home.ts';
import { alter, failureOf, query } from './support.ts';

const CHUNK = FIXED.quarantineChunkBytes;
const NOW = Date.UTC(2026, 0, 1);
const bytesOf = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));

interface Put {
  readonly facts: BlobFacts;
  readonly commit: string;
}

/** Puts a blob away as a call does: the bytes, then the row with the state. */
async function put(
  state: OpenState,
  bytes: Uint8Array,
  changes: Partial<BlobFacts> = {},
): Promise<Put> {
  const facts: BlobFacts = {
    ref: newId('q', world),
    tenant: 'local',
    session: 'one',
    class: 'pii.attachment',
    created: NOW,
    expires: NOW + 1000,
    bytes: bytes.length,
    ...changes,
  };
  const { commit } = await state.handlers.blobPut({ facts, bytes });
  await state.handlers.commit([
    {
      rows: [],
      changes: [knowBlob(facts.ref, facts.session, facts.expires)],
      guards: [],
      checkpoint: false,
      envelope: { tenant: 'local', policy: { pack: '', sha256: '' } },
      blob: null,
    },
  ]);
  return { facts, commit };
}

/** Everything that the home has on disk of its quarantine. */
function filesOf({ quarantineFile }: HomeFiles): Buffer {
  const wal = `${quarantineFile}-wal`;
  return Buffer.concat([
    readFileSync(quarantineFile),
    existsSync(wal) ? readFileSync(wal) : Buffer.of(),
  ]);
}

test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * 1024 * 1024])(
  'Quarantine.put: %i bytes come back, and are not in the file',
  async (length) => {
    const home = makeTestHome();
    const state = await openTestState(home);
    const bytes = bytesOf(length);
    const { facts } = await put(state, bytes);
    expect(Buffer.compare(await state.handlers.blobRead(facts.ref), bytes)).toBe(0);
    expect(await state.handlers.blobFacts(facts.ref)).toEqual(facts);
    expect(await state.handlers.blobStats(null)).toEqual({ blobs: 1, bytes: length });
    if (length >= 16)
      expect(filesOf(home).includes(Buffer.from(bytes.subarray(0, 16)))).toBe(false);
  },
);

test('Quarantine.put (D0.3-a): the same bytes twice have nothing in common: ref, key, ciphertext, commitment', async () => {
  const home = makeTestHome();
  const state = await openTestState(home);
  const bytes = bytesOf(1000);
  const [a, b] = [await put(state, bytes), await put(state, bytes)];
  await state.handlers.close(null);
  expect(a.facts.ref).toMatch(/^q_[0-9a-f]{32}$/);
  expect(a.facts.ref).not.toBe(b.facts.ref);
  expect(a.commit).not.toBe(b.commit);
  const rows = await query(
    home.quarantineFile,
    'SELECT key, sealed FROM blob JOIN chunk USING (ref)',
  );
  const parts = rows.flat().map((cell) => Buffer.from(cell as Uint8Array).toString('hex'));
  expect(new Set(parts).size).toBe(4);
  const sixteen = (hex: string): readonly string[] =>
    Array.from({ length: Math.floor(hex.length / 32) }, (_, i) => hex.slice(i * 32, i * 32 + 32));
  const shared = sixteen(parts[1] ?? '').filter((block) => sixteen(parts[3] ?? '').includes(block));
  expect(shared).toEqual([]);
});

describe('Quarantine.read (D0.3-a, INV-QUAR-1) is integrity after', () => {
  let home: HomeFiles;
  let a: Put;
  let b: Put;
  beforeAll(async () => {
    home = makeTestHome();
    const state = await openTestState(home);
    a = await put(state, bytesOf(2 * CHUNK + 10));
    b = await put(state, bytesOf(2 * CHUNK + 10));
    await state.handlers.close(null);
  });

  const set = (column: string, value: string): InStatement => ({
    sql: `UPDATE blob SET ${column} = ${value} WHERE ref = ?`,
    args: [a.facts.ref],
  });
  const chunk = (sql: string): InStatement => ({ sql, args: [a.facts.ref] });
  const exchange = (table: string, column: string): readonly InStatement[] => [
    {
      sql: `UPDATE ${table} SET ${column} = (SELECT o.${column} FROM ${table} o WHERE o.ref = ? AND ${table === 'chunk' ? 'o.part = chunk.part' : '1'}) WHERE ref = ?`,
      args: [b.facts.ref, a.facts.ref],
    },
  ];

  test.each<[string, () => readonly InStatement[]]>([
    ['its class is changed', () => [set('class', `'pii.chat.message'`)]],
    ['its session is changed', () => [set('session', `'two'`)]],
    ['its tenant is changed', () => [set('tenant', `'other'`)]],
    ['its creation is changed', () => [set('created', 'created - 1')]],
    ['its expiry is put off', () => [set('expires', 'expires + 1')]],
    ['its size is changed', () => [set('bytes', 'bytes - 1')]],
    ['its key is that of another blob', () => exchange('blob', 'key')],
    [
      'a bit of its key is flipped',
      () => [set('key', `CAST(substr(key, 1, 20) || unhex('00') || substr(key, 22) AS BLOB)`)],
    ],
    ['its ciphertext is that of another blob', () => exchange('chunk', 'sealed')],
    [
      'a chunk is that of another blob',
      () => [
        {
          sql: 'UPDATE chunk SET sealed = (SELECT sealed FROM chunk o WHERE o.ref = ? AND o.part = 1) WHERE ref = ? AND part = 1',
          args: [b.facts.ref, a.facts.ref],
        },
      ],
    ],
    [
      'two of its chunks change places',
      () => [
        chunk('UPDATE chunk SET part = -1 WHERE ref = ? AND part = 0'),
        chunk('UPDATE chunk SET part = 0 WHERE ref = ? AND part = 1'),
        chunk('UPDATE chunk SET part = 1 WHERE ref = ? AND part = -1'),
      ],
    ],
    ['its last chunk is gone', () => [chunk('DELETE FROM chunk WHERE ref = ? AND part = 2')]],
    [
      'its last chunk is gone and its size fits',
      () => [
        chunk('DELETE FROM chunk WHERE ref = ? AND part = 2'),
        set('bytes', String(2 * CHUNK)),
      ],
    ],
    ['its first chunk is gone', () => [chunk('DELETE FROM chunk WHERE ref = ? AND part = 0')]],
    ['all its chunks are gone', () => [chunk('DELETE FROM chunk WHERE ref = ?')]],
    [
      'a chunk is there twice',
      () => [
        chunk('INSERT INTO chunk SELECT ref, 3, sealed FROM chunk WHERE ref = ? AND part = 2'),
      ],
    ],
    [
      'a chunk is cut',
      () => [chunk('UPDATE chunk SET sealed = substr(sealed, 1, 20) WHERE ref = ? AND part = 2')],
    ],
    [
      'a bit of it is flipped',
      () => [
        chunk(
          `UPDATE chunk SET sealed = CAST(substr(sealed, 1, 50) || unhex('00') || substr(sealed, 52) AS BLOB) WHERE ref = ? AND part = 1`,
        ),
      ],
    ],
  ])('%s', async (_, make) => {
    const copy = copyTestHome(home);
    await alterQuarantine(copy, make());
    const state = await openTestState(copy);
    expect(await failureOf(state.handlers.blobRead(a.facts.ref))).toEqual({
      code: 'integrity',
      detail: { what: 'blob' },
    });
  });

  test('nothing was changed: it opens', async () => {
    const state = await openTestState(copyTestHome(home));
    expect(await state.handlers.blobRead(a.facts.ref)).toHaveLength(2 * CHUNK + 10);
  });

  test('it is put under the ref of another blob', async () => {
    const copy = copyTestHome(home);
    await alterQuarantine(copy, [
      'PRAGMA defer_foreign_keys = ON',
      { sql: 'DELETE FROM chunk WHERE ref = ?', args: [b.facts.ref] },
      { sql: 'DELETE FROM blob WHERE ref = ?', args: [b.facts.ref] },
      { sql: 'UPDATE chunk SET ref = ? WHERE ref = ?', args: [b.facts.ref, a.facts.ref] },
      { sql: 'UPDATE blob SET ref = ? WHERE ref = ?', args: [b.facts.ref, a.facts.ref] },
    ]);
    const state = await openTestState(copy);
    expect(await failureOf(state.handlers.blobRead(b.facts.ref))).toMatchObject({
      code: 'integrity',
    });
  });

  test('nothing but the master key, which is another: quarantine_locked, to read and to put', async () => {
    const state = await openTestState(copyTestHome(home), { masterKey: bytesOf(32) });
    const locked = { code: 'quarantine_locked' };
    expect(await failureOf(state.handlers.blobRead(a.facts.ref))).toMatchObject(locked);
    expect(await failureOf(put(state, bytesOf(3)))).toMatchObject(locked);
    expect(await state.handlers.verify({ note: null })).toMatchObject({ ok: true });
  });

  test('the key of the tenant is changed: quarantine_locked', async () => {
    const copy = copyTestHome(home);
    await alterQuarantine(copy, ['UPDATE tenant_key SET wrapped = zeroblob(60)']);
    const state = await openTestState(copy);
    expect(await failureOf(state.handlers.blobRead(a.facts.ref))).toMatchObject({
      code: 'quarantine_locked',
    });
  });
});

test.each<[string, (mine: BlobFacts) => PurgeScope]>([
  ['one ref', ({ ref }) => ({ kind: 'refs', refs: [ref] })],
  ['a session', ({ session }) => ({ kind: 'session', session })],
  ['what has expired', ({ expires }) => ({ kind: 'expired', now: expires })],
])(
  'Quarantine.purge (INV-QUAR-2): of %s leaves neither key nor ciphertext in file or log, and the rest opens',
  async (_, scopeOf) => {
    const home = makeTestHome();
    const state = await openTestState(home);
    const mine = await put(state, bytesOf(CHUNK + 100), { session: 'two', expires: NOW + 10 });
    const other = await put(state, bytesOf(3000));
    const [pieces, kept] = [await secretsOf(home, mine), await secretsOf(home, other)];
    for (const piece of [...pieces, ...kept])
      expect(filesOf(home).includes(Buffer.from(piece))).toBe(true);
    expect(await state.handlers.blobPurge(scopeOf(mine.facts))).toEqual({ count: 1 });
    const after = filesOf(home);
    for (const piece of pieces) expect(after.includes(Buffer.from(piece))).toBe(false);
    for (const piece of kept) expect(after.includes(Buffer.from(piece))).toBe(true);
    expect(await failureOf(state.handlers.blobRead(mine.facts.ref))).toEqual({
      code: 'gone',
      detail: {},
    });
    expect(await state.handlers.blobFacts(mine.facts.ref)).toBeNull();
    expect(await state.handlers.blobRead(other.facts.ref)).toHaveLength(3000);
    expect(await state.handlers.verify({ note: null })).toMatchObject({ ok: true });
  },
);

test('Quarantine.purge: all of it; a second time there is nothing', async () => {
  const state = await openTestState();
  await put(state, bytesOf(10));
  await put(state, bytesOf(10), { session: 'two' });
  expect(await state.handlers.blobPurge({ kind: 'expired', now: NOW + 999 })).toEqual({ count: 0 });
  expect(await state.handlers.blobPurge({ kind: 'all' })).toEqual({ count: 2 });
  expect(await state.handlers.blobPurge({ kind: 'all' })).toEqual({ count: 0 });
  expect(await state.handlers.blobStats(null)).toEqual({ blobs: 0, bytes: 0 });
});

test('openState (D0.3-e): a blob whose row never came is swept at the next start, ciphertext and all', async () => {
  const home = makeTestHome();
  const first = await openTestState(home);
  const known = await put(first, bytesOf(100));
  const orphan: BlobFacts = { ...known.facts, ref: newId('q', world), bytes: 5000 };
  const { commit } = await first.handlers.blobPut({ facts: orphan, bytes: bytesOf(5000) });
  const pieces = await secretsOf(home, { facts: orphan, commit });
  await first.handlers.close(null);
  for (const piece of pieces) expect(filesOf(home).includes(Buffer.from(piece))).toBe(true);
  const second = await openTestState(home);
  expect(second.recovered).toBe(1);
  for (const piece of pieces) expect(filesOf(home).includes(Buffer.from(piece))).toBe(false);
  expect(await failureOf(second.handlers.blobRead(orphan.ref))).toMatchObject({ code: 'gone' });
  expect(await second.handlers.blobRead(known.facts.ref)).toHaveLength(100);
  await second.handlers.close(null);
  expect((await openTestState(home)).recovered).toBe(0);
});

/** The wrapped key of a blob, and the begin and end of each of its chunks, from a copy of the files. */
async function secretsOf(home: HomeFiles, { facts }: Put): Promise<readonly Uint8Array[]> {
  const copy = join(makeTestFolder(), 'copy.db');
  copyFileSync(home.quarantineFile, copy);
  const wal = `${home.quarantineFile}-wal`;
  if (existsSync(wal)) copyFileSync(wal, `${copy}-wal`);
  const sql = 'SELECT key, sealed FROM blob JOIN chunk USING (ref) WHERE ref = ?';
  const rows = await query(copy, { sql, args: [facts.ref] });
  expect(rows.length).toBeGreaterThan(0);
  const cells = rows.flat().filter((cell) => cell instanceof Uint8Array);
  return cells.flatMap((cell) => [cell.subarray(0, 16), cell.subarray(-16)]);
}

const alterQuarantine = (home: HomeFiles, statements: readonly InStatement[]): Promise<void> =>
  alter(home.quarantineFile, statements);
