import type { World } from '../core/world.ts';
import type { Tally } from './conversation.ts';
import type { CallEnd, CallOutcome, CallRequest, CallTimes } from './types.ts';

interface Waiting {
  readonly resolve: (outcome: CallOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** When a call reached each of its stages, by the world's monotonic clock. */
interface Stages {
  readonly queued: number;
  taken?: number;
  started?: number;
  loaded?: number;
}

/** One call, from the queue to its outcome. It is settled once: the first word counts. */
export class Job {
  readonly request: CallRequest;
  readonly tally: Tally = { hostCalls: 0, bytesIn: 0, rssMiB: 0 };
  readonly #world: World;
  readonly #waiting: Waiting;
  readonly #stages: Stages;
  #timer: NodeJS.Timeout | undefined;
  #spawned = false;
  #interrupt: () => void = () => undefined;
  #settled = false;

  constructor(request: CallRequest, world: World, waiting: Waiting) {
    this.request = request;
    this.#world = world;
    this.#waiting = waiting;
    this.#stages = { queued: world.monotonic() };
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** What the request's signal does, from now on. */
  onAbort(interrupt: () => void): void {
    const { signal } = this.request;
    signal?.removeEventListener('abort', this.#interrupt);
    this.#interrupt = interrupt;
    signal?.addEventListener('abort', interrupt, { once: true });
  }

  /** A process has taken it, which may have to start first. */
  taken(spawned: boolean): void {
    this.#spawned = spawned;
    this.#stages.taken = this.#world.monotonic();
  }

  /** The process is there: the time limit runs. */
  started(onTimeout: () => void): void {
    this.#stages.started = this.#world.monotonic();
    this.#timer = setTimeout(onTimeout, this.request.limits.timeMs);
  }

  loaded(): void {
    this.#stages.loaded = this.#world.monotonic();
  }

  /** How long a process has worked for it. */
  get busyMs(): number {
    const { started } = this.#stages;
    return started === undefined ? 0 : this.#world.monotonic() - started;
  }

  settle(end: CallEnd): void {
    if (!this.#finish()) return;
    this.#waiting.resolve({ ...end, times: this.#times(), hostCalls: this.tally.hostCalls });
  }

  fail(error: unknown): void {
    if (this.#finish()) this.#waiting.reject(error);
  }

  #finish(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.request.signal?.removeEventListener('abort', this.#interrupt);
    return true;
  }

  #times(): CallTimes {
    const now = this.#world.monotonic();
    const { queued, taken = now, started = now, loaded = now } = this.#stages;
    return {
      queueMs: taken - queued,
      ...(this.#spawned && { spawnMs: started - taken }),
      loadMs: loaded - started,
      runMs: now - loaded,
    };
  }
}
