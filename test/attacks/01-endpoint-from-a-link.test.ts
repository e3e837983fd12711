import { beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '../../host/http/routes/index.ts';
import { bearer, send } from '../support/http-request.ts';
import { openHomeToServe, serve } from '../support/serve.ts';
import type { Served } from '../support/serve.ts';

/**
 * CVE-2026-25253: a page took the gateway's address from its own link and sent the token there. We have no
 * page; what answers at all sends nobody anywhere. That the command line tells an impostor no token is
 * test/http/impostor.test.ts.
 */
const LURE =
  '?gatewayUrl=https://evil.example/&url=wss://evil.example&redirect=https://evil.example&next=//evil.example&token=x';

let served: Served;

beforeAll(async () => {
  served = await serve(await openHomeToServe());
  return () => served.close();
});

/** What makes a browser or a client go somewhere else. */
function leadsAway({ status, headers, body }: Awaited<ReturnType<typeof send>>): boolean {
  const named = ['location', 'refresh', 'link', 'content-location'].some((name) => name in headers);
  return (status >= 300 && status < 400) || named || body.includes('evil.example');
}

test.each([
  '/',
  '/index.html',
  '/dashboard',
  '/ui',
  '/login',
  '//evil.example/',
  '/\\evil.example',
])('attack 1: %s is no page, whatever its link says', async (path) => {
  const answered = await send(`${served.url}${path}${LURE}`, { headers: bearer(served.token) });
  expect(answered.status).toBe(404);
  expect(answered.headers['content-type']).toMatch(/^application\/json/);
  expect(leadsAway(answered)).toBe(false);
});

describe('attack 1: no route leads away from the gateway', () => {
  const ALL = ROUTES.map(({ method, path, plane }) => ({ method, path, plane }));

  test.each(ALL)('$method $path', async ({ method, path, plane }) => {
    if (path.endsWith('/shutdown')) return;
    const token = plane === 'agent' ? served.agentToken : served.token;
    const url = `${served.url}${path.replaceAll(/:[a-z]+/g, 'x')}${LURE}`;
    const answered = await send(url, { method, headers: bearer(token) });
    expect(leadsAway(answered)).toBe(false);
  });

  test('H6: an answer that redirects is seen to lead away', () => {
    const answer = { status: 200, headers: {}, body: '', code: undefined, error: undefined };
    expect(leadsAway({ ...answer, status: 302 })).toBe(true);
    expect(leadsAway({ ...answer, headers: { location: '/x' } })).toBe(true);
    expect(leadsAway({ ...answer, body: '<a href="https://evil.example">' })).toBe(true);
  });
});
