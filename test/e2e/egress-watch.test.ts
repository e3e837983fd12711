import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MAIN, approvedHome, until } from '../support/ccos-process.ts';
import { ccosJson } from '../support/ccos-command.ts';
import { makeTestFolder } from '../support/home.ts';
import { bearer, send } from '../support/http-request.ts';

const TRACE = ['-f', '-qq', '-e', 'trace=connect,sendto,sendmsg,sendmmsg', '-o'];

/** Linux with a tracer that may trace. */
const canTrace =
  spawnSync('strace', [...TRACE, '/dev/null', process.execPath, '-e', '0']).status === 0;

/** The addresses of the Internet that a traced program has called or sent to; local sockets are no way out. */
function outward(log: string): readonly string[] {
  const inet = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => /sa_family=AF_INET6?\b/.test(line));
  return inet.filter((line) => !/inet_addr\("127\.|"::1"|inet_addr\("0\.0\.0\.0"\)/.test(line));
}

test.runIf(canTrace)(
  'H5: the gateway and its sandbox processes call nobody, whatever it is asked for',
  async () => {
    const home = await approvedHome();
    const log = join(makeTestFolder(), 'calls');
    const child = spawn('strace', [...TRACE, log, process.execPath, MAIN, 'up', '--port', '0'], {
      env: { PATH: process.env['PATH'], CCOS_HOME: home },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const url = await until(() => /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0], 'ccos up listens');
    const token = readFileSync(join(home, 'admin.token'), 'utf8').trim();
    const post = (path: string, type: string, body: string) =>
      send(`${url}${path}`, {
        method: 'POST',
        headers: { ...bearer(token), 'content-type': type },
        body,
      });
    const html =
      '<img src="http://192.0.2.1/x.png"><link href="http://192.0.2.2/" rel=prefetch>hello';
    const extracted = await post('/v1/admin/extract?type=text/html', 'text/html', html);
    expect(extracted.status).toBe(200);
    await send(`${url}/v1/admin/status`, { headers: bearer(token) });
    await ccosJson(home, 'audit', 'verify');
    await post('/v1/admin/shutdown', 'application/json', '{}');
    await new Promise((resolve) => child.on('close', resolve));
    expect(outward(log)).toEqual([]);
  },
  120_000,
);

test.runIf(canTrace)('H5, H6: a program that calls somebody is seen to', () => {
  const log = join(makeTestFolder(), 'calls');
  const calls = `require('net').connect(9, '192.0.2.1').on('error', () => {});
    require('dgram').createSocket('udp4').send('x', 9, '192.0.2.2');
    setTimeout(() => process.exit(), 200)`;
  spawnSync('strace', [...TRACE, log, process.execPath, '-e', calls]);
  expect(outward(log).join('\n')).toMatch(/192\.0\.2\.1[^]*192\.0\.2\.2/);
});
