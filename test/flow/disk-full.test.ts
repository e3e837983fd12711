import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ccosJson } from '../support/ccos-command.ts';
import { MAIN, approvedHome } from '../support/ccos-process.ts';
import { makeTestFolder } from '../support/home.ts';
import type { ChainRow } from '../support/http-request.ts';

const MiB = 1024 * 1024;
/** Blocks of 512 or 1024 bytes, as the shell counts: room for the chain, not for the document. */
const MOST_BLOCKS = 2048;

/**
 * No file of this process may grow beyond the limit: a write is answered EFBIG, which to a database is
 * a disk without room (Node ignores the signal that goes with it).
 */
function withLittleRoom(home: string, ...args: readonly string[]) {
  const script = `ulimit -f ${String(MOST_BLOCKS)}; exec "$0" "$@"`;
  return spawnSync('/bin/sh', ['-c', script, process.execPath, MAIN, ...args], {
    encoding: 'utf8',
    env: { CCOS_HOME: home },
  });
}

test('D0.3-e: a document for which there is no room fails, and nothing of it remains', async () => {
  const home = await approvedHome();
  const file = join(makeTestFolder(), 'large.txt');
  writeFileSync(file, 'canary-5b1e '.repeat((5 * MiB) / 12));
  const before = await ccosJson(home, 'quarantine', 'stats');
  const { status, stdout, stderr } = withLittleRoom(home, 'extract', file, '--json');
  expect(status, stdout + stderr).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'storage_full' } });
  expect(await ccosJson(home, 'quarantine', 'stats')).toEqual(before);
  expect(readFileSync(join(home, 'quarantine.db')).includes('canary-5b1e')).toBe(false);
  const { rows } = await ccosJson<{ rows: readonly ChainRow[] }>(
    home,
    ...['audit', 'log', '--limit', '1000'],
  );
  expect(rows.filter(({ type }) => type === 'quarantine.put')).toEqual([]);
  const results = rows.filter(({ type }) => type === 'capability.result');
  expect(results.map(({ data }) => data['outcome'])).toEqual(['storage_full']);
  expect(await ccosJson(home, 'audit', 'verify')).toMatchObject({ ok: true });
  const { text } = await ccosJson<{ text: string }>(home, 'extract', file);
  expect(text.startsWith('canary-5b1e')).toBe(true);
});
