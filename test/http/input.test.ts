import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { FIXED, LIMITS } from '../../host/core/limits.ts';
import { ROUTES } from '../../host/http/routes/index.ts';
import { memoryOf, up } from '../support/ccos-process.ts';
import type { Up } from '../support/ccos-process.ts';
import { makeTestHome } from '../support/home.ts';
import { bearer, send } from '../support/http-request.ts';
import type { Answered, Sent } from '../support/http-request.ts';

const MiB = 1024 * 1024;
/** What no answer, log line or row may repeat. */
const SECRET = 'do-not-repeat-7f3a';
let gateway: Up;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  gateway = await up(makeTestHome().directory);
  tokens['admin'] = gateway.token;
  tokens['agent'] = await makeToken('/v1/admin/tokens', '{"plane":"agent"}');
  const asked = await admin('/v1/admin/channels', { method: 'POST', body: '{"kind":"local"}' });
  const { id, digest } = (JSON.parse(asked.body) as { approval: Record<string, string> }).approval;
  const approve = { method: 'POST', body: JSON.stringify({ digest }) };
  await admin(`/v1/admin/approvals/${String(id)}/approve`, approve);
  const channel = String(id).replace('ap_', 'ch_');
  tokens['channel'] = await makeToken(`/v1/admin/channels/${channel}/token`, '{}');
  return async () => {
    await gateway.stop();
  };
});

function admin(path: string, sent: Sent = {}): Promise<Answered> {
  const { headers, ...rest } = sent;
  return send(`${gateway.url}${path}`, {
    ...rest,
    headers: { ...bearer(gateway.token), ...headers },
  });
}

async function makeToken(path: string, body: string): Promise<string> {
  const made = await admin(path, { method: 'POST', body });
  return (JSON.parse(made.body) as { token: string }).token;
}

const by = (plane: string): Readonly<Record<string, string>> => bearer(tokens[plane] ?? '');
const asked = (path: string): string => path.replaceAll(/:[a-z]+/g, 'x');
const POSTS = ROUTES.filter(({ method }) => method === 'POST');
const JSON_POSTS = POSTS.filter(({ maxBytes }) => maxBytes === null);

test('GET /healthz and /readyz need no token and say their status only', async () => {
  for (const [path, status] of [
    ['/healthz', 'ok'],
    ['/readyz', 'ready'],
  ]) {
    const answer = await send(`${gateway.url}${String(path)}`);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { status }]);
  }
});

test('GET /openapi.json has every route, its plane and its body', async () => {
  const { body } = await admin('/openapi.json');
  const { paths } = JSON.parse(body) as {
    paths: Record<string, Record<string, { tags: string[]; requestBody?: unknown }>>;
  };
  const listed = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { tags }]) => `${method} ${path} ${String(tags)}`),
  );
  const routes = ROUTES.map(
    ({ method, path, plane }) =>
      `${method.toLowerCase()} ${path.replaceAll(/:([a-z]+)/g, '{$1}')} ${plane}`,
  );
  expect(listed.sort()).toEqual(routes.sort());
  expect(paths['/v1/admin/tokens']?.['post']?.requestBody).toBeDefined();
});

describe.each(ROUTES.map(({ method, path, plane }) => ({ method, path, plane })))(
  '$method $path',
  ({ method, path, plane }) => {
    const headers = (): Readonly<Record<string, string>> => by(plane);

    test('refuses an unknown key of the query, naming the place and not the key', async () => {
      const { status, code, body, error } = await admin(`${asked(path)}?${SECRET}=${SECRET}`, {
        method,
        headers: headers(),
      });
      expect([status, code]).toEqual([422, 'invalid_input']);
      expect(error?.details?.['field']).toMatch(/^query(\.(size|waiter))?$/); // or the first that is missing
      expect(body).not.toContain(SECRET);
    });

    test('sends no CORS header and nothing to keep, whoever asks', async () => {
      for (const origin of [gateway.url, 'https://evil.example']) {
        const query = `${asked(path)}?${SECRET}=1`;
        for (const verb of [method, 'OPTIONS']) {
          const answer = await admin(query, { method: verb, headers: { ...headers(), origin } });
          expect(answer.status).toBeGreaterThanOrEqual(400);
          const names = Object.keys(answer.headers);
          expect(names.filter((name) => name.startsWith('access-control-'))).toEqual([]);
          expect(answer.headers['cache-control']).toBe('no-store');
          expect(answer.headers['x-content-type-options']).toBe('nosniff');
        }
      }
    });
  },
);

describe.each(JSON_POSTS.map(({ path, plane }) => ({ path, plane })))('POST $path', (route) => {
  const { path, plane } = route;
  test('refuses an unknown key of the body, naming the place and not the key', async () => {
    const body = JSON.stringify({ [SECRET]: SECRET });
    const answer = await admin(asked(path), { method: 'POST', body, headers: by(plane) });
    expect([answer.status, answer.code]).toEqual([422, 'invalid_input']);
    expect(answer.error?.details?.['field']).toMatch(/^body(\.[a-z_]+)?$/);
    expect(answer.body).not.toContain(SECRET);
  });

  test.each([
    ['half of an object', '{"a":'],
    ['two documents', '{}{}'],
    ['a form', 'plane=admin&session=x'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('answers 400 to %s', async (_, body) => {
    const answer = await admin(asked(path), { method: 'POST', body, headers: by(plane) });
    expect([answer.status, answer.code]).toEqual([400, 'bad_request']);
  });
});

describe.each(
  POSTS.map(({ path, plane, maxBytes }) => ({
    path,
    plane,
    most: maxBytes ?? FIXED.jsonBodyBytes,
  })),
)('POST $path, at most $most bytes', ({ path, plane, most }) => {
  test('refuses a larger body by what it claims, before it comes', async () => {
    const answer = await claim({ path: asked(path), plane }, most + 1);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"too_large"');
  });
});

/** Says how long a body is and sends none of it; resolves with the whole answer. */
function claim(
  { path, plane }: { readonly path: string; readonly plane: string },
  bytes: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(gateway.port, '127.0.0.1', () => {
      socket.write(
        [
          `POST ${path} HTTP/1.1`,
          `Host: 127.0.0.1:${String(gateway.port)}`,
          `Authorization: ${by(plane)['authorization'] ?? ''}`,
          `Content-Length: ${String(bytes)}`,
          'Connection: close',
          '\r\n',
        ].join('\r\n'),
      );
    });
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      answer += part;
      if (answer.includes('too_large"')) socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => {
      resolve(answer);
    });
  });
}

test('a body of no said length is cut off at the limit, and is not kept in memory', async () => {
  const before = memoryOf(gateway.pid).peak;
  const body = Buffer.alloc(100 * MiB, 0x20);
  const { status, code } = await admin('/v1/admin/tokens', {
    method: 'POST',
    body,
    chunked: true,
  }).catch(() => ({ status: 413, code: 'too_large' })); // the connection may end while we still send
  expect([status, code]).toEqual([413, 'too_large']);
  expect(memoryOf(gateway.pid).peak - before).toBeLessThan(50);
  const large = await admin('/v1/admin/tokens', {
    method: 'POST',
    body: Buffer.alloc(2 * MiB, 0x20),
    chunked: true,
  });
  expect([large.status, large.code]).toEqual([413, 'too_large']);
});

test('a document over the limit in force is refused although the route would take it', async () => {
  const body = new Uint8Array(LIMITS.inputBytes[0] + 1);
  const { status, code, error } = await admin('/v1/admin/extract', { method: 'POST', body });
  expect([status, code]).toEqual([413, 'too_large']);
  expect(error?.details).toEqual({ bytes: body.length, limit: LIMITS.inputBytes[0] });
});

test.each([
  ['GET', '/v1/admin/audit/rows/abc', 'invalid_input'],
  ['GET', '/v1/admin/audit/rows/-1', 'invalid_input'],
  ['GET', '/v1/admin/audit/prove/1e3', 'invalid_input'],
  ['GET', '/v1/admin/audit/rows/99999999999999999999', 'invalid_input'],
  ['GET', '/v1/admin/audit/rows/999999', 'not_found'],
  ['GET', '/v1/admin/approvals/..%2f..%2fadmin.token', 'invalid_input'],
  ['GET', '/v1/admin/audit/export/file?size=1&path=..%2F..%2Fadmin.token', 'not_found'],
  ['GET', '/v1/admin/audit/log?limit=10001', 'invalid_input'],
  ['GET', '/v1/admin/audit/log?since=yesterday', 'invalid_input'],
  ['GET', '/v1/admin/audit/log?type=no.such', 'invalid_input'],
  ['GET', '/v1/admin/capabilities/no.such', 'not_found'],
  ['DELETE', '/v1/admin/tokens/x', 'invalid_input'],
  ['DELETE', '/v1/admin/bundles/no/such', 'not_found'],
  ['POST', '/v1/admin/extract?type=not-a-type', 'invalid_input'],
])('%s %s is answered %s', async (method, path, code) => {
  const answer = await admin(path, { method });
  expect(answer.code).toBe(code);
  expect(answer.status).toBe(code === 'not_found' ? 404 : 422);
});

test('what was refused is in no log line and in no row', async () => {
  const { body } = await admin('/v1/admin/audit/log?limit=10000');
  expect(body).not.toContain(SECRET);
  expect(gateway.output()).not.toContain(SECRET);
  expect(gateway.output()).not.toContain('"request.failed"');
});
