import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ccos, ccosJson } from '../support/ccos-command.ts';
import { makeTestFolder, makeTestHome } from '../support/home.ts';
import { alter } from '../store/support.ts';

const FIRST = 'canary-60-first-0f9b2c';
const SECOND = 'canary-60-second-77aa1e';

/** The ways in which a value could lie about and still be read. */
function formsOf(value: string): readonly Buffer[] {
  const bytes = Buffer.from(value);
  // Base64 of a longer text that has it somewhere: three alignments, without what their edges share.
  const inBase64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  return [value, bytes.toString('hex'), ...inBase64, Buffer.from(value).reverse().toString()].map(
    (form) => Buffer.from(form),
  );
}

function findings(where: Buffer): readonly string[] {
  return [FIRST, SECOND].filter((value) => formsOf(value).some((form) => where.includes(form)));
}

function filesOf(folder: string): Buffer {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(files.map(({ parentPath, name }) => readFileSync(join(parentPath, name))));
}

test('60 canary secrets (INV-SECRET-1): after everything that can be done with a secret, its value is nowhere', async () => {
  const home = makeTestHome();
  const folder = makeTestFolder();
  const said: string[] = [];
  const run = async (...args: readonly string[]): Promise<void> => {
    for (const json of [[], ['--json']]) {
      const { stdout, stderr } = await ccos(home.directory, ...args, ...json);
      said.push(stdout, stderr);
    }
  };
  const approveAll = async (): Promise<void> => {
    const { approvals } = await ccosJson<{ approvals: readonly { id: string }[] }>(
      home.directory,
      ...['approvals', 'list'],
    );
    for (const { id } of approvals) {
      await run('approvals', 'show', id);
      await run('approvals', 'approve', id, '--yes');
    }
  };
  writeFileSync(join(folder, 'first'), `${FIRST}\n`);
  writeFileSync(join(folder, 'second'), `${SECOND}\n`);
  await run('secrets', 'put', 'TOKEN', '--file', join(folder, 'first'));
  await approveAll();
  await run('secrets', 'rotate', 'TOKEN', '--file', join(folder, 'second'));
  await approveAll();
  await run('secrets', 'put', 'TOKEN', '--file', join(folder, 'second')); // refused
  await run('secrets', 'put', 'TOKEN', FIRST); // refused
  await run('secrets', 'bind', 'TOKEN', 'no.such.capability@1.0.0', 'example.org'); // refused
  for (const words of ['secrets list', 'secrets usage TOKEN', 'audit log', 'status', 'doctor'])
    await run(...words.split(' '));
  await run('audit', 'export', join(folder, 'export'));
  expect(said.join()).toContain('TOKEN');
  expect(findings(Buffer.from(said.join('\n')))).toEqual([]);
  expect(findings(filesOf(home.directory))).toEqual([]);
  expect(findings(filesOf(join(folder, 'export')))).toEqual([]);
  await run('secrets', 'revoke', 'TOKEN');
  expect(findings(filesOf(home.directory))).toEqual([]);

  // The search itself finds what is there: a vault that seals nothing.
  await alter(home.vaultFile, [
    { sql: 'INSERT INTO sealed(record, box) VALUES (?,?)', args: ['s_0', Buffer.from(FIRST)] },
    {
      sql: 'INSERT INTO sealed(record, box) VALUES (?,?)',
      args: ['s_1', Buffer.from(Buffer.from(`{"value":"${SECOND}"}`).toString('base64'))],
    },
  ]);
  expect(findings(filesOf(home.directory))).toEqual([FIRST, SECOND]);
});
