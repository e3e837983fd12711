import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HomeFiles } from '../../host/core/home.ts';
import { newId } from '../../host/core/id.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import { writeFileAtomic } from '../../host/runtime/atomic-file.ts';
import { readOwner } from '../../host/runtime/owner.ts';
import { world } from '../../host/runtime/world.ts';
import type { BlobFacts } from '../../host/store/protocol.ts';
import { knowBlob } from '../../host/store/tables/calls.ts';
import type { Store } from '../../host/store/store.ts';
import { Database } from '../../host/store/worker/database.ts';
import { QUARANTINE_MIGRATIONS, migrate } from '../../host/store/worker/migrations.ts';
import { ccos } from '../support/ccos-command.ts';
import { copyTestHome, makeTestFolder, makeTestHome, openTestGateway } from '../support/home.ts';
import { alter, failureOf, query } from './support.ts';

async function putBlob(store: Store): Promise<void> {
  const created = world.now();
  const ref = newId('q', world);
  const facts: BlobFacts = {
    ...{ ref, tenant: 'local', session: 'one', class: 'pii.attachment', created },
    ...{ expires: created + 3_600_000, bytes: 1 },
  };
  await store.ask('blobPut', { facts, bytes: Uint8Array.of(1) });
  await store.commit({ rows: [], changes: [knowBlob(ref, facts.session, facts.expires)] });
}

/** A home with a blob in quarantine, closed. */
async function makeWhole(): Promise<HomeFiles> {
  const home = makeTestHome();
  const gateway = await openTestGateway(home);
  await putBlob(gateway.services.store);
  await gateway.close();
  return home;
}
const whole = await makeWhole();

/** Exit code, and the lines for a person, of a command that opens the home. */
async function statusOf({ directory }: HomeFiles): Promise<readonly [number | null, string]> {
  const { exit, stderr } = await ccos(directory, 'status');
  return [exit, stderr];
}

const lines = (what: string, next: string): string => `ccos: ${what} (integrity)\n      ${next}\n`;
const RESTORE = 'do not go on with this home: ccos audit verify, then restore a backup';

describe('a quarantine that is gone is not made anew (D0.3-e):', () => {
  const GONE = lines(
    'quarantine.db of this home is gone or emptied, and what it held with it',
    'put it back from a backup; where there is none, start anew with another home: ccos init',
  );
  const swaps: readonly (readonly [string, (file: string) => Promise<void> | void])[] = [
    [
      'deleted',
      (file) => {
        rmSync(file);
      },
    ],
    [
      'emptied',
      (file) => {
        writeFileSync(file, '');
      },
    ],
    [
      'that of a home in which nothing was put away',
      async (file) => {
        rmSync(file);
        const database = await Database.open(file, 0);
        await migrate(database, QUARANTINE_MIGRATIONS);
        await database.close();
      },
    ],
  ];
  test.each(swaps)('%s', async (_, swap) => {
    const home = copyTestHome(whole);
    await swap(home.quarantineFile);
    expect(await statusOf(home)).toEqual([5, GONE]);
    copyFileSync(whole.quarantineFile, home.quarantineFile);
    expect((await statusOf(home))[0]).toBe(0);
  });

  test('it is, where the guard believes that the home is new', async () => {
    const home = copyTestHome(whole);
    rmSync(home.quarantineFile);
    const fresh = makeTestHome();
    for (const name of ['state.db', 'checkpoints.log', 'last-act.dsse.json'])
      copyFileSync(join(fresh.directory, name), join(home.directory, name));
    const keys = join(home.directory, 'keys');
    for (const name of readdirSync(keys))
      copyFileSync(join(fresh.directory, 'keys', name), join(keys, name));
    for (const name of readdirSync(join(fresh.directory, 'policies')))
      copyFileSync(join(fresh.directory, 'policies', name), join(home.directory, 'policies', name));
    const gateway = await openTestGateway(home);
    await putBlob(gateway.services.store);
    await gateway.close();
    const made = await query(home.quarantineFile, 'SELECT count(*) FROM tenant_key');
    expect(made).toEqual([[1]]);
  });
});

describe('ccos: exit 5 and one line, where a file of the home', () => {
  const keyNames = ['master.key', 'chain.key', 'chain.vkey', 'operator.key'];
  const files = [...keyNames.map((name) => join('keys', name)), 'admin.token', 'home.json'];
  const nameOf = (file: string): string => file.replace(/^keys\//, '');

  test.each(files)('is missing: %s', async (file) => {
    const home = copyTestHome(whole);
    rmSync(join(home.directory, file));
    const what = `stored data is not what was written: home, missing file, file ${nameOf(file)}`;
    expect(await statusOf(home)).toEqual([5, lines(what, RESTORE)]);
  });

  test.each(files)('is damaged: %s', async (file) => {
    const home = copyTestHome(whole);
    writeFileSync(join(home.directory, file), 'xyz');
    const what = `stored data is not what was written: home, damaged file, file ${nameOf(file)}`;
    expect(await statusOf(home)).toEqual([5, lines(what, RESTORE)]);
  });

  test.each(['chain.key', 'operator.key'])('is a key that is not its own: %s', async (name) => {
    const home = copyTestHome(whole);
    writeFileSync(join(home.directory, 'keys', name), generateKeyPair().pem);
    expect((await statusOf(home))[0]).toBe(5);
  });

  test.each(['home.json', 'config.json', 'admin.token', 'keys/operator.key', 'checkpoints.log'])(
    'is a pipe, or a folder: %s',
    async (file) => {
      for (const make of [
        (path: string) => spawnSync('mkfifo', [path]),
        (path: string) => {
          mkdirSync(path);
        },
      ]) {
        const home = copyTestHome(whole);
        rmSync(join(home.directory, file));
        make(join(home.directory, file));
        expect((await statusOf(home))[0]).toBe(5);
      }
    },
  );
});

test('readOwner: a pipe or a folder tells nobody anything, and does not wait', () => {
  const { directory } = makeTestHome();
  const file = join(directory, 'owner.json');
  spawnSync('mkfifo', [file]);
  expect(readOwner(directory)).toBeNull();
  rmSync(file);
  mkdirSync(file);
  expect(readOwner(directory)).toBeNull();
});

test('openState: integrity for a database in which any table was dropped', async () => {
  const tables = await query(
    whole.stateFile,
    `SELECT name FROM sqlite_schema WHERE type = 'table'`,
  );
  expect(tables.length).toBeGreaterThan(10);
  for (const [name] of tables) {
    const home = copyTestHome(whole);
    await alter(home.stateFile, ['PRAGMA foreign_keys = OFF', `DROP TABLE ${String(name)}`]);
    expect(await failureOf(openTestGateway(home))).toEqual({
      code: 'integrity',
      detail: { what: 'database', why: 'missing_table' },
    });
  }
});

test('Store.select: integrity for a table that has lost a column', async () => {
  const home = copyTestHome(whole);
  await alter(home.stateFile, ['ALTER TABLE limit_grant DROP COLUMN value']);
  const { services } = await openTestGateway(home);
  expect(await failureOf(services.settings.set('limits.pages', 3000))).toMatchObject({
    code: 'integrity',
  });
});

test('writeFileAtomic: what fails leaves the file as it was and nothing beside it', () => {
  const folder = makeTestFolder();
  const file = join(folder, 'config.json');
  mkdirSync(file);
  writeFileSync(join(file, 'in-the-way'), '');
  expect(() => {
    writeFileAtomic(file, 'new');
  }).toThrow();
  expect(readdirSync(folder)).toEqual(['config.json']);
  expect(existsSync(join(file, 'in-the-way'))).toBe(true);
  rmSync(file, { recursive: true });
  writeFileAtomic(file, 'new');
  expect(readFileSync(file, 'utf8')).toBe('new');
});
