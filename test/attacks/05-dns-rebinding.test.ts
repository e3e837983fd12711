import { beforeAll, expect, test } from 'vitest';
import { bearer, send } from '../support/http-request.ts';
import { openHomeToServe, serve } from '../support/serve.ts';
import type { Served } from '../support/serve.ts';

/** A name of the attacker's that resolves to 127.0.0.1 makes a page of his same-origin with us. */
let guarded: Served;
let open: Served;

beforeAll(async () => {
  const gateway = await openHomeToServe();
  guarded = await serve(gateway);
  open = await serve(gateway, { ownHosts: () => null });
  return async () => {
    await Promise.all([guarded.close(), open.close()]);
  };
});

test.each([
  ['evil.example'],
  ['evil.example:PORT'],
  ['127.0.0.1'],
  ['127.0.0.1:1'],
  ['127.0.0.1.evil.example:PORT'],
  ['localhost.evil.example:PORT'],
  ['0.0.0.0:PORT'],
  ['2130706433:PORT'],
  ['localhost.:PORT'],
])('attack 5: Host %j is refused, token or not', async (pattern) => {
  const call = (at: Served) => {
    const host = pattern.replace('PORT', String(at.port));
    return send(`${at.url}/v1/admin/status`, { headers: { ...bearer(at.token), host } });
  };
  const refused = await call(guarded);
  expect([refused.status, refused.code]).toEqual([403, 'foreign_host']);
  const health = await send(`${guarded.url}/healthz`, { headers: { host: 'evil.example' } });
  expect(health.status).toBe(403);
  expect((await call(open)).status, 'without the check of its source').toBe(200);
});

test('attack 5 (INV-HTTP-1): each loopback name with our port is ours', async () => {
  for (const name of ['127.0.0.1', 'localhost', '[::1]', 'LocalHost']) {
    const host = `${name}:${String(guarded.port)}`;
    const { status } = await send(`${guarded.url}/v1/admin/status`, {
      headers: { ...bearer(guarded.token), host },
    });
    expect(status).toBe(200);
  }
});

test.each([['[::ffff:127.0.0.1]:PORT'], ['user@127.0.0.1:PORT'], ['127.0.0.1:PORT/x']])(
  'attack 5: Host %j is no host at all',
  async (pattern) => {
    const host = pattern.replace('PORT', String(guarded.port));
    const headers = { ...bearer(guarded.token), host };
    const { status, body } = await send(`${guarded.url}/v1/admin/status`, { headers });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).not.toContain('home');
  },
);
