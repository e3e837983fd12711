import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../host/core/error.ts';
import type { ErrorCode } from '../../host/core/error.ts';
import { NOUNS } from '../../host/cli/commands/index.ts';
import { usage } from '../../host/cli/parse.ts';
import { ccos, fails, parsed } from './harness.ts';
import type { Routes } from './harness.ts';

const STATUS = {
  version: '1',
  home: '/h',
  home_id: 'h1',
  mode: 'gateway',
  pid: 7,
  started: '2026-01-01T00:00:00Z',
  uptime_seconds: 61.5,
  url: 'http://127.0.0.1:8822',
  runtime: { name: 'node', version: '20' },
  policy: { version: '1', sha256: 'ab' },
  chain: { rows: 9, checkpointed: 8 },
  quarantine: { blobs: 0, bytes: 0 },
  sandbox: { processes: 1, busy: 0, calls: 2, kills: 0 },
  bundles: 1,
  capabilities: { enabled: 1, disabled: 0 },
  approvals: { pending: 0 },
  walls: ['process'],
};
const routes = { 'GET /status': () => STATUS };

const ALL = (await Promise.all(NOUNS.map(({ load }) => load()))).flat();

describe('ccos', () => {
  it('alone says where to start', async () => {
    const ran = await ccos([]);
    expect(ran.exit).toBe(0);
    for (const { name } of NOUNS) expect(ran.stdout).toContain(`  ${name} `);
    expect(ran.stdout).toContain('ccos extract FILE');
  });

  it('--version prints the version', async () => {
    expect((await ccos(['--version'])).stdout).toBe('9.9.9\n');
    expect(parsed((await ccos(['--version', '--json'])).stdout)).toEqual({ version: '9.9.9' });
  });

  it.each([
    [['exract', 'a'], 'unknown command exract', 'did you mean ccos extract?'],
    [
      ['bundle', 'instal', 'a'],
      'unknown command bundle instal',
      'did you mean ccos bundle install?',
    ],
    [
      ['bundle', 'trust', 'ad'],
      'unknown command bundle trust ad',
      'did you mean ccos bundle trust add?',
    ],
    [['bundle'], 'ccos bundle needs a command', 'keygen, pack'],
    [['status', '--jsn'], 'unknown option --jsn', 'did you mean --json?'],
    [['--frobnicate'], 'unknown option --frobnicate', '--help'],
    [['status', '-z'], 'unknown option -z', 'see ccos status --help'],
    [['status', 'extra'], 'unexpected argument extra', 'usage: ccos status'],
    [['extract'], 'FILE… is missing', 'usage: ccos extract FILE…'],
    [['config', 'set', 'port'], 'VALUE is missing', 'usage: ccos config set KEY VALUE'],
    [['status', '--quiet=yes'], '--quiet takes no value', 'usage: ccos status'],
    [['status', '--home'], '--home needs a value', '--home DIR'],
    [['status', '--home', '--quiet'], '--home needs a value', '--home=DIR'],
    [['audit', 'show', 'x'], 'x is not a sequence number', 'ccos audit log'],
    [['audit', 'log', '--limit', 'many'], '--limit takes a number', '--limit 200'],
    [['up', '--port', '70000'], '--port takes a number', '65535'],
    [['token', 'create', '--plane', 'root'], '--plane is agent, admin or channel', '--plane agent'],
    [['quarantine', 'purge'], 'purge takes exactly one', '--help'],
    [['quarantine', 'purge', '--all', '--expired'], 'purge takes exactly one', '--help'],
    [['bundle', 'show', 'a/b/c'], 'a/b/c is not the id of a bundle', 'PUBLISHER/NAME'],
    [['audit', 'verify', '--db', 'x'], '--key goes with --db or --proof', '--key FILE'],
    [['audit', 'calls', '--limit', '0'], '--limit takes a number', '--limit 200'],
    [['audit', 'log', '--type', 'nope'], 'nope is not a type of row', 'capability.call'],
    [
      ['audit', 'log', '--type', 'policy.decison'],
      'policy.decison is not',
      'mean policy.decision?',
    ],
    [['audit', 'verify', '--proof', 'x', '--db', 'y'], '--proof stands alone', '--proof FILE'],
  ])('%j is a usage error with exit 2 and a way on', async (argv, what, next) => {
    const ran = await ccos(argv, { routes });
    expect(ran).toMatchObject({ exit: 2, stdout: '', requests: [] });
    const [first, second, ...rest] = ran.stderr.split('\n');
    expect(first).toContain(`ccos: ${what}`);
    expect(first).toMatch(/ \(bad_request\)$/);
    expect(second).toContain(next);
    expect(rest).toEqual(['']);

    const json = await ccos(['--json', ...argv], { routes });
    expect(json).toMatchObject({ exit: 2, stderr: '' });
    expect(parsed(json.stdout)).toMatchObject({ error: { code: 'bad_request' } });
  });

  it.each([
    [['help', 'bundle', 'trust'], 'ccos bundle trust COMMAND', 'bundle trust add KEYFILE'],
    [['bundle', 'trust', '--help'], 'ccos bundle trust COMMAND', 'bundle trust revoke KEYID'],
    [['help', 'bundle'], 'ccos bundle COMMAND', 'bundle pack DIR'],
  ])('%j prints the commands of that group and no other', async (argv, usage, command) => {
    const { exit, stdout } = await ccos(argv);
    expect(exit).toBe(0);
    expect(stdout).toContain(`Usage: ${usage}\n`);
    expect(stdout).toContain(command);
    if (usage.includes('trust')) expect(stdout).not.toContain('bundle pack');
  });

  it.each([
    [
      { code: 'not_found', detail: { what: 'row', newest: 9 } },
      'no such row: newest 9',
      'audit log',
    ],
    [{ code: 'not_found', detail: { what: 'call' } }, 'no such call', 'ccos audit calls'],
    [{ code: 'not_found', detail: { what: 'secret' } }, 'no such secret', 'ccos secrets list'],
    [
      { code: 'invalid_input', detail: { field: 'ap_id' } },
      'not the id of an approval',
      'approvals',
    ],
    [{ code: 'invalid_input', detail: { field: 't_id' } }, 'not the id of a token', 'token list'],
    [{ code: 'invalid_input', detail: { field: 'body.key_id' } }, 'the id of a key', 'trust list'],
    [
      { code: 'invalid_input', detail: { file: 'publisher_key', field: 'format' } },
      'that is not the public key file of a publisher',
      'keygen',
    ],
    [
      { code: 'conflict', detail: { why: 'port_in_use', port: 1 } },
      'another program listens there: port 1',
      '--port',
    ],
    [{ code: 'bundle_module', detail: { why: 'a_b', file: 1 } }, 'accepted: a b, file 1', 'mend'],
  ] as const)('%j says what is wrong and where to look', async ({ code, detail }, what, next) => {
    const ran = await ccos(['status'], { routes: { 'GET /status': fails(code, detail) } });
    const [first, second] = ran.stderr.split('\n');
    expect(first).toContain(`${what} (${code})`);
    expect(first).not.toContain('what ');
    expect(second).toContain(next);
  });

  it.each([
    [['bundle', 'list'], { 'GET /bundles': { bundles: [] } }],
    [['bundle', 'trust', 'list'], { 'GET /trust': { publishers: [] } }],
    [['capabilities', 'list'], { 'GET /capabilities': { capabilities: [] } }],
    [['approvals', 'list'], { 'GET /approvals': { approvals: [] } }],
    [['token', 'list'], { 'GET /tokens': { tokens: [] } }],
    [['audit', 'log'], { 'GET /audit/log': { rows: [] } }],
    [['secrets', 'usage', 'a'], { 'GET /secrets/a/usage': { usage: [] } }],
  ] as const)('%j says so where there is nothing', async (argv, answers) => {
    const answered = Object.entries<object>(answers).map(([path, answer]) => [path, () => answer]);
    const { exit, stdout } = await ccos(argv, { routes: Object.fromEntries(answered) as Routes });
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^(no|nothing) [^\n]+\n$/);
  });

  it('escapes a command that attacks the terminal', async () => {
    expect((await ccos(['\u001b[2J'])).stderr).toContain('unknown command \\x1b[2J');
  });

  it('takes global options before and after the command', async () => {
    for (const argv of [
      ['--home', '/x', 'status', '--json'],
      ['--json', 'status', '--home=/x'],
    ]) {
      const ran = await ccos(argv, { routes });
      expect(ran.homes).toEqual(['/x']);
      expect(parsed(ran.stdout)).toEqual(STATUS);
    }
  });

  it('finds the home in --home, in $CCOS_HOME, in ~/.ccos', async () => {
    const env = { CCOS_HOME: 'here' };
    const home = async (argv: readonly string[], more = {}): Promise<string | undefined> =>
      (await ccos(['status', ...argv], { routes, cwd: '/w', ...more })).homes[0];
    expect(await home(['--home', 'x'], { env })).toBe('/w/x');
    expect(await home([], { env })).toBe('/w/here');
    expect(await home([])).toBe(join(homedir(), '.ccos'));
  });

  it('closes the connection also where the gateway refuses', async () => {
    const ran = await ccos(['status'], { routes: { 'GET /status': fails('unauthenticated') } });
    expect(ran).toMatchObject({ exit: 1, closed: 1, stdout: '' });
  });

  it('says nothing of a failure that it does not know', async () => {
    const connect = (): never => {
      throw new Error('secret words');
    };
    const ran = await ccos(['status'], { application: { connect } });
    expect(ran).toMatchObject({ exit: 1, stdout: '' });
    expect(ran.stderr).toContain('ccos: an internal error (internal)');
    expect(ran.stderr).not.toContain('secret');
  });

  it.each(Object.keys(ERRORS) as ErrorCode[])(
    '%s is one line, a way on, and its exit code; with --json one document',
    async (code) => {
      const failing = { 'GET /status': fails(code, { count: 3 }, { reason: 'why\u001b' }) };
      const ran = await ccos(['status'], { routes: failing });
      const [, exit, message] = ERRORS[code];
      expect(ran).toMatchObject({ exit, stdout: '' });
      const [what, next, ...rest] = ran.stderr.split('\n');
      expect(what).toBe(`ccos: ${message}: why\\x1b, count 3 (${code})`);
      expect(next).toMatch(/^ {6}\S/);
      expect(rest).toEqual(['']);

      const json = await ccos(['status', '--json'], { routes: failing });
      expect(json).toMatchObject({ exit, stderr: '' });
      expect(parsed(json.stdout)).toEqual({
        error: { code, message, reason: 'why\u001b', details: { count: 3 } },
      });
    },
  );

  it('colours on a terminal only, and not where it was told not to', async () => {
    const coloured = async (argv: readonly string[], more = {}): Promise<boolean> => {
      const ran = await ccos(['exract', ...argv], { onScreen: true, ...more });
      return ran.stderr.includes('\u001b[');
    };
    expect(await coloured([])).toBe(true);
    expect(await coloured(['--no-color'])).toBe(false);
    expect(await coloured([], { env: { NO_COLOR: '1' } })).toBe(false);
    expect(await coloured([], { env: { TERM: 'dumb' } })).toBe(false);
    expect(await coloured([], { onScreen: false })).toBe(false);
  });
});

describe('ccos status', () => {
  it('says where the gateway is, also where the gateway does not', async () => {
    expect((await ccos(['status'], { routes })).stdout).toContain('http://127.0.0.1:8822, pid 7');
    const { url: _, ...rest } = STATUS;
    const ran = await ccos(['status'], { routes: { 'GET /status': () => rest } });
    expect(ran.stdout).toContain('runs at http://127.0.0.1:1234, pid 7');
  });
});

describe('help', () => {
  it.each(ALL)('$words has a summary, an example that parses, and a page', async (command) => {
    const { words, examples } = command;
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(example).toContain(['ccos', ...words].join(' '));
    for (const argv of [
      [...words, '--help'],
      [...words, '-h'],
      ['help', ...words],
    ]) {
      const ran = await ccos(argv);
      expect(ran).toMatchObject({ exit: 0, stderr: '' });
      expect(ran.stdout).toContain(`Usage: ${usage(command)}`);
      expect(ran.stdout).toContain('--json');
    }
  });

  it('of a group lists its commands', async () => {
    for (const argv of [
      ['bundle', '--help'],
      ['help', 'bundle'],
    ]) {
      const ran = await ccos(argv);
      expect(ran.exit).toBe(0);
      expect(ran.stdout).toContain('bundle trust add KEYFILE');
    }
  });

  it('with --json is one document', async () => {
    expect(parsed((await ccos(['status', '--help', '--json'])).stdout)).toHaveProperty('help');
  });

  it('of nothing known is exit 2', async () => {
    expect((await ccos(['help', 'exract'])).exit).toBe(2);
  });
});

describe('NOUNS', () => {
  it('lists every file of commands', async () => {
    const folder = new URL('../../host/cli/commands/', import.meta.url);
    const nouns = (await readdir(folder))
      .map((file) => file.replace('.ts', ''))
      .filter((name) => name !== 'index' && !name.includes('-'));
    expect(NOUNS.map(({ name }) => name).sort()).toEqual(nouns.sort());
  });

  it('gives each command once, under its own noun', () => {
    const names = ALL.map(({ words }) => words.join(' '));
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(ALL.map(({ words }) => words[0]))).toEqual(
      new Set(NOUNS.map(({ name }) => name)),
    );
  });
});
