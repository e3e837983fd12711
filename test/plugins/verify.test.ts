import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { signContainer } from '../../host/bundle/pack.ts';
import type { Json } from '../../host/core/json.ts';
import { DEFAULT_LIMITS } from '../../host/core/limits.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import { runPlugin } from '../../host/flow/plugin-run.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import { openTestGateway } from '../support/home.ts';

let gateway: OpenGateway;

/** The built bundle, trusted, installed and enabled. */
beforeAll(async () => {
  gateway = await openTestGateway();
  const { trust, installer, approvals } = gateway.services;
  const approve = ({ id, digest }: { readonly id: string; readonly digest: string }) =>
    approvals.approve(id, { digest, by: 'operator' });
  const key = generateKeyPair();
  const publisher = { publisher: 'ccos', publicKey: key.raw, namespaces: ['ccos/*'], effects: [] };
  await approve(await trust.request(publisher));
  const bytes = Uint8Array.from(readFileSync('dist/bundles/verify.ccosb'));
  for (const asked of (await installer.install(signContainer(bytes, key))).approvals)
    await approve(asked);
});

async function verdictOn(output: Json): Promise<unknown> {
  const [offered] = await gateway.services.registry.variants();
  if (offered === undefined) throw new Error('nothing is offered');
  const variant = await offered.load();
  const answer = await runPlugin(gateway.sandbox, gateway.services.world, {
    ...{ variant, args: { output }, hostCalls: [], handles: [], budget: { bytes: 0 } },
    limits: DEFAULT_LIMITS,
  });
  const said = JSON.parse(new TextDecoder().decode(answer.output)) as unknown;
  expect(variant.validatesOutput(said)).toBe(true);
  return said;
}

describe('ccos.verify.figures', () => {
  const nested: Json = { of: { messages: 3, by_day: [1, 0, 2] }, late: true, none: null };
  test.each<[string, Json]>([
    ['counts', { messages: 3, open: 0 }],
    ['figures in lists and objects', nested],
    ['the largest', { n: 999_999 }],
    ['32 of them', Array.from({ length: 32 }, (_, n) => n)],
    ['none', {}],
  ])('passes %s', async (_, output) => {
    expect(await verdictOn(output)).toEqual({ ok: true });
  });

  test.each<[string, Json]>([
    ['a word', { summary: 'lunch' }],
    ['an empty text', { summary: '' }],
    ['a text beside figures', { n: 1, parts: [1, 'a'] }],
    ['a text that looks like a name', [{ a: 1 }, 'b', { c: 2 }]],
    ['a number with many digits', { n: 1_000_000 }],
    ['a number below zero', { n: -1 }],
    ['a fraction', { n: 0.5 }],
    ['an exponent', { n: 1e21 }],
    ['a small exponent', { n: 1e-7 }],
    ['33 numbers', Array.from({ length: 33 }, (_, n) => n)],
    ['a name with a space', { 'two words': 1 }],
    ['a name with an escape', { 'a"b': 1 }],
    ['a name of another script', { имя: 1 }],
    ['a long name', { ['x'.repeat(33)]: 1 }],
  ])('does not pass %s', async (_, output) => {
    expect(await verdictOn(output)).toEqual({ ok: false });
  });
});

test('ccos.verify.figures: it has no effects and reads no blob, and its approval says what it is', async () => {
  const [offered] = await gateway.services.registry.variants();
  expect(offered?.manifest).toMatchObject({ kind: 'verifier', effects: [], hosts: [] });
  const asked = (await gateway.services.approvals.list('approved')).find(
    ({ kind }) => kind === 'capability.enable',
  );
  expect(asked?.changes.map(({ what }) => what)).toContain(
    'it says yes or no of a result; each approval that lets that count names it',
  );
});
