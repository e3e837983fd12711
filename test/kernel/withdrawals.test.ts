import type { InStatement } from '@libsql/client/sqlite3';
import { describe, expect, test } from 'vitest';
import type { HomeFiles } from '../../host/core/home.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import type { KeyPair } from '../../host/crypto/ed25519.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import type { Approval } from '../../host/kernel/approval-request.ts';
import { listActs } from '../../host/store/tables/acts.ts';
import { copyTestHome, makeTestHome, openTestGateway } from '../support/home.ts';
import { draftOf, says, signAnything } from '../support/plugin-bundle.ts';
import { alter, failureOf } from '../store/support.ts';

const BUNDLE = 'acme/plugins';
type Services = OpenGateway['services'];

async function approveAll({ approvals }: Services, asked: readonly Approval[]): Promise<void> {
  for (const { id, digest } of asked) await approvals.approve(id, { digest, by: 'operator' });
}

async function trust(services: Services, key: KeyPair, namespaces = ['acme/*']): Promise<void> {
  const effects = ['quarantine.read', 'quarantine.derive'] as const;
  const offered = { publisher: 'acme', publicKey: key.raw, namespaces, effects };
  await approveAll(services, [await services.trust.request(offered)]);
}

function bundleOf(sequence: number, key: KeyPair): Uint8Array {
  const changes = { sequence, version: `1.0.${String(sequence)}` };
  return signAnything(draftOf([{ name: 'one', plugin: says(String(sequence)) }], changes), key);
}

async function install(services: Services, sequence: number, key: KeyPair): Promise<void> {
  await approveAll(services, (await services.installer.install(bundleOf(sequence, key))).approvals);
}

/** A home in which a bundle of `acme` can be called, still open. */
async function openInstalled(): Promise<{
  readonly home: HomeFiles;
  readonly gateway: OpenGateway;
  readonly key: KeyPair;
}> {
  const home = makeTestHome();
  const gateway = await openTestGateway(home);
  const key = generateKeyPair();
  await trust(gateway.services, key);
  await install(gateway.services, 1, key);
  return { home, gateway, key };
}

const enabledIn = async ({ services }: OpenGateway): Promise<readonly string[]> =>
  (await services.registry.variants())
    .filter(({ target }) => target.capability.enabled)
    .map(({ target }) => target.version);

/** As the database looked before a bundle was disabled. */
const ENABLED: readonly InStatement[] = [
  `UPDATE bundle SET state = 'active'`,
  `UPDATE capability SET state = 'enabled'`,
];
const APPROVED = `UPDATE approval SET status = 'approved' WHERE status = 'revoked'`;

/** The home as it looks to somebody for whom the acts end before the last `count`. */
async function forgetting(
  home: HomeFiles,
  count: number,
  acts: readonly string[],
): Promise<HomeFiles> {
  const left = acts.length - count;
  await alter(home.stateFile, [`DELETE FROM act WHERE n > ${String(left)}`]);
  const head = acts[left - 1] ?? '';
  return { ...home, readLastAct: () => head, writeLastAct: () => undefined };
}

describe('Installer.disable (INV-TRUST-2): a bundle that was disabled', () => {
  const disabled = (async () => {
    const { home, gateway } = await openInstalled();
    await gateway.services.installer.disable(BUNDLE);
    expect(await enabledIn(gateway)).toEqual([]);
    const acts = await listActs(gateway.services.store);
    await gateway.close();
    return { home, acts };
  })();

  test.each([
    ['with its approvals', [...ENABLED, APPROVED]],
    ['without them', ENABLED],
    ['in its approvals alone', [APPROVED]],
  ])('that is put back in the database %s does not start', async (_, statements) => {
    const home = copyTestHome((await disabled).home);
    await alter(home.stateFile, statements);
    expect(await failureOf(openTestGateway(home))).toEqual({
      code: 'integrity',
      detail: { what: 'approval', why: 'withdrawn' },
    });
  });

  test('can be called again where the act that took it back is unknown', async () => {
    const { home, acts } = await disabled;
    const copy = copyTestHome(home);
    await alter(copy.stateFile, [...ENABLED, APPROVED]);
    const gateway = await openTestGateway(await forgetting(copy, 1, acts));
    expect(await enabledIn(gateway)).toEqual(['1.0.1']);
  });
});

test('Installer (INV-TRUST-2): a version that was replaced does not come back by the database', async () => {
  const { home, gateway, key } = await openInstalled();
  await install(gateway.services, 2, key);
  expect(await enabledIn(gateway)).toEqual(['1.0.2']);
  await gateway.close();
  await alter(home.stateFile, [
    `UPDATE bundle SET state = 'pending' WHERE sequence = 2`,
    `UPDATE bundle SET state = 'active' WHERE sequence = 1`,
  ]);
  expect(await failureOf(openTestGateway(home))).toMatchObject({ code: 'integrity' });
});

test('Installer.verify (INV-TRUST-2): the lowest version of a name outlives its removal, whatever the database says', async () => {
  const { gateway, key, home } = await openInstalled();
  await install(gateway.services, 2, key);
  await gateway.services.installer.remove(BUNDLE);
  const acts = await listActs(gateway.services.store);
  await gateway.close();
  await alter(home.stateFile, [
    'DELETE FROM bundle',
    'DELETE FROM capability',
    `DELETE FROM approval WHERE kind <> 'publisher.trust'`,
  ]);
  const refused = { code: 'bundle_rollback' };
  const gatewayOf = async (files: HomeFiles) => (await openTestGateway(files)).services.installer;
  const guarded = await gatewayOf(copyTestHome(home));
  expect(await failureOf(guarded.verify(bundleOf(1, key)))).toMatchObject(refused);
  const open = await gatewayOf(await forgetting(home, acts.length - 1, acts)); // but for the trust
  expect(await failureOf(open.verify(bundleOf(1, key)))).toBe('nothing failed');
});

test('TrustStore.revoke (INV-TRUST-2): a key stays revoked, whatever the database says', async () => {
  const { gateway, key, home } = await openInstalled();
  await gateway.services.trust.revoke(key.id);
  expect(await failureOf(gateway.services.trust.revoke(key.id))).toMatchObject({
    code: 'not_found',
  });
  const acts = await listActs(gateway.services.store);
  await gateway.close();
  const revoked = copyTestHome(home);
  await alter(revoked.stateFile, ['DELETE FROM act WHERE n = (SELECT max(n) FROM act)']);
  expect(await failureOf(openTestGateway(revoked))).toMatchObject({ code: 'integrity' });

  const guarded = (await openTestGateway(copyTestHome(home))).services;
  expect((await guarded.trust.list()).flatMap(({ keys }) => keys)).toMatchObject([
    { id: key.id, status: 'revoked' },
  ]);
  const refused = { code: 'bundle_revoked' };
  expect(await failureOf(guarded.installer.verify(bundleOf(3, key)))).toMatchObject(refused);
  const open = (await openTestGateway(await forgetting(home, 1, acts))).services;
  expect(await failureOf(open.installer.verify(bundleOf(3, key)))).toBe('nothing failed');
});

test('TrustStore.view (INV-APPR-2): what a newer approval left out does not come back by the database', async () => {
  const { gateway, home } = await openInstalled();
  await trust(gateway.services, generateKeyPair(), ['acme/tools']);
  const acts = await listActs(gateway.services.store);
  await gateway.close();
  await alter(home.stateFile, [`UPDATE publisher SET namespaces = 'acme/* acme/tools'`]);
  const namespaces = async (files: HomeFiles): Promise<unknown> =>
    (await (await openTestGateway(files)).services.trust.view()).publishers[0]?.namespaces;
  expect(await namespaces(copyTestHome(home))).toEqual(['acme/tools']);
  expect(await namespaces(await forgetting(home, 1, acts))).toEqual(['acme/*']);
});

test('Installer.remove: what still waits for the bundle is cancelled, with its row, and nothing else is', async () => {
  const { gateway, key } = await openInstalled();
  const { services } = gateway;
  const { approvals } = await services.installer.install(bundleOf(2, key));
  const raised = await services.settings.set('limits.pages', 3000);
  expect(approvals.map(({ kind }) => kind)).toEqual(['bundle.install', 'capability.enable']);
  await services.installer.remove(BUNDLE);
  expect((await services.approvals.list('pending')).map(({ id }) => id)).toEqual(
    raised.approvals.map(({ id }) => id),
  );
  const revoked = await services.approvals.list('revoked');
  expect(revoked).toHaveLength(4);
  const rows = await services.audit.rows({ type: 'approval.revoked', limit: 10 });
  expect(rows.map(({ data }) => data['approval']).sort()).toEqual(
    revoked.map(({ id }) => id).sort(),
  );
  expect(new Set(rows.map(({ data }) => data['why']))).toEqual(new Set(['removed']));
  for (const { id, digest } of approvals)
    expect(await failureOf(services.approvals.approve(id, { digest, by: 'operator' }))).toEqual({
      code: 'conflict',
      detail: { status: 'revoked' },
    });
});

test('Approvals.deny (INV-TRUST-2): what was denied does not wait again by the database', async () => {
  const home = makeTestHome();
  const beginning = home.readLastAct();
  const gateway = await openTestGateway(home);
  const { services } = gateway;
  const [asked] = (await services.settings.set('limits.pages', 3000)).approvals;
  const { id = '', digest = '' } = asked ?? {};
  await services.approvals.deny(id);
  const revive = `UPDATE approval SET status = 'pending', decided = NULL, decision = NULL`;
  await services.store.commit({ rows: [], changes: [{ sql: revive, args: [] }] });
  const again = services.approvals.approve(id, { digest, by: 'operator' });
  expect(await failureOf(again)).toMatchObject({ code: 'integrity' });
  await gateway.close();
  expect(await failureOf(openTestGateway(copyTestHome(home)))).toMatchObject({ code: 'integrity' });
  await alter(home.stateFile, ['DELETE FROM act']);
  const files = { ...home, readLastAct: () => beginning, writeLastAct: () => undefined };
  const open = (await openTestGateway(files)).services.approvals;
  expect(await open.approve(id, { digest, by: 'operator' })).toMatchObject({ status: 'approved' });
});
