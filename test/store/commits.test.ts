import { expect, onTestFinished, test } from 'vitest';
import type { RowInput } from '../../host/core/event.ts';
import { newId } from '../../host/core/id.ts';
import type { BlobFacts, BlobPut } from '../../host/store/protocol.ts';
import { readRows } from '../../host/store/tables/chain.ts';
import type { Store } from '../../host/store/store.ts';
import { makeTestHome, movableWorld, openTestStore } from '../support/home.ts';
import { failureOf } from './support.ts';

const BYTES = Buffer.from('what was said');
const ROW: RowInput = {
  type: 'quarantine.put',
  data: {},
  commitAs: { commit: 'bytes', args_commit: 'args' },
};
const FAILS = { sql: 'INSERT INTO nothing_of_that_name VALUES (1)', args: [] };

async function open(): Promise<{ readonly store: Store; readonly put: (ref?: string) => BlobPut }> {
  const world = movableWorld();
  const store = await openTestStore(makeTestHome(), { world });
  onTestFinished(() => store.close());
  const put = (ref: string = newId('q', world)): BlobPut => {
    const facts: BlobFacts = {
      ref: ref as BlobFacts['ref'],
      tenant: 'local',
      session: 'local',
      class: 'pii.attachment',
      created: 1,
      expires: 2,
      bytes: BYTES.length,
    };
    return { facts, bytes: BYTES, when: 'before', args: '{"password":"1234"}' };
  };
  return { store, put };
}

const rowsIn = async (store: Store): Promise<readonly unknown[]> =>
  (await readRows(store, { after: 0, limit: 100 })).map(({ data }) => data);
const blobsIn = async (store: Store): Promise<number> => (await store.ask('blobStats', null)).blobs;

test('Store.commit (D0.3-e): a row gets the commitments of the blob put away with it, salted anew each time', async () => {
  const { store, put } = await open();
  const first = await store.commit({ rows: [ROW], blob: put() });
  const second = await store.commit({ rows: [ROW], blob: { ...put(), when: 'after' } });
  expect(first.commitments?.bytes).toMatch(/^[0-9a-f]{64}$/);
  expect(await rowsIn(store)).toEqual([
    { commit: first.commitments?.bytes, args_commit: first.commitments?.args },
    { commit: second.commitments?.bytes, args_commit: second.commitments?.args },
  ]);
  const all = [first, second].flatMap(({ commitments }) => [commitments?.bytes, commitments?.args]);
  expect(new Set(all).size).toBe(4);
  expect(await blobsIn(store)).toBe(2);
});

test('Store.commit: who listens is told of the commitments', async () => {
  const { store, put } = await open();
  const heard: unknown[] = [];
  store.onCommit((rows) => heard.push(...rows.map(({ data }) => data)));
  await store.commit({ rows: [ROW], blob: put() });
  expect(heard).toEqual(await rowsIn(store));
});

test.each(['before', 'after'] as const)(
  'Store.commit (INV-GATE-2): rows that cannot be written leave no blob, put away %s them',
  async (when) => {
    const { store, put } = await open();
    const refused = store.commit({ rows: [ROW], changes: [FAILS], blob: { ...put(), when } });
    expect(await failureOf(refused)).toMatchObject({ code: 'integrity' });
    expect(await rowsIn(store)).toEqual([]);
    expect(await blobsIn(store)).toBe(0);
  },
);

test('Store.commit: a blob that cannot be put away leaves no row that tells of it, and the one that was there', async () => {
  const { store, put } = await open();
  const blob = put();
  await store.commit({ rows: [], blob });
  const again = store.commit({ rows: [ROW], blob });
  expect(await failureOf(again)).toMatchObject({ code: 'conflict' });
  expect(await rowsIn(store)).toEqual([]);
  expect(await store.ask('blobRead', blob.facts.ref)).toEqual(Uint8Array.from(BYTES));
});

test('Store.commit (INV-GATE-1): the decisions on a blob that cannot be put away stay, and it fails', async () => {
  const { store, put } = await open();
  const blob: BlobPut = { ...put(), when: 'after' };
  await store.commit({ rows: [], blob });
  expect(await failureOf(store.commit({ rows: [ROW], blob }))).toMatchObject({ code: 'conflict' });
  expect(await rowsIn(store)).toHaveLength(1);
});

test('Store.commit: of many at once only the one at fault fails', async () => {
  const { store, put } = await open();
  const taken = put();
  await store.commit({ rows: [], blob: taken });
  const commits = [put(), taken, put(), { ...put(), when: 'after' as const }];
  const answers = await Promise.allSettled(
    commits.map((blob) => store.commit({ rows: [ROW], blob })),
  );
  expect(answers.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ]);
  expect(await rowsIn(store)).toHaveLength(3);
  expect(await blobsIn(store)).toBe(4);
});
