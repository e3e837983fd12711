import { beforeAll, describe, expect, test } from 'vitest';
import { bearer, send } from '../support/http-request.ts';
import type { Answered } from '../support/http-request.ts';
import { openHomeToServe, serve } from '../support/serve.ts';
import type { Served } from '../support/serve.ts';

/** CVE-2026-26317: a web page sends a request that changes something to a gateway on loopback. */
const PAGES = {
  'a foreign Origin': { origin: 'https://evil.example' },
  'our host with another port as Origin': { origin: 'http://127.0.0.1:1' },
  'our host under https as Origin': { origin: 'https://localhost' },
  'an Origin that begins like ours': { origin: 'http://127.0.0.1.evil.example' },
  'the Origin null': { origin: 'null' },
  'an empty Origin': { origin: '' },
  'our host and port without a scheme as Origin': { origin: '127.0.0.1:PORT' },
  'our host and port under another scheme as Origin': { origin: 'ftp://127.0.0.1:PORT' },
  'Sec-Fetch-Site cross-site': { 'sec-fetch-site': 'cross-site' },
  'Sec-Fetch-Site same-site': { 'sec-fetch-site': 'same-site' },
  'a form': {
    origin: 'https://evil.example',
    'content-type': 'application/x-www-form-urlencoded',
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
  },
} as const;

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

/** Makes a credential: the page even has the operator's token. */
function makeToken(at: Served, page: Readonly<Record<string, string>>): Promise<Answered> {
  const headers = Object.entries(page).map(([name, value]) => [
    name,
    value.replace('PORT', String(at.port)),
  ]);
  return send(`${at.url}/v1/admin/tokens`, {
    method: 'POST',
    headers: { ...bearer(at.token), ...(Object.fromEntries(headers) as typeof page) },
    body: '{"plane":"admin"}',
  });
}

async function state({ services }: Served): Promise<readonly [tokens: number, rows: number]> {
  const [last] = await services.audit.rows({ limit: 1 });
  return [services.tokens.list().length, last?.seq ?? 0];
}

describe.each(Object.entries(PAGES))('attack 2: a POST with %s', (_, headers) => {
  test('is refused and changes nothing but the row that says so', async () => {
    const [tokens, rows] = await state(guarded);
    const answer = await makeToken(guarded, headers);
    expect([answer.status, answer.code]).toEqual([403, 'foreign_origin']);
    expect(await state(guarded)).toEqual([tokens, rows + 1]);
    const [refused] = await guarded.services.audit.rows({ limit: 1 });
    expect(refused).toMatchObject({ type: 'request.refused', data: { code: 'foreign_origin' } });
    expect(JSON.stringify(refused)).not.toContain('evil');
  });

  test('would make the credential without the check of its source', async () => {
    const [tokens] = await state(open);
    expect((await makeToken(open, headers)).status).toBe(200);
    expect((await state(open))[0]).toBe(tokens + 1);
  });
});

test('attack 2: our own page and programs without a page are let in', async () => {
  for (const headers of [
    {},
    { origin: guarded.url },
    { origin: `http://localhost:${String(guarded.port)}` },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
  ])
    expect((await makeToken(guarded, headers)).status).toBe(200);
});
