import { Hono } from 'hono';
import type { Context } from 'hono';
import type { UpgradeWebSocket } from 'hono/ws';
import { CcosError, asCcosError } from '../core/error.ts';
import { readBody } from './body.ts';
import { bodyLimit, dispatch } from './dispatch.ts';
import { authenticate, checkSource } from './guards.ts';
import type { Doors, OwnHosts } from './guards.ts';
import { Lockout } from './lockout.ts';
import { openApi } from './openapi.ts';
import { RefusalRecorder } from './refusals.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes/index.ts';
import type { Services } from './services.ts';
import { Stream, eventSource, rowSource } from './stream.ts';
import type { StreamSource } from './stream.ts';

export interface AppOptions {
  readonly version: string;
  readonly ownHosts: OwnHosts;
  /** `http` where nothing is said. */
  readonly scheme?: 'http' | 'https';
  readonly ready: () => string;
  /** Against guessing; one of its own where nothing is said. */
  readonly lockout?: Doors['lockout'];
  /** Absent where there is no server to upgrade a connection. */
  readonly upgradeWebSocket?: UpgradeWebSocket;
}

/** Codes whose refusals are on the chain although no gate was reached. */
const RECORDED = new Set(['unauthenticated', 'wrong_plane', 'foreign_host', 'foreign_origin']);

/** The gateway's HTTP, as one function from request to response. */
export function createApp(services: Services, options: AppOptions): Hono {
  const app = new Hono();
  const refusals = new RefusalRecorder(services);
  const { lockout = new Lockout(services.world) } = options;
  const doors: Doors = { tokens: services.tokens, lockout };
  app.onError(async (failure, context) => {
    const error = asCcosError(failure);
    if (error.code === 'internal') services.log.error('request.failed', { code: error.code });
    const wait = error.detail['seconds'];
    if (wait !== undefined) context.header('retry-after', String(wait)); // RFC 9110, 10.2.3
    if (wait !== undefined) await refusals.recordGuess();
    else if (RECORDED.has(error.code)) await refusals.record(error.code);
    return context.json({ error: error.toBody() }, error.status as 400);
  });
  app.notFound((context) =>
    context.json({ error: new CcosError('not_found', { what: 'route' }).toBody() }, 404),
  );
  app.use(async (context, next) => {
    context.header('cache-control', 'no-store'); // first, so that refusals have them too
    context.header('x-content-type-options', 'nosniff');
    checkSource(context.req.raw.headers, options.ownHosts, options.scheme);
    await next();
  });
  app.get('/healthz', (context) => {
    const nonce = context.req.query('nonce') ?? '';
    const asked = /^[0-9a-f]{32}$/.test(nonce);
    return context.json({ status: 'ok', ...(asked && { proof: services.tokens.prove(nonce) }) });
  });
  app.get('/readyz', (context) => {
    const status = options.ready();
    return context.json({ status }, status === 'ready' ? 200 : 503);
  });
  app.get('/openapi.json', (context) => {
    authenticate(context.req.header('authorization'), 'admin', doors);
    return context.json(openApi(ROUTES, options.version));
  });
  for (const route of ROUTES) mount(app, route, { services, doors });
  mountStreams(app, { services, doors }, options);
  return app;
}

/** What stands behind a route, and what before it. */
interface Behind {
  readonly services: Services;
  readonly doors: Doors;
}

function mount(app: Hono, route: Route, { services, doors }: Behind): void {
  app.on(route.method, route.path, async (context) => {
    const authorization = context.req.header('authorization');
    const credential = authenticate(authorization, route.plane, doors);
    const { raw } = context.req;
    const body = await readBody(raw, bodyLimit(route)).catch(async (failure: unknown) => {
      await route.refused?.(services, credential);
      throw failure;
    });
    const asked = {
      params: context.req.param(),
      query: context.req.query(),
      header: (name: string): string | undefined => context.req.header(name),
      body,
      contentType: context.req.header('content-type') ?? '',
      signal: raw.signal,
      credential,
    };
    const reply = await dispatch(route, services, asked);
    if (reply instanceof Uint8Array)
      return context.body(Uint8Array.from(reply), 200, {
        'content-type': 'application/octet-stream',
      });
    return context.json(reply);
  });
}

/** What a stream sends, and to whom. */
type Opening = (behind: Behind, context: Context) => Promise<StreamSource>;

const STREAMS: Readonly<Record<string, Opening>> = {
  '/v1/admin/stream': openRows,
  '/v1/agent/stream': openEvents,
};

function mountStreams(app: Hono, behind: Behind, options: AppOptions): void {
  const { services } = behind;
  const { upgradeWebSocket } = options;
  if (upgradeWebSocket === undefined) return;
  for (const [path, open] of Object.entries(STREAMS))
    app.get(path, async (context, next) => {
      const source = await open(behind, context);
      return upgradeWebSocket(() => {
        let stream: Stream | null = null;
        return {
          onOpen(_, socket) {
            stream = new Stream(services, socket, source);
            stream.start();
          },
          onMessage(_, socket) {
            socket.close(1008); // the stream has no commands
          },
          onClose() {
            stream?.close();
          },
        };
      })(context, next);
    });
}

function openRows({ services, doors }: Behind, { req }: Context): Promise<StreamSource> {
  const credential = authenticate(req.header('authorization'), 'admin', doors);
  const after = countOf(req.query('after'), services.store.openedSize);
  return Promise.resolve(rowSource(services, { credential, after }));
}

async function openEvents({ services, doors }: Behind, { req }: Context): Promise<StreamSource> {
  const credential = authenticate(req.header('authorization'), 'agent', doors);
  const after = countOf(req.query('after'), 0);
  const session = await services.agents.observe(credential, req.query('session'));
  return eventSource(services, { credential, session: session.id, after });
}

function countOf(text: string | undefined, otherwise: number): number {
  const after = text === undefined ? otherwise : Number(text);
  if (!Number.isSafeInteger(after) || after < 0)
    throw new CcosError('invalid_input', { field: 'after' });
  return after;
}
