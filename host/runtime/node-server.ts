import { serve, upgradeWebSocket } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Server } from 'node:http';
import { createServer } from 'node:https';
import { WebSocketServer } from 'ws';
import { CcosError } from '../core/error.ts';
import type { ListenAt, Listening } from '../core/serve.ts';

export { upgradeWebSocket };

/** `ws` types its options with explicit `undefined`, the adapter without. */
type WebSocketServerOf = NonNullable<Parameters<typeof serve>[0]['websocket']>['server'];

/** The stream has no commands, so what a client sends can be small. */
const CLIENT_MESSAGE_BYTES = 1024;

export function listen(app: Hono, { hostname, port, tls }: ListenAt): Promise<Listening> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: CLIENT_MESSAGE_BYTES });
  return new Promise((resolve, reject) => {
    const server = serve(
      {
        ...{ fetch: app.fetch, hostname, port },
        websocket: { server: sockets as WebSocketServerOf },
        ...(tls !== undefined && {
          createServer,
          serverOptions: { cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' },
        }),
      },
      (at) => {
        resolve({
          port: at.port,
          close: (graceMillis) => close(server as Server, sockets, graceMillis),
        });
      },
    );
    server.once('error', (failure: NodeJS.ErrnoException) => {
      reject(
        failure.code === 'EADDRINUSE'
          ? new CcosError('conflict', { why: 'port_in_use', port })
          : new CcosError('internal', { errno: failure.code ?? '' }),
      );
    });
  });
}

function close(server: Server, sockets: WebSocketServer, graceMillis: number): Promise<void> {
  for (const socket of sockets.clients) socket.close(1001);
  return new Promise((resolve) => {
    const hurry = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
    }, graceMillis);
    server.close(() => {
      clearTimeout(hurry);
      resolve();
    });
    server.closeIdleConnections();
  });
}
