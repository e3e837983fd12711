import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { HomeFiles } from '../../host/core/home.ts';
import { makeNewHome } from '../../host/new-home.ts';
import { createHome, openHome } from '../../host/runtime/home.ts';
import { announce, readOwner } from '../../host/runtime/owner.ts';
import { readRows } from '../../host/store/tables/chain.ts';
import { Database } from '../../host/store/worker/database.ts';
import {
  QUARANTINE_MIGRATIONS,
  STATE_MIGRATIONS,
  VAULT_MIGRATIONS,
  migrate,
} from '../../host/store/worker/migrations.ts';
import {
  approveDocuments,
  makeTestFolder,
  makeTestHome,
  openTestGateway,
  openTestStore,
} from '../support/home.ts';
import { alter, failureOf, fill, query, verify } from './support.ts';

const MAIN = join(process.cwd(), 'dist', 'main.js');
const full = { code: 'storage_full' };

describe('openStore: one owner', () => {
  test('a second one waits as long as it is told, then it is locked', async () => {
    const home = makeTestHome();
    await openTestStore(home);
    const began = performance.now();
    const second = openTestStore(home, { lockWaitMillis: 300 });
    expect(await failureOf(second)).toEqual({ code: 'locked', detail: {} });
    expect(performance.now() - began).toBeGreaterThanOrEqual(300);
  });

  test('who waits has the home as soon as the first one lets go', async () => {
    const home = makeTestHome();
    const first = await openTestStore(home);
    const waiting = openTestStore(home, { lockWaitMillis: 30_000 });
    await fill(first, 0, 3);
    await first.close();
    expect((await waiting).openedSize).toBe(3);
  });

  test('announce: says who has a home; nobody, where that process is gone', () => {
    const { directory } = makeTestHome();
    expect(readOwner(directory)).toBeNull();
    announce(directory, { pid: process.pid, url: null });
    expect(readOwner(directory)).toEqual({ pid: process.pid, url: null });
    const gone = spawnSync(process.execPath, ['--version']).pid;
    announce(directory, { pid: gone, url: 'http://127.0.0.1:1/' });
    expect(readOwner(directory)).toBeNull();
    writeFileSync(join(directory, 'owner.json'), '{"pid":');
    expect(readOwner(directory)).toBeNull();
  });
});

describe('migrate', () => {
  const make = (...names: readonly string[]): readonly (readonly string[])[] =>
    names.map((name) => [`CREATE TABLE ${name}(x) STRICT`.replace('(x)', '(x INTEGER)')]);
  const open = (): Promise<Database> => Database.open(join(makeTestFolder(), 'x.db'), 0);
  const tables = async (database: Database): Promise<readonly unknown[]> =>
    (
      await database.select({ sql: 'SELECT name FROM sqlite_schema ORDER BY name', args: [] })
    ).flat();
  const version = async (database: Database): Promise<unknown> =>
    (await database.select({ sql: 'PRAGMA user_version', args: [] }))[0]?.[0];

  test('brings a new database and an older one to the newest version, and tells which it was', async () => {
    const database = await open();
    expect(await migrate(database, make('a'))).toBe(0);
    await database.batch([{ sql: 'INSERT INTO a VALUES (7)', args: [] }]);
    expect(await migrate(database, make('a', 'b', 'c'))).toBe(1);
    expect(await migrate(database, make('a', 'b', 'c'))).toBe(3);
    expect(await tables(database)).toEqual(['a', 'b', 'c']);
    expect(await database.select({ sql: 'SELECT x FROM a', args: [] })).toEqual([[7]]);
    await database.close();
  });

  test('a step is taken whole or not at all, and can be taken again', async () => {
    const database = await open();
    const broken = [...make('a'), ['CREATE TABLE b(x INTEGER) STRICT', 'CREATE TABLE a(x) STRICT']];
    expect(await failureOf(migrate(database, broken))).toMatchObject({ code: 'integrity' });
    expect(await tables(database)).toEqual(['a']);
    expect(await version(database)).toBe(1);
    expect(await migrate(database, make('a', 'b'))).toBe(1);
    expect(await tables(database)).toEqual(['a', 'b']);
    await database.close();
  });

  test('newer_home for a database of a version that is not known, which it leaves as it is', async () => {
    const database = await open();
    await migrate(database, make('a', 'b'));
    expect(await failureOf(migrate(database, make('a')))).toEqual({
      code: 'newer_home',
      detail: { found: 2, known: 1 },
    });
    expect(await version(database)).toBe(2);
    await database.close();
  });
});

describe('a home of another version', () => {
  test.each([
    ['state.db', STATE_MIGRATIONS.length],
    ['quarantine.db', QUARANTINE_MIGRATIONS.length],
    ['vault.db', VAULT_MIGRATIONS.length],
  ])('openStore: newer_home for a newer %s', async (name, known) => {
    const home = makeTestHome();
    await (await openTestStore(home)).close();
    const file = join(home.directory, name);
    await alter(file, ['PRAGMA user_version = 99']);
    const failure = { code: 'newer_home', detail: { found: 99, known } };
    expect(await failureOf(openTestStore(home))).toEqual(failure);
    expect(await query(file, 'PRAGMA user_version')).toEqual([[99]]);
  });

  test('openHome: newer_home for newer files, integrity for none that we wrote', () => {
    const { directory, id } = makeTestHome();
    const file = join(directory, 'home.json');
    const opens = (text: string) => (): unknown => {
      writeFileSync(file, text);
      return openHome(directory);
    };
    const refused = (code: string): Error => expect.objectContaining({ code }) as Error;
    expect(opens(JSON.stringify({ format: 3, id }))).toThrow(refused('newer_home'));
    expect(opens(JSON.stringify({ format: 1, id: '../x' }))).toThrow(refused('integrity'));
    expect(opens('{')).toThrow(refused('integrity'));
    rmSync(file);
    expect(() => openHome(directory)).toThrow(refused('not_ready'));
  });

  test('createHome: never makes new keys for a home that has a database', async () => {
    const home = makeTestHome();
    await (await openTestStore(home)).close();
    rmSync(join(home.directory, 'home.json'));
    const key = readFileSync(join(home.directory, 'keys', 'master.key'));
    expect(() => {
      createHome(home.directory, makeNewHome('0.0.0'));
    }).toThrow(expect.objectContaining({ code: 'integrity' }) as Error);
    expect(readFileSync(join(home.directory, 'keys', 'master.key'))).toEqual(key);
  });

  test('createHome: a home that was half made is made again; keys and token are the owner’s alone', () => {
    const directory = join(makeTestFolder(), 'home');
    createHome(directory, makeNewHome('0.0.0'));
    rmSync(join(directory, 'home.json'));
    createHome(directory, makeNewHome('0.0.0'));
    expect(openHome(directory).keys().master).toHaveLength(32);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    const secret = ['admin.token', ...readdirSync(join(directory, 'keys')).map((k) => `keys/${k}`)];
    for (const name of secret) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  });
});

/** Small disks of their own, where this user may mount; they are gone after the last test. */
const disks: string[] = [];
afterAll(() => {
  for (const disk of disks) spawnSync('umount', ['-l', disk]);
});

function mount(mebibytes: number): string | null {
  const folder = makeTestFolder();
  const options = ['-t', 'tmpfs', '-o', `size=${String(mebibytes)}m`, 'ccos-test', folder];
  if (spawnSync('mount', options).status !== 0) return null;
  disks.push(folder);
  return folder;
}

const canMount = mount(1) !== null;
if (!canMount) process.stderr.write('SKIPPED: no right to mount, so no disk is filled up here\n');

function homeOn(disk: string): HomeFiles {
  createHome(join(disk, 'home'), makeNewHome('0.0.0'));
  return openHome(join(disk, 'home'));
}

/** Takes what is left of a disk but for `leave` bytes; undone by the function that it gives. */
function fillUp(disk: string, leave: number): () => void {
  const { bavail, bsize } = statfsSync(disk);
  const file = join(disk, 'filler');
  writeFileSync(file, new Uint8Array(Math.max(0, bavail * bsize - leave)));
  return () => {
    rmSync(file);
  };
}

const remount = (disk: string, how: 'ro' | 'rw'): void => {
  expect(spawnSync('mount', ['-o', `remount,${how}`, disk]).status).toBe(0);
};

describe.skipIf(!canMount)('a full disk (D0.3-e)', () => {
  test('Store: storage_full, nothing partial, no acknowledged row lost, and it goes on when there is room', async () => {
    const disk = mount(8) ?? '';
    const home = homeOn(disk);
    const store = await openTestStore(home);
    await fill(store, 0, 100);
    const makeRoom = fillUp(disk, 100_000);
    const made = await Promise.all(
      Array.from({ length: 3000 }, (_, n) =>
        store.commit({ rows: [{ type: 'gateway.stop', data: { n } }] }).then(
          ({ seq }) => ({ n, seq }),
          (failure: unknown) => failure,
        ),
      ),
    );
    const refused = made.filter((outcome) => outcome instanceof Error);
    const kept = made.filter((outcome) => !(outcome instanceof Error)) as {
      n: number;
      seq: number;
    }[];
    expect(refused.length).toBeGreaterThan(0);
    for (const failure of refused) expect(failure).toMatchObject(full);
    expect(await failureOf(store.ask('checkpoint', null))).toMatchObject(full);
    const facts = {
      ref: `q_${'0'.repeat(32)}`,
      tenant: 'local',
      session: 's',
      class: 'pii.attachment',
      created: 0,
      expires: 1,
      bytes: 3e6,
    } as const;
    const put = store.ask('blobPut', {
      facts: { ...facts, ref: facts.ref as never },
      bytes: new Uint8Array(3e6),
    });
    expect(await failureOf(put)).toMatchObject(full);
    expect(await store.ask('blobStats', null)).toEqual({ blobs: 0, bytes: 0 });
    expect(await verify(store)).toMatchObject({ ok: true, rows: 100 + kept.length });
    makeRoom();
    await fill(store, 0, 5);
    await store.close();
    const again = await openTestStore(home);
    expect(await verify(again)).toMatchObject({ ok: true, rows: 105 + kept.length });
    const rows = await readRows(again, { after: 100, limit: 10_000 });
    expect(rows.slice(0, kept.length).map(({ seq, data }) => ({ n: data['n'], seq }))).toEqual(
      kept,
    );
    await again.close();
  });

  test('Store.close: ends on a full disk too, and the next start works', async () => {
    const disk = mount(8) ?? '';
    const home = homeOn(disk);
    const store = await openTestStore(home);
    await fill(store, 0, 100);
    const makeRoom = fillUp(disk, 0);
    await store.close().catch(() => undefined);
    makeRoom();
    const again = await openTestStore(home);
    expect(await verify(again)).toMatchObject({ ok: true, rows: 100 });
    await again.close();
  });

  test('Extractor.extract: storage_full, no call left open, and the same document is read when there is room', async () => {
    const disk = mount(24) ?? '';
    const gateway = await openTestGateway(homeOn(disk));
    await approveDocuments(gateway);
    const { services } = gateway;
    const document = { bytes: Buffer.from('hello '.repeat(200_000)), session: 'local' };
    const makeRoom = fillUp(disk, 300_000);
    expect(await failureOf(services.extractor.extract(document))).toMatchObject(full);
    expect(await services.blobs.stats()).toEqual({ blobs: 0, bytes: 0 });
    makeRoom();
    expect((await services.extractor.extract(document)).text).toContain('hello hello');
    expect(await services.audit.verify(null)).toMatchObject({ ok: true });
    await gateway.close();
  });

  test('createHome: storage_full, and the same folder can be used when there is room', () => {
    const disk = mount(1) ?? '';
    const makeRoom = fillUp(disk, 8192);
    const directory = join(disk, 'home');
    expect(() => {
      createHome(directory, makeNewHome('0.0.0'));
    }).toThrow(expect.objectContaining(full) as Error);
    expect(existsSync(join(directory, 'home.json'))).toBe(false);
    makeRoom();
    createHome(directory, makeNewHome('0.0.0'));
    expect(openHome(directory).keys().master).toHaveLength(32);
  });

  test('openStore: storage_full on a disk that is read-only, and the home is as it was', async () => {
    const disk = mount(8) ?? '';
    const home = homeOn(disk);
    const first = await openTestStore(home);
    await fill(first, 0, 10);
    await first.close();
    const before = readFileSync(home.stateFile);
    remount(disk, 'ro');
    expect(await failureOf(openTestStore(home))).toMatchObject(full);
    expect(() => {
      home.writeConfig({});
    }).toThrow(expect.objectContaining(full) as Error);
    remount(disk, 'rw');
    expect(readFileSync(home.stateFile)).toEqual(before);
    const again = await openTestStore(home);
    expect(again.openedSize).toBe(10);
    await again.close();
  });
});

describe('a limit on the size of files, as a full disk for who may not mount (D0.3-e)', () => {
  const ccos = (home: string, blocks: number | 'unlimited', ...args: readonly string[]) =>
    spawnSync(
      'sh',
      ['-c', `ulimit -f ${String(blocks)}; exec "$@"`, 'sh', process.execPath, MAIN, ...args],
      { env: { CCOS_HOME: home }, encoding: 'utf8', timeout: 60_000 },
    );

  test('ccos init: says that the disk is full, and works when it is not', () => {
    const home = join(makeTestFolder(), 'home');
    mkdirSync(home);
    const { status, stderr } = ccos(home, 16, 'init');
    expect([status, stderr]).toEqual([1, expect.stringContaining('disk is full') as string]);
    expect(ccos(home, 'unlimited', 'init').status).toBe(0);
    expect(ccos(home, 'unlimited', 'audit', 'verify').status).toBe(0);
  });
});
