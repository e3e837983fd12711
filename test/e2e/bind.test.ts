import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ccosJson } from '../support/ccos-command.ts';
import { MAIN, ccosProcess } from '../support/ccos-process.ts';
import { makeTestFolder, makeTestHome } from '../support/home.ts';
import type { ChainRow } from '../support/http-request.ts';

/** An address of a network that has nobody else in it. */
const ADDRESS = '10.9.8.7';
const SET_UP = `ip link set lo up && ip addr add ${ADDRESS}/32 dev lo`;
const hasNamespaces =
  process.platform === 'linux' && spawnSync('unshare', ['-rn', 'sh', '-c', SET_UP]).status === 0;

interface Seen {
  readonly local: string | null;
  readonly open: string | null;
  readonly stderr: string;
  readonly exit: number | null;
  /** The status of each request, or why there was none. */
  readonly answers: readonly (number | string)[];
}

/** Starts `ccos up`, asks it what it is told to ask, and stops it: the whole of it in that network. */
const DRIVER = `
const { spawn } = require('node:child_process');
const https = require('node:https'), http = require('node:http'), fs = require('node:fs');
const { args, asks, ca } = JSON.parse(process.argv[1]);
const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
let stdout = '', stderr = '', exit;
child.stdout.on('data', (d) => (stdout += d));
child.stderr.on('data', (d) => (stderr += d));
child.on('close', (code) => (exit = code));
const soon = () => new Promise((done) => setTimeout(done, 50));
const ask = ({ url: asked, headers, method = 'GET' }) => new Promise((done) => {
  const url = asked.replace('LOCAL', /http:\\/\\/127\\.0\\.0\\.1:\\d+/.exec(stdout)?.[0]);
  const module = url.startsWith('https') ? https : http;
  const servername = (headers.host ?? '').replace(/:.*/, '') || undefined;
  const request = module.request(url, { method, headers, ca, servername: /^[a-z]/.test(servername ?? '') ? servername : undefined, agent: false }, (r) => {
    r.resume();
    done(r.statusCode);
  });
  request.on('error', (e) => done(e.code));
  request.end();
});
(async () => {
  while (exit === undefined && !/listens at/.test(stdout)) await soon();
  const answers = [];
  for (const one of exit === undefined ? asks : []) answers.push(await ask(one));
  if (exit === undefined) child.kill('SIGTERM');
  while (exit === undefined) await soon();
  const local = /http:\\/\\/127\\.0\\.0\\.1:\\d+/.exec(stdout)?.[0] ?? null;
  const open = /WARNING: others reach this gateway at (\\S+)/.exec(stderr)?.[1] ?? null;
  process.stdout.write(JSON.stringify({ local, open, stderr, exit, answers }));
})();
`;

function upThere(
  home: string,
  args: readonly string[],
  { asks = [], ca = '' }: { readonly asks?: readonly object[]; readonly ca?: string } = {},
): Seen {
  const up = [MAIN, 'up', '--port', '8823', '--bind', ADDRESS, ...args];
  const asked = JSON.stringify({ args: up, asks, ...(ca !== '' && { ca }) });
  const done = spawnSync(
    'unshare',
    ['-rn', 'sh', '-c', `${SET_UP} && exec "$0" "$@"`, process.execPath, '-e', DRIVER, asked],
    { env: { PATH: process.env['PATH'], CCOS_HOME: home }, encoding: 'utf8', timeout: 60_000 },
  );
  return JSON.parse(done.stdout) as Seen;
}

const opened = async (home: string): Promise<readonly ChainRow[]> =>
  (await ccosJson<{ rows: readonly ChainRow[] }>(home, 'audit', 'log', '--type', 'bind.opened'))
    .rows;

async function approveAll(home: string): Promise<readonly string[]> {
  const { approvals } = await ccosJson<{ approvals: readonly { id: string }[] }>(
    home,
    ...['approvals', 'list'],
  );
  for (const { id } of approvals) await ccosJson(home, 'approvals', 'approve', id, '--yes');
  return approvals.map(({ id }) => id);
}

describe('GP5-b, attack 14: an address beyond loopback', () => {
  test('is refused before anything listens: without a transport (3), and without an approval (4)', async () => {
    const { directory } = makeTestHome();
    const up = ['up', '--port', '0', '--bind', '0.0.0.0'];
    const bare = await ccosProcess(directory, ...up);
    expect([bare.exit, bare.stdout]).toEqual([3, '']);
    expect(bare.stderr).toContain('const.bind.transport');
    const clear = await ccosProcess(directory, ...up, '--in-the-clear');
    expect([clear.exit, clear.stdout]).toEqual([4, '']);
    expect(await opened(directory)).toEqual([]);
  });

  test.each([
    [['--tls-cert', 'x'], 2],
    [['--tls-key', 'x'], 2],
    [['--tls-cert', 'x', '--tls-key', 'y', '--in-the-clear'], 2],
    [['--tls-cert', '/nowhere/x', '--tls-key', '/nowhere/y'], 2],
  ] as const)('%j is exit 2', async (args, exit) => {
    const { directory } = makeTestHome();
    expect((await ccosProcess(directory, 'up', '--port', '0', ...args)).exit).toBe(exit);
  });

  test('a certificate with another key, or that is none, is exit 2 before anything is opened', async () => {
    const { directory } = makeTestHome();
    const [one, two] = [makeCertificate(), makeCertificate()];
    const other = await ccosProcess(
      directory,
      ...['up', '--port', '0', '--tls-cert', one.cert, '--tls-key', two.key],
    );
    expect(other).toMatchObject({ exit: 2, stdout: '' });
    writeFileSync(one.cert, 'no certificate');
    const none = await ccosProcess(
      directory,
      ...['up', '--port', '0', '--tls-cert', one.cert, '--tls-key', one.key],
    );
    expect(none).toMatchObject({ exit: 2, stdout: '' });
  });
});

describe.runIf(hasNamespaces)(
  'GP5-b, attack 14: an address beyond loopback, in a network of its own',
  () => {
    test('in the clear: starts with the approval for it, warns, is on the chain, and still wants a token', async () => {
      const { directory, adminToken } = makeTestHome();
      expect(upThere(directory, ['--in-the-clear']).exit).toBe(4);
      const [approval] = await approveAll(directory);
      const url = `http://${ADDRESS}:8823/v1/admin/status`;
      const authorization = `Bearer ${adminToken()}`;
      const asks = [
        { url, headers: {} },
        { url, headers: { authorization } },
        { url, headers: { authorization, host: 'evil.test:8823' } },
        { url, headers: { authorization, origin: `http://${ADDRESS}:8823` } },
        { url, headers: { authorization, origin: `https://${ADDRESS}:8823` } },
        { url, headers: { authorization, host: '127.0.0.1:8823' } },
      ];
      const seen = upThere(directory, ['--in-the-clear'], { asks });
      expect(seen).toMatchObject({ exit: 0, open: `http://${ADDRESS}:8823` });
      expect(seen.stderr).toContain('in the clear');
      expect(seen.local).not.toBeNull();
      expect(seen.answers).toEqual([401, 200, 403, 200, 403, 403]);
      expect((await opened(directory)).map(({ data }) => data)).toEqual([
        { address: ADDRESS, port: 8823, transport: 'in_the_clear', approval },
      ]);
    });

    test('a socket goes with its approval: revoked, nobody reaches it, and the gateway goes on', async () => {
      const { directory, adminToken } = makeTestHome();
      expect(upThere(directory, ['--in-the-clear']).exit).toBe(4);
      const [approval = ''] = await approveAll(directory);
      const url = `http://${ADDRESS}:8823/v1/admin/status`;
      const headers = { authorization: `Bearer ${adminToken()}` };
      const revoke = `LOCAL/v1/admin/approvals/${approval}/revoke`;
      const asks = [
        { url, headers },
        { url: revoke, headers, method: 'POST' },
        { url, headers },
        { url: 'LOCAL/v1/admin/status', headers },
      ];
      const seen = upThere(directory, ['--in-the-clear'], { asks });
      expect(seen.answers).toEqual([200, 200, 'ECONNREFUSED', 200]);
      expect(seen.exit).toBe(0);
      const { rows } = await ccosJson<{ rows: readonly ChainRow[] }>(
        directory,
        ...['audit', 'log', '--type', 'bind.closed'],
      );
      expect(rows.map(({ data }) => data)).toEqual([
        { address: ADDRESS, port: 8823, transport: 'in_the_clear' },
      ]);
      expect(upThere(directory, ['--in-the-clear']).exit).toBe(4);
    });

    test('over TLS: another approval than in the clear; nothing is said without it', async () => {
      const { directory, adminToken } = makeTestHome();
      const { cert, key } = makeCertificate();
      expect(upThere(directory, ['--in-the-clear']).exit).toBe(4);
      await approveAll(directory);
      const tls = ['--tls-cert', cert, '--tls-key', key];
      expect(upThere(directory, tls).exit).toBe(4);
      await approveAll(directory);
      const url = `https://${ADDRESS}:8823/v1/admin/status`;
      const authorization = `Bearer ${adminToken()}`;
      const named = 'gateway.example:8823';
      const seen = upThere(directory, tls, {
        ca: readFileSync(cert, 'utf8'),
        asks: [
          { url, headers: { host: named } },
          { url, headers: { authorization, host: named } },
          { url, headers: { authorization, host: named, origin: `https://${named}` } },
          { url, headers: { authorization, host: named, origin: `http://${named}` } },
          { url: url.replace('https', 'http'), headers: { authorization } },
        ],
      });
      expect(seen).toMatchObject({ exit: 0, open: `https://${ADDRESS}:8823` });
      expect(seen.answers.slice(0, 4)).toEqual([401, 200, 200, 403]);
      expect(seen.answers[4]).not.toBe(200);
      expect((await opened(directory)).map(({ data }) => data['transport'])).toEqual(['tls']);
    });
  },
);

function makeCertificate(): { readonly cert: string; readonly key: string } {
  const folder = makeTestFolder();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-days', '2', '-keyout', key, '-out', cert, '-subj', '/CN=gateway.example'],
    ...['-addext', `subjectAltName=DNS:gateway.example,IP:${ADDRESS}`],
  ]);
  expect(made.status).toBe(0);
  return { cert, key };
}
