import { beforeAll, expect, test } from 'vitest';
import { ccos, ccosJson } from '../support/ccos-command.ts';
import { approveDocuments, makeTestHome, openTestGateway } from '../support/home.ts';
import { EXTRACTION, installPlugins, says } from '../support/plugin-bundle.ts';

const ID = 'ccos.attachment.extract_text';
const home = makeTestHome();

interface Entry {
  readonly id: string;
  readonly bundle: string;
  readonly state: string;
  readonly variants: readonly string[];
  readonly publisher: string;
}
interface Detail extends Entry {
  readonly offered_by: readonly string[];
  readonly modules: readonly { readonly variant: string }[];
}

const show = (...more: readonly string[]): Promise<Detail> =>
  ccosJson<Detail>(home.directory, 'capabilities', 'show', ID, ...more);

beforeAll(async () => {
  const gateway = await openTestGateway(home);
  await approveDocuments(gateway);
  await gateway.close();
  await installPlugins(home.directory, [{ name: 'one', plugin: says(JSON.stringify(EXTRACTION)) }]);
});

test('GET /v1/admin/capabilities: what two bundles offer under one id is two entries', async () => {
  const { capabilities } = await ccosJson<{ capabilities: readonly Entry[] }>(
    home.directory,
    ...['capabilities', 'list'],
  );
  expect(
    capabilities.map(({ id, bundle, state, publisher }) => [id, bundle, state, publisher]),
  ).toEqual([
    [ID, 'acme/plugins', 'enabled', 'acme'],
    [ID, 'ccos/documents', 'enabled', 'ccos'],
    ['ccos.attachment.identify', 'ccos/documents', 'enabled', 'ccos'],
  ]);
  expect(capabilities[0]?.variants).toEqual(['one']);
  expect(capabilities[1]?.variants).toContain('pdf');
});

test('GET /v1/admin/capabilities/:id: is about one bundle, names the others, and takes a choice', async () => {
  for (const bundle of ['acme/plugins', 'ccos/documents']) {
    const shown = await show('--bundle', bundle);
    expect(shown).toMatchObject({ id: ID, bundle, offered_by: ['acme/plugins', 'ccos/documents'] });
    expect(shown.modules.map(({ variant }) => variant)).toEqual(shown.variants);
  }
  await ccosJson(home.directory, 'bundle', 'disable', 'acme/plugins');
  expect(await show()).toMatchObject({ bundle: 'ccos/documents', state: 'enabled' });
  const none = await ccos(home.directory, 'capabilities', 'show', ID, '--bundle', 'acme/other');
  expect([none.exit, none.stderr]).toEqual([1, expect.stringContaining('(not_found)')]);
});
