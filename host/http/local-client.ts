import { CcosError, asCcosError } from '../core/error.ts';
import type { Client, ClientRequest, ClientResponse } from './client.ts';
import { bodyLimit, dispatch } from './dispatch.ts';
import { authenticate } from './guards.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes/index.ts';
import type { Services } from './services.ts';

/**
 * The routes without a server: the same credentials, schemas and handlers, for a command that has
 * opened the home itself. Loading an HTTP stack would take longer than most commands.
 */
export function localClient(services: Services, token: string): Client {
  return {
    async request(asked) {
      try {
        return await answer(services, asked, token);
      } catch (failure) {
        const error = asCcosError(failure);
        return { status: error.status, json: { error: error.toBody() } };
      }
    },
  };
}

async function answer(
  services: Services,
  asked: ClientRequest,
  token: string,
): Promise<ClientResponse> {
  const { route, params } = find(asked);
  const credential = authenticate(`Bearer ${token}`, route.plane, services);
  const body = bodyOf(asked);
  const most = bodyLimit(route);
  if (body.length > most) throw new CcosError('too_large', { bytes: body.length, limit: most });
  const query = Object.fromEntries(
    Object.entries(asked.query ?? {}).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  const { signal } = new AbortController();
  const contentType = asked.body === undefined ? 'application/json' : 'application/octet-stream';
  const header = (name: string): string | undefined => asked.headers?.[name];
  const input = { params, query, header, body, contentType, signal, credential };
  const reply = await dispatch(route, services, input);
  if (reply instanceof Uint8Array) return { status: 200, json: undefined, bytes: reply };
  return { status: 200, json: JSON.parse(JSON.stringify(reply)) };
}

function bodyOf({ body, json }: ClientRequest): Uint8Array {
  if (body !== undefined) return body;
  return json === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(json));
}

function find({ method, path }: ClientRequest): {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
} {
  for (const route of ROUTES) {
    const params = route.method === method ? match(route.path, path) : null;
    if (params !== null) return { route, params };
  }
  throw new CcosError('not_found', { what: 'route' });
}

/** `:name` in the pattern is one segment of the path, decoded. */
function match(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const segment = given[i] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(segment);
    else if (part !== segment) return null;
  }
  return params;
}
