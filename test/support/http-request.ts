import { request as httpRequest } from 'node:http';

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Sends the body in chunks without saying how long it is. */
  readonly chunked?: boolean;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The code of our error shape, or undefined. */
  readonly code: string | undefined;
  readonly error: { readonly details?: Readonly<Record<string, unknown>> } | undefined;
}

/** A request over a socket of its own with exactly these headers, which `fetch` would not send. */
export function send(url: string, sent: Sent = {}): Promise<Answered> {
  const { method = 'GET', headers = {}, body, chunked = false } = sent;
  return new Promise((resolve, reject) => {
    const length =
      body === undefined || chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const request = httpRequest(url, { method, agent: false, headers: { ...length, ...headers } });
    request.once('error', reject);
    request.once('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (chunk: Buffer) => parts.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(parts).toString();
        const error = errorOf(text);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
          code: error?.code,
          error,
        });
      });
    });
    request.end(body);
  });
}

function errorOf(
  text: string,
): { readonly code: string; readonly details?: Readonly<Record<string, unknown>> } | undefined {
  try {
    return (JSON.parse(text) as { readonly error?: { readonly code: string } }).error;
  } catch {
    return undefined;
  }
}

export const bearer = (token: string): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${token}`,
});

/** JSON from a route of the admin plane; throws where it is not 200. */
export async function getJson<Answer>(
  at: { readonly url: string; readonly token: string },
  path: string,
): Promise<Answer> {
  const { status, body } = await send(`${at.url}${path}`, { headers: bearer(at.token) });
  if (status !== 200) throw new Error(`${path}: ${String(status)} ${body}`);
  return JSON.parse(body) as Answer;
}

/** How many rows the chain has. */
export async function chainSize(at: {
  readonly url: string;
  readonly token: string;
}): Promise<number> {
  const { chain } = await getJson<{ chain: { rows: number } }>(at, '/v1/admin/status');
  return chain.rows;
}

export interface ChainRow {
  readonly seq: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The rows of the chain after `after`. */
export async function rowsAfter(
  at: { readonly url: string; readonly token: string },
  after: number,
): Promise<readonly ChainRow[]> {
  const path = `/v1/admin/audit/log?after=${String(after)}&limit=10000`;
  return (await getJson<{ rows: readonly ChainRow[] }>(at, path)).rows;
}
