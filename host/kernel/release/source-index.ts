import { Folding, UNSPACED } from './fold.ts';

/** The longest stretch of letters that is looked up at once; a run of words shorter than it is rare. */
const MOST_GRAM = 12;
/** A letter of a script without spaces is a third of a word: 12 of them are four words. */
const THIRDS = 3;
/** The table has two places for each gram, at least this many, and 2^3 bits of the filter for each place. */
const LEAST_BITS = 10;
const FILTER_BITS = 3;
/** Every stretch of 12 letters has one of 8 in it that begins at a multiple of 4. */
const SAMPLE = 8;
const STEP = 4;
/** A second hash of a run, so that two of them are not mistaken for one another. */
const SECOND_BASE = 0x01b3_53af;

/**
 * The text of everything that one call opened: every stretch of a few letters with the word boundaries in
 * it, and every run of one word too many. Built once; looking for a text in it takes a time that grows with
 * the text alone. Most texts are done with after the stretches; where enough of them follow one another
 * the runs decide.
 */
export class SourceIndex {
  /** The most words in a row that may leave. */
  readonly maxWords: number;
  readonly #gram: number;
  readonly #base: number;
  /** `#base` to the power of the gram's length, for what rolls out of the window. */
  readonly #out: number;
  /** Runs of one word too many by two hashes of their letters, and those shorter than a gram in letters. */
  readonly #runs = new Set<number>();
  readonly #short = new Set<string>();
  #longest = 0;
  /** The same for every {@link SAMPLE} letters, by their bytes. */
  readonly #samples: Int32Array;
  /** A few bits for each gram, most of them 0: what is not in the table is mostly known from here. */
  readonly #filter: Int32Array;
  /** The grams by hash, each with the word boundaries in it: two places that are fetched together. */
  readonly #table: Int32Array;
  /** Of a hash, to its place. */
  readonly #shift: number;
  /** Grams in the table, which is at most half full. */
  #used = 0;
  #marks = new Uint8Array(256);

  /** `seed` is random for each index, so that nobody can write texts whose stretches collide. */
  constructor(options: {
    readonly sources: readonly string[];
    readonly maxWords: number;
    readonly seed: number;
  }) {
    this.maxWords = options.maxWords;
    this.#gram = Math.min(MOST_GRAM, THIRDS * options.maxWords + 1);
    this.#base = options.seed | 1 | 0;
    let power = 1;
    for (let i = 0; i < this.#gram; i++) power = Math.imul(power, this.#base);
    this.#out = power;
    const folding = new Folding();
    const letters = options.sources.reduce((sum, text) => sum + folding.fold(text).length, 0);
    const bits = Math.max(LEAST_BITS, Math.ceil(Math.log2(2 * letters + 1)));
    this.#shift = 32 - bits;
    this.#samples = new Int32Array(1 << (bits + FILTER_BITS - 5));
    this.#filter = new Int32Array(1 << (bits + FILTER_BITS - 5));
    this.#table = new Int32Array(2 << bits);
    for (const text of options.sources) this.#add(folding.fold(text));
  }

  /** Adds one text; no stretch reaches from one into the next. */
  #add(source: Folding): void {
    const { codes, length } = source;
    const boundaries = boundariesOf(source);
    const gram = this.#gram;
    let hash = hashOf(codes, { from: 0, to: Math.min(gram, length), base: this.#base });
    let mask = 0;
    for (let i = 0; i < gram; i++) mask |= (boundaries[i] ?? 0) << (i + 1);
    for (let start = 0; start + gram <= length; start++) {
      mask = (mask >>> 1) | ((boundaries[start + gram] ?? 0) << gram);
      this.#insert(mixed(hash), mask);
      const rolled = Math.imul(hash, this.#base) + at(codes, start + gram);
      hash = (rolled - Math.imul(this.#out, at(codes, start))) | 0;
    }
    this.#addSamples(source);
    for (const [from, to] of runsOf(source, THIRDS * this.maxWords)) {
      if (to - from < this.#gram) this.#short.add(spell(codes, boundaries, [from, to]));
      else this.#runs.add(this.#hashOf(codes, from, to));
      this.#longest = Math.max(this.#longest, to - from);
    }
  }

  /** Whether more than `maxWords` words in a row of what was added stand in a text. */
  finds(text: Folding): boolean {
    if (this.#used === 0 && this.#short.size === 0) return false;
    if (this.#marks.length <= text.length) this.#marks = new Uint8Array(text.length * 2);
    const found =
      this.#gram < MOST_GRAM
        ? this.#findsGrams(text, 0, text.length) < 0
        : this.#findsSamples(text);
    return found || this.#findsShortRun(text);
  }

  #addSamples({ bytes, length }: Folding): void {
    const shift = this.#shift - FILTER_BITS;
    let [older, newer] = [0, 0];
    for (let end = 0; end < length; end++) {
      older = (older >>> 8) | (newer << 24);
      newer = (newer >>> 8) | ((bytes[end] ?? 0) << 24);
      if (end >= SAMPLE - 1) set(this.#samples, this.#sampleOf(older, newer) >>> shift);
    }
  }

  #sampleOf(older: number, newer: number): number {
    return mixed((Math.imul(older, this.#base) + Math.imul(newer, SECOND_BASE)) | 0);
  }

  /**
   * The one hot loop: 8 letters at every 4th place; a closer look where the source has them too. The first
   * gram of a run begins at most 4 letters before the first sample in it.
   */
  #findsSamples(text: Folding): boolean {
    const { quads, length } = text;
    const [samples, base] = [this.#samples, this.#base];
    const shift = this.#shift - FILTER_BITS;
    let done = 0;
    for (let quad = 0; quad * STEP + SAMPLE <= length; quad++) {
      const sum = Math.imul(at(quads, quad), base) + Math.imul(at(quads, quad + 1), SECOND_BASE);
      if (!isSet(samples, mixed(sum | 0) >>> shift)) continue;
      const sample = quad * STEP;
      if (sample < done) continue;
      const end = this.#findsGrams(text, Math.max(sample - STEP, done), sample);
      if (end < 0) return true;
      done = end;
    }
    return false;
  }

  /**
   * A rolling hash over a part of a text, a look at the filter, and seldom more. Goes on beyond `least` as
   * long as the grams are of the source; gives the first place that it did not look at, or -1 for a run.
   */
  #findsGrams({ codes, length }: Folding, first: number, least: number): number {
    const [gram, base, out] = [this.#gram, this.#base, this.#out];
    let hash = hashOf(codes, { from: first, to: first + gram, base });
    let from = -1;
    let start = first;
    for (; start + gram <= length; start++) {
      const tag = mixed(hash);
      const isKnown = this.#isKnown(start, tag, from >= 0);
      if (isKnown && from < 0) from = start;
      if (!isKnown) {
        if (from >= 0 && this.#isRun(codes, from, start + gram - 1)) return -1;
        from = -1;
        if (start > least) return start + 1;
      }
      const rolled = Math.imul(hash, base) + at(codes, start + gram);
      hash = (rolled - Math.imul(out, at(codes, start))) | 0;
    }
    return from >= 0 && this.#isRun(codes, from, length) ? -1 : start;
  }

  /** Within a stretch the next gram is mostly of the source too: the filter would not save the look. */
  #isKnown(start: number, tag: number, isWithin: boolean): boolean {
    const isPossible = isWithin || isSet(this.#filter, tag >>> (this.#shift - FILTER_BITS));
    return isPossible && this.#mark(start, tag);
  }

  /** Marks the word boundaries of a gram where it is one of the source. */
  #mark(start: number, tag: number): boolean {
    const slot = this.#slotOf(tag);
    if (this.#table[slot] === 0) return false;
    const mask = at(this.#table, slot + 1);
    for (let bit = 0; mask >> bit !== 0; bit++)
      if (((mask >> bit) & 1) === 1) this.#marks[start + bit] = 1;
    return true;
  }

  #slotOf(tag: number): number {
    const table = this.#table;
    const last = table.length - 2;
    let slot = (tag >>> this.#shift) << 1;
    for (let held = table[slot]; held !== 0 && held !== tag; held = table[slot])
      slot = (slot + 2) & last;
    return slot;
  }

  /** Whether a stretch that was found holds a run; its marks are wiped. */
  #isRun(codes: Int32Array, from: number, to: number): boolean {
    const found = this.#mayBeRun(codes, from, to) && this.#holdsRun(codes, from, to);
    this.#marks.fill(0, from, to + 1);
    return found;
  }

  /** Marks are of every place in the source where the letters stand, so they count at least what is there. */
  #mayBeRun(codes: Int32Array, from: number, to: number): boolean {
    let thirds = 0;
    let word = -1;
    for (let at = from; at <= to; at++) {
      if (this.#marks[at] !== 1) continue;
      if (word >= 0) thirds += thirdsOf(codes[word] ?? 0, at - word);
      word = at;
    }
    return thirds > THIRDS * this.maxWords;
  }

  #holdsRun(codes: Int32Array, from: number, to: number): boolean {
    for (let start = from; start + this.#gram <= to; start++) {
      if (this.#marks[start] !== 1) continue;
      const end = Math.min(to, start + this.#longest);
      let [first, second] = [0, 0];
      for (let at = start; at < end; at++) {
        first = (Math.imul(first, this.#base) + (codes[at] ?? 0)) | 0;
        second = (Math.imul(second, SECOND_BASE) + (codes[at] ?? 0)) | 0;
        if (this.#marks[at + 1] === 1 && this.#runs.has(keyOf(first, second))) return true;
      }
    }
    return false;
  }

  /** Word by word: the runs that are too short to be told from others by their letters alone. */
  #findsShortRun(text: Folding): boolean {
    if (this.#short.size === 0) return false;
    const { codes, starts, words } = text;
    let boundaries: Uint8Array | null = null;
    for (let word = this.maxWords + 1; word <= words; word++) {
      const from = at(starts, word - this.maxWords - 1);
      const to = at(starts, word);
      if (to - from >= this.#gram) continue;
      boundaries ??= boundariesOf(text);
      if (this.#short.has(spell(codes, boundaries, [from, to]))) return true;
    }
    return false;
  }

  #hashOf(codes: Int32Array, from: number, to: number): number {
    let [first, second] = [0, 0];
    for (let at = from; at < to; at++) {
      first = (Math.imul(first, this.#base) + (codes[at] ?? 0)) | 0;
      second = (Math.imul(second, SECOND_BASE) + (codes[at] ?? 0)) | 0;
    }
    return keyOf(first, second);
  }

  #insert(tag: number, mask: number): void {
    const slot = this.#slotOf(tag);
    if (this.#table[slot] === 0) this.#used++;
    set(this.#filter, tag >>> (this.#shift - FILTER_BITS));
    this.#table[slot] = tag;
    this.#table[slot + 1] = at(this.#table, slot + 1) | mask;
  }
}

const at = (codes: Int32Array, index: number): number => codes[index] ?? 0;
const isSet = (filter: Int32Array, bit: number): boolean =>
  (((filter[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;

function set(filter: Int32Array, bit: number): void {
  filter[bit >>> 5] = at(filter, bit >>> 5) | (1 << (bit & 31));
}

/** Of some letters of a text, as a rolling hash begins. */
function hashOf(
  codes: Int32Array,
  { from, to, base }: { readonly from: number; readonly to: number; readonly base: number },
): number {
  let hash = 0;
  for (let i = from; i < to; i++) hash = (Math.imul(hash, base) + at(codes, i)) | 0;
  return hash;
}

function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2_ae35);
  return (twice ^ (twice >>> 16)) | 1; // 0 marks an empty place
}

/** 53 bits of two hashes: as many as a number holds. */
function keyOf(first: number, second: number): number {
  return (first >>> 0) * 0x20_0000 + (second >>> 11);
}

/** For each word the shortest run from it on that is more than `thirds`. */
function* runsOf(
  { codes, starts, words }: Folding,
  thirds: number,
): Iterable<readonly [from: number, to: number]> {
  const sizeOf = (word: number): number =>
    thirdsOf(at(codes, at(starts, word)), at(starts, word + 1) - at(starts, word));
  let [first, sum] = [0, 0];
  for (let word = 0; word < words; word++) {
    sum += sizeOf(word);
    while (sum > thirds) {
      yield [at(starts, first), at(starts, word + 1)];
      sum -= sizeOf(first++);
    }
  }
}

/** 1 at each letter that begins a word, and at the end. */
function boundariesOf({ starts, words, length }: Folding): Uint8Array {
  const boundaries = new Uint8Array(length + 1);
  for (let word = 0; word <= words; word++) boundaries[at(starts, word)] = 1;
  return boundaries;
}

function thirdsOf(first: number, letters: number): number {
  return first >= UNSPACED && letters === 1 ? 1 : THIRDS;
}

function spell(
  codes: Int32Array,
  boundaries: Uint8Array,
  [from, to]: readonly [from: number, to: number],
): string {
  let run = '';
  for (let i = from; i < to; i++)
    run += `${boundaries[i] === 1 ? ' ' : ''}${String.fromCodePoint(at(codes, i) & ~UNSPACED)}`;
  return run;
}
