import type { WSContext } from 'hono/ws';
import type { Services } from './services.ts';

/** Rows that are read at once, and bytes that may wait in a socket before reading goes on. */
const PAGE = 200;
const WAITING_BYTES = 1_000_000;
const RETRY_MILLIS = 50;

/**
 * Rows of the chain, in order, from `after` on. The chain itself is the buffer: a slow reader is sent
 * less at a time and misses nothing, and the gateway holds no queue for it.
 */
export class RowStream {
  readonly #services: Pick<Services, 'audit' | 'store' | 'log'>;
  readonly #socket: WSContext;
  #after: number;
  #pumping = false;
  #again = false;
  #closed = false;
  #stop: () => void = () => undefined;

  constructor(
    services: Pick<Services, 'audit' | 'store' | 'log'>,
    socket: WSContext,
    after: number,
  ) {
    this.#services = services;
    this.#socket = socket;
    this.#after = after;
  }

  start(): void {
    this.#stop = this.#services.store.onCommit(() => {
      this.#wake();
    });
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #wake(): void {
    if (this.#pumping) {
      this.#again = true;
      return;
    }
    this.#pumping = true;
    this.#pump()
      .catch(() => {
        this.#services.log.warn('stream.failed');
        this.#socket.close(1011);
        this.close();
      })
      .finally(() => {
        this.#pumping = false;
        if (this.#again && !this.#closed) {
          this.#again = false;
          this.#wake();
        }
      });
  }

  async #pump(): Promise<void> {
    for (;;) {
      if (this.#closed) return;
      if (waiting(this.#socket) > WAITING_BYTES) {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
        continue;
      }
      const rows = await this.#services.audit.rows({ after: this.#after, limit: PAGE });
      if (rows.length === 0) return;
      for (const row of rows) this.#socket.send(JSON.stringify(row));
      this.#after = rows.at(-1)?.seq ?? this.#after;
    }
  }
}

function waiting(socket: WSContext): number {
  const raw: unknown = socket.raw;
  if (typeof raw !== 'object' || raw === null || !('bufferedAmount' in raw)) return 0;
  return Number(raw.bufferedAmount);
}
