import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ccos } from '../support/ccos-command.ts';
import { makeTestFolder, makeTestHome, openTestStore } from '../support/home.ts';
import { fill } from '../store/support.ts';

const OLDER = 10_040;
const ROWS = 27_136;
/** Debian's golang-golang-x-mod-dev puts the packages here; there is no module to download. */
const GO_ENV = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' };

const program = join(makeTestFolder(), 'tlogcheck');
const built = spawnSync('go', ['build', '-o', program, './test/long/tlogcheck'], { env: GO_ENV });
const canCheck = built.status === 0;
if (!canCheck)
  process.stderr.write(
    'SKIPPED: go or golang.org/x/mod is missing (Debian: golang-go golang-golang-x-mod-dev), so nobody else checks an export\n',
  );

describe.skipIf(!canCheck)(`ccos audit export (D0.4-e) of ${String(ROWS)} rows`, () => {
  const exported = join(makeTestFolder(), 'export');
  const older = join(makeTestFolder(), 'older');

  beforeAll(async () => {
    const home = makeTestHome();
    const store = await openTestStore(home);
    await fill(store, 0, OLDER);
    writeFileSync(older, await store.ask('checkpoint', null));
    await fill(store, OLDER, ROWS - OLDER);
    await store.close();
    const { exit, stderr } = await ccos(home.directory, 'audit', 'export', exported);
    expect([exit, stderr]).toEqual([0, expect.any(String)]);
  }, 300_000);

  const check = (folder: string) =>
    spawnSync(program, [folder, older], { encoding: 'utf8', timeout: 600_000 });

  test('Go’s checksum database finds signature, root, consistency and every inclusion proof right', () => {
    const { status, stdout, stderr } = check(exported);
    process.stderr.write(`tlogcheck:\n${stdout}${stderr}`);
    expect([status, stderr]).toEqual([0, '']);
    const size = Number(/inclusion: (\d+) entries/.exec(stdout)?.[1]);
    expect(size).toBeGreaterThanOrEqual(ROWS);
    expect(stdout).toContain(`from ${String(OLDER)} to ${String(size)}`);
  });

  test.each([
    ['a hash of level 0', 'tile/0/017'],
    ['a hash of level 1', 'tile/1/000.p/'],
    ['an entry', 'tile/entries/000'],
    ['the checkpoint', 'checkpoint'],
  ])('and refuses one flipped bit in %s', (_, start) => {
    const copy = join(makeTestFolder(), 'export');
    cpSync(exported, copy, { recursive: true });
    const files = execFileSync('find', ['.', '-type', 'f'], { cwd: copy, encoding: 'utf8' });
    const name = files.split('\n').find((path) => path.slice(2).startsWith(start)) ?? '';
    const bytes = readFileSync(join(copy, name));
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(join(copy, name), bytes);
    const { status, stderr } = check(copy);
    expect([status, stderr]).toEqual([1, expect.stringContaining('refused')]);
  });
});
