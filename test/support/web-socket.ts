import { WebSocket } from 'ws';
import type { ChainRow } from './http-request.ts';

/** How an attempt to open a WebSocket ended: `open`, or the status of the refusal. */
export interface Knock {
  readonly status: number | 'open';
  readonly socket: WebSocket;
}

export function knock(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  path = '/v1/admin/stream',
): Promise<Knock> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, { headers });
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      resolve({ status: 'open', socket });
    });
    socket.once('unexpected-response', (request, { statusCode = 0 }) => {
      request.destroy();
      resolve({ status: statusCode, socket });
    });
    socket.once('error', reject);
  });
}

/** Collects rows from now on. */
export function rowsOf(socket: WebSocket): readonly ChainRow[] {
  const rows: ChainRow[] = [];
  socket.on('message', (data: Buffer) => rows.push(JSON.parse(data.toString()) as ChainRow));
  return rows;
}

/** The code with which the other side closes. */
export function closed(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.once('close', resolve);
  });
}
