import { WebSocket } from 'ws';
import type { ChainRow } from './http-request.ts';

/** How an attempt to open a WebSocket ended: `open`, or the status of the refusal. */
export interface Knock {
  readonly status: number | 'open';
  readonly socket: WebSocket;
  /** What has arrived so far. */
  readonly rows: readonly ChainRow[];
}

/** `reads: false` opens the connection and takes nothing from it until `socket.resume()`. */
export function knock(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  { path = '/v1/admin/stream', reads = true } = {},
): Promise<Knock> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, { headers });
  const rows: ChainRow[] = [];
  // Rows can come together with the answer to the upgrade, so this cannot wait for `open`.
  socket.on('message', (data: Buffer) => rows.push(JSON.parse(data.toString()) as ChainRow));
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      if (!reads) socket.pause();
      resolve({ status: 'open', socket, rows });
    });
    socket.once('unexpected-response', (request, { statusCode = 0 }) => {
      request.destroy();
      resolve({ status: statusCode, socket, rows });
    });
    socket.once('error', reject);
  });
}

/** The code with which the other side closes. */
export function closed(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.once('close', resolve);
  });
}
