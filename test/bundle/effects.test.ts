import { beforeEach, expect, test } from 'vitest';
import { packBundle, signContainer } from '../../host/bundle/pack.ts';
import type { Effect } from '../../host/core/abi.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import type { KeyPair } from '../../host/crypto/ed25519.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import { openTestGateway } from '../support/home.ts';
import { draftOf, says } from '../support/plugin-bundle.ts';

let gateway: OpenGateway;
let key: KeyPair;

beforeEach(async () => {
  gateway = await openTestGateway();
  key = generateKeyPair();
  await trust(key, ['quarantine.read']);
});

async function approve(id: string, narrowing?: { readonly expires: number }): Promise<void> {
  const { approvals } = gateway.services;
  const { digest } = await approvals.get(id);
  await approvals.approve(id, { digest, by: 'operator', ...(narrowing && { narrowing }) });
}

async function trust(pair: KeyPair, effects: readonly Effect[]): Promise<void> {
  const offered = { publisher: 'acme', publicKey: pair.raw, namespaces: ['acme/*'], effects };
  await approve((await gateway.services.trust.request(offered)).id);
}

const bundle = (effects: readonly Effect[], changes = {}): Uint8Array => {
  const one = { name: 'one', plugin: says('{}'), manifest: { effects: [...effects] } };
  return signContainer(packBundle(draftOf([one], changes)).container, key);
};
const WIDER = ['quarantine.read', 'quarantine.derive'] as const;

interface Refused {
  readonly code: string;
  readonly decision: { readonly approval_id?: string };
}
const refusalOf = async (bytes: Uint8Array): Promise<Refused> =>
  (await gateway.services.installer.install(bytes).catch((failure: unknown) => failure)) as Refused;

const maxEffects = async (): Promise<readonly string[]> =>
  (await gateway.services.trust.view()).publishers[0]?.maxEffects ?? [];

test('Installer.install (GP3-a): an effect too many asks for exactly it, once, and goes with its approval', async () => {
  const { services } = gateway;
  const first = await refusalOf(bundle(WIDER));
  expect(first.code).toBe('approval_required');
  const id = first.decision.approval_id ?? '';
  expect((await refusalOf(bundle(WIDER))).decision.approval_id).toBe(id);
  expect(await services.approvals.get(id)).toMatchObject({
    kind: 'effect.grant',
    subject: 'acme',
    facts: { effects: ['quarantine.derive'] },
  });
  await approve(id);
  expect(await maxEffects()).toEqual(['quarantine.read', 'quarantine.derive']);
  for (const asked of (await services.installer.install(bundle(WIDER))).approvals)
    await approve(asked.id);
  expect((await services.registry.variants()).length).toBe(1);
  await services.approvals.revoke(id);
  expect(await maxEffects()).toEqual(['quarantine.read']);
  expect(await services.registry.variants()).toEqual([]);
});

test('Installer.install: what is wrong with a bundle besides is said, and nothing is asked for', async () => {
  const stranger = generateKeyPair();
  const one = { name: 'one', plugin: says('{}'), manifest: { effects: [...WIDER] } };
  const unsigned = signContainer(packBundle(draftOf([one])).container, stranger);
  expect((await refusalOf(unsigned)).code).toBe('bundle_untrusted_key');
  expect((await refusalOf(bundle(WIDER, { name: 'other/x' }))).code).toBe('bundle_untrusted_key');
  const damaged = Uint8Array.from(bundle(WIDER));
  damaged[damaged.length - 2] = (damaged[damaged.length - 2] ?? 0) ^ 1;
  expect((await refusalOf(damaged)).code).toMatch(/^bundle_/);
  expect(await gateway.services.approvals.list('pending')).toEqual([]);
});

test('EffectGrants.of (INV-APPR-2): newer terms end it, and a database that says otherwise grants nothing', async () => {
  const { services } = gateway;
  const { approval_id: id = '' } = (await refusalOf(bundle(WIDER))).decision;
  const widen = `UPDATE publisher SET effects = 'quarantine.read quarantine.derive net.http'`;
  await services.store.commit({ rows: [], changes: [{ sql: widen, args: [] }] });
  expect(await maxEffects()).toEqual(['quarantine.read']);
  await approve(id);
  expect(await maxEffects()).toEqual(['quarantine.read', 'quarantine.derive']);
  await trust(generateKeyPair(), ['quarantine.read']);
  expect(await maxEffects()).toEqual(['quarantine.read']);
});

test('Registry.variants: what was granted for a time is loaded for that time', async () => {
  const { services } = gateway;
  const { approval_id: id = '' } = (await refusalOf(bundle(WIDER))).decision;
  await approve(id, { expires: services.world.now() + 1500 });
  for (const asked of (await services.installer.install(bundle(WIDER))).approvals)
    await approve(asked.id);
  expect((await services.registry.variants()).length).toBe(1);
  await new Promise((wake) => setTimeout(wake, 1600));
  expect(await services.registry.variants()).toEqual([]);
});
