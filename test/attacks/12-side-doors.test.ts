import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { signContainer } from '../../host/bundle/pack.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import { createApp } from '../../host/http/app.ts';
import { openChat, onlySession, say } from '../support/chat.ts';
import { makeTestFolder } from '../support/home.ts';
import { bearer, send } from '../support/http-request.ts';
import type { Answered } from '../support/http-request.ts';
import { outsideServer } from '../support/outside-server.ts';
import { openHomeToServe, serve } from '../support/serve.ts';
import type { Served } from '../support/serve.ts';

const HTTP = 'ccos.http.request';
const FILES = 'ccos.fs.write';

let gateway: OpenGateway;
let served: Served;
let session = '';
let token = '';

beforeAll(async () => {
  gateway = await openHomeToServe();
  await installActions();
  const chat = await openChat(gateway);
  await say(chat, { text: 'canary of the side doors' });
  session = await onlySession(chat);
  ({ token } = await gateway.services.tokens.create('agent', { session }));
  served = await serve(gateway);
  return () => served.close();
});

async function installActions(): Promise<void> {
  const { trust, installer, approvals } = gateway.services;
  const approve = ({ id, digest }: { id: string; digest: string }) =>
    approvals.approve(id, { digest, by: 'operator' });
  const key = generateKeyPair();
  const publisher = { publisher: 'ccos', publicKey: key.raw, namespaces: ['ccos/*'] };
  await approve(await trust.request({ ...publisher, effects: ['net.http', 'fs.write'] }));
  for (const name of ['net', 'files']) {
    const bytes = Uint8Array.from(readFileSync(`dist/bundles/${name}.ccosb`));
    for (const asked of (await installer.install(signContainer(bytes, key))).approvals)
      await approve(asked);
  }
}

const at = (path: string, json?: object, by = token): Promise<Answered> =>
  send(`${served.url}${path}`, {
    headers: { ...bearer(by), 'content-type': 'application/json' },
    ...(json !== undefined && { method: 'POST', body: JSON.stringify(json) }),
  });
const call = (capability: string, args: object): Promise<Answered> =>
  at('/v1/agent/execute', { capability, args });

test.each([
  '/v1/agent/sessions/..%2F..%2Fadmin%2Fstatus',
  '/v1/agent/sessions/%2e%2e%2f%2e%2e%2fadmin%2fapprovals',
  '/v1/agent/../admin/status',
  '/v1/agent/%2e%2e/admin/status',
  '/v1/agent//..//admin/status',
  '/v1/agent/approvals/..%5c..%5cadmin',
  '/v1/agent/sessions/%00',
  '/v1/agent/sessions/x%0d%0aauthorization:%20Bearer',
  '/v1/agent/sessions/file:%2f%2f%2fetc%2fpasswd',
])('attack 12 (GP4-d): %s leads nowhere', async (path) => {
  const { status, body } = await at(path);
  expect([400, 403, 404, 422]).toContain(status);
  expect(body).not.toContain('"status":"ok"');
  expect(body).not.toContain('home');
});

test('attack 12 (GP4-d): an agent’s request does not reach the gateway’s own port', async () => {
  const own = `127.0.0.1:${String(served.port)}`;
  const names = [own, `localhost:${String(served.port)}`, `[::1]:${String(served.port)}`];
  for (const host of names) {
    const url = `http://${host}/v1/admin/status`;
    const headers = { authorization: `Bearer ${served.token}` };
    expect([url, (await call(HTTP, { url, headers })).code]).toEqual([url, 'approval_required']);
  }
  const other = await outsideServer();
  expect((await call(HTTP, { url: `http://${other.domain}/` })).code).toBe('approval_required');
  expect(other.received).toEqual([]);
});

test('attack 12, H6: where it was approved, such a request arrives', async () => {
  const other = await outsideServer();
  const asked = await call(HTTP, { url: `http://${other.domain}/` });
  const id = (JSON.parse(asked.body) as { error: { approval_id: string } }).error.approval_id;
  const { approvals } = gateway.services;
  await approvals.approve(id, { digest: (await approvals.get(id)).digest, by: 'operator' });
  expect((await call(HTTP, { url: `http://${other.domain}/` })).status).toBe(200);
  expect(other.received).toHaveLength(1);
});

test.each([
  'file:///etc/passwd',
  'data:text/plain,x',
  'ftp://127.0.0.1/',
  'gopher://127.0.0.1/',
  'javascript:1',
  '//127.0.0.1/',
  '\\\\127.0.0.1\\share',
  'http://user:pass@127.0.0.1/',
])('attack 12 (GP4-d): %s is no address for a request', async (url) => {
  expect((await call(HTTP, { url })).status).toBe(422);
});

test('attack 12 (GP4-d): a file is written below a named folder or nowhere', async () => {
  const folder = join(makeTestFolder(), 'notes');
  mkdirSync(folder);
  await gateway.services.settings.set('files.folders', { notes: folder });
  for (const path of ['../../etc/passwd', '/etc/passwd', 'C:\\x', 'a/../../x', 'file:///x', 'a\0b'])
    expect([path, (await call(FILES, { folder: 'notes', path, content: 'x' })).status]).toEqual([
      path,
      422,
    ]);
  for (const named of ['..', '/', 'etc', '__proto__', 'constructor'])
    expect((await call(FILES, { folder: named, path: 'x', content: 'x' })).status).not.toBe(200);
});

test('attack 12 (GP3-d): over HTTP a tool is called by the same path as anywhere: decided, recorded', async () => {
  const { audit } = gateway.services;
  const last = (await audit.rows({ limit: 1 })).at(-1)?.seq ?? 0;
  await call(HTTP, { url: 'http://127.0.0.1:1/' });
  const types = (await audit.rows({ after: last, limit: 100 })).map(({ type }) => type);
  expect(types.filter((type) => type === 'policy.decision').length).toBeGreaterThanOrEqual(3);
  expect(types).toContain('capability.call');
  for (const path of ['/tools/invoke', '/v1/tools/invoke', '/v1/agent/tools', '/invoke', '/rpc'])
    expect((await at(path, { tool: 'x' })).status).toBe(404);
});

test('attack 56: what stands for a file is a ref of the session, and no path or address', async () => {
  const secret = 'canary of a file of the machine';
  const file = join(makeTestFolder(), 'passwd');
  writeFileSync(file, secret);
  const names = [
    `MEDIA:${file}`,
    file,
    `file://${file}`,
    `\\\\host\\${file}`,
    `../../../..${file}`,
  ];
  const ask = async (to: (path: string, json: object) => Promise<Answered>) => {
    const answers = names.flatMap((name) => [
      to('/v1/agent/execute', { capability: HTTP, refs: [name] }),
      to('/v1/agent/execute', { capability: HTTP, content_ref: name }),
      to('/v1/agent/execute', { capability: HTTP, args: { url: name } }),
    ]);
    return Promise.all(answers);
  };
  for (const { status, body } of await ask(at)) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).not.toContain(secret);
  }
  // H6: an executor that opens what it is named is seen to.
  const naive = {
    act: ({ args }: { args: { url?: string } }) => {
      const text = readFileSync((args.url ?? '').replace(/^(?:MEDIA:|file:\/\/)/, ''), 'utf8');
      return Promise.resolve({ output: text, labels: [], call_id: 'x' });
    },
  };
  const open = await serve(gateway, { services: { actor: naive as never } });
  const seen = await send(`${open.url}/v1/agent/execute`, {
    method: 'POST',
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body: JSON.stringify({ capability: HTTP, args: { url: `MEDIA:${file}` } }),
  });
  await open.close();
  expect(seen.body).toContain(secret);
});

test('attack 56: nothing that an agent can name in the outbound API is a path or an address', async () => {
  const app = createApp(gateway.services, {
    version: '0',
    ownHosts: () => null,
    ready: () => 'ready',
  });
  const described = await app.request('/openapi.json', { headers: bearer(served.token) });
  const { paths } = (await described.json()) as { paths: Record<string, object> };
  const agents = Object.entries(paths).filter(([path]) => path.startsWith('/v1/agent/'));
  expect(agents.length).toBeGreaterThan(4);
  expect(JSON.stringify(agents)).not.toMatch(
    /"(?:url|uri|path|file|file_name|media|media_url|attachment|href)":\{/i,
  );
});
