import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ccosJson } from '../support/ccos-command.ts';
import { descendants, up } from '../support/ccos-process.ts';
import type { Up } from '../support/ccos-process.ts';
import { makeTestHome } from '../support/home.ts';
import { bearer, rowsAfter, send } from '../support/http-request.ts';
import { EXTRACTION, extractWith, installPlugins, says } from '../support/plugin-bundle.ts';

const home = makeTestHome().directory;
let gateway: Up;
let agentToken = '';

beforeAll(async () => {
  gateway = await up(home);
  const made = await ccosJson<{ token: string }>(home, 'token', 'create', '--plane', 'agent');
  agentToken = made.token;
  await installPlugins(home, [{ name: 'ok', plugin: says(JSON.stringify(EXTRACTION)) }]);
  return async () => {
    await gateway.stop();
  };
});

/** Local addresses of the listening sockets of a process and its children, as Linux lists them. */
function listening(pid: number): readonly string[] {
  const inodes = new Set([pid, ...descendants(pid)].flatMap(socketsOf));
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFileSync(file, 'utf8'));
  return tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode = '']) => state === '0A' && inodes.has(inode))
    .map(([, local = '']) => local);
}

function socketsOf(pid: number): readonly string[] {
  const folder = `/proc/${String(pid)}/fd`;
  return readdirSync(folder).flatMap((fd) => {
    const target = linkOf(join(folder, fd));
    return /^socket:\[(\d+)\]$/.exec(target)?.slice(1) ?? [];
  });
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // it was closed while we looked
  }
}

test('GP5-a: ccos up listens on 127.0.0.1 and its one port only, and so do its children', async () => {
  expect(await extractWith(gateway, 'ok')).toMatchObject({ status: 200 });
  const port = gateway.port.toString(16).toUpperCase().padStart(4, '0');
  expect(listening(gateway.pid)).toEqual([`0100007F:${port}`]);
});

test('GP5-d: no token stands in the arguments or the environment of a process', async () => {
  expect(await extractWith(gateway, 'ok')).toMatchObject({ status: 200 });
  const processes = [gateway.pid, ...descendants(gateway.pid)];
  expect(processes.length).toBeGreaterThan(1);
  for (const pid of processes)
    for (const file of ['cmdline', 'environ']) {
      const text = readFileSync(`/proc/${String(pid)}/${file}`, 'utf8');
      for (const token of [gateway.token, agentToken]) expect(text).not.toContain(token);
    }
});

test('GP5-d: no token is in the logs, in the chain or in any file of the home but its own', async () => {
  for (const token of [gateway.token, agentToken]) {
    await send(`${gateway.url}/v1/admin/status`, { headers: bearer(token) });
    await send(`${gateway.url}/v1/admin/status?token=${token}`);
    expect(gateway.output()).not.toContain(token);
    expect(JSON.stringify(await rowsAfter(gateway, 0))).not.toContain(token);
    const found = execFileSync('sh', ['-c', 'grep -rlF -- "$0" "$1" || true', token, home]);
    const own = token === gateway.token ? `${join(home, 'admin.token')}\n` : '';
    expect(found.toString()).toBe(own);
  }
});

test('GP5-d: what is secret in a home is readable by its owner only', () => {
  const modes = ['admin.token', 'keys/master.key', 'keys/chain.key', 'keys/operator.key'].map(
    (name) => statSync(join(home, name)).mode & 0o777,
  );
  expect(modes).toEqual([0o600, 0o600, 0o600, 0o600]);
  for (const folder of ['', 'keys']) expect(statSync(join(home, folder)).mode & 0o777).toBe(0o700);
});

test('attack 13: forwarded headers grant nothing', async () => {
  const forwarded = {
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-host': `127.0.0.1:${String(gateway.port)}`,
    forwarded: 'for=127.0.0.1;host=localhost',
    'x-real-ip': '127.0.0.1',
    'x-original-url': '/healthz',
    'x-http-method-override': 'GET',
  };
  const url = `${gateway.url}/v1/admin/status`;
  expect((await send(url, { headers: forwarded })).status).toBe(401);
  const foreign = { ...forwarded, ...bearer(gateway.token), host: 'evil.example' };
  expect((await send(url, { headers: foreign })).status).toBe(403);
});

test('many connections that say nothing do not keep others out', async () => {
  const sockets = Array.from({ length: 200 }, () => connect(gateway.port, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => new Promise((done) => socket.once('connect', done))));
  for (const socket of sockets) socket.write('GET /v1/admin/status HTTP/1.1\r\nHost: 127');
  const began = performance.now();
  expect((await send(`${gateway.url}/healthz`)).status).toBe(200);
  expect(performance.now() - began).toBeLessThan(2000);
  for (const socket of sockets) socket.destroy();
});
