import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Outside } from '../../host/core/outside.ts';
import { makeOutside } from '../../host/runtime/outside.ts';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server of the outside world on loopback, which remembers what it was asked. */
export interface OutsideServer {
  readonly port: number;
  readonly domain: string;
  readonly received: Received[];
}

export async function outsideServer(
  answer: (request: Received, response: ServerResponse) => void = (_, response) => {
    response.end('hello');
  },
  host = '127.0.0.1',
): Promise<OutsideServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const got = { method, url, headers, body: Buffer.concat(parts).toString() };
      received.push(got);
      answer(got, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return { port, domain: `${name}:${String(port)}`, received };
}

/**
 * The real network with a name service that a test can speak for; it remembers what was asked. A name is
 * answered by its addresses in their order, the last one for good, as one that rebinds would.
 */
export function outsideWith(
  names: Readonly<Record<string, readonly (readonly string[])[]>>,
  options: Parameters<typeof makeOutside>[0] = {},
): Outside & { readonly asked: string[] } {
  const asked: string[] = [];
  const outside = makeOutside(options);
  return {
    ...outside,
    asked,
    resolve(hostname) {
      asked.push(hostname);
      const answers = names[hostname] ?? [[]];
      const turn = asked.filter((name) => name === hostname).length - 1;
      return Promise.resolve(answers[Math.min(turn, answers.length - 1)] ?? []);
    },
  };
}
