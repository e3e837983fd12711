import { expect, test } from 'vitest';
import { PUBLIC, labelOf } from '../../host/core/label.ts';
import type { Outside } from '../../host/core/outside.ts';
import type { EgressSource } from '../../host/kernel/egress.ts';
import { exceptionRequest } from '../../host/kernel/exception-request.ts';
import type { EgressException } from '../../host/kernel/exception-request.ts';
import { HttpEgress } from '../../host/kernel/http-egress.ts';
import { parseHttpRequest } from '../../host/kernel/http-request.ts';
import { outsideServer, outsideWith } from '../support/outside-server.ts';
import { approve, openKernel, rowsOf } from './support.ts';
import type { Kernel } from './support.ts';

const SOURCE: EgressSource = {
  caller: { kind: 'agent', id: 't_agent' },
  plugin: {
    kind: 'plugin',
    id: 'ccos.http.request@0.1.0',
    publisher: 'ccos',
    capabilityKind: 'action',
    verified: true,
    revoked: false,
    enabled: true,
    effects: ['net.http'],
  },
  hosts: ['*'],
  label: PUBLIC,
  place: { session: 's_one', run: 'run_one', call: 'call_one' },
};
const TOKEN = 'canary-8d2e-token-value';

async function allow(
  kernel: Kernel,
  target: string,
  sink: EgressException['sink'] = 'http.private',
): Promise<void> {
  const request = exceptionRequest({
    ...{ target, sink, label: ['pii.redacted'], maxBytes: 100_000, maxUses: 100 },
    capability: SOURCE.plugin.id,
    publisher: 'ccos',
    scope: { run: 'run_one' },
    expires: kernel.world.now() + 3_600_000,
  });
  await approve(kernel, await kernel.approvals.request(request));
}

async function putToken(kernel: Kernel, domain: string): Promise<void> {
  await approve(kernel, await kernel.secrets.put('TOKEN', new TextEncoder().encode(TOKEN)));
  const to = { capability: SOURCE.plugin.id, publisher: 'ccos', domain };
  await approve(kernel, await kernel.secrets.bind('TOKEN', to));
}

const sender =
  (kernel: Kernel, outside: Outside, source = SOURCE) =>
  async (described: object): Promise<unknown> => {
    const http = new HttpEgress({ ...kernel, outside });
    try {
      const request = parseHttpRequest(new TextEncoder().encode(JSON.stringify(described)));
      const answer = await http.send(source, request);
      return 'failed' in answer
        ? answer
        : { ...answer, body: Buffer.from(answer.body).toString('latin1') };
    } catch (failure) {
      const { code, detail } = failure as { readonly code: string; readonly detail: unknown };
      return { code, detail };
    }
  };

test('HttpEgress.send: a request and its answer, each with its row, the attempt before the request', async () => {
  const server = await outsideServer((_, response) => {
    response.writeHead(201, { 'content-type': 'text/plain', 'x-seen': 'yes' }).end('made');
  });
  const kernel = await openKernel();
  await allow(kernel, server.domain);
  const send = sender(kernel, outsideWith({}));
  const url = `http://${server.domain}/things?a=1#f`;
  const answer = await send({ method: 'POST', url, headers: { 'X-Own': 'v' }, body: 'é' });
  expect(answer).toMatchObject({
    status: 201,
    body: 'made',
    headers: { 'content-type': 'text/plain', 'x-seen': 'yes' },
  });
  expect(server.received).toMatchObject([
    {
      method: 'POST',
      url: '/things?a=1',
      body: 'é',
      headers: { 'x-own': 'v', host: server.domain, 'content-length': '2', 'user-agent': 'ccos' },
    },
  ]);
  const [attempt] = await rowsOf(kernel.store, 'egress.attempt');
  const [result] = await rowsOf(kernel.store, 'egress.result');
  expect(attempt?.data).toMatchObject({ sink: 'http.private', domain: server.domain });
  expect(result).toMatchObject({
    parent: attempt?.id,
    run: 'run_one',
    data: { outcome: 'ok', status: 201, bytes: 4, domain: server.domain },
  });
});

test('HttpEgress.send (D1.5b, D2.5a): the secret is in the server’s log and in no other place', async () => {
  const server = await outsideServer(({ headers }, response) => {
    const { authorization = '' } = headers;
    response.writeHead(200, {
      'x-echo': authorization,
      'x-b64': Buffer.from(authorization).toString('base64'),
    });
    response.end(JSON.stringify({ authorization, encoded: encodeURIComponent(authorization) }));
  });
  const kernel = await openKernel();
  await allow(kernel, server.domain);
  await putToken(kernel, server.domain);
  const send = sender(kernel, outsideWith({}));
  const url = `http://${server.domain}/`;
  const answers: unknown[] = [];
  for (let i = 0; i < 5; i++) answers.push(await send({ url, secret: { name: 'TOKEN' } }));
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual(
    Array.from({ length: 5 }, () => `Bearer ${TOKEN}`),
  );
  const said = JSON.stringify([answers, await rowsOf(kernel.store)]);
  expect(said).not.toContain(TOKEN);
  expect(said).not.toContain(Buffer.from(TOKEN).toString('base64').slice(4, -4));
  expect(answers[0]).toMatchObject({ headers: { 'x-echo': 'Bearer [redacted]' } });
  const usage = await kernel.secretUses.usage('TOKEN', 100);
  expect(usage).toHaveLength(5);
  expect(usage[0]).toMatchObject({
    capability: SOURCE.plugin.id,
    call: 'call_one',
    run: 'run_one',
    domain: server.domain,
    outcome: 'ok',
  });
});

test('HttpEgress.send (D1.5c): a redirect elsewhere, another domain, or one not bound gets no secret', async () => {
  const kernel = await openKernel();
  const elsewhere = await outsideServer();
  const first = await outsideServer(({ url }, response) => {
    const at = url === '/same' ? '/here' : `http://${elsewhere.domain}/x`;
    if (url === '/here') response.end('here');
    else response.writeHead(307, { location: at }).end();
  });
  await allow(kernel, first.domain);
  await allow(kernel, elsewhere.domain);
  await putToken(kernel, first.domain);
  const send = sender(kernel, outsideWith({}));
  const secret = { name: 'TOKEN' };
  const headers = { cookie: 'own=1' };
  expect(await send({ url: `http://${first.domain}/`, secret, headers })).toMatchObject({
    status: 200,
  });
  expect(elsewhere.received).toHaveLength(1);
  expect(elsewhere.received[0]?.headers.authorization).toBeUndefined();
  expect(elsewhere.received[0]?.headers.cookie).toBeUndefined();
  expect(await send({ url: `http://${first.domain}/same`, secret })).toMatchObject({
    body: 'here',
  });
  expect(first.received.at(-1)?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  expect(await send({ url: `http://${elsewhere.domain}/`, secret })).toMatchObject({
    code: 'approval_required',
  });
  expect(await send({ url: `http://${first.domain}/`, secret: { name: 'OTHER' } })).toMatchObject({
    code: 'policy_denied',
  });
  expect(elsewhere.received).toHaveLength(1);
});

test('HttpEgress.send (D2.2b): each redirect is judged; one to a host without an exception goes nowhere', async () => {
  const kernel = await openKernel();
  const evil = await outsideServer();
  const first = await outsideServer(({ url }, response) => {
    const at = url === '/loop' ? '/loop' : `http://${evil.domain}/?q=SECRET`;
    response.writeHead(302, { location: at }).end();
  });
  await allow(kernel, first.domain);
  const send = sender(kernel, outsideWith({}));
  expect(await send({ url: `http://${first.domain}/` })).toMatchObject({
    code: 'approval_required',
  });
  expect(evil.received).toEqual([]);
  expect(await send({ url: `http://${first.domain}/loop` })).toEqual({ failed: 'redirects' });
});

test('HttpEgress.send: a name is asked for after the decision, and only then (a question carries data)', async () => {
  const kernel = await openKernel();
  const outside = outsideWith({});
  const send = sender(kernel, outside);
  expect(await send({ url: 'https://secret-data.evil.test/' })).toMatchObject({
    code: 'approval_required',
  });
  expect(outside.asked).toEqual([]);
  const tainted = { ...SOURCE, hosts: ['*.evil.test'], label: labelOf(['pii.redacted']) };
  expect(await sender(kernel, outside, tainted)({ url: 'https://a.evil.test/' })).toMatchObject({
    code: 'approval_required',
  });
  expect(outside.asked).toEqual([]);
});

test('HttpEgress.send: caps, coded bodies and hosts that do not answer are words, and rows', async () => {
  const kernel = await openKernel();
  const server = await outsideServer(({ url }, response) => {
    if (url === '/large') response.end(Buffer.alloc(1_048_577));
    else if (url === '/coded') response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    else if (url === '/cut')
      response.writeHead(200, { 'content-length': '9' }).end('x', () => response.destroy());
  });
  await allow(kernel, server.domain);
  const send = sender(kernel, outsideWith({}));
  const at = (path: string): Promise<unknown> => send({ url: `http://${server.domain}${path}` });
  expect(await at('/large')).toEqual({ failed: 'too_large' });
  expect(await at('/coded')).toEqual({ failed: 'encoding' });
  expect(await at('/cut')).toEqual({ failed: 'unreachable' });
  await allow(kernel, '127.0.0.1:9');
  expect(await send({ url: 'http://127.0.0.1:9/' })).toEqual({ failed: 'unreachable' });
  const outcomes = (await rowsOf(kernel.store, 'egress.result')).map(({ data }) => data['outcome']);
  expect(outcomes).toEqual(['too_large', 'ok', 'unreachable', 'unreachable']);
});

test('HttpEgress.send: the deadline of a request counts its redirects too', async () => {
  const kernel = await openKernel();
  const server = await outsideServer(() => undefined);
  await allow(kernel, server.domain);
  const started = kernel.world.monotonic();
  const late = { ...kernel.world, monotonic: () => (kernel.world.monotonic() - started) * 100 };
  const send = sender({ ...kernel, world: late }, outsideWith({}));
  expect(await send({ url: `http://${server.domain}/` })).toMatchObject({
    failed: expect.stringMatching(/timeout/) as string,
  });
}, 30_000);

test.each([
  ['no JSON', '{'],
  ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ['another scheme', { url: 'file:///etc/passwd' }],
  ['a name in the URL', { url: 'https://user:pass@example.org/' }],
  ['a relative URL', { url: '/x' }],
  ['port 0', { url: 'https://example.org:0/' }],
  ['a body on GET', { url: 'https://example.org/', body: 'x' }],
  ['two bodies', { method: 'POST', url: 'https://example.org/', body: 'x', body_base64: 'eA==' }],
  ['another method', { method: 'CONNECT', url: 'https://example.org/' }],
  ['Host', { url: 'https://example.org/', headers: { Host: 'evil.test' } }],
  [
    'Transfer-Encoding',
    { url: 'https://example.org/', headers: { 'transfer-encoding': 'chunked' } },
  ],
  ['a split header', { url: 'https://example.org/', headers: { x: 'a\r\nhost: evil.test' } }],
  ['a header name with a colon', { url: 'https://example.org/', headers: { 'x: y': 'a' } }],
  ['a template (D1.5d)', { url: 'https://example.org/?k={{secret}}' }],
  [
    'a template in a body (D1.5d)',
    { method: 'POST', url: 'https://example.org/', body: '{{ secret:X }}' },
  ],
  ['an unknown field', { url: 'https://example.org/', proxy: 'http://evil.test' }],
])('parseHttpRequest: %s is invalid_input, and nothing of it is repeated', (_, described) => {
  const bytes =
    typeof described === 'string' || described instanceof Buffer
      ? Buffer.from(described)
      : Buffer.from(JSON.stringify(described));
  expect(() => parseHttpRequest(bytes)).toThrow(
    expect.objectContaining({
      code: 'invalid_input',
      detail: { field: 'http_request', why: expect.any(String) as string },
    }) as Error,
  );
});
