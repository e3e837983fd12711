import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { OutsidePlace } from '../../host/kernel/sessions.ts';
import { openTestStore } from '../support/home.ts';
import { failureOf } from '../store/support.ts';
import { openKernel, rowsOf } from './support.ts';
import type { Kernel } from './support.ts';

const PLACE: OutsidePlace = {
  connection: 'ch_1',
  connector: 'local',
  channel: 'general-4711',
  sender: 'ann-4712',
};

const open = async ({ sessions }: Pick<Kernel, 'sessions'>, place: OutsidePlace) =>
  sessions.open(await sessions.locate(place), place.connector);

test('Sessions.open (D1.1-d): one place is one session, and each part of a place tells apart', async () => {
  const { sessions } = await openKernel();
  const places: readonly OutsidePlace[] = [
    PLACE,
    { ...PLACE, sender: 'bob' },
    { ...PLACE, thread: 't1' },
    { ...PLACE, thread: 't2' },
    { ...PLACE, thread: '' },
    { ...PLACE, channel: 'random' },
    { ...PLACE, connection: 'ch_2' },
    // An id that holds what could separate two ids in a sloppy key.
    { ...PLACE, channel: 'general-4711","x' },
    { ...PLACE, channel: 'a:b', sender: 'c' },
    { ...PLACE, channel: 'a', sender: 'b:c' },
    { ...PLACE, channel: '../..', sender: '\u0000\ud800' },
    { ...PLACE, channel: 'é', sender: 'x'.repeat(5000) },
    { ...PLACE, channel: 'e\u0301', sender: 'x'.repeat(4999) },
  ];
  const first = [];
  for (const place of places) first.push((await open({ sessions }, place)).id);
  const again = [];
  for (const place of places) again.push((await open({ sessions }, place)).id);
  expect(new Set(first).size).toBe(places.length);
  expect(again).toEqual(first);
  for (const id of first) expect(id).toMatch(/^s_[0-9a-f]{32}$/);
});

test('Sessions.open (D1.1-d): two messages at once make one session, with one run and one row', async () => {
  const { sessions, store } = await openKernel();
  const opened = await Promise.all(Array.from({ length: 20 }, () => open({ sessions }, PLACE)));
  expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
  const rows = await rowsOf(store, 'session.created');
  expect(rows.map(({ session }) => session)).toEqual([opened[0]?.id]);
  expect(rows[0]?.run).toMatch(/^run_/);
});

test('Sessions.pseudonyms (INV-SESSION-1): stable for the tenant, others in another home and of another tenant', async () => {
  const { sessions, store, home } = await openKernel();
  const words = [['sender', 'local', 'ann-4712']];
  const [mine] = await sessions.pseudonyms(words);
  expect(await sessions.pseudonyms(words)).toEqual([mine]);
  expect(mine).toMatch(/^p_[0-9a-f]{32}$/);
  expect(await store.ask('pseudonyms', { tenant: 'other', of: words })).not.toEqual([mine]);
  const other = await openKernel();
  expect(await other.sessions.pseudonyms(words)).not.toEqual([mine]);
  await store.close();
  const reopened = await openTestStore(home);
  expect(await reopened.ask('pseudonyms', { tenant: 'local', of: words })).toEqual([mine]);
});

test('Sessions.open (INV-SESSION-1): no id of the outside is in any file of the home', async () => {
  const { sessions, store, home } = await openKernel();
  await open({ sessions }, { ...PLACE, thread: 'thread-4713' });
  await store.close();
  for (const id of ['general-4711', 'ann-4712', 'thread-4713']) {
    const found = execFileSync('sh', ['-c', 'grep -rlaF -- "$0" "$1" || true', id, home.directory]);
    expect(found.toString()).toBe('');
  }
});

test('Sessions.get: what is unknown and what is another tenant’s are the same', async () => {
  const { sessions, store } = await openKernel();
  const { id } = await open({ sessions }, PLACE);
  expect((await sessions.get(id)).id).toBe(id);
  await store.commit({
    rows: [],
    changes: [{ sql: `UPDATE session SET tenant = 'other' WHERE id = ?`, args: [id] }],
  });
  const foreign = await failureOf(sessions.get(id));
  const unknown = await failureOf(sessions.get(`s_${'0'.repeat(32)}`));
  expect(foreign).toEqual(unknown);
  expect(foreign).toMatchObject({ code: 'not_found' });
});

test('Sessions.list: pages without a gap or a repetition', async () => {
  const { sessions } = await openKernel();
  const made = [];
  for (const sender of ['a', 'b', 'c', 'd', 'e'])
    made.push((await open({ sessions }, { ...PLACE, sender })).id);
  const seen: string[] = [];
  for (let after: string | undefined; ; after = seen.at(-1)) {
    const page = await sessions.list({ limit: 2, ...(after !== undefined && { after }) });
    if (page.length === 0) break;
    seen.push(...page.map(({ id }) => id));
  }
  expect(seen.length).toBe(made.length);
  expect([...seen].sort()).toEqual([...made].sort());
});
