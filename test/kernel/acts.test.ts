import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InStatement } from '@libsql/client/sqlite3';
import { describe, expect, test } from 'vitest';
import type { HomeFiles } from '../../host/core/home.ts';
import { generateKeyPair, readKeyPair } from '../../host/crypto/ed25519.ts';
import { sha256Hex } from '../../host/crypto/digest.ts';
import { canonicalJson } from '../../host/core/json.ts';
import { peekStatement, signStatement } from '../../host/crypto/sealed-statement.ts';
import { newToken, tokenHash } from '../../host/crypto/token.ts';
import { Acts } from '../../host/kernel/acts.ts';
import type { Act } from '../../host/kernel/standing.ts';
import { listActs } from '../../host/store/tables/acts.ts';
import { copyTestHome, makeTestHome, openTestStore } from '../support/home.ts';
import { alter, failureOf } from '../store/support.ts';
import { openKernel } from './support.ts';

/**
 * Somebody has the database between two openings, and none of the other files. Each attack is seen to
 * fail, and to succeed where the guard is another: the operator's key, or the file beside the database.
 */
const TYPE = 'application/vnd.ccos.act.v1+json';

interface Closed {
  readonly home: HomeFiles;
  readonly kept: string;
  readonly revoked: string;
  /** The statements: two tokens made, one of them revoked, one more made. */
  readonly acts: readonly string[];
}

async function makeClosed(): Promise<Closed> {
  const home = makeTestHome();
  const { tokens, store } = await openKernel(home);
  const kept = await tokens.create('agent', { session: 'one' });
  const revoked = await tokens.create('admin');
  await tokens.revoke(revoked.id);
  const acts = await listActs(store);
  await store.close();
  return { home, kept: kept.token, revoked: revoked.token, acts };
}
const closed = await makeClosed();

async function tampered(...statements: readonly InStatement[]): Promise<HomeFiles> {
  const home = copyTestHome(closed.home);
  await alter(home.stateFile, statements);
  return home;
}

const insert = (n: number, statement: string): InStatement => ({
  sql: 'INSERT INTO act(n, statement) VALUES (?,?)',
  args: [n, statement],
});
const replace = (n: number, statement: string): InStatement => ({
  sql: 'UPDATE act SET statement = ? WHERE n = ?',
  args: [statement, n],
});
const token = newToken();
const forged: Act = {
  act: 'token.create',
  token: `t_${'0'.repeat(32)}`,
  plane: 'admin',
  hash: tokenHash(token),
  session: null,
  created: 0,
};
const attacker = generateKeyPair();
const payloadOf = (envelope = ''): string => peekStatement(envelope) ?? '';
const actAfter = (n: number, before: string): string =>
  canonicalJson({
    format: 'ccos-act/1',
    n: n + 1,
    prev: sha256Hex(payloadOf(before)),
    act: forged,
  });
const [first = '', second = '', third = ''] = closed.acts;

/** As {@link openKernel}, with a head that somebody else wrote. */
function withHead(home: HomeFiles, head: string): HomeFiles {
  return { ...home, readLastAct: () => head, writeLastAct: () => undefined };
}

async function outcomeOf(home: HomeFiles): Promise<unknown> {
  const store = await openTestStore(home);
  const operator = readKeyPair(home.keys().operatorPem);
  try {
    return await failureOf(Acts.open({ store, operator, files: home }));
  } finally {
    await store.close();
  }
}

describe('Acts.open (INV-TRUST-2) is integrity, for a database in which', () => {
  const refusals: readonly (readonly [string, readonly InStatement[], number, string])[] = [
    ['a token was added without a signature', [insert(4, JSON.stringify(forged))], 4, 'signature'],
    [
      'a token was added under another key',
      [insert(4, signStatement(TYPE, actAfter(3, third), attacker))],
      4,
      'signature',
    ],
    ['a revocation was taken away', ['DELETE FROM act WHERE n = 3'], 3, 'missing'],
    ['every act was taken away', ['DELETE FROM act'], 3, 'missing'],
    ['an act was put twice', [insert(4, third)], 4, 'missing'],
    ['a revocation was replaced by an older act', [replace(3, second)], 3, 'missing'],
    ['an act in the middle was taken away', ['DELETE FROM act WHERE n = 2'], 3, 'missing'],
    [
      'the numbers were closed up behind one that was taken away',
      ['DELETE FROM act WHERE n = 2', 'UPDATE act SET n = 2 WHERE n = 3'],
      3,
      'missing',
    ],
    [
      'two acts changed places',
      [
        'UPDATE act SET n = -1 WHERE n = 1',
        'UPDATE act SET n = 1 WHERE n = 2',
        'UPDATE act SET n = 2 WHERE n = -1',
      ],
      2,
      'signature',
    ],
    [
      'an old act has another content',
      [replace(1, signStatement(TYPE, payloadOf(first).replace('"agent"', '"admin"'), attacker))],
      1,
      'signature',
    ],
    [
      'all acts have lost their signatures',
      [1, 2, 3].map((n) => replace(n, JSON.stringify({ ...forged, token: String(n) }))),
      3,
      'unsigned',
    ],
    [
      'an act is no text that we wrote',
      [replace(1, '{'), replace(2, '{'), replace(3, '{')],
      0,
      'unsigned',
    ],
  ];
  test.each(refusals)('%s', async (...[, statements, n, why]) => {
    const detail = { what: 'act', n, why };
    expect(await outcomeOf(await tampered(...statements))).toEqual({ code: 'integrity', detail });
  });

  test('an act is one that the operator signed in a copy of the home', async () => {
    const [home, other] = [copyTestHome(closed.home), copyTestHome(closed.home)];
    const there = await openKernel(other);
    await there.tokens.create('admin');
    const here = await openKernel(home);
    await here.tokens.create('agent');
    await here.store.close();
    await alter(home.stateFile, [replace(4, (await listActs(there.store))[3] ?? '')]);
    const detail = { what: 'act', n: 4, why: 'replaced' };
    expect(await outcomeOf(home)).toEqual({ code: 'integrity', detail });
  });

  test('nothing was changed: it opens, and says what was said', async () => {
    const { tokens } = await openKernel(copyTestHome(closed.home));
    expect(tokens.authenticate(closed.kept)).toMatchObject({ plane: 'agent', session: 'one' });
    expect(tokens.authenticate(closed.revoked)).toBeNull();
    expect(tokens.list().map(({ revoked }) => revoked === null)).toEqual([false, true]);
  });

  test('a token that was revoked is one again where the file beside the database says nothing', async () => {
    const home = await tampered('DELETE FROM act WHERE n = 3');
    const { tokens } = await openKernel(withHead(home, second));
    expect(tokens.authenticate(closed.revoked)).toMatchObject({ plane: 'admin' });
  });

  test('a token that was added is one where the signature is not the operator’s', async () => {
    const beginning = payloadOf(makeTestHome().readLastAct() ?? '');
    const act = actAfter(0, signStatement(TYPE, beginning, attacker));
    const home = await tampered('DELETE FROM act', insert(1, signStatement(TYPE, act, attacker)));
    const files = withHead(home, signStatement(TYPE, beginning, attacker));
    const keys = { ...home.keys(), operatorPem: attacker.pem };
    const { tokens } = await openKernel({ ...files, keys: () => keys });
    expect(tokens.authenticate(token)).toMatchObject({ plane: 'admin' });
  });
});

describe('the file beside the database', () => {
  const lastActFile = (home: HomeFiles): string => join(home.directory, 'last-act.dsse.json');

  test('Acts.turn (INV-TRUST-2): it has each act as soon as that is acknowledged', async () => {
    const home = makeTestHome();
    const { tokens, store } = await openKernel(home);
    for (let n = 1; n <= 3; n += 1) {
      await tokens.create('agent');
      expect((await listActs(store)).at(-1)).toBe(home.readLastAct());
      expect(payloadOf(home.readLastAct() ?? '')).toContain(`"n":${String(n)}`);
    }
  });

  test('Acts.open: an act that a crash kept from it is in force, and in it from then on', async () => {
    const home = copyTestHome(closed.home);
    writeFileSync(lastActFile(home), second);
    const { tokens } = await openKernel(home);
    expect(tokens.authenticate(closed.revoked)).toBeNull();
    expect(home.readLastAct()).toBe(third);
  });

  test.each([
    ['is gone', undefined],
    ['is empty', ''],
    ['is signed by somebody else', signStatement(TYPE, payloadOf(third), attacker)],
    [
      'is of another kind',
      signStatement('x', payloadOf(third), readKeyPair(closed.home.keys().operatorPem)),
    ],
  ])('Acts.open (INV-TRUST-2): integrity where it %s', async (_, text) => {
    const home = copyTestHome(closed.home);
    if (text === undefined) rmSync(lastActFile(home));
    else writeFileSync(lastActFile(home), text);
    expect(await outcomeOf(home)).toMatchObject({
      code: 'integrity',
      detail: { why: 'signature' },
    });
  });

  test('Acts.turn: what could not be written to it holds all the same, and is told', async () => {
    const home = makeTestHome();
    const full = (): void => {
      throw new Error('full');
    };
    const { tokens, store } = await openKernel({ ...home, writeLastAct: full });
    await expect(tokens.create('agent')).rejects.toThrow('full');
    expect(tokens.list()).toHaveLength(1);
    expect(await listActs(store)).toHaveLength(1);
    await store.close();
    expect((await openKernel(home)).tokens.list()).toHaveLength(1);
    expect(readFileSync(lastActFile(home), 'utf8').trim()).toBe(home.readLastAct());
  });
});

test('Acts.turn: acts that are made at once come one after another', async () => {
  const home = makeTestHome();
  const { tokens, store } = await openKernel(home);
  await Promise.all(Array.from({ length: 8 }, () => tokens.create('agent')));
  expect(new Set(await listActs(store)).size).toBe(8);
  await store.close();
  expect((await openKernel(home)).tokens.list()).toHaveLength(8);
});
