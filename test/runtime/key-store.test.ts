import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { application } from '../../host/application.ts';
import { unlock } from '../../host/key-store.ts';
import { examineHome } from '../../host/runtime/doctor.ts';
import { openHome } from '../../host/runtime/home.ts';
import { makeTestFolder, makeTestHome } from '../support/home.ts';
import { failureOf } from '../store/support.ts';

const PASSPHRASE = 'correct horse battery';
const says = (passphrase: string) => () => Promise.resolve(passphrase);

async function passphraseHome(): Promise<string> {
  const home = join(makeTestFolder(), 'home');
  await application.init({ home, keyStore: 'passphrase', passphrase: says(PASSPHRASE) });
  return home;
}

function bytesOf(folder: string): Buffer {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  return Buffer.concat(files.map(({ parentPath, name }) => readFileSync(join(parentPath, name))));
}

test('init --key-store passphrase: no file of the home holds the master key', async () => {
  const home = await passphraseHome();
  expect(existsSync(join(home, 'keys', 'master.key'))).toBe(false);
  const { master } = (await unlock(openHome(home), says(PASSPHRASE))).keys();
  expect(master).toHaveLength(32);
  expect(bytesOf(home).includes(Buffer.from(master))).toBe(false);
  expect(bytesOf(home).includes(Buffer.from(master).toString('hex'))).toBe(false);
  expect(bytesOf(home).includes(Buffer.from(master).toString('base64'))).toBe(false);
});

test('connect: a wrong passphrase is quarantine_locked (exit 7) and changes nothing; the right one opens', async () => {
  const home = await passphraseHome();
  const before = bytesOf(join(home, 'keys'));
  for (const passphrase of [says('wrong horse battery'), says('')])
    expect(await failureOf(application.connect({ home, passphrase }))).toEqual({
      code: 'quarantine_locked',
      detail: { why: 'passphrase' },
    });
  expect(await failureOf(application.connect({ home }))).toEqual({
    code: 'quarantine_locked',
    detail: { key_store: 'passphrase' },
  });
  expect(bytesOf(join(home, 'keys'))).toEqual(before);
  const connection = await application.connect({ home, passphrase: says(PASSPHRASE) });
  const { status } = await connection.client.request({ method: 'GET', path: '/v1/admin/status' });
  expect(status).toBe(200);
  await connection.close();
});

test('connect: a home whose sealed key is lost or damaged is integrity (exit 5); nobody is asked, no key is made', async () => {
  const home = await passphraseHome();
  const file = join(home, 'keys', 'master.sealed.json');
  const asked: string[] = [];
  const passphrase = (which: string): Promise<string> => {
    asked.push(which);
    return Promise.resolve(PASSPHRASE);
  };
  writeFileSync(file, '{}');
  expect(await failureOf(application.connect({ home, passphrase }))).toMatchObject({
    code: 'integrity',
  });
  asked.length = 0;
  rmSync(file);
  for (const work of [application.connect, application.init])
    expect(await failureOf(work({ home, passphrase }))).toEqual({
      code: 'integrity',
      detail: { what: 'home', why: 'missing_file', file: 'master.sealed.json' },
    });
  expect(asked).toEqual([]);
  expect(readdirSync(join(home, 'keys')).sort()).toEqual([
    'chain.key',
    'chain.vkey',
    'operator.key',
  ]);
});

test('a key store is never silently weaker: a planted master.key is not read, and init does not change it', async () => {
  const home = await passphraseHome();
  writeFileSync(join(home, 'keys', 'master.key'), new Uint8Array(32));
  expect(await failureOf(application.connect({ home }))).toMatchObject({
    code: 'quarantine_locked',
  });
  expect(() => openHome(home).keys()).toThrow(
    expect.objectContaining({ code: 'quarantine_locked' }) as Error,
  );
  const finding = examineHome(openHome(home)).find(({ check }) => check === 'home.master-key');
  expect(finding).toMatchObject({ severity: 'critical' });
  rmSync(join(home, 'keys', 'master.key'));
  for (const keyStore of ['file', 'keychain'] as const)
    expect(
      await failureOf(application.init({ home, keyStore, passphrase: says(PASSPHRASE) })),
    ).toEqual({ code: 'conflict', detail: { key_store: 'passphrase' } });
});

test('init --key-store passphrase: refused without a passphrase or with a short one, and makes no home', async () => {
  const home = join(makeTestFolder(), 'home');
  const keyStore = 'passphrase';
  expect(await failureOf(application.init({ home, keyStore }))).toMatchObject({
    code: 'quarantine_locked',
  });
  expect(await failureOf(application.init({ home, keyStore, passphrase: says('short') }))).toEqual({
    code: 'invalid_input',
    detail: { field: 'passphrase', least_characters: 12 },
  });
  expect(existsSync(home)).toBe(false);
});

test.each([
  ['file', 'info'],
  ['passphrase', 'ok'],
] as const)('doctor says that the key store is %s', async (store, severity) => {
  const home = store === 'file' ? makeTestHome().directory : await passphraseHome();
  const finding = examineHome(openHome(home)).find(({ check }) => check === 'home.master-key');
  expect(finding).toMatchObject({ severity, message: expect.stringContaining(store) as string });
});

/** Stands in for the program that the system brings: keeps what it is given on standard input. */
const SECRET_TOOL = `#!/bin/sh
echo "$@" >> "$KEYCHAIN/arguments"
case "$1" in
  store) cat > "$KEYCHAIN/secret" ;;
  lookup) cat "$KEYCHAIN/secret" 2>/dev/null || exit 1 ;;
esac
`;

function withSecretTool(program: string | null): string {
  const folder = makeTestFolder();
  if (program !== null) {
    writeFileSync(join(folder, 'secret-tool'), program);
    chmodSync(join(folder, 'secret-tool'), 0o755);
  }
  const { PATH } = process.env;
  process.env['PATH'] = program === null ? folder : `${folder}:${PATH ?? ''}`;
  process.env['KEYCHAIN'] = folder;
  onTestFinished(() => {
    process.env['PATH'] = PATH;
    delete process.env['KEYCHAIN'];
  });
  return folder;
}

test.runIf(process.platform === 'linux')(
  'init --key-store keychain: the key goes there on standard input, and what it has lost stays lost',
  async () => {
    const keychain = withSecretTool(SECRET_TOOL);
    const home = join(makeTestFolder(), 'home');
    await application.init({ home, keyStore: 'keychain' });
    const secret = readFileSync(join(keychain, 'secret'), 'utf8');
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(readFileSync(join(keychain, 'arguments'), 'utf8')).not.toContain(secret);
    expect(bytesOf(home).includes(Buffer.from(secret, 'hex'))).toBe(false);
    const connection = await application.connect({ home });
    await connection.close();
    const locked = { code: 'quarantine_locked', detail: { key_store: 'keychain' } };
    writeFileSync(join(keychain, 'secret'), secret.slice(2));
    expect(await failureOf(application.connect({ home }))).toEqual(locked);
    rmSync(join(keychain, 'secret'));
    expect(await failureOf(application.connect({ home }))).toEqual(locked);
    expect(await failureOf(application.init({ home }))).toEqual(locked);
  },
);

test.runIf(process.platform === 'linux').each([
  ['is not there', null],
  ['fails', '#!/bin/sh\nexit 1\n'],
  ['keeps nothing', '#!/bin/sh\ncat > /dev/null\n'],
])(
  'init --key-store keychain: not_ready where the keychain %s, and no home is made',
  async (_, program) => {
    withSecretTool(program);
    const home = join(makeTestFolder(), 'home');
    expect(await failureOf(application.init({ home, keyStore: 'keychain' }))).toEqual({
      code: 'not_ready',
      detail: { why: 'no_keychain' },
    });
    expect(existsSync(home)).toBe(false);
  },
);
