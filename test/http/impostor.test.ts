import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { application } from '../../host/application.ts';
import { makeTestHome } from '../support/home.ts';

test('attack 1, application.connect: whoever answers on the port of a gateway that is gone is told no token', async () => {
  const home = makeTestHome();
  const heard: string[] = [];
  const impostor = createServer((request, response) => {
    heard.push(request.headers.authorization ?? '');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ status: 'ok', proof: 'f'.repeat(64) }));
  });
  await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
  const { port } = impostor.address() as AddressInfo;
  const owner = { pid: process.pid, url: `http://127.0.0.1:${String(port)}` };
  writeFileSync(join(home.directory, 'owner.json'), JSON.stringify(owner));
  const connection = await application.connect({ home: home.directory });
  expect(connection.mode).toBe('in_process');
  await connection.client.request({ method: 'GET', path: '/v1/admin/status' });
  await connection.close();
  impostor.close();
  expect(heard).toEqual(['']);
});
