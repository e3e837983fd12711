import type { Hono } from 'hono';
import type { UpgradeWebSocket } from 'hono/ws';
import type { ListenAt, Listening } from '../core/serve.ts';

/** All that the runtimes do differently to serve an application; one file for each implements it. */
export interface ServerAdapter {
  /** Rejects with `conflict` where the port is taken. Port 0 takes a free one. */
  readonly listen: (app: Hono, at: ListenAt) => Promise<Listening>;
  readonly upgradeWebSocket: UpgradeWebSocket;
}
