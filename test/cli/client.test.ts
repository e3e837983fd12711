import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { call, callForBytes, fetchClient } from '../../host/http/client.ts';
import type { Fetch } from '../../host/http/client.ts';

const TARGET = { baseUrl: 'http://127.0.0.1:8822', token: 'secret' };
const GET = { method: 'GET', path: '/v1/admin/status' } as const;

function answering(response: Response, seen: Request[] = []) {
  const fetch: Fetch = (request) => {
    seen.push(request);
    return response;
  };
  return fetchClient(fetch, TARGET);
}

describe('fetchClient()', () => {
  it('sends token, query and JSON', async () => {
    const seen: Request[] = [];
    const client = answering(Response.json({ a: 1 }), seen);
    const query = { a: 'b&c=d', none: undefined };
    expect(await call(client, { ...GET, method: 'POST', query, json: { x: 1 } })).toEqual({ a: 1 });
    const [request] = seen;
    expect(request?.url).toBe('http://127.0.0.1:8822/v1/admin/status?a=b%26c%3Dd');
    expect(request?.headers.get('authorization')).toBe('Bearer secret');
    expect(request?.headers.get('content-type')).toBe('application/json');
    expect(await request?.json()).toEqual({ x: 1 });
  });

  it('sends bytes as they are', async () => {
    const seen: Request[] = [];
    const body = Uint8Array.from([0, 255, 1]);
    await call(answering(Response.json({}), seen), { ...GET, method: 'POST', body });
    expect(new Uint8Array((await seen[0]?.arrayBuffer()) ?? [])).toEqual(body);
    expect(seen[0]?.headers.get('content-type')).toBe('application/octet-stream');
  });

  it('gives the bytes of an answer that is no JSON', async () => {
    const client = answering(new Response(Uint8Array.from([1, 2])));
    expect(await callForBytes(client, GET)).toEqual(Uint8Array.from([1, 2]));
  });

  it('says not_ready where nobody listens', async () => {
    const client = fetchClient(fetch, { ...TARGET, baseUrl: 'http://127.0.0.1:1' });
    await expect(call(client, GET)).rejects.toMatchObject({ code: 'not_ready' });
  });

  it('follows no redirect, so the token stays', async () => {
    const tokens: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      tokens.push(request.headers.authorization);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = fetchClient(fetch, { ...TARGET, baseUrl: `http://127.0.0.1:${String(port)}` });
    await expect(call(client, GET)).rejects.toMatchObject({ code: 'not_ready' });
    expect(tokens).toHaveLength(1);
    server.close();
  });
});

describe('call()', () => {
  it('throws the error that the gateway has sent', async () => {
    const error = { code: 'policy_denied', message: 'm', rule_id: 'r', details: { n: 1 } };
    const client = answering(Response.json({ error }, { status: 403 }));
    await expect(call(client, GET)).rejects.toMatchObject({
      code: 'policy_denied',
      decision: { rule_id: 'r' },
      detail: { n: 1 },
    });
  });

  it.each([
    ['no JSON', new Response('oops', { status: 500 })],
    ['no error', Response.json({}, { status: 400 })],
    ['no code', Response.json({ error: { message: 'm' } }, { status: 400 })],
    ['an unknown code', Response.json({ error: { code: 'constructor' } }, { status: 400 })],
    ['null', Response.json(null, { status: 500 })],
    [
      'broken JSON',
      new Response('{', { status: 500, headers: { 'content-type': 'application/json' } }),
    ],
  ])('is internal for an error that is %s', async (_, response) => {
    await expect(call(answering(response), GET)).rejects.toMatchObject({ code: 'internal' });
  });

  it('callForBytes() is internal for an answer that is JSON', async () => {
    await expect(callForBytes(answering(Response.json({})), GET)).rejects.toMatchObject({
      code: 'internal',
    });
  });
});
