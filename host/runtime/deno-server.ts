import type { Hono } from 'hono';
import { upgradeWebSocket } from 'hono/deno';
import type { ListenAt, Listening } from '../core/serve.ts';

// eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is not on npm yet
export { upgradeWebSocket };

declare const Deno: {
  serve(
    options: {
      port: number;
      hostname: string;
      cert?: string;
      key?: string;
      onListen: (at: { port: number }) => void;
    },
    handler: (request: Request) => Response | Promise<Response>,
  ): { shutdown(): Promise<void>; finished: Promise<void> };
};

export function listen(app: Hono, { hostname, port, tls }: ListenAt): Promise<Listening> {
  return new Promise((resolve) => {
    const server = Deno.serve(
      {
        port,
        hostname,
        ...(tls !== undefined && { cert: tls.cert, key: tls.key }),
        onListen(at) {
          resolve({
            port: at.port,
            async close(graceMillis) {
              let timer: ReturnType<typeof setTimeout> | undefined;
              const late = new Promise<void>((done) => (timer = setTimeout(done, graceMillis)));
              await Promise.race([server.shutdown(), late]);
              clearTimeout(timer); // it would keep the process
            },
          });
        },
      },
      (request) => app.fetch(withoutSignal(request)),
    );
  });
}

/**
 * Deno aborts a request's signal when its answer has been sent, and says so on standard error when the
 * signal is looked at. An upgrade needs the original request.
 */
function withoutSignal(request: Request): Request {
  if (request.headers.get('upgrade') !== null) return request;
  const { method, headers, body } = request;
  return new Request(request.url, { method, headers, body, ...(body && { duplex: 'half' }) });
}
