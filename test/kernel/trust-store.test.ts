import { expect, test } from 'vitest';
import { signContainer } from '../../host/bundle/pack.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import { readDocumentsBundle } from '../../host/runtime/first-party-files.ts';
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
  const signed = signContainer(readDocumentsBundle(), key);
  await expect(services.installer.verify(signed)).rejects.toMatchObject({
    code: 'bundle_untrusted_key',
  });
});
