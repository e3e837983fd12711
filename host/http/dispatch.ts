import { z } from 'zod';
import { CcosError } from '../core/error.ts';
import { FIXED } from '../core/limits.ts';
import type { Credential } from '../kernel/tokens.ts';
import { parseJson } from './body.ts';
import type { Input, Reply, Route } from './route.ts';
import type { Services } from './services.ts';

/** A request to one route, before its schemas have seen it. */
export interface Asked {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The value of a header, by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** The body as it came, at most {@link bodyLimit} bytes. */
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly signal: AbortSignal;
  readonly credential: Credential;
}

/** The most bytes that a route takes; one that is read takes none. */
export function bodyLimit({ method, maxBytes }: Route): number {
  return method === 'POST' ? (maxBytes ?? FIXED.jsonBodyBytes) : 0;
}

/** A route that takes no body is sent none. */
const NO_BODY = z.strictObject({});

/** The one way into a route, over HTTP or not: its schemas first, then its handler. */
export function dispatch(route: Route, services: Services, asked: Asked): Promise<Reply> {
  const query = route.query.safeParse(asked.query);
  if (!query.success) throw invalid('query', query.error.issues);
  const headers = route.headers.safeParse(headersOf(route, asked));
  if (!headers.success) throw invalid('headers', headers.error.issues);
  const { params, signal, credential, contentType } = asked;
  const parsed = { query: query.data, headers: headers.data };
  const input = { params, ...parsed, signal, credential, contentType };
  return route.handle(services, { ...input, ...contentOf(route, asked) });
}

function headersOf({ headers }: Route, { header }: Asked): Readonly<Record<string, string>> {
  const given = Object.keys(headers.shape).map((name) => [name, header(name)] as const);
  return Object.fromEntries(
    given.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function contentOf(
  { maxBytes, json }: Route,
  { body }: Asked,
): Pick<Input<unknown, unknown>, 'bytes' | 'json'> {
  if (maxBytes !== null) return { bytes: body, json: {} };
  const parsed = (json ?? NO_BODY).safeParse(parseJson(body));
  if (!parsed.success) throw invalid('body', parsed.error.issues);
  return { bytes: new Uint8Array(), json: parsed.data };
}

/** Names the place in the schema and the kind of the problem, never the value or an unknown name. */
export function invalid(
  part: 'query' | 'headers' | 'body',
  issues: readonly { readonly path: readonly PropertyKey[]; readonly code: string }[],
): CcosError {
  const [issue] = issues;
  const field = [part, ...(issue?.path ?? [])].filter((name) => typeof name === 'string').join('.');
  return new CcosError('invalid_input', { field, why: issue?.code ?? 'unknown' });
}
