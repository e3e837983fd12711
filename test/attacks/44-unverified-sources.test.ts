import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { signContainer } from '../../host/bundle/pack.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import { ccos, ccosJson } from '../support/ccos-command.ts';
import { up } from '../support/ccos-process.ts';
import type { Up } from '../support/ccos-process.ts';
import { makeTestFolder, makeTestHome } from '../support/home.ts';
import { rowsAfter } from '../support/http-request.ts';
import {
  EXTRACTION,
  extractWith,
  packAndSign,
  says,
  trustPublisher,
  writeBundleFolder,
} from '../support/plugin-bundle.ts';
import type { Publisher } from '../support/plugin-bundle.ts';

/** A plugin that comes from anywhere but a verified envelope of a trusted publisher. */
const home = makeTestHome().directory;
const folder = makeTestFolder();
const PLUGINS = [{ name: 'one', plugin: says(JSON.stringify(EXTRACTION)) }];
let gateway: Up;
let publisher: Publisher;
let signed = '';
let unsigned: Uint8Array;

beforeAll(async () => {
  gateway = await up(home);
  publisher = await trustPublisher(home);
  signed = await packAndSign(home, writeBundleFolder(PLUGINS), publisher);
  unsigned = readFileSync(signed.replace('.signed', ''));
  return async () => {
    await gateway.stop();
  };
});

/** Installs with the flag that answers every approval it may. */
function install(file: string) {
  return ccos(home, 'bundle', 'install', file, '--approve');
}

function fileOf(name: string, bytes: Uint8Array): string {
  const file = join(folder, `${name}.ccosb`);
  writeFileSync(file, bytes);
  return file;
}

describe('attack 44 and 42: no flag installs', () => {
  test.each([
    ['a bundle without a signature', () => unsigned, 'bundle_signature'],
    [
      'a bundle that somebody unknown has signed',
      () => signContainer(unsigned, generateKeyPair()),
      'bundle_untrusted_key',
    ],
    ['a bare module', () => PLUGINS[0]?.plugin.module.bytes ?? unsigned, 'bundle_container'],
    ['an empty file', () => new Uint8Array(), 'bundle_container'],
  ])('%s', async (name, bytes, code) => {
    const before = (await rowsAfter(gateway, 0)).length;
    const { exit, stderr } = await install(fileOf(name.replaceAll(' ', '-'), bytes()));
    expect(exit).toBe(5);
    expect(stderr).toContain(`(${code})`);
    const rows = await rowsAfter(gateway, before);
    expect(rows.map(({ type }) => type)).toEqual(['bundle.rejected']);
    expect(rows[0]?.data['code']).toBe(code);
    expect((await extractWith(gateway, 'one')).status).toBe(415);
    expect(await ccosJson(home, 'bundle', 'list')).toEqual({ bundles: [] });
  });

  test('an address in place of a file', async () => {
    for (const address of ['https://evil.example/a.ccosb', 'file:///etc/passwd', 's3://a/b'])
      expect((await install(address)).exit).toBe(2);
  });

  test('a publisher, not even by --approve', async () => {
    const key = await ccosJson<{ public_key: string }>(
      home,
      ...['bundle', 'keygen', '--publisher', 'mallory', '--out', folder],
    );
    const { exit } = await ccos(home, 'bundle', 'trust', 'add', key.public_key, '--approve');
    expect([2, 4]).toContain(exit);
    const { publishers } = await ccosJson<{ publishers: readonly { id: string }[] }>(
      home,
      ...['bundle', 'trust', 'list'],
    );
    expect(publishers.map(({ id }) => id)).toEqual(['acme']);
  });
});

test('attack 44: a bundle under the name of another publisher is refused', async () => {
  const other = writeBundleFolder(PLUGINS, { name: 'ccos/documents', publisher: { id: 'ccos' } });
  const { exit, stderr } = await install(await packAndSign(home, other, publisher));
  expect(exit).toBe(5);
  expect(stderr).toContain('(bundle_untrusted_key)');
});

test('attack 44: the same file with the signature of a trusted publisher is installed', async () => {
  expect((await install(signed)).exit).toBe(0);
  expect((await extractWith(gateway, 'one')).status).toBe(200);
});

test('attack 47: an older or a changed bundle does not take the place of the newer one', async () => {
  for (const changes of [{ sequence: 0 }, { sequence: 1, version: '1.0.1' }]) {
    const other = await packAndSign(home, writeBundleFolder(PLUGINS, changes), publisher);
    const { exit, stderr } = await install(other);
    expect(exit).toBe(5);
    expect(stderr).toContain('(bundle_rollback)');
  }
});

test('attack 44: after its key is revoked a publisher installs nothing', async () => {
  await ccosJson(home, 'bundle', 'trust', 'revoke', publisher.keyId);
  const next = await packAndSign(
    home,
    writeBundleFolder(PLUGINS, { sequence: 2, version: '2.0.0' }),
    publisher,
  );
  const { exit, stderr } = await install(next);
  expect(exit).toBe(5);
  expect(stderr).toMatch(/\(bundle_(revoked|untrusted_key)\)/);
});
