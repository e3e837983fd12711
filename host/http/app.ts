import { Hono } from 'hono';
import type { UpgradeWebSocket } from 'hono/ws';
import { CcosError, asCcosError } from '../core/error.ts';
import { readBody } from './body.ts';
import { bodyLimit, dispatch } from './dispatch.ts';
import { authenticate, checkSource } from './guards.ts';
import type { OwnHosts } from './guards.ts';
import { openApi } from './openapi.ts';
import { RefusalRecorder } from './refusals.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes/index.ts';
import type { Services } from './services.ts';
import { RowStream } from './stream.ts';

export interface AppOptions {
  readonly version: string;
  readonly ownHosts: OwnHosts;
  readonly ready: () => string;
  /** Absent where there is no server to upgrade a connection. */
  readonly upgradeWebSocket?: UpgradeWebSocket;
}

/** Codes whose refusals are on the chain although no gate was reached. */
const RECORDED = new Set(['unauthenticated', 'wrong_plane', 'foreign_host', 'foreign_origin']);

/** The gateway's HTTP, as one function from request to response. */
export function createApp(services: Services, options: AppOptions): Hono {
  const app = new Hono();
  const refusals = new RefusalRecorder(services);
  app.onError(async (failure, context) => {
    const error = asCcosError(failure);
    if (error.code === 'internal') services.log.error('request.failed', { code: error.code });
    if (RECORDED.has(error.code)) await refusals.record(error.code);
    return context.json({ error: error.toBody() }, error.status as 400);
  });
  app.notFound((context) =>
    context.json({ error: new CcosError('not_found', { what: 'route' }).toBody() }, 404),
  );
  app.use(async (context, next) => {
    context.header('cache-control', 'no-store'); // first, so that refusals have them too
    context.header('x-content-type-options', 'nosniff');
    checkSource(context.req.raw.headers, options.ownHosts);
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
    authenticate(context.req.header('authorization'), 'admin', services.tokens);
    return context.json(openApi(ROUTES, options.version));
  });
  for (const route of ROUTES) mount(app, route, services);
  mountStream(app, services, options);
  return app;
}

function mount(app: Hono, route: Route, services: Services): void {
  app.on(route.method, route.path, async (context) => {
    authenticate(context.req.header('authorization'), route.plane, services.tokens);
    const { raw } = context.req;
    const body = await readBody(raw, bodyLimit(route));
    const params = context.req.param();
    const asked = { params, query: context.req.query(), body, signal: raw.signal };
    const reply = await dispatch(route, services, asked);
    if (reply instanceof Uint8Array)
      return context.body(Uint8Array.from(reply), 200, {
        'content-type': 'application/octet-stream',
      });
    return context.json(reply);
  });
}

function mountStream(app: Hono, services: Services, options: AppOptions): void {
  const { upgradeWebSocket } = options;
  if (upgradeWebSocket === undefined) return;
  app.get('/v1/admin/stream', async (context, next) => {
    authenticate(context.req.header('authorization'), 'admin', services.tokens);
    const after = Number(context.req.query('after') ?? services.store.openedSize);
    if (!Number.isSafeInteger(after) || after < 0)
      throw new CcosError('invalid_input', { field: 'after' });
    return upgradeWebSocket(() => {
      let stream: RowStream | null = null;
      return {
        onOpen(_, socket) {
          stream = new RowStream(services, socket, after);
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
