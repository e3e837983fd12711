import { execFileSync } from 'node:child_process';
import { open, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ClientRequest } from '../../host/http/client.ts';
import { makeTestFolder } from '../support/home.ts';
import { ccos, fails, parsed } from './harness.ts';
import type { Routes } from './harness.ts';

const ANSWER = {
  text: 'Hello\n',
  format: 'txt',
  pages: [{ number: 1, text: 'Hello\n' }],
  blocks: [],
  attachments: [],
  labels: ['pii.attachment'],
  plugin: { id: 'text', version: '1.0.0', code_sha256: 'aa' },
  times_ms: { total: 3 },
  warnings: [],
  truncated: false,
  call_id: 'call_1',
};
const ROUTES: Routes = { 'POST /extract': () => ANSWER, 'POST /refusals': () => ({}) };

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const cwd = makeTestFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
  return cwd;
}

function refusals(requests: readonly ClientRequest[]): unknown[] {
  return requests.filter(({ path }) => path.endsWith('/refusals')).map(({ json }) => json);
}

describe('ccos extract', () => {
  it('sends the bytes and the declared type, and never the name', async () => {
    const cwd = await folderWith({ 'salary of Ann.txt': 'raw' });
    const ran = await ccos(['extract', 'salary of Ann.txt'], { cwd, routes: ROUTES });
    expect(ran).toMatchObject({ exit: 0, stdout: 'Hello\n', stderr: '', closed: 1 });
    const [request] = ran.requests;
    expect(request?.query).toEqual({ type: 'text/plain' });
    expect(Buffer.from(request?.body ?? [])).toEqual(Buffer.from('raw'));
    expect(JSON.stringify(ran.requests)).not.toContain('Ann');
  });

  it('takes what follows -- for a file, whatever it looks like', async () => {
    const names = ['--json', '-h', '--help', '-q'];
    const cwd = await folderWith(Object.fromEntries(names.map((name) => [name, 'x'])));
    for (const name of names) {
      const ran = await ccos(['extract', '--', name], { cwd, routes: ROUTES });
      expect(ran).toMatchObject({ exit: 0, stdout: 'Hello\n' });
    }
  });

  it('sends the password of standard input, without its line end, with each file', async () => {
    const cwd = await folderWith({ 'a.pdf': 'x', 'b.pdf': 'y' });
    const argv = ['extract', '--password-stdin', 'a.pdf', 'b.pdf'];
    for (const piped of ['päss "word"\n', 'päss "word"\r\n', 'päss "word"']) {
      const ran = await ccos(argv, { cwd, routes: ROUTES, piped });
      expect(ran.exit).toBe(0);
      const sent = ran.requests.map(({ headers }) => headers?.['document-password']);
      const expected = Buffer.from('päss "word"').toString('base64');
      expect(sent).toEqual([expected, expected]);
    }
    const plain = await ccos(['extract', 'a.pdf'], { cwd, routes: ROUTES, piped: 'unasked\n' });
    expect(plain.requests.map(({ headers }) => headers)).toEqual([{}]);
  });

  it('asks for the password where a person sits, and shows nothing of it', async () => {
    const cwd = await folderWith({ 'a.pdf': 'x' });
    const ran = await ccos(['extract', '--password-stdin', 'a.pdf'], {
      cwd,
      routes: ROUTES,
      typed: 'hidden word\r',
    });
    expect(ran.requests[0]?.headers).toEqual({
      'document-password': Buffer.from('hidden word').toString('base64'),
    });
    expect(ran.stdout + ran.stderr).not.toContain('hidden word');
  });

  it.each([
    ['empty', '\n'],
    ['too long', `${'x'.repeat(1100)}\n`],
  ])('is wrong usage where the password is %s, before any file is read', async (_, piped) => {
    const ran = await ccos(['extract', '--password-stdin', 'a.pdf'], { routes: ROUTES, piped });
    expect(ran).toMatchObject({ exit: 2, requests: [] });
    expect(ran.stderr).not.toContain('xxx');
  });

  it('lets --type say what the file is', async () => {
    const cwd = await folderWith({ page: 'x' });
    const ran = await ccos(['extract', 'page', '--type', 'text/html'], { cwd, routes: ROUTES });
    expect(ran.requests[0]?.query).toEqual({ type: 'text/html' });
  });

  it.each([
    ['--type', 'html'],
    ['--format', 'pdf'],
  ])('refuses %s %s with exit 2', async (...options) => {
    const cwd = await folderWith({ a: 'x' });
    const ran = await ccos(['extract', 'a', ...options], { cwd, routes: ROUTES });
    expect(ran).toMatchObject({ exit: 2, stdout: '', requests: [] });
  });

  it('writes the text of a document raw into a pipe', async () => {
    const text = 'a\u001b[31mb\u202e\r\n no newline at the end';
    const cwd = await folderWith({ 'a.txt': 'x' });
    const routes = { 'POST /extract': () => ({ ...ANSWER, text }) };
    const ran = await ccos(['extract', 'a.txt'], { cwd, routes });
    expect(ran.stdout).toBe(`${text}\n`); // a line ends, and a note begins another
  });

  it('escapes the text of a document on a terminal', async () => {
    const text = 'a\u001b]0;owned\u0007b\u202e\tc';
    const cwd = await folderWith({ 'a.txt': 'x' });
    const routes = { 'POST /extract': () => ({ ...ANSWER, text }) };
    const ran = await ccos(['extract', 'a.txt'], { cwd, routes, onScreen: true });
    expect(ran.stdout).toBe('a\\x1b]0;owned\\x07b\\u202e\tc\n');
  });

  it.each([
    [0, 'install one: ccos bundle install FILE'],
    [2, 'approvals are waiting: ccos approvals list'],
  ])('where nothing is enabled and %i wait, it says what to run', async (pending, next) => {
    const cwd = await folderWith({ 'a.txt': 'x' });
    const state = { capabilities: { enabled: 0, disabled: 0 }, approvals: { pending } };
    const routes = { 'POST /extract': fails('unsupported_type'), 'GET /status': () => state };
    const { exit, stderr } = await ccos(['extract', 'a.txt'], { cwd, routes });
    expect(exit).toBe(1);
    expect(stderr).toContain('no plugin that reads documents is enabled: a.txt (unsupported_type)');
    expect(stderr).toContain(next);
    const some = { ...state, capabilities: { enabled: 1, disabled: 0 } };
    const other = await ccos(['extract', 'a.txt'], {
      cwd,
      routes: { ...routes, 'GET /status': () => some },
    });
    expect(other.stderr).toContain('no enabled capability reads this kind of content');
  });

  it('writes Markdown where it is asked to', async () => {
    const cwd = await folderWith({ 'a.txt': 'x' });
    const routes = { 'POST /extract': () => ({ ...ANSWER, text: '*a*' }) };
    const ran = await ccos(['extract', 'a.txt', '--format', 'markdown'], { cwd, routes });
    expect(ran.stdout).toBe('\\*a\\*\n');
  });

  it.each(['--json', '--format=json'])('%s prints one object for one file', async (option) => {
    const cwd = await folderWith({ 'a.txt': 'x' });
    const ran = await ccos(['extract', option, 'a.txt'], { cwd, routes: ROUTES });
    expect(parsed(ran.stdout)).toEqual({ file: 'a.txt', ...ANSWER });
    expect(ran.stderr).toBe('');
  });

  it('--json escapes what a terminal would obey and keeps the value', async () => {
    const text = 'a\u009b31m\u202e\u007f';
    const cwd = await folderWith({ 'a.txt': 'x' });
    const routes = { 'POST /extract': () => ({ ...ANSWER, text }) };
    const ran = await ccos(['extract', '--json', 'a.txt'], { cwd, routes, onScreen: true });
    expect(ran.stdout).toContain('"a\\u009b31m\\u202e\\u007f"');
    expect(parsed(ran.stdout)).toMatchObject({ text });
  });

  it('tries every file; the exit code is that of the first failure', async () => {
    const cwd = await folderWith({ 'a.txt': 'x', 'b.bad': 'x', 'c.txt': 'x' });
    const routes: Routes = {
      ...ROUTES,
      'POST /extract': ({ query }) =>
        query?.['type'] === 'text/plain'
          ? ANSWER
          : fails('timeout', { millis: 20_000 })({} as never),
    };
    const argv = ['extract', 'a.txt', 'b.bad', 'missing', 'c.txt'];
    const ran = await ccos(argv, { cwd, routes });
    expect(ran.exit).toBe(6);
    expect(ran.stdout).toBe('==> a.txt <==\nHello\n\n==> c.txt <==\nHello\n\n');
    expect(ran.stderr).toContain('b.bad, millis 20000 (timeout)');
    expect(ran.stderr).toContain('ccos: there is no such file: missing (file_not_found)');

    const json = await ccos([...argv, '--json'], { cwd, routes });
    expect(json.exit).toBe(6);
    expect(json.stderr).toBe('');
    expect(parsed(json.stdout)).toEqual([
      { file: 'a.txt', ...ANSWER },
      { file: 'b.bad', error: expect.objectContaining({ code: 'timeout' }) as unknown },
      { file: 'missing', error: { code: 'file_not_found', message: 'there is no such file' } },
      { file: 'c.txt', ...ANSWER },
    ]);
  });

  it('--json gives one object with an error for one file that failed', async () => {
    const ran = await ccos(['extract', '--json', 'missing'], { routes: ROUTES });
    expect(ran.exit).toBe(2);
    expect(parsed(ran.stdout)).toMatchObject({
      file: 'missing',
      error: { code: 'file_not_found' },
    });
  });

  it('refuses a folder, a pipe and a device without opening them, and leaves a row of each', async () => {
    const cwd = makeTestFolder();
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    const ran = await ccos(['extract', '.', 'pipe', '/dev/zero'], { cwd, routes: ROUTES });
    expect(ran.exit).toBe(2);
    expect(ran.stderr.match(/\(not_a_file\)/g)).toHaveLength(3);
    expect(refusals(ran.requests)).toEqual(
      Array.from({ length: 3 }, () => ({ code: 'not_a_file', what: 'extract' })),
    );
  });

  it('refuses a file over 50 MiB before it is read, with exit 6', async () => {
    const cwd = makeTestFolder();
    const file = await open(join(cwd, 'big.pdf'), 'w');
    await file.truncate(50 * 1024 * 1024 + 1);
    await file.close();
    const ran = await ccos(['extract', 'big.pdf'], { cwd, routes: ROUTES });
    expect(ran.exit).toBe(6);
    expect(ran.stderr).toContain('big.pdf, limit_bytes 52428800 (too_large)');
    expect(refusals(ran.requests)).toEqual([{ code: 'too_large', what: 'extract' }]);
  });

  it('reads a file that says 0 bytes of itself, and follows a link', async () => {
    const cwd = makeTestFolder();
    await symlink('/proc/self/status', join(cwd, 'link.txt'));
    const ran = await ccos(['extract', 'link.txt'], { cwd, routes: ROUTES });
    expect(ran.exit).toBe(0);
    expect(ran.requests[0]?.body?.length).toBeGreaterThan(100);
  });

  it('names a missing file safely, also where the name attacks the terminal', async () => {
    const ran = await ccos(['extract', 'a\u001b[2J\nccos: ok'], { routes: ROUTES });
    expect(ran.stderr).toContain('no such file: a\\x1b[2J\\x0accos: ok (file_not_found)');
  });

  it('reports the file even where no row can be left', async () => {
    const ran = await ccos(['extract', 'missing'], {
      routes: { 'POST /refusals': fails('not_ready') },
    });
    expect(ran.exit).toBe(2);
    expect(ran.stderr.split('\n')).toHaveLength(3);
  });

  it('says what to approve where an approval is missing', async () => {
    const cwd = await folderWith({ 'a.txt': 'x' });
    const routes = {
      'POST /extract': fails('approval_required', {}, { approval_id: 'ap_7', rule_id: 'r1' }),
    };
    const ran = await ccos(['extract', 'a.txt'], { cwd, routes });
    expect(ran.exit).toBe(4);
    expect(ran.stderr).toBe(
      'ccos: an approval by the operator is needed first: a.txt, rule r1 (approval_required)\n' +
        '      ccos approvals show ap_7, then ccos approvals approve ap_7\n',
    );
  });

  it('says that a text was cut, unless --quiet', async () => {
    const cwd = await folderWith({ 'a.txt': 'x' });
    const routes = { 'POST /extract': () => ({ ...ANSWER, truncated: true, warnings: ['w1'] }) };
    const ran = await ccos(['extract', 'a.txt'], { cwd, routes });
    expect(ran.stderr).toBe('ccos: a.txt: the text was cut at a limit\nccos: a.txt: w1\n');
    expect((await ccos(['extract', '-q', 'a.txt'], { cwd, routes })).stderr).toBe('');
  });
});
