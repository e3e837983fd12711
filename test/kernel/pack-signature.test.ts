import { appendFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HomeFiles } from '../../host/core/home.ts';
import { generateKeyPair, readKeyPair } from '../../host/crypto/ed25519.ts';
import { packDigest, signPack, verifyPack } from '../../host/kernel/pack-signature.ts';
import { makeTestHome, openTestGateway } from '../support/home.ts';
import { failureOf } from '../store/support.ts';

const FILES = new Map([
  ['b.cedar', 'permit(principal, action, resource);'],
  ['a.cedarschema', 'namespace A {}'],
]);
const refusal = (why: string): Error =>
  expect.objectContaining({ code: 'integrity', detail: { what: 'policy', why } }) as Error;

test('verifyPack (INV-POLICY-2): gives version and digest of what the operator signed', () => {
  const operator = generateKeyPair();
  const pack = signPack(FILES, '1.2.3', operator);
  expect(verifyPack(pack, operator)).toEqual({ version: '1.2.3', sha256: packDigest(FILES) });
});

test('packDigest: depends on names and texts, and not on their order', () => {
  const digest = packDigest(FILES);
  expect(packDigest(new Map([...FILES].reverse()))).toBe(digest);
  expect(packDigest(new Map([...FILES, ['c.cedar', '']]))).not.toBe(digest);
  expect(packDigest(new Map([...FILES].slice(1)))).not.toBe(digest);
  const swapped = [...FILES].map(([name], i, all) => [name, all[1 - i]?.[1] ?? ''] as const);
  expect(packDigest(new Map(swapped))).not.toBe(digest);
});

test('verifyPack (INV-POLICY-2): integrity for another key, changed files, and no envelope', () => {
  const operator = generateKeyPair();
  const pack = signPack(FILES, '1', operator);
  expect(() => verifyPack(pack, generateKeyPair())).toThrow(refusal('signature'));
  expect(() => verifyPack({ ...pack, envelope: '{}' }, operator)).toThrow(refusal('signature'));
  for (const files of [
    new Map(),
    new Map([...FILES, ['x.cedar', '']]),
    new Map([...FILES].slice(1)),
  ])
    expect(() => verifyPack({ ...pack, files }, operator)).toThrow(refusal('digest'));
});

describe('openGateway (INV-POLICY-2): no start with a pack that', () => {
  const policies = ({ directory }: HomeFiles): string => join(directory, 'policies');
  const cedar = (home: HomeFiles): string =>
    readdirSync(policies(home)).find((name) => name.endsWith('.cedar')) ?? '';
  test.each<[string, (home: HomeFiles) => void]>([
    [
      'has a changed rule',
      (home) => {
        appendFileSync(join(policies(home), cedar(home)), '\n');
      },
    ],
    [
      'has a rule more',
      (home) => {
        writeFileSync(join(policies(home), 'z.cedar'), 'permit(principal, action, resource);');
      },
    ],
    [
      'has a rule less',
      (home) => {
        rmSync(join(policies(home), cedar(home)));
      },
    ],
    [
      'is not signed',
      (home) => {
        rmSync(join(policies(home), 'pack.dsse.json'));
      },
    ],
    [
      'is signed by another',
      (home) => {
        writeFileSync(
          join(policies(home), 'pack.dsse.json'),
          signPack(home.readPack().files, '9', generateKeyPair()).envelope,
        );
      },
    ],
    [
      'is gone',
      (home) => {
        rmSync(policies(home), { recursive: true });
      },
    ],
  ])('%s', async (_, change) => {
    const home = makeTestHome();
    change(home);
    expect(await failureOf(openTestGateway(home))).toMatchObject({ code: 'integrity' });
  });

  test('is signed and does not parse', async () => {
    const home = makeTestHome();
    const files = new Map([...home.readPack().files, ['z.cedar', 'permit(']]);
    const operator = readKeyPair(
      readFileSync(join(home.directory, 'keys', 'operator.key'), 'utf8'),
    );
    writeFileSync(join(policies(home), 'z.cedar'), 'permit(');
    writeFileSync(join(policies(home), 'pack.dsse.json'), signPack(files, '9', operator).envelope);
    expect(await failureOf(openTestGateway(home))).toMatchObject({ code: 'integrity' });
  });
});
