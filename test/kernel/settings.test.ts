import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../host/crypto/digest.ts';
import { approveDocuments, makeTestHome, openTestGateway } from '../support/home.ts';
import { failureOf } from '../store/support.ts';
import { rowsOf, tamper } from './support.ts';

const DOCUMENT = { bytes: Buffer.from('a text to read'), session: 'local' };

test('SettingsService.set: writes the file, takes effect, leaves the decision and the hash of the file', async () => {
  const home = makeTestHome();
  const { services, config } = await openTestGateway(home);
  const { settings, store } = services;
  const before = (await rowsOf(store)).length;
  expect(await settings.set('retention.hours', 3)).toMatchObject({
    config: { retention: { hours: 3 } },
    restart_needed: [],
    approvals: [],
  });
  const file = readFileSync(join(home.directory, 'config.json'), 'utf8');
  expect(JSON.parse(file)).toEqual({ retention: { hours: 3 } });
  expect(config.config.retention.hours).toBe(3);
  expect((await rowsOf(store)).slice(before).map(({ type, data }) => [type, data])).toMatchObject([
    ['policy.decision', { task: 'setConfig', decision: 'allow' }],
    ['config.loaded', { file: 'config.json', sha256: sha256Hex(file) }],
  ]);
  await settings.set('retention.hours', null);
  expect(home.readRawConfig()).toEqual({ retention: {} });
});

test('SettingsService.set: what needs a restart is named and does not change before it', async () => {
  const { services, config } = await openTestGateway();
  expect(await services.settings.set('port', 9000)).toMatchObject({ restart_needed: ['port'] });
  expect(await services.settings.set('sandbox.processes', 1)).toMatchObject({
    restart_needed: ['port', 'sandbox'],
  });
  expect(config.config).toMatchObject({ port: 8822, sandbox: { processes: 2 } });
});

test('SettingsService.set: invalid_input for what the schema does not know, and the file is as it was', async () => {
  const home = makeTestHome();
  const { services } = await openTestGateway(home);
  for (const [key, value] of [
    ['nothing.here', 1],
    ['port', 'x'],
    ['limits.pages', 10_001],
    ['retention.hours', 25],
    ['__proto__.polluted', 1],
    ['limits.constructor', 1],
    ['.', 1],
  ] as const)
    expect(await failureOf(services.settings.set(key, value))).toMatchObject({
      code: 'invalid_input',
    });
  expect(home.readRawConfig()).toEqual({});
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test('SettingsService.set (INV-LIMIT-1): a limit above its default is asked for, and in force when approved', async () => {
  const { services } = await openTestGateway();
  const { settings, approvals } = services;
  const [asked] = (await settings.set('limits.pages', 3000)).approvals;
  expect((await settings.show()).effective_limits.pages).toBe(2000);
  if (asked !== undefined)
    await approvals.approve(asked.id, { digest: asked.digest, by: 'operator' });
  expect((await settings.show()).effective_limits.pages).toBe(3000);
});

test('Registry (INV-APPR-2): a row that says enabled, without the approval that says so, enables nothing', async () => {
  const home = makeTestHome();
  const first = await openTestGateway(home);
  await approveDocuments(first);
  expect((await first.services.extractor.extract(DOCUMENT)).text).toBe('a text to read');
  const [[installed] = []] = await first.services.store.select({
    sql: 'SELECT approval FROM bundle',
    args: [],
  });
  await first.close();

  const forgeries = [
    `UPDATE capability SET approval = NULL`,
    `UPDATE capability SET approval = '${String(installed)}'`,
    `UPDATE capability SET approval = 'ap_${'0'.repeat(32)}'`,
  ];
  for (const forgery of forgeries) {
    const gateway = await openTestGateway(home);
    await tamper(gateway.services.store, forgery);
    expect(await failureOf(gateway.services.extractor.extract(DOCUMENT))).toMatchObject({
      code: 'approval_required',
    });
    await gateway.close();
  }

  const gateway = await openTestGateway(home);
  await tamper(gateway.services.store, `UPDATE bundle SET approval = 'ap_${'0'.repeat(32)}'`);
  expect(await failureOf(gateway.services.extractor.extract(DOCUMENT))).toMatchObject({
    code: 'unsupported_type',
  });
  expect(await rowsOf(gateway.services.store, 'bundle.rejected')).toMatchObject([
    { data: { code: 'bundle_permission' } },
  ]);
});
