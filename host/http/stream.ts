import type { WSContext } from 'hono/ws';
import { CcosError } from '../core/error.ts';
import type { Credential } from '../kernel/tokens.ts';
import { agentEvent } from './agent-views.ts';
import type { Services } from './services.ts';

/** What is read at once, and bytes that may wait in a socket before reading goes on. */
const PAGE = 200;
const WAITING_BYTES = 1_000_000;
const RETRY_MILLIS = 50;

/** Something that grows and can be read from any place on. */
export interface StreamSource {
  readonly after: number;
  readonly read: (after: number, limit: number) => Promise<readonly StreamItem[]>;
}

interface StreamItem {
  /** Where reading goes on after it. */
  readonly at: number;
  readonly body: unknown;
}

type Reading = Pick<Services, 'audit' | 'store' | 'log'>;

/** The rows of the chain, for as long as the credential is good. */
export function rowSource(
  { audit, tokens }: Pick<Services, 'audit' | 'tokens'>,
  { credential, after }: { readonly credential: Credential; readonly after: number },
): StreamSource {
  return {
    after,
    async read(from, limit) {
      if (!tokens.isLive(credential)) throw new CcosError('unauthenticated');
      const rows = await audit.rows({ after: from, limit });
      return rows.map((row) => ({ at: row.seq, body: row }));
    },
  };
}

/** The events of one session, for as long as the credential is good and the session may be looked at. */
export function eventSource(
  { tokens, agents, sessions }: Pick<Services, 'tokens' | 'agents' | 'sessions'>,
  {
    credential,
    session: id,
    after,
  }: { readonly credential: Credential; readonly session: string; readonly after: number },
): StreamSource {
  return {
    after,
    async read(from, limit) {
      const session = await sessions.get(id);
      if (session.state !== 'active' || !tokens.isLive(credential))
        throw new CcosError('unauthenticated');
      const { events } = await agents.page(session, { after: from, limit });
      return events.map((event) => ({ at: event.n, body: agentEvent(event) }));
    },
  };
}

/**
 * Sends what a source has, in order. The database is the buffer: a slow reader is sent less at a time and
 * misses nothing, and the gateway holds no queue for it.
 */
export class Stream {
  readonly #services: Reading;
  readonly #socket: WSContext;
  readonly #source: StreamSource;
  #after: number;
  #pumping = false;
  #again = false;
  #closed = false;
  #stop: () => void = () => undefined;

  constructor(services: Reading, socket: WSContext, source: StreamSource) {
    this.#services = services;
    this.#socket = socket;
    this.#source = source;
    this.#after = source.after;
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
      .catch((failure: unknown) => {
        const ended = failure instanceof CcosError && failure.code === 'unauthenticated';
        if (!ended) this.#services.log.warn('stream.failed');
        this.#socket.close(ended ? 1008 : 1011);
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
      const items = await this.#source.read(this.#after, PAGE);
      if (items.length === 0) return;
      for (const { body } of items) this.#socket.send(JSON.stringify(body));
      this.#after = items.at(-1)?.at ?? this.#after;
    }
  }
}

function waiting(socket: WSContext): number {
  const raw: unknown = socket.raw;
  if (typeof raw !== 'object' || raw === null || !('bufferedAmount' in raw)) return 0;
  return Number(raw.bufferedAmount);
}
