import { CcosError } from '../core/error.ts';
import type { World } from '../core/world.ts';
import type { Plane } from '../kernel/standing.ts';

/** So many wrong secrets within the window close a plane for a while, to whoever has no right one. */
const WRONG = 10;
const WINDOW_MILLIS = 60_000;
const LOCK_MILLIS = 10_000;

interface Counted {
  readonly wrong: readonly number[];
  readonly until: number;
}

/**
 * Guessing at a credential closes its plane to guesses (attack 4): loopback is no exception, and nothing
 * that a caller says of himself is. A request without a secret, or with one of another plane, is no guess.
 * A right secret always passes, or whoever can reach the port could shut the operator out; nobody guesses
 * 256 random bits, with or without a lock, so what a lock saves is the rows and the work of each try.
 */
export class Lockout {
  readonly #world: World;
  readonly #planes = new Map<Plane, Counted>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Counts a wrong secret. Throws `rate_limited`, with how long, while the plane is closed. */
  wrong(plane: Plane): void {
    const now = this.#world.monotonic();
    const { wrong: before, until } = this.#planes.get(plane) ?? { wrong: [], until: 0 };
    if (until > now)
      throw new CcosError('rate_limited', { seconds: Math.ceil((until - now) / 1000) });
    const wrong = [...before.filter((at) => at > now - WINDOW_MILLIS), now];
    const isTooMany = wrong.length >= WRONG;
    this.#planes.set(
      plane,
      isTooMany ? { wrong: [], until: now + LOCK_MILLIS } : { wrong, until: 0 },
    );
  }
}
