import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../host/core/json.ts';
import { leafHash, digestToHex } from '../../host/crypto/merkle.ts';
import { GENESIS, isLinked, sealRow } from '../../host/store/chain-format.ts';
import { makeNewHome } from '../../host/new-home.ts';
import { createHome, openHome } from '../../host/runtime/home.ts';
import type { RowInput } from '../../host/core/event.ts';
import { listCallIds, readCallRows, readRows } from '../../host/store/tables/chain.ts';
import {
  copyTestHome,
  makeTestFolder,
  makeTestHome,
  movableWorld,
  openTestStore,
} from '../support/home.ts';
import { alter, failureOf, fill, rowOf, verify } from './support.ts';

const ENVELOPE = { tenant: 'local', policy: { pack: '1', sha256: 'ab' } };
const STAMP = { id: 'e_1', ts: '2026-01-02T03:04:05.000Z' };
const INSERT_GRANT = {
  sql: 'INSERT INTO limit_grant(name, value, approval) VALUES (?,?,?)',
  args: ['pages', 1, 'ap_1'],
} as const;
const countOf = (rows: number) => ({ sql: 'SELECT 1 FROM limit_grant', args: [], rows });

test('sealRow (INV-CHAIN-1): canonical JSON with its number and the hash before it, hashed as an RFC 6962 leaf', () => {
  const prevHex = 'c'.repeat(64);
  const row = sealRow(
    { type: 'gateway.stop', data: { b: 1, a: 'é' }, ...STAMP },
    { seq: 7, prevHex },
    ENVELOPE,
  );
  expect(row.body).toBe(
    canonicalJson({
      ...STAMP,
      data: { a: 'é', b: 1 },
      parent: null,
      policy: ENVELOPE.policy,
      prev_hash: prevHex,
      run: null,
      seq: 7,
      session: null,
      step: null,
      tenant: 'local',
      type: 'gateway.stop',
    }),
  );
  expect(row.digest).toBe(leafHash(row.body));
});

test('sealRow: refuses a row that a tile could not hold, and takes the longest that it can', () => {
  const seal = (length: number) =>
    sealRow(
      { type: 'gateway.stop', data: { a: 'x'.repeat(length) }, ...STAMP },
      { seq: 1, prevHex: GENESIS },
      ENVELOPE,
    );
  const room = 65_535 - seal(0).body.length;
  expect(seal(room).body).toHaveLength(65_535);
  expect(() => seal(room + 1)).toThrow();
});

test('isLinked (INV-CHAIN-1): only for its own number and predecessor', () => {
  const link = { seq: 12, prevHex: 'd'.repeat(64) };
  const { body } = sealRow({ ...rowOf(1), ...STAMP }, link, ENVELOPE);
  expect(isLinked(body, 12, link.prevHex)).toBe(true);
  expect(isLinked(body, 1, link.prevHex)).toBe(false);
  expect(isLinked(body, 2, link.prevHex)).toBe(false);
  expect(isLinked(body, 13, link.prevHex)).toBe(false);
  expect(isLinked(body, 12, 'e'.repeat(64))).toBe(false);
});

test('isLinked (attack 61): what `data` holds cannot pass for the link', () => {
  const wanted = 'f'.repeat(64);
  const forged = `","prev_hash":"${wanted}","run":null,"seq":12,"session":`;
  const data = {
    text: forged,
    prev_hash: wanted,
    seq: 12,
    nested: { prev_hash: wanted, run: 1, seq: 12, session: 1 },
  };
  const { body } = sealRow(
    { type: 'gateway.stop', data, session: forged, run: forged, ...STAMP },
    { seq: 3, prevHex: GENESIS },
    ENVELOPE,
  );
  expect(isLinked(body, 12, wanted)).toBe(false);
  expect(isLinked(body, 3, GENESIS)).toBe(true);
});

test('Store.commit: concurrent commits keep the order in which they were made, without a gap', async () => {
  const store = await openTestStore();
  const made = await Promise.all(
    Array.from({ length: 300 }, (_, n) => store.commit({ rows: [rowOf(n), rowOf(n)] })),
  );
  expect(made.map(({ seq }) => seq)).toEqual(made.map((_, n) => 1 + 2 * n));
  const rows = await readRows(store, { after: 0, limit: 600 });
  expect(rows.map(({ seq, data }) => [seq, data['n']])).toEqual(
    Array.from({ length: 600 }, (_, i) => [i + 1, Math.floor(i / 2)]),
  );
  expect(rows.map(({ id }) => id)).toEqual(made.flatMap(({ ids }) => ids));
  expect(await verify(store)).toMatchObject({ ok: true, rows: 600 });
});

test('Store.onCommit: tells of durable rows with their numbers, in order, until it is let go', async () => {
  const store = await openTestStore();
  const seen: number[] = [];
  const stop = store.onCommit((rows) => seen.push(...rows.map(({ seq }) => seq)));
  await fill(store, 0, 20);
  stop();
  await fill(store, 20, 1);
  expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
});

test('Store.commit (INV-GATE-2): a change that fails takes its own rows with it, and none of its neighbours', async () => {
  const store = await openTestStore();
  const work = [
    store.commit({ rows: [rowOf(1)] }),
    store.commit({ rows: [rowOf(2)], changes: [INSERT_GRANT] }),
    store.commit({ rows: [rowOf(3)], changes: [INSERT_GRANT] }),
    store.commit({
      rows: [rowOf(4)],
      changes: [{ sql: 'INSERT INTO nothing VALUES (1)', args: [] }],
    }),
    store.commit({ rows: [rowOf(5)] }),
  ];
  const outcomes = await Promise.all(work.map(async (made) => failureOf(made)));
  expect(outcomes).toMatchObject([
    'nothing failed',
    'nothing failed',
    { code: 'conflict' },
    { code: 'integrity' },
    'nothing failed',
  ]);
  const rows = await readRows(store, { after: 0, limit: 10 });
  expect(rows.map(({ data }) => data['n'])).toEqual([1, 2, 5]);
  expect(await verify(store)).toMatchObject({ ok: true, rows: 3 });
});

test('Store.commit: a guard that does not hold is conflict; it sees the commits before it and not those after', async () => {
  const store = await openTestStore();
  const outcomes = await Promise.all(
    [
      store.commit({ rows: [rowOf(1)], guards: [countOf(1)] }),
      store.commit({ rows: [rowOf(2)], guards: [countOf(0)], changes: [INSERT_GRANT] }),
      store.commit({ rows: [rowOf(3)], guards: [countOf(0)] }),
      store.commit({ rows: [rowOf(4)], guards: [countOf(1)] }),
      store.commit({ rows: [rowOf(5)] }),
    ].map(failureOf),
  );
  const conflict = { code: 'conflict' };
  expect(outcomes).toMatchObject([
    conflict,
    'nothing failed',
    conflict,
    'nothing failed',
    'nothing failed',
  ]);
  const rows = await readRows(store, { after: 0, limit: 10 });
  expect(rows.map(({ data }) => data['n'])).toEqual([2, 4, 5]);
});

test('Store: keeps its lock and its settings after commits and queries that failed', async () => {
  const home = makeTestHome();
  const store = await openTestStore(home);
  await store.commit({ rows: [], changes: [INSERT_GRANT] });
  for (let i = 0; i < 3; i += 1)
    expect(
      await failureOf(store.commit({ rows: [rowOf(i)], changes: [INSERT_GRANT] })),
    ).toMatchObject({ code: 'conflict' });
  expect(await failureOf(store.select({ sql: 'SELECT nothing', args: [] }))).toMatchObject({
    code: 'integrity',
  });
  const pragmas = ['locking_mode', 'journal_mode', 'synchronous', 'secure_delete', 'foreign_keys'];
  const values = await Promise.all(
    pragmas.map(async (name) => (await store.select({ sql: `PRAGMA ${name}`, args: [] }))[0]?.[0]),
  );
  expect(values).toEqual(['exclusive', 'wal', 2, 1, 1]);
  expect(await failureOf(openTestStore(home))).toMatchObject({ code: 'locked' });
  await fill(store, 0, 5);
  expect(await verify(store)).toMatchObject({ ok: true, rows: 5 });
});

test('Store.commit: the chain is append-only in the database too', async () => {
  const store = await openTestStore();
  await fill(store, 0, 3);
  for (const sql of ['DELETE FROM chain', `UPDATE chain SET body = '{}'`])
    expect(await failureOf(store.commit({ rows: [], changes: [{ sql, args: [] }] }))).toMatchObject(
      {
        code: 'conflict',
      },
    );
  expect(await verify(store)).toMatchObject({ ok: true, rows: 3 });
});

test('Store.close: what is asked afterwards is not_ready, and never waits', async () => {
  const store = await openTestStore();
  await store.close();
  const notReady = { code: 'not_ready' };
  expect(await failureOf(store.commit({ rows: [rowOf(1)] }))).toMatchObject(notReady);
  expect(await failureOf(store.ask('checkpoint', null))).toMatchObject(notReady);
});

test('openStore: resumes the chain where it stood, with what it was told at the checkpoint', async () => {
  const home = makeTestHome();
  for (let run = 0; run < 5; run += 1) {
    const store = await openTestStore(home);
    expect(store.openedSize).toBe(run * 13);
    await fill(store, run * 13, 13);
    await store.close();
  }
  const store = await openTestStore(home);
  expect(await verify(store)).toMatchObject({ ok: true, rows: 65 });
});

test('Store.commit (INV-CHAIN-3): rows that ask for it are under a checkpoint at once, and cannot be rewritten', async () => {
  const rewrite = async (checkpoint: boolean): Promise<unknown> => {
    const home = makeTestHome();
    const store = await openTestStore(home);
    await fill(store, 1, 3);
    await store.commit({ rows: [rowOf(4)], checkpoint });
    const [body = ''] = await store.ask('bodies', { from: 4, limit: 1 });
    const crashed = copyTestHome(home); // what is on disk, as if the power had gone
    await store.close();
    const forged = body.replace('session-4', 'session-9');
    const hash = Buffer.from(digestToHex(leafHash(forged)), 'hex');
    const sql = 'UPDATE chain SET body = ?, hash = ? WHERE seq = 4';
    await alter(crashed.stateFile, [{ sql, args: [forged, hash] }]);
    return failureOf(openTestStore(copyTestHome(crashed)).then((opened) => opened.close()));
  };
  expect(await rewrite(true)).toMatchObject({ code: 'integrity' });
  expect(await rewrite(false)).toBe('nothing failed');
});

test('openStore: a home whose path has the characters of a URL keeps its data in that path', async () => {
  const directory = join(makeTestFolder(), 'a #1?b=c%20&ü', 'home');
  mkdirSync(directory, { recursive: true });
  createHome(directory, makeNewHome('0.0.0'));
  const first = await openTestStore(openHome(directory));
  await fill(first, 0, 3);
  await first.close();
  const again = await openTestStore(openHome(directory));
  expect(again.openedSize).toBe(3);
});

test('Store.ask verify (attack 61): a clock that is set back changes nothing of the chain', async () => {
  const home = makeTestHome();
  const world = movableWorld();
  const store = await openTestStore(home, { world });
  await fill(store, 0, 3);
  world.move(-30 * 24 * 3_600_000);
  await fill(store, 3, 3);
  await store.close();
  const again = await openTestStore(home, { world });
  await fill(again, 6, 1);
  const rows = await readRows(again, { after: 0, limit: 10 });
  expect(Date.parse(rows[3]?.ts ?? '')).toBeLessThan(Date.parse(rows[2]?.ts ?? ''));
  expect(await verify(again)).toMatchObject({ ok: true, rows: 7 });
});

test('Store.ask verify: commits go on while the chain is checked, and the report is of rows that were there', async () => {
  const store = await openTestStore();
  await fill(store, 0, 5000);
  const checking = verify(store);
  const acknowledged: number[] = [];
  for (let n = 0; n < 20; n += 1) acknowledged.push((await store.commit({ rows: [rowOf(n)] })).seq);
  const report = await checking;
  expect(report).toMatchObject({ ok: true });
  expect(report.rows).toBeGreaterThanOrEqual(5000);
  expect(acknowledged.at(-1)).toBe(5020);
});

test('Store.ask leaves: the stored hashes are those of the stored bodies', async () => {
  const store = await openTestStore();
  await fill(store, 0, 10);
  const bodies = await store.ask('bodies', { from: 1, limit: 10 });
  expect(await store.ask('leaves', { from: 1, to: 10 })).toEqual(
    bodies.map((body) => digestToHex(leafHash(body))),
  );
});

test('readCallRows (attack 61): which call a row belongs to is what its hashed body says', async () => {
  const store = await openTestStore();
  const call = `call_${'1'.repeat(32)}`;
  const row: RowInput = { type: 'plugin.host_call', data: { call } };
  await store.commit({ rows: [rowOf(1), row, rowOf(2), row] });
  expect((await readCallRows(store, call)).map(({ seq }) => seq)).toEqual([2, 4]);
  expect(await listCallIds(store, 10)).toEqual([call]);
  const moved = { sql: `UPDATE chain SET call = 'call_x' WHERE seq = 2`, args: [] };
  expect(await failureOf(store.commit({ rows: [], changes: [moved] }))).toMatchObject({
    code: 'integrity',
  });
});
