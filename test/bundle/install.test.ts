import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readUnsigned } from '../../host/bundle/pack.ts';
import { sha256Hex } from '../../host/crypto/digest.ts';
import { generateKeyPair, readKeyPair } from '../../host/crypto/ed25519.ts';
import { ccos, ccosJson } from '../support/ccos-command.ts';
import { ccosProcess, up } from '../support/ccos-process.ts';
import type { Up } from '../support/ccos-process.ts';
import { makeTestFolder, makeTestHome } from '../support/home.ts';
import { rowsAfter } from '../support/http-request.ts';
import type { ChainRow } from '../support/http-request.ts';
import { trustPublisher } from '../support/plugin-bundle.ts';
import { Maker, SECRET, TAMPERED_SIGNATURES } from './tampered.ts';
import { TAMPERED_CONTAINERS } from './tampered-containers.ts';
import { TAMPERED_MODULES } from './tampered-modules.ts';

/** The table of attacks on bundles (N1 to N20), each as a file that an operator is made to install. */
const TAMPERED = [...TAMPERED_SIGNATURES, ...TAMPERED_CONTAINERS, ...TAMPERED_MODULES];
const home = makeTestHome().directory;
const folder = makeTestFolder();
let maker = new Maker(generateKeyPair());
let written = 0;
let gateway: Up;

beforeAll(async () => {
  const publisher = await trustPublisher(home);
  maker = new Maker(readKeyPair(readFileSync(publisher.keyFile, 'utf8')));
  await ccosJson(home, 'bundle', 'install', fileOf(maker.good()), '--approve');
  gateway = await up(home);
  return async () => {
    await gateway.stop();
  };
});

function fileOf(bytes: Uint8Array): string {
  const file = join(folder, `${String(++written)}.ccosb`);
  writeFileSync(file, bytes);
  return file;
}

/** Everything that an installation could have changed, the files with their contents. */
async function state(): Promise<unknown> {
  const bundles = readdirSync(join(home, 'bundles')).sort();
  const contents = bundles.map((name) => [
    name,
    sha256Hex(readFileSync(join(home, 'bundles', name))),
  ]);
  const listed = [
    ['bundle', 'list'],
    ['capabilities', 'list'],
    ['approvals', 'list', '--all'],
    ['bundle', 'trust', 'list'],
  ];
  const answers = [];
  for (const words of listed) answers.push(await ccosJson(home, ...words));
  return { contents, answers };
}

/** What was written since, but for the checkpoints of the clock. */
async function rows(after: number): Promise<readonly ChainRow[]> {
  return (await rowsAfter(gateway, after)).filter(({ type }) => type !== 'chain.checkpoint');
}

const lastSeq = async (): Promise<number> => (await rowsAfter(gateway, 0)).at(-1)?.seq ?? 0;

/** What a person reads: the error with its code, and what to do next. */
const twoLines = (code: string): RegExp =>
  new RegExp(`^ccos: [^\\n]+ \\(${code}\\)\\n {6}[^\\n]+\\n$`);

describe('ccos bundle install of a bundle that was tampered with', () => {
  test('the good ones that they are made of would be installed', async () => {
    const { exit } = await ccos(home, 'bundle', 'verify', fileOf(maker.good({ sequence: 6 })));
    expect(exit).toBe(0);
    expect((await ccos(home, 'bundle', 'verify', fileOf(maker.signed({ sequence: 6 })))).exit).toBe(
      0,
    );
  });

  test.each(TAMPERED)('$id $what: exit 5, $code, one row, nothing else', async ({ code, make }) => {
    const file = fileOf(make(maker));
    const [before, last] = [await state(), await lastSeq()];
    const { exit, stdout, stderr } = await ccos(home, 'bundle', 'install', file, '--approve');
    expect([exit, stdout]).toEqual([5, '']);
    expect(stderr).toMatch(twoLines(code));
    expect(stderr).not.toContain(SECRET);
    const added = await rows(last);
    expect(added.map(({ type, data }) => [type, data['code']])).toEqual([
      ['bundle.rejected', code],
    ]);
    expect(JSON.stringify(added)).not.toContain(SECRET);
    expect(await state()).toEqual(before);
  });
});

test('the table has every attack from N1 to N20 that a file can make', () => {
  const all = Array.from({ length: 20 }, (_, at) => `N${String(at + 1)}`);
  const seen = new Set<string>(TAMPERED.map(({ id }) => id));
  // N5 is about channel files, which do not exist yet.
  expect(all.filter((id) => !seen.has(id))).toEqual(['N5']);
});

describe('N13 ccos bundle trust add', () => {
  const FIELD = 2n ** 255n - 19n;
  const encoded = (y: bigint, sign: number): string => {
    const bytes = Buffer.from(y.toString(16).padStart(64, '0'), 'hex').reverse();
    bytes[31] = (bytes[31] ?? 0) | (sign << 7);
    return bytes.toString('base64');
  };
  const order8 = [
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  ].map((hex) => BigInt(`0x${Buffer.from(hex, 'hex').reverse().toString('hex')}`));
  const points = [0n, 1n, FIELD - 1n, FIELD, FIELD + 1n, FIELD + 18n, ...order8];

  test.each(points.flatMap((y) => [encoded(y, 0), encoded(y, 1)]))(
    'refuses the key %s, which is of small order or not canonical',
    async (public_key) => {
      const [before, last] = [await state(), await lastSeq()];
      const file = join(folder, `${String(++written)}.pub.json`);
      const key = { format: 'ccos-publisher-key/1', publisher: 'mallory', public_key };
      writeFileSync(file, JSON.stringify(key));
      const { exit, stderr } = await ccos(home, 'bundle', 'trust', 'add', file);
      expect(exit).toBe(2);
      expect(stderr).toMatch(twoLines('invalid_input'));
      expect(await state()).toEqual(before);
      expect(await rows(last)).toEqual([]);
    },
  );
});

describe('N15 a link in the place of a file of the store', () => {
  test.each([
    ['the bundle', '.ccosb'],
    ['the file that is written first', '.ccosb.PID.tmp'],
  ])('%s: is replaced and not followed', async (_, name) => {
    const ending = name.replace('PID', String(gateway.pid));
    const bytes = maker.good({ sequence: 7 + name.length, version: '2.0.0' });
    const { digest } = readUnsigned(bytes);
    const outside = join(folder, `outside${String(name.length)}`);
    writeFileSync(outside, 'mine');
    symlinkSync(outside, join(home, 'bundles', `${digest}${ending}`));
    const { exit } = await ccos(home, 'bundle', 'install', fileOf(bytes), '--approve');
    expect(exit).toBe(0);
    expect(readFileSync(outside, 'utf8')).toBe('mine');
    expect(sha256Hex(readFileSync(join(home, 'bundles', `${digest}.ccosb`)))).toBe(
      sha256Hex(bytes),
    );
    const { bundles } = await ccosJson<{ bundles: readonly { digest: string; state: string }[] }>(
      home,
      ...['bundle', 'list'],
    );
    expect(bundles.find(({ state: now }) => now === 'active')?.digest).toBe(digest);
  });
});

describe('ccos bundle install as a program, where no gateway runs', () => {
  beforeAll(async () => {
    await gateway.stop();
  });

  test.each(
    ['N1', 'N6', 'N11', 'N17']
      .map((id) => TAMPERED.filter((one) => one.id === id).slice(0, 1))
      .flat(),
  )('$id with --json: the error is the one document', async ({ code, make }) => {
    const file = fileOf(make(maker));
    const { exit, stdout, stderr } = await ccosProcess(home, 'bundle', 'install', file, '--json');
    expect([exit, stderr]).toEqual([5, '']);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code } });
    expect(stdout).not.toContain(SECRET);
  });
});
