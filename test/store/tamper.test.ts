import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { InStatement } from '@libsql/client/sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import type { HomeFiles } from '../../host/core/home.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import { digestToHex, leafHash } from '../../host/crypto/merkle.ts';
import { signCheckpoint } from '../../host/crypto/note.ts';
import { offline } from '../../host/offline.ts';
import type { OpenState } from '../../host/store/worker/state.ts';
import { CcosError } from '../../host/core/error.ts';
import {
  copyTestHome,
  makeTestFolder,
  makeTestHome,
  openTestState,
  openTestStore,
} from '../support/home.ts';
import { alter, failureOf, fill, query, verify } from './support.ts';

const ROWS = 25;
const MIDDLE = 20; // the older one of the two checkpoints

let whole: HomeFiles; // 25 rows, closed
let older: HomeFiles; // the same home when it had 20
let bodies: readonly string[];
let exported: string; // a checkpoint of 25 that somebody took away

beforeAll(async () => {
  whole = makeTestHome();
  const first = await openTestStore(whole);
  await fill(first, 1, MIDDLE);
  await first.close();
  older = copyTestHome(whole);
  const second = await openTestStore(whole);
  await fill(second, MIDDLE + 1, ROWS - MIDDLE);
  exported = await second.ask('checkpoint', null);
  bodies = await second.ask('bodies', { from: 1, limit: ROWS });
  await second.close();
});

const swap = (a: number, b: number): readonly InStatement[] => [
  `UPDATE chain SET seq = -1 WHERE seq = ${String(a)}`,
  `UPDATE chain SET seq = ${String(a)} WHERE seq = ${String(b)}`,
  `UPDATE chain SET seq = ${String(b)} WHERE seq = -1`,
];
const edit = (seq: number, change: (body: string) => string): InStatement => {
  const body = bodies[seq - 1] ?? '';
  expect(change(body)).not.toBe(body);
  return { sql: 'UPDATE chain SET body = ? WHERE seq = ?', args: [change(body), seq] };
};
/** Edits a row and gives it the hash of its new body. */
const forge = (seq: number, change: (body: string) => string): readonly InStatement[] => {
  const hash = Buffer.from(digestToHex(leafHash(change(bodies[seq - 1] ?? ''))), 'hex');
  return [edit(seq, change), { sql: 'UPDATE chain SET hash = ? WHERE seq = ?', args: [hash, seq] }];
};
const field = (name: string, to: string) => (body: string) =>
  body.replace(new RegExp(`"${name}":("[^"]*"|[0-9]+|null)`), `"${name}":${to}`);
const copied = (from: number, to: number): InStatement =>
  `INSERT INTO chain(seq, hash, body) SELECT ${String(to)}, hash, body FROM chain WHERE seq = ${String(from)}`;

/** These columns read the body, and would keep what is no JSON out. */
const DROP_COLUMNS = ['call', 'session'].map((name) => `ALTER TABLE chain DROP COLUMN ${name}`);

type Case = readonly [
  what: string,
  expected: readonly [bad: number, why: string],
  make: () => readonly InStatement[],
];

/** `ok: false` from `verify`, for rows that a checkpoint covers and a start does not read again. */
const EDITS: readonly Case[] = [
  ['one byte of a body', [7, 'hash'], () => [edit(7, (body) => body.replace('"n":7', '"n":8'))]],
  ['the hash', [7, 'hash'], () => ['UPDATE chain SET hash = zeroblob(32) WHERE seq = 7']],
  [
    'one byte of the hash of the first row',
    [1, 'hash'],
    () => [`UPDATE chain SET hash = CAST(unhex('00') || substr(hash, 2) AS BLOB) WHERE seq = 1`],
  ],
  ['the type only', [7, 'hash'], () => [edit(7, field('type', '"gateway.stop"'))]],
  ['the parent only', [7, 'hash'], () => [edit(7, field('parent', 'null'))]],
  ['the session only', [7, 'hash'], () => [edit(7, field('session', '"other"'))]],
  ['the time only', [7, 'hash'], () => [edit(7, field('ts', '"2020-01-01T00:00:00.000Z"'))]],
  ['the tenant only', [7, 'hash'], () => [edit(7, field('tenant', '"other"'))]],
  ['the number in the body', [7, 'hash'], () => [edit(7, field('seq', '8'))]],
  [
    'a NUL in a body',
    [7, 'hash'],
    () => [
      ...DROP_COLUMNS,
      `UPDATE chain SET body = substr(body, 1, 40) || char(0) || substr(body, 41) WHERE seq = 7`,
    ],
  ],
  [
    'an empty body',
    [7, 'hash'],
    () => [...DROP_COLUMNS, `UPDATE chain SET body = '' WHERE seq = 7`],
  ],
  [
    'a row with its hash made anew: the next one is not its successor',
    [8, 'link'],
    () => forge(7, field('type', '"gateway.stop"')),
  ],
  ['a row that is deleted', [7, 'gap'], () => ['DELETE FROM chain WHERE seq = 7']],
  ['the first row deleted', [1, 'gap'], () => ['DELETE FROM chain WHERE seq = 1']],
  [
    'a row deleted and the rest moved up',
    [7, 'link'],
    () => [
      'DELETE FROM chain WHERE seq = 7',
      'UPDATE chain SET seq = -seq WHERE seq > 7',
      'UPDATE chain SET seq = -seq - 1 WHERE seq < 0',
    ],
  ],
  ['two rows reordered', [7, 'link'], () => swap(7, 8)],
  ['two distant rows reordered', [3, 'link'], () => swap(3, 19)],
  [
    'a row that is there twice',
    [8, 'link'],
    () => [
      'UPDATE chain SET seq = -seq WHERE seq > 7',
      'UPDATE chain SET seq = 1 - seq WHERE seq < 0',
      copied(7, 8),
    ],
  ],
  ['a row before the first', [1, 'gap'], () => [copied(3, 0)]],
  [
    'the note of an older checkpoint',
    [MIDDLE, 'signature'],
    () => [
      `UPDATE checkpoint SET note = replace(note, '${String(MIDDLE)}', '19') WHERE size = ${String(MIDDLE)}`,
    ],
  ],
  [
    'an older checkpoint under another size',
    [19, 'checkpoint'],
    () => [`UPDATE checkpoint SET size = 19 WHERE size = ${String(MIDDLE)}`],
  ],
];

/** `integrity` at the start: the database is not the one that the newest checkpoint was signed over. */
const REFUSED: readonly Case[] = [
  ['the tail cut', [ROWS, 'truncated'], () => ['DELETE FROM chain WHERE seq > 20']],
  [
    'the tail cut with its checkpoint',
    [MIDDLE + 1, 'truncated'],
    () => ['DELETE FROM chain WHERE seq > 20', 'DELETE FROM checkpoint WHERE size > 20'],
  ],
  ['reset to genesis', [1, 'truncated'], () => ['DELETE FROM chain', 'DELETE FROM checkpoint']],
  [
    'the last row with its hash made anew',
    [ROWS, 'hash'],
    () => forge(ROWS, field('type', '"gateway.stop"')),
  ],
  ['a row that is there twice, at the end', [ROWS + 1, 'link'], () => [copied(ROWS, ROWS + 1)]],
  ['a row after a gap', [ROWS + 1, 'gap'], () => [copied(ROWS, ROWS + 2)]],
  [
    'the signature of the newest checkpoint',
    [ROWS, 'signature'],
    () => [
      `UPDATE checkpoint SET note = substr(note, 1, length(note) - 9) || 'AAAAAAA=' || char(10) WHERE size = ${String(ROWS)}`,
    ],
  ],
  [
    'the frontier of the newest checkpoint',
    [ROWS, 'checkpoint'],
    () => [
      `UPDATE checkpoint SET frontier = replace(frontier, substr(frontier, 1, 2), '00') WHERE size = ${String(ROWS)}`,
    ],
  ],
  [
    'a frontier of fewer roots with the same root',
    [ROWS, 'checkpoint'],
    () => [
      {
        sql: `UPDATE checkpoint SET frontier = ? WHERE size = ${String(ROWS)}`,
        args: [rootHexOf(exported)],
      },
    ],
  ],
  [
    'the head of the newest checkpoint',
    [ROWS, 'hash'],
    () => [`UPDATE checkpoint SET head = '${'0'.repeat(64)}' WHERE size = ${String(ROWS)}`],
  ],
  [
    'the newest checkpoint under another size',
    [ROWS + 1, 'checkpoint'],
    () => [`UPDATE checkpoint SET size = ${String(ROWS + 1)} WHERE size = ${String(ROWS)}`],
  ],
];

const rootHexOf = (note: string): string =>
  Buffer.from(note.split('\n')[2] ?? '', 'base64').toString('hex');

async function tampered(statements: readonly InStatement[]): Promise<HomeFiles> {
  const home = copyTestHome(whole);
  await alter(home.stateFile, statements);
  return home;
}

const refusal = (bad: number, why: string) => ({
  code: 'integrity',
  detail: { what: 'chain', bad_seq: bad, why },
});
const offlineReport = (home: HomeFiles, checkpoint?: string) =>
  offline.verifyAudit({
    dbFile: home.stateFile,
    verifierKey: whole.keys().chainVerifierKey,
    ...(checkpoint !== undefined && { checkpoint }),
  });

describe('Store.ask verify (D0.4-d, attack 61, INV-CHAIN-1) names the first bad row:', () => {
  test.each(EDITS)('%s', async (_, [bad, why], make) => {
    const home = await tampered(make());
    const copy = await openTestState(home, { readOnly: true });
    expect(await copy.handlers.verify({ note: null })).toMatchObject({
      ok: false,
      bad_seq: bad,
      why,
    });
    await copy.handlers.close(null);
    expect(await outcomeOf(home)).not.toBe('intact');
  });
});

describe('openStore (D0.4-d, attack 61, INV-CHAIN-3) refuses to start:', () => {
  test.each(REFUSED)('%s', async (_, [bad, why], make) => {
    const home = await tampered(make());
    expect(await failureOf(openTestState(home))).toEqual(refusal(bad, why));
  });

  test('an older copy of the whole file', async () => {
    const home = copyTestHome(whole);
    copyFileSync(older.stateFile, home.stateFile);
    expect(await failureOf(openTestStore(home))).toEqual(refusal(MIDDLE + 1, 'truncated'));
  });

  test('no file any more', async () => {
    const home = copyTestHome(whole);
    rmSync(home.stateFile);
    expect(await failureOf(openTestStore(home))).toEqual(refusal(1, 'truncated'));
  });

  test('the database of another home', async () => {
    const home = copyTestHome(whole);
    const other = makeTestHome();
    const store = await openTestStore(other);
    await fill(store, 1, ROWS);
    await store.close();
    copyFileSync(other.stateFile, home.stateFile);
    expect(await failureOf(openTestStore(home))).toEqual(refusal(ROWS, 'signature'));
  });

  test('every checkpoint signed anew with another key', async () => {
    const key = generateKeyPair();
    const origin = `ccos/${whole.id}`;
    const notes = await query(whole.stateFile, 'SELECT size, note FROM checkpoint');
    const home = await tampered(
      notes.map(([size, note]) => {
        const rootBase64 = String(note).split('\n')[2] ?? '';
        const signed = signCheckpoint({ origin, size: Number(size), rootBase64 }, key);
        return {
          sql: 'UPDATE checkpoint SET note = ? WHERE size = ?',
          args: [signed, Number(size)],
        };
      }),
    );
    expect(await failureOf(openTestStore(home))).toEqual(refusal(ROWS, 'signature'));
  });

  test.each([
    ['emptied', () => ''],
    ['put back by an older copy', () => readFileSync(older.checkpointLog, 'utf8')],
    ['cut in its last note', (log: string) => log.slice(0, -30)],
    ['filled with something else', (log: string) => log.replaceAll(/[0-9]/g, '7')],
  ])('the checkpoint log %s', async (_, change) => {
    const home = copyTestHome(whole);
    writeFileSync(home.checkpointLog, change(readFileSync(home.checkpointLog, 'utf8')));
    expect(await failureOf(openTestStore(home))).toEqual(refusal(ROWS, 'checkpoint'));
  });

  test('the checkpoint log emptied, and every checkpoint in the database with it', async () => {
    const home = copyTestHome(whole);
    writeFileSync(home.checkpointLog, '');
    await alter(home.stateFile, ['DELETE FROM checkpoint']);
    expect(await failureOf(openTestStore(home))).toEqual(refusal(1, 'checkpoint'));
  });

  test('the checkpoint log removed', async () => {
    const home = copyTestHome(whole);
    rmSync(home.checkpointLog);
    expect(await failureOf(openTestStore(home))).toEqual({
      code: 'integrity',
      detail: { what: 'checkpoint_log', why: 'missing' },
    });
  });
});

test('Store.ask verify (INV-CHAIN-3): a log that is cut while the store is open', async () => {
  const home = copyTestHome(whole);
  const store = await openTestStore(home);
  truncateSync(home.checkpointLog, 0);
  expect(await verify(store)).toMatchObject({ ok: false, bad_seq: ROWS, why: 'checkpoint' });
});

test('offline.verifyAudit (D0.4-d): a cut tail shows against an exported checkpoint, and only so', async () => {
  const cut = await tampered([
    'DELETE FROM chain WHERE seq > 20',
    'DELETE FROM checkpoint WHERE size > 20',
  ]);
  expect(await offlineReport(cut)).toMatchObject({ ok: true, rows: MIDDLE });
  expect(await offlineReport(cut, exported)).toMatchObject({
    ok: false,
    bad_seq: MIDDLE + 1,
    why: 'truncated',
  });
  expect(await offlineReport(older, exported)).toMatchObject({ ok: false, bad_seq: MIDDLE + 1 });
});

test('offline.verifyAudit (D0.4-e): the file and the verifier key are enough, and the file is not touched', async () => {
  const file = join(makeTestFolder(), 'evidence.db');
  copyFileSync(whole.stateFile, file);
  const before = readFileSync(file);
  const verifierKey = whole.keys().chainVerifierKey;
  const report = await offline.verifyAudit({ dbFile: file, verifierKey, checkpoint: exported });
  expect(report).toEqual({
    ok: true,
    rows: ROWS,
    checkpoints: 3,
    root: exported.split('\n')[2],
    head: digestToHex(leafHash(bodies[ROWS - 1] ?? '')),
  });
  expect(readFileSync(file)).toEqual(before);
  expect(existsSync(`${file}-wal`)).toBe(false);
});

test('offline.verifyAudit: another key, a checkpoint of another log, no file', async () => {
  const other = makeTestHome().keys().chainVerifierKey;
  const dbFile = whole.stateFile;
  expect(await offline.verifyAudit({ dbFile, verifierKey: other })).toMatchObject({
    ok: false,
    why: 'signature',
  });
  const foreign = exported.replaceAll(whole.id, '0'.repeat(16));
  expect(await offlineReport(whole, foreign)).toMatchObject({ ok: false, why: 'signature' });
  expect(
    await failureOf(
      offline.verifyAudit({ dbFile: join(makeTestFolder(), 'x'), verifierKey: other }),
    ),
  ).toMatchObject({ code: 'file_not_found' });
});

test('openStore: a note that a crash cut short does not hide the ones that come after it', async () => {
  const home = copyTestHome(whole);
  const note = readFileSync(home.checkpointLog, 'utf8')
    .trimEnd()
    .split('\n\n')
    .slice(-2)
    .join('\n\n');
  for (const length of [1, 20, 40, note.length - 90, note.length - 20]) {
    appendFileSync(home.checkpointLog, note.slice(0, length));
    const store = await openTestStore(home);
    await fill(store, 1, 1);
    await store.close();
    const again = await openTestStore(home);
    const rows = again.openedSize;
    expect(readFileSync(home.checkpointLog, 'utf8')).toContain(`\n${String(rows)}\n`);
    expect(await verify(again)).toMatchObject({ ok: true, rows });
    await again.close();
  }
});

test('openStore: a crash between the log and the database leaves a home that opens', async () => {
  const home = await tampered([`DELETE FROM checkpoint WHERE size = ${String(ROWS)}`]);
  const store = await openTestStore(home);
  expect(store.openedSize).toBe(ROWS);
  expect(await verify(store)).toMatchObject({ ok: true, rows: ROWS });
});

test('Store (D0.4-d, attack 61): no flipped bit of the file shows another chain as intact', async () => {
  const home = copyTestHome(whole);
  const bytes = readFileSync(home.stateFile);
  const outcomes = { refused: 0, found: 0, intact: 0 };
  const first = bytes.indexOf('"prev_hash"') - 300; // inside the pages that hold the rows
  for (let at = first; at < bytes.length; at += 611) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    writeFileSync(home.stateFile, flipped);
    copyFileSync(whole.checkpointLog, home.checkpointLog);
    outcomes[await outcomeOf(home)] += 1;
  }
  expect(outcomes.refused + outcomes.found).toBeGreaterThan(10);
});

/** What is found of a home whose file was changed; fails where it shows rows that were never written. */
async function outcomeOf(home: HomeFiles): Promise<'refused' | 'found' | 'intact'> {
  let state: OpenState | undefined;
  try {
    state = await openTestState(home);
    const report = await state.handlers.verify({ note: null });
    if (!report.ok) return 'found';
    const shown = await state.handlers.bodies({ from: 1, limit: ROWS + 1 });
    expect(shown).toEqual(bodies);
    return 'intact';
  } catch (failure) {
    if (failure instanceof CcosError) return 'refused';
    throw failure;
  } finally {
    await state?.handlers.close(null).catch(() => undefined);
  }
}
