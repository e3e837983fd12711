import { readFileSync, statSync, utimesSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readContainer } from '../../host/bundle/container.ts';
import { ccos, ccosJson } from '../support/ccos-command.ts';
import { up } from '../support/ccos-process.ts';
import { runBare } from '../support/bare-sandbox.ts';
import { makeTestFolder, makeTestHome } from '../support/home.ts';
import type { ChainRow } from '../support/http-request.ts';
import {
  EXTRACTION,
  extractWith,
  installPlugins,
  mediaTypeOf,
  says,
} from '../support/plugin-bundle.ts';

/** A signature over the manifest alone protects nothing: the module under it is swapped. */
const home = makeTestHome().directory;
const textOf = (text: string): string =>
  JSON.stringify({ ...EXTRACTION, pages: [{ number: 1, text }] });
const good = says(textOf('what the publisher made'));
const evil = says(textOf('what the attacker made!'));
let stored = '';
let document = '';

/** The same container with another module of the same length in it. */
function swap(container: Uint8Array): Buffer {
  const bytes = Buffer.from(container);
  const at = bytes.indexOf(good.module.bytes);
  expect(at).toBeGreaterThan(0);
  expect(evil.module.bytes.length).toBe(good.module.bytes.length);
  bytes.set(evil.module.bytes, at);
  return bytes;
}

async function rejections(): Promise<readonly ChainRow[]> {
  const { rows } = await ccosJson<{ rows: readonly ChainRow[] }>(
    home,
    ...['audit', 'log', '--type', 'bundle.rejected'],
  );
  return rows;
}

function extract() {
  return ccos(home, 'extract', document, '--type', mediaTypeOf('one'));
}

let bundleFile = '';

beforeAll(async () => {
  ({ bundleFile } = await installPlugins(home, [{ name: 'one', plugin: good }]));
  const { bundles } = await ccosJson<{ bundles: readonly { digest: string }[] }>(
    home,
    ...['bundle', 'list'],
  );
  stored = join(home, 'bundles', `${bundles[0]?.digest ?? ''}.ccosb`);
  document = join(makeTestFolder(), 'document');
  writeFileSync(document, 'some document');
});

test('attack 43: an install of a swapped module under a valid manifest is refused', async () => {
  const swapped = join(makeTestFolder(), 'swapped.ccosb');
  writeFileSync(swapped, swap(readFileSync(bundleFile)));
  const { exit, stderr } = await ccos(home, 'bundle', 'install', swapped, '--approve');
  expect(exit).toBe(5);
  expect(stderr).toContain('(bundle_files)');
  expect((await rejections()).at(-1)?.data).toMatchObject({ code: 'bundle_files', why: 'sha256' });
});

describe('attack 43 (INV-LOAD-1): the stored file of an approved bundle is changed', () => {
  const original = (): Buffer => readFileSync(stored);
  let kept: Buffer;

  beforeAll(() => {
    kept = original();
    chmodSync(stored, 0o600);
    return () => {
      writeFileSync(stored, kept);
    };
  });

  test('with the same size and time, and the next start does not run it', async () => {
    expect(await extract()).toMatchObject({ exit: 0, stdout: 'what the publisher made\n' });
    const { size } = statSync(stored);
    const time = new Date('2026-01-02T03:04:05Z');
    utimesSync(stored, time, time);
    const before = (await rejections()).length;
    writeFileSync(stored, swap(kept));
    utimesSync(stored, time, time);
    expect([statSync(stored).size, statSync(stored).mtimeMs]).toEqual([size, time.getTime()]);
    const { exit, stdout, stderr } = await extract();
    expect([exit, stdout]).toEqual([5, '']);
    expect(stderr).toContain('(bundle_files)');
    const rows = (await rejections()).slice(before);
    expect(rows[0]?.data).toMatchObject({ bundle: 'acme/plugins', code: 'bundle_files' });
    const { capabilities } = await ccosJson<{ capabilities: readonly { state: string }[] }>(
      home,
      ...['capabilities', 'list'],
    );
    expect(capabilities.map(({ state }) => state)).not.toContain('enabled');
  });

  test('while a gateway runs, which goes on with what it has verified', async () => {
    writeFileSync(stored, kept);
    const gateway = await up(home);
    expect(JSON.parse((await extractWith(gateway, 'one')).body)).toMatchObject({
      text: 'what the publisher made',
    });
    writeFileSync(stored, swap(kept));
    expect(JSON.parse((await extractWith(gateway, 'one')).body)).toMatchObject({
      text: 'what the publisher made',
    });
    expect(await gateway.stop()).toBe(0);
    expect((await extract()).exit).toBe(5);
  });

  test('before a running gateway has read it, and it answers that it is damaged', async () => {
    writeFileSync(stored, kept);
    const gateway = await up(home);
    writeFileSync(stored, swap(kept));
    expect((await extractWith(gateway, 'one')).body).toContain('bundle_files');
    writeFileSync(stored, kept);
    expect(JSON.parse((await extractWith(gateway, 'one')).body)).toMatchObject({
      text: 'what the publisher made',
    });
    expect(await gateway.stop()).toBe(0);
  });

  test.each([
    ['cut short', 5, () => kept.subarray(0, kept.length - 1024)],
    ['emptied', 1, () => Buffer.alloc(0)],
    ['one bit of its envelope flipped', 1, () => flip(kept, 700)],
  ])('%s, and it is not run', async (_, expected, content) => {
    writeFileSync(stored, content());
    expect((await extract()).exit).toBe(expected);
    const doctor = await ccos(home, 'doctor', '--json');
    expect([doctor.exit, doctor.stdout]).toEqual([1, expect.stringContaining('bundles.files')]);
    expect(doctor.stdout).toContain('1 active bundles are not what was approved');
  });
});

function flip(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

test('attack 43: without the check the swapped module would speak', async () => {
  const files = readContainer(swap(readFileSync(bundleFile)));
  const { outcome, text } = await runBare(
    files.get('wasm/one.wasm') ?? new Uint8Array(),
    evil.imports,
  );
  expect([outcome, text]).toEqual(['returned', textOf('what the attacker made!')]);
});
