import { expect, test } from 'vitest';
import { approveDocuments, openTestGateway, openTestStore } from '../support/home.ts';
test('store', async () => {
  const s = await openTestStore();
  await s.commit({ rows: [{ type: 'gateway.stop', data: {} }] });
  expect((await s.ask('verify', { note: null })).ok).toBe(true);
});
test('gw', async () => {
  const g = await openTestGateway();
  await approveDocuments(g);
  const r = await g.services.extractor.extract({ bytes: Buffer.from('hello world'), session: 'local', declaredType: 'text/plain' });
  expect(r.text).toContain('hello');
  await g.close();
});
