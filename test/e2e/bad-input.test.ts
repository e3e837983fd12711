import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { approvedHome, ccosProcess, up } from '../support/ccos-process.ts';
import type { Up } from '../support/ccos-process.ts';
import { makeTestFolder } from '../support/home.ts';
import { chainSize, rowsAfter } from '../support/http-request.ts';
import { encryptedPdf } from '../support/pdf.ts';

const MiB = 1024 * 1024;
const PDF = readFileSync(resolve('bundles/documents/samples/minutes.pdf'));
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC',
  'base64',
);
const folder = makeTestFolder();
const at = (name: string): string => join(folder, name);

/** A file that says it has that many bytes and takes none on the disk. */
function sparse(name: string, bytes: number): void {
  writeFileSync(at(name), '');
  truncateSync(at(name), bytes);
}

/** Name of the file, code, exit code, type of the row that is left. */
const REFUSED = [
  ['missing.pdf', 'file_not_found', 2, 'input.refused'],
  ['empty.txt', 'document_empty', 1, 'capability.result'],
  ['empty.pdf', 'document_malformed', 1, 'capability.result'],
  ['larger-than-any.pdf', 'too_large', 6, 'input.refused'],
  ['larger-than-set.txt', 'too_large', 6, 'input.refused'],
  ['locked.pdf', 'document_encrypted', 1, 'capability.result'],
  ['cut.pdf', 'document_malformed', 1, 'capability.result'],
  ['a-picture.pdf', 'unsupported_type', 1, 'capability.result'],
  ['picture.png', 'unsupported_type', 1, 'capability.result'],
  ['folder', 'not_a_file', 2, 'input.refused'],
  ['pipe', 'not_a_file', 2, 'input.refused'],
] as const;

let home = '';
let gateway: Up;

beforeAll(async () => {
  for (const name of ['empty.txt', 'empty.pdf']) writeFileSync(at(name), '');
  sparse('larger-than-any.pdf', 60 * MiB);
  sparse('larger-than-set.txt', 26 * MiB);
  writeFileSync(at('locked.pdf'), encryptedPdf());
  writeFileSync(at('cut.pdf'), PDF.subarray(0, PDF.length / 2));
  for (const name of ['a-picture.pdf', 'picture.png']) writeFileSync(at(name), PNG);
  writeFileSync(at('really-a-pdf.txt'), PDF);
  mkdirSync(at('folder'));
  execFileSync('mkfifo', [at('pipe')]);
  home = await approvedHome();
  gateway = await up(home);
  return async () => {
    await gateway.stop();
  };
});

test.each(REFUSED)('ccos extract %s is refused as %s, exit %i, with a row', async (...row) => {
  const [name, code, exit, type] = row;
  const before = await chainSize(gateway);
  const ran = await ccosProcess(home, 'extract', at(name));
  expect(ran.exit).toBe(exit);
  expect(ran.stdout).toBe('');
  const [what = '', next = '', ...rest] = ran.stderr.trimEnd().split('\n');
  expect(what).toMatch(new RegExp(`^ccos: .*${name}.* \\(${code}\\)$`));
  expect(next).toMatch(/^ {6}\S/);
  expect(rest).toEqual([]);
  const rows = await rowsAfter(gateway, before);
  const last = rows.at(-1);
  expect(last?.type).toBe(type);
  expect([last?.data['code'], last?.data['outcome']]).toContain(code);
  expect(JSON.stringify(rows)).not.toContain(name);
});

test('a file that is named as something else is read as what it is', async () => {
  const { exit, stdout } = await ccosProcess(home, 'extract', at('really-a-pdf.txt'), '--json');
  expect(exit).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ format: 'pdf', plugin: { id: 'ccos/documents:pdf' } });
});

test('of several files each is tried, and the exit code is that of the first failure', async () => {
  const files = ['really-a-pdf.txt', 'locked.pdf', 'missing.pdf', 'really-a-pdf.txt'].map(at);
  const { exit, stdout } = await ccosProcess(home, 'extract', ...files, '--json');
  expect(exit).toBe(1);
  const answers = JSON.parse(stdout) as { file: string; text?: string; error?: { code: string } }[];
  expect(answers.map(({ file }) => file)).toEqual(files);
  expect(answers.map(({ error }) => error?.code)).toEqual([
    undefined,
    'document_encrypted',
    'file_not_found',
    undefined,
  ]);
  expect(answers[3]?.text).toContain('Harbour Street Kite Club');
  const plain = await ccosProcess(home, 'extract', ...files);
  expect(plain.exit).toBe(1);
  expect(plain.stdout.match(/==> .* <==/g)).toHaveLength(2);
});

test('ccos extract without a gateway refuses in the same words', async () => {
  const other = await approvedHome();
  const files = REFUSED.map(([name]) => at(name));
  const { exit, stdout } = await ccosProcess(other, 'extract', ...files, '--json');
  expect(exit).toBe(2);
  const answers = JSON.parse(stdout) as { error?: { code: string } }[];
  expect(answers.map(({ error }) => error?.code)).toEqual(REFUSED.map(([, code]) => code));
});
