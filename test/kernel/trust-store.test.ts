import { expect, test } from 'vitest';
import { signContainer } from '../../host/bundle/pack.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import { readFirstPartyBundle } from '../../host/runtime/first-party-files.ts';
import { trustKey } from '../../host/store/tables/publishers.ts';
import { approveDocuments, openTestGateway } from '../support/home.ts';

test('TrustStore.view (INV-TRUST-1): a key that was written into the database trusts nobody', async () => {
  const gateway = await openTestGateway();
  const { services } = gateway;
  const key = generateKeyPair();
  await approveDocuments(gateway);
  const [known] = await services.approvals.list('approved');
  const forged = { publisher: 'ccos', namespaces: ['ccos/*'], effects: ['quarantine.read'] };
  await services.store.commit({
    rows: [],
    changes: trustKey({ ...forged, keyId: key.id, raw: key.raw, approval: known?.id ?? '' }),
  });
  expect((await services.trust.list()).flatMap(({ keys }) => keys).map(({ id }) => id)).toContain(
    key.id,
  );
  const view = await services.trust.view();
  expect(view.publishers.flatMap(({ keys }) => keys).map(({ id }) => id)).not.toContain(key.id);
  const signed = signContainer(readFirstPartyBundle('documents'), key);
  await expect(services.installer.verify(signed)).rejects.toMatchObject({
    code: 'bundle_untrusted_key',
  });
});

test('TrustStore.view (INV-APPR-2): a namespace that was written into the database is not trusted', async () => {
  const gateway = await openTestGateway();
  const { services } = gateway;
  await approveDocuments(gateway);
  await services.store.commit({
    rows: [],
    changes: [{ sql: `UPDATE publisher SET namespaces = 'ccos/* acme/*'`, args: [] }],
  });
  const [publisher] = (await services.trust.view()).publishers;
  expect(publisher?.namespaces).toEqual(['ccos/*']);
});

test('Installer.disable: what was enabled asks anew when the bundle is installed again', async () => {
  const gateway = await openTestGateway();
  const { services } = gateway;
  await approveDocuments(gateway);
  await services.installer.disable('ccos/documents');
  const { capabilities } = await services.installer.list();
  expect(capabilities.map(({ state }) => state)).toEqual(['disabled', 'disabled']);
});
