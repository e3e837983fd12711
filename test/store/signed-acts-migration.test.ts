import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { peekStatement } from '../../host/crypto/sealed-statement.ts';
import { newToken, tokenHash } from '../../host/crypto/token.ts';
import { listActs } from '../../host/store/tables/acts.ts';
import { Database } from '../../host/store/worker/database.ts';
import { STATE_MIGRATIONS, migrate } from '../../host/store/worker/migrations.ts';
import { SIGNED_ACTS } from '../../host/store/worker/signed-acts-migration.ts';
import { makeTestHome, openTestGateway } from '../support/home.ts';
import { alter, failureOf } from './support.ts';
import type { HomeFiles } from '../../host/core/home.ts';

const BEFORE = STATE_MIGRATIONS.slice(0, STATE_MIGRATIONS.indexOf(SIGNED_ACTS));
const kept = newToken();
const ended = newToken();

const approval = (id: string, kind: string, status: string): string =>
  `INSERT INTO approval VALUES ('${id}', '${kind}', '', '${status}', '{}', '', 1, 2, 3, NULL)`;
const HISTORY = [
  `INSERT INTO token VALUES ('t_1', 'agent', '${tokenHash(kept)}', 'one', 5, NULL)`,
  `INSERT INTO token VALUES ('t_2', 'admin', '${tokenHash(ended)}', NULL, 6, 7)`,
  approval('ap_trust', 'publisher.trust', 'approved'),
  `INSERT INTO publisher VALUES ('acme', 'acme/*', '', 1)`,
  `INSERT INTO publisher_key VALUES ('ed25519:x', 'acme', x'00', 8, 'ap_trust')`,
  approval('ap_old', 'bundle.install', 'approved'),
  approval('ap_now', 'bundle.install', 'approved'),
  approval('ap_off', 'capability.enable', 'approved'),
  approval('ap_no', 'limit.raise', 'denied'),
  approval('ap_wait', 'limit.raise', 'pending'),
  `INSERT INTO bundle VALUES ('acme/a', 'd1', 1, '1.0.0', 'acme', 'superseded', 1, 'ap_old')`,
  `INSERT INTO bundle VALUES ('acme/a', 'd2', 2, '1.0.1', 'acme', 'active', 1, 'ap_now')`,
  `INSERT INTO capability VALUES ('acme.a', 'acme/a', 'd2', 'disabled', 'ap_off')`,
  `INSERT INTO bundle_floor VALUES ('acme/a', 2, 'd2', '1.0.1')`,
];

/** A home from before acts were signed, in which this has happened. */
async function makeOldHome(): Promise<HomeFiles> {
  const home = await withOldDatabase();
  rmSync(join(home.directory, 'last-act.dsse.json'));
  return home;
}

/** A home of today, with a database of that time. */
async function withOldDatabase(): Promise<HomeFiles> {
  const home = makeTestHome();
  const database = await Database.open(home.stateFile, 0);
  await migrate(database, BEFORE);
  await database.batch(HISTORY.map((sql) => ({ sql, args: [] })));
  await database.close();
  return home;
}

test('Acts.open: what an older home knew is signed once, and believed from then on only so', async () => {
  const home = await makeOldHome();
  const gateway = await openTestGateway(home);
  const { tokens, trust, approvals, store, audit } = gateway.services;
  expect(tokens.authenticate(kept)).toMatchObject({ plane: 'agent', id: 't_1', session: 'one' });
  expect(tokens.authenticate(ended)).toBeNull();
  expect(tokens.list()).toHaveLength(2);
  expect((await trust.list())[0]?.keys).toEqual([
    { id: 'ed25519:x', status: 'revoked', revoked_since: 8 },
  ]);
  const statuses = (await approvals.list('all')).map(({ id, status }) => `${id} ${status}`).sort();
  expect(statuses).toEqual([
    'ap_no denied',
    'ap_now approved',
    'ap_off revoked',
    'ap_old revoked',
    'ap_trust approved',
    'ap_wait expired',
  ]);
  const acts = await listActs(store);
  expect(acts).toHaveLength(9);
  expect(acts.at(-1)).toBe(home.readLastAct());
  expect(acts.map(peekStatement).join('')).toContain('"act":"bundle.floor","bundle":"acme/a"');
  expect(await audit.rows({ type: 'home.migrated', limit: 1 })).toHaveLength(1);
  await gateway.close();
  await (await openTestGateway(home)).close();

  await alter(home.stateFile, ['DELETE FROM act WHERE n = 9']);
  expect(await failureOf(openTestGateway(home))).toMatchObject({ code: 'integrity' });
});

test('Acts.open: a crash between the file and the database is made good at the next start', async () => {
  const [whole, cut] = [await makeOldHome(), await makeOldHome()];
  const gateway = await openTestGateway(whole);
  await gateway.close();
  const broken = {
    ...cut,
    writeLastAct(envelope: string) {
      cut.writeLastAct(envelope);
      throw new Error('killed');
    },
  };
  await expect(openTestGateway(broken)).rejects.toThrow('killed');
  const again = await openTestGateway(cut);
  expect(again.services.tokens.authenticate(kept)).not.toBeNull();
  expect(await listActs(again.services.store)).toHaveLength(9);
});

test('Acts.open (INV-TRUST-2): a database that is put back to an older version is not believed again', async () => {
  expect(await failureOf(openTestGateway(await withOldDatabase()))).toEqual({
    code: 'integrity',
    detail: { what: 'act', n: 9, why: 'unsigned' },
  });
});
