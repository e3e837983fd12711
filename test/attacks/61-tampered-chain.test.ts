import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@libsql/client/sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import type { HomeFiles } from '../../host/core/home.ts';
import { ccos, ccosJson } from '../support/ccos-command.ts';
import { copyTestHome, makeTestFolder, makeTestHome, openTestGateway } from '../support/home.ts';

/**
 * Whoever can write the file tries to rewrite what happened. Here the commands are asked; the tests of
 * the store go through every field and every way.
 */
const FREE = ['chain_is_append_only_update', 'chain_is_append_only_delete'].map(
  (trigger) => `DROP TRIGGER ${trigger}`,
);
/** One row looks like another; its hash is of no use to whoever reads the database by hand. */
const FORGE = `UPDATE chain SET body = replace(body, '"plane":"admin"', '"plane":"agent"') WHERE seq = `;

const home = makeTestHome();
const folder = makeTestFolder();
const noteFile = join(folder, 'checkpoint.note');
let target = 0;
let size = 0;
let earlier: HomeFiles;

async function makeTokens(count: number): Promise<void> {
  const gateway = await openTestGateway(home, 'gateway');
  for (let i = 0; i < count; i++) await gateway.services.tokens.create('admin');
  const rows = await gateway.services.audit.rows({ type: 'token.created', limit: 1 });
  target = rows[0]?.seq ?? 0;
  await gateway.close();
}

beforeAll(async () => {
  await makeTokens(1);
  earlier = copyTestHome(home);
  await makeTokens(3);
  const { note } = await ccosJson<{ note: string; size: number }>(
    home.directory,
    ...['audit', 'checkpoint'],
  );
  writeFileSync(noteFile, note);
  const verified = await ccosJson<{ rows: number }>(home.directory, 'audit', 'verify');
  size = verified.rows;
});

/** A copy of the home in whose database somebody has done this. */
async function tampered(sql: readonly string[]): Promise<HomeFiles> {
  const copy = copyTestHome(home);
  const client = createClient({ url: `file:${copy.stateFile}` });
  for (const one of [...FREE, ...sql]) await client.execute(one);
  client.close();
  return copy;
}

function verifyFile({ stateFile, directory }: HomeFiles, ...more: readonly string[]) {
  const key = join(directory, 'keys', 'chain.vkey');
  return ccos(directory, 'audit', 'verify', '--db', stateFile, '--key', key, ...more, '--json');
}

describe('attack 61', () => {
  test.each([
    ['a word of a row is changed', () => [`${FORGE}${String(target)}`], () => target],
    ['a row is deleted', () => [`DELETE FROM chain WHERE seq = ${String(target)}`], () => target],
    [
      'two rows change places',
      () => [
        `UPDATE chain SET seq = -1 WHERE seq = ${String(target)}`,
        `UPDATE chain SET seq = ${String(target)} WHERE seq = ${String(target - 1)}`,
        `UPDATE chain SET seq = ${String(target - 1)} WHERE seq = -1`,
      ],
      () => target - 1,
    ],
    [
      'the tail is cut off',
      () => [`DELETE FROM chain WHERE seq > ${String(target - 1)}`],
      () => target,
    ],
  ])('%s: ccos audit verify exits 5 with the number of the row', async (_, sql, seq) => {
    const copy = await tampered(sql());
    const offline = await verifyFile(copy);
    expect(offline.exit).toBe(5);
    expect(JSON.parse(offline.stdout)).toMatchObject({ ok: false, bad_seq: seq() });
  });

  test('a forged row is in the log as if it were true, and only the check tells', async () => {
    const copy = await tampered([`${FORGE}${String(target)}`]);
    const client = createClient({ url: `file:${copy.stateFile}` });
    const { rows } = await client.execute(`SELECT body FROM chain WHERE seq = ${String(target)}`);
    client.close();
    expect(JSON.stringify(rows[0])).toContain('agent');
    const { exit } = await ccos(copy.directory, 'audit', 'verify');
    expect(exit).toBe(5);
  });

  test('an older copy of the whole home is whole in itself, and a noted checkpoint tells', async () => {
    expect((await verifyFile(earlier)).exit).toBe(0);
    const { exit, stdout } = await verifyFile(earlier, '--checkpoint', noteFile);
    expect(exit).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, why: 'truncated' });
    expect((await verifyFile(home, '--checkpoint', noteFile)).exit).toBe(0);
  });

  test('a database that is older than the last checkpoint of the home does not start', async () => {
    const copy = copyTestHome(home);
    copyFileSync(earlier.stateFile, copy.stateFile);
    const { exit, stderr } = await ccos(copy.directory, 'up', '--port', '0');
    expect(exit).toBe(5);
    expect(stderr).toContain('(integrity)');
    expect(existsSync(join(copy.directory, 'owner.json'))).toBe(false);
  });

  test('an empty database does not take the place of a chain', async () => {
    const copy = copyTestHome(home);
    writeFileSync(copy.stateFile, '');
    const { exit } = await ccos(copy.directory, 'status');
    expect(exit).toBe(5);
  });

  test('the chain as it is verifies, with all its rows', async () => {
    const { exit, stdout } = await verifyFile(home);
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
    expect((JSON.parse(stdout) as { rows: number }).rows).toBeGreaterThanOrEqual(size);
  });
});

test('attack 61: a proof is checked without the chain, and one flipped bit in each of its parts shows', async () => {
  const { stdout: proof } = await ccos(home.directory, 'audit', 'prove', String(target));
  const file = join(makeTestFolder(), 'row.tlog-proof');
  const key = join(home.directory, 'keys', 'chain.vkey');
  const check = (text: string) => {
    writeFileSync(file, text);
    const argv = ['audit', 'verify', '--proof', file, '--key', key, '--json'];
    return ccos(join(makeTestFolder(), 'no-home'), ...argv);
  };
  const good = await check(proof);
  expect(good.exit).toBe(0);
  const row = await ccosJson<object>(home.directory, 'audit', 'show', String(target));
  expect(JSON.parse(good.stdout)).toMatchObject({ ok: true, seq: target, ...row });

  const lines = proof.split('\n');
  for (const [at, line] of lines.entries()) {
    if (line === '') continue;
    const middle = Math.floor(line.length / 2);
    const bit = String.fromCharCode(line.charCodeAt(middle) ^ 1);
    const changed = `${line.slice(0, middle)}${bit}${line.slice(middle + 1)}`;
    const { exit, stdout } = await check(lines.with(at, changed).join('\n'));
    expect(exit, line).toBe(5);
    expect(JSON.parse(stdout), line).toMatchObject({ ok: false });
  }
});
