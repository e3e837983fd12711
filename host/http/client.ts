import { CcosError, ERRORS, fromBody } from '../core/error.ts';
import type { ErrorBody } from '../core/error.ts';

/** One request to a gateway; `path` is whole, such as `/v1/admin/status`. */
export interface ClientRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** By their names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A body of `application/json`; not together with `body`. */
  readonly json?: unknown;
  /** A body of `application/octet-stream`. */
  readonly body?: Uint8Array;
}

/** `json` where the answer is JSON, else `bytes`. */
export interface ClientResponse {
  readonly status: number;
  readonly json: unknown;
  readonly bytes?: Uint8Array;
}

/** A way to a gateway: over loopback, or the same application in this process. */
export interface Client {
  readonly request: (request: ClientRequest) => Promise<ClientResponse>;
}

/** The global `fetch`, or the one of a Hono application. */
export type Fetch = (request: Request) => Response | Promise<Response>;

/** Where the gateway is, and the token of the plane that is spoken to. */
export interface Target {
  readonly baseUrl: string;
  readonly token: string;
}

/**
 * A client over `fetch`. Redirects are refused, so that the token goes to `baseUrl` only. Throws
 * `not_ready` where nobody answers.
 */
export function fetchClient(fetch: Fetch, { baseUrl, token }: Target): Client {
  return {
    async request(wanted) {
      const request = new Request(address(baseUrl, wanted), {
        method: wanted.method,
        redirect: 'error',
        ...content(wanted, token),
      });
      const response = await answer(fetch, request);
      return read(response);
    },
  };
}

/**
 * The JSON of an answer. Throws the error that the gateway has sent as {@link CcosError}, and
 * `internal` for an error that has not its shape.
 */
export async function call(client: Client, request: ClientRequest): Promise<unknown> {
  const response = await client.request(request);
  throwIfError(response);
  return response.json;
}

/** The bytes of an answer; throws as {@link call} does. */
export async function callForBytes(client: Client, request: ClientRequest): Promise<Uint8Array> {
  const response = await client.request(request);
  throwIfError(response);
  if (response.bytes === undefined) throw new CcosError('internal', { what: 'answer' });
  return response.bytes;
}

function throwIfError({ status, json }: ClientResponse): void {
  if (status < 400) return;
  const error = isObject(json) ? json['error'] : undefined;
  if (isErrorBody(error)) throw fromBody(error);
  throw new CcosError('internal', { status });
}

function address(baseUrl: string, { path, query = {} }: ClientRequest): string {
  const url = new URL(path, baseUrl);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}

function content({ headers: more, json, body }: ClientRequest, token: string): RequestInit {
  const headers = { ...more, authorization: `Bearer ${token}` };
  if (body !== undefined)
    return { headers: { ...headers, 'content-type': 'application/octet-stream' }, body };
  if (json === undefined) return { headers };
  return {
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(json),
  };
}

async function answer(fetch: Fetch, request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (failure) {
    if (failure instanceof CcosError) throw failure;
    throw new CcosError('not_ready', { what: 'connection' });
  }
}

async function read(response: Response): Promise<ClientResponse> {
  const { status } = response;
  const type = response.headers.get('content-type') ?? '';
  if (/^application\/(problem\+)?json\b/.test(type)) return { status, json: await parse(response) };
  return { status, json: undefined, bytes: new Uint8Array(await response.arrayBuffer()) };
}

async function parse(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw new CcosError('internal', { what: 'answer', status: response.status });
  }
}

function isErrorBody(value: unknown): value is ErrorBody {
  return (
    isObject(value) && typeof value['code'] === 'string' && Object.hasOwn(ERRORS, value['code'])
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
