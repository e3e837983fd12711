import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { OutsideRequest } from '../../host/core/outside.ts';
import { send } from '../../host/runtime/send.ts';
import { makeTestFolder } from '../support/home.ts';
import { outsideServer } from '../support/outside-server.ts';

const request = (url: string, changes: Partial<OutsideRequest> = {}): OutsideRequest => ({
  url: new URL(url),
  method: 'GET',
  headers: {},
  body: null,
  address: '127.0.0.1',
  timeMs: 5000,
  maxBytes: 1000,
  ...changes,
});

test('send: the connection goes to the address, whatever the name would resolve to', async () => {
  const server = await outsideServer();
  const answer = await send(request(`http://no-such-name.invalid:${String(server.port)}/a?b`));
  expect(answer).toMatchObject({ ok: true, response: { status: 200 } });
  expect(server.received).toMatchObject([
    { url: '/a?b', headers: { host: `no-such-name.invalid:${String(server.port)}` } },
  ]);
});

test('send: time, size, a signal and a closed port end it with a word', async () => {
  const server = await outsideServer(({ url }, response) => {
    if (url === '/large') response.end(Buffer.alloc(1001));
  });
  const at = `http://127.0.0.1:${String(server.port)}`;
  expect(await send(request(`${at}/`, { timeMs: 50 }))).toEqual({ ok: false, why: 'timeout' });
  expect(await send(request(`${at}/large`))).toEqual({ ok: false, why: 'too_large' });
  const signal = AbortSignal.timeout(50);
  expect(await send(request(`${at}/`, { signal }))).toEqual({ ok: false, why: 'aborted' });
  expect(await send(request('http://127.0.0.1:9/'))).toEqual({ ok: false, why: 'unreachable' });
});

test('send: TLS is checked against the name, although the number is called', async () => {
  const folder = makeTestFolder();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = spawnSync('openssl', [
    ...[
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
    ],
    ...['-keyout', key, '-out', cert, '-subj', '/CN=right.example'],
    ...['-addext', 'subjectAltName=DNS:right.example'],
  ]);
  expect(made.status).toBe(0);
  const server = createServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    (_, response) => {
      response.end('secret place');
    },
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const port = String((server.address() as AddressInfo).port);
  const ca = readFileSync(cert, 'utf8');
  const to = (name: string, options = {}): Promise<unknown> =>
    send(request(`https://${name}:${port}/`), options);
  expect(await to('right.example', { ca })).toMatchObject({ ok: true });
  expect(await to('wrong.example', { ca })).toEqual({ ok: false, why: 'tls' });
  expect(await to('right.example')).toEqual({ ok: false, why: 'tls' });
});
