/** A seeded generator (xorshift128): a word names a run, and the same word makes the same run anywhere. */
export class Random {
  readonly #state: Uint32Array;

  constructor(word: string) {
    this.#state = Uint32Array.from([1, 2, 3, 4], (salt) => hash(`${String(salt)} ${word}`) | 1);
    for (let i = 0; i < 16; i++) this.below(1);
  }

  /** An integer from 0 up to, not including, `limit`. */
  below(limit: number): number {
    const [x = 1, , , w = 1] = this.#state;
    const t = (x ^ (x << 11)) >>> 0;
    this.#state.copyWithin(0, 1);
    const next = (w ^ (w >>> 19) ^ t ^ (t >>> 8)) >>> 0;
    this.#state[3] = next;
    return limit <= 1 ? 0 : next % limit;
  }

  pick<Item>(list: readonly Item[]): Item {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
