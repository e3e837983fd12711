import { copyFileSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { HomeFiles } from '../../host/core/home.ts';
import { makeTestHome, openTestStore } from '../support/home.ts';
import { alter, failureOf, query } from './support.ts';

const value = new TextEncoder().encode('canary-7c31-in-the-vault');
const put = { record: 's_1', context: 'one', value };
const insertRow = (record: string): { sql: string; args: string[] } => ({
  sql: `INSERT INTO secret(tenant, name, state, record, lineage, created, stored)
        VALUES ('local', ?, 'active', ?, ?, 0, 0)`,
  args: [`NAME-${record}`, record, record],
});

function filesOf({ vaultFile }: HomeFiles): Buffer {
  const wal = `${vaultFile}-wal`;
  return Buffer.concat([
    readFileSync(vaultFile),
    existsSync(wal) ? readFileSync(wal) : Buffer.alloc(0),
  ]);
}

test('the vault: a file of its own, 0600, in which no value stands in the clear', async () => {
  const home = makeTestHome();
  const store = await openTestStore(home);
  await store.ask('secretPut', put);
  expect(await store.ask('secretRead', { record: 's_1', context: 'one' })).toEqual(value);
  expect(statSync(home.vaultFile).mode & 0o777).toBe(0o600);
  for (const file of [home.stateFile, home.quarantineFile, home.vaultFile])
    expect(readFileSync(file).includes('canary-7c31')).toBe(false);
  expect(filesOf(home).includes('canary-7c31')).toBe(false);
});

test('the vault: a home from before it was thought of gets one that others cannot read', async () => {
  const home = makeTestHome();
  rmSync(home.vaultFile);
  const store = await openTestStore(home);
  await store.ask('secretPut', put);
  expect(statSync(home.vaultFile).mode & 0o777).toBe(0o600);
});

test('the vault (D1.5e): another master key is quarantine_locked, makes nothing anew, loses nothing', async () => {
  const home = makeTestHome();
  const first = await openTestStore(home);
  await first.ask('secretPut', put);
  await first.commit({ rows: [], changes: [insertRow('s_1')] });
  await first.close();
  const before = readFileSync(home.vaultFile);
  const wrong = await openTestStore(home, { masterKey: randomBytes(32) });
  const locked = { code: 'quarantine_locked', detail: { what: 'vault', why: 'key' } };
  const ask = { record: 's_1', context: 'one' };
  expect(await failureOf(wrong.ask('secretRead', ask))).toEqual(locked);
  expect(await failureOf(wrong.ask('secretPut', { ...put, record: 's_2' }))).toEqual(locked);
  await wrong.close();
  expect(await query(home.vaultFile, 'SELECT record FROM sealed')).toEqual([['s_1']]);
  expect(readFileSync(home.vaultFile).subarray(100)).toEqual(before.subarray(100));
  const right = await openTestStore(home);
  expect(await right.ask('secretRead', ask)).toEqual(value);
});

test('the vault: a record that was moved, or whose key is gone, opens nothing', async () => {
  const home = makeTestHome();
  const store = await openTestStore(home);
  await store.ask('secretPut', put);
  await store.ask('secretPut', { record: 's_2', context: 'two', value: randomBytes(20) });
  await store.commit({ rows: [], changes: [insertRow('s_1'), insertRow('s_2')] });
  await store.close();
  const whole = `${home.vaultFile}.whole`;
  copyFileSync(home.vaultFile, whole);
  await alter(home.vaultFile, [
    `UPDATE sealed SET record = CASE record WHEN 's_1' THEN 's_x' ELSE 's_1' END`,
    `UPDATE sealed SET record = 's_2' WHERE record = 's_x'`,
  ]);
  const swapped = await openTestStore(home);
  for (const ask of [
    { record: 's_1', context: 'one' },
    { record: 's_2', context: 'two' },
  ])
    expect(await failureOf(swapped.ask('secretRead', ask))).toMatchObject({ code: 'integrity' });
  await swapped.close();
  copyFileSync(whole, home.vaultFile);
  await alter(home.vaultFile, ['DELETE FROM vault_key']);
  const keyless = await openTestStore(home);
  expect(await failureOf(keyless.ask('secretRead', { record: 's_1', context: 'one' }))).toEqual({
    code: 'integrity',
    detail: { what: 'vault' },
  });
});

test('the vault: a start removes what the state does not know, and deleting leaves no bytes', async () => {
  const home = makeTestHome();
  const store = await openTestStore(home);
  await store.ask('secretPut', put);
  await store.ask('secretPut', { ...put, record: 's_2' });
  await store.commit({ rows: [], changes: [insertRow('s_2')] });
  await store.close();
  const [[box] = []] = await query(home.vaultFile, `SELECT box FROM sealed WHERE record = 's_2'`);
  const again = await openTestStore(home); // as after a crash between the vault and the state
  expect(await failureOf(again.ask('secretRead', { record: 's_1', context: 'one' }))).toEqual({
    code: 'gone',
    detail: { what: 'secret' },
  });
  expect(filesOf(home).includes(Buffer.from(box as Uint8Array))).toBe(true);
  await again.ask('secretDelete', { record: 's_2' });
  expect(filesOf(home).includes(Buffer.from(box as Uint8Array))).toBe(false);
});
