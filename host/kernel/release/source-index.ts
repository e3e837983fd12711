import type { Folding } from './fold.ts';
import { UNSPACED } from './fold.ts';

/** The longest stretch of letters that is looked up at once; a run of words shorter than it is rare. */
const MOST_GRAM = 12;
/** A letter of a script without spaces is a third of a word: 12 of them are four words. */
const THIRDS = 3;
/** The table has two places for each gram, at least this many, and 2^3 bits of the filter for each place. */
const LEAST_BITS = 10;
const FILTER_BITS = 3;
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
  /** A few bits for each gram, most of them 0: what is not in the table is mostly known from here. */
  #filter: Int32Array;
  #tags: Int32Array;
  #masks: Uint16Array;
  /** Of a hash, to its place. */
  #shift: number;
  #used = 0;
  #marks = new Uint8Array(256);

  /** `seed` is random for each index, so that nobody can write texts whose stretches collide. */
  constructor(options: { readonly maxWords: number; readonly seed: number }) {
    this.maxWords = options.maxWords;
    this.#gram = Math.min(MOST_GRAM, THIRDS * options.maxWords + 1);
    this.#base = options.seed | 1 | 0;
    let power = 1;
    for (let i = 0; i < this.#gram; i++) power = Math.imul(power, this.#base);
    this.#out = power;
    this.#shift = 32 - LEAST_BITS;
    this.#filter = new Int32Array(1 << (LEAST_BITS + FILTER_BITS - 5));
    this.#tags = new Int32Array(1 << LEAST_BITS);
    this.#masks = new Uint16Array(1 << LEAST_BITS);
  }

  /** Adds one text; no stretch reaches from one into the next. */
  add(source: Folding): void {
    this.#reserve(this.#used + source.length);
    let hash = 0;
    for (let end = 0; end < source.length; end++) {
      hash = this.#roll(hash, source, end);
      const start = end + 1 - this.#gram;
      if (start < 0) continue;
      let mask = 0;
      for (let i = 0; i <= this.#gram; i++) mask |= (source.breaks[start + i] ?? 0) << i;
      this.#insert(mixed(hash), mask);
    }
    for (const [from, to] of runsOf(source, THIRDS * this.maxWords)) {
      if (to - from < this.#gram) this.#short.add(spell(source, from, to));
      else this.#runs.add(this.#hashOf(source.codes, from, to));
      this.#longest = Math.max(this.#longest, to - from);
    }
  }

  /** Whether more than `maxWords` words in a row of what was added stand in a text. */
  finds(text: Folding): boolean {
    if (this.#used === 0 && this.#short.size === 0) return false;
    if (this.#marks.length <= text.length) this.#marks = new Uint8Array(text.length * 2);
    return this.#findsGrams(text) || this.#findsShortRun(text);
  }

  /** The one hot loop: a rolling hash, a look at the filter, and seldom more. */
  #findsGrams({ codes, length }: Folding): boolean {
    const [gram, base, out, filter] = [this.#gram, this.#base, this.#out, this.#filter];
    const shift = this.#shift - FILTER_BITS;
    let hash = hashOf(codes, Math.min(gram, length) - 1, base);
    let from = -1;
    for (let end = gram - 1; end < length; end++) {
      const start = end + 1 - gram;
      hash = (Math.imul(hash, base) + at(codes, end)) | 0;
      if (start > 0) hash = (hash - Math.imul(out, at(codes, start - 1))) | 0;
      const tag = mixed(hash);
      if (isSet(filter, tag >>> shift) && this.#mark(start, tag)) {
        if (from < 0) from = start;
      } else if (from >= 0) {
        if (this.#isRun(codes, from, end)) return true;
        from = -1;
      }
    }
    return from >= 0 && this.#isRun(codes, from, length);
  }

  /** Marks the word boundaries of a gram where it is one of the source. */
  #mark(start: number, tag: number): boolean {
    const slot = this.#slotOf(tag);
    if (this.#tags[slot] === 0) return false;
    const mask = this.#masks[slot] ?? 0;
    for (let bit = 0; mask >> bit !== 0; bit++)
      if (((mask >> bit) & 1) === 1) this.#marks[start + bit] = 1;
    return true;
  }

  #slotOf(tag: number): number {
    const last = this.#tags.length - 1;
    let slot = tag >>> this.#shift;
    while (this.#tags[slot] !== 0 && this.#tags[slot] !== tag) slot = (slot + 1) & last;
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

  /** Word by word, with no more than the beginnings of the last few words in hand. */
  #findsShortRun({ codes, breaks, length }: Folding): boolean {
    if (this.#short.size === 0) return false;
    const words = this.maxWords + 1;
    const starts = new Int32Array(words);
    for (let at = 1, seen = 1; at <= length; at++) {
      if (breaks[at] !== 1) continue;
      const from = starts[seen % words] ?? 0;
      starts[seen % words] = at;
      seen++;
      if (seen <= words || at - from >= this.#gram) continue;
      if (this.#short.has(spell({ codes, breaks }, from, at))) return true;
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

  #roll(hash: number, { codes }: Folding, end: number): number {
    const gone = end < this.#gram ? 0 : (codes[end - this.#gram] ?? 0);
    const rolled = Math.imul(hash, this.#base) + (codes[end] ?? 0);
    return (rolled - Math.imul(this.#out, gone)) | 0;
  }

  #insert(tag: number, mask: number): void {
    const slot = this.#slotOf(tag);
    if (this.#tags[slot] === 0) this.#used++;
    const bit = tag >>> (this.#shift - FILTER_BITS);
    this.#filter[bit >>> 5] = (this.#filter[bit >>> 5] ?? 0) | (1 << (bit & 31));
    this.#tags[slot] = tag;
    this.#masks[slot] = (this.#masks[slot] ?? 0) | mask;
  }

  /** At most half full. */
  #reserve(grams: number): void {
    let bits = 32 - this.#shift;
    while (1 << bits < 2 * grams) bits++;
    if (bits === 32 - this.#shift) return;
    const [tags, masks] = [this.#tags, this.#masks];
    this.#shift = 32 - bits;
    this.#filter = new Int32Array(1 << (bits + FILTER_BITS - 5));
    this.#tags = new Int32Array(1 << bits);
    this.#masks = new Uint16Array(1 << bits);
    this.#used = 0;
    for (const [slot, tag] of tags.entries()) if (tag !== 0) this.#insert(tag, masks[slot] ?? 0);
  }
}

const at = (codes: Int32Array, index: number): number => codes[index] ?? 0;
const isSet = (filter: Int32Array, bit: number): boolean =>
  (((filter[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;

/** Of the first letters of a text, as a rolling hash begins. */
function hashOf(codes: Int32Array, letters: number, base: number): number {
  let hash = 0;
  for (let i = 0; i < letters; i++) hash = (Math.imul(hash, base) + at(codes, i)) | 0;
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
  { codes, breaks, length }: Folding,
  thirds: number,
): Iterable<readonly [from: number, to: number]> {
  const starts: number[] = [0];
  let [first, sum] = [0, 0];
  for (let at = 1; at <= length; at++) {
    if (breaks[at] !== 1) continue;
    const word = starts[starts.length - 1] ?? 0;
    sum += thirdsOf(codes[word] ?? 0, at - word);
    starts.push(at);
    while (sum > thirds) {
      const [from = 0, next = 0] = starts.slice(first, first + 2);
      yield [from, at];
      sum -= thirdsOf(codes[from] ?? 0, next - from);
      first++;
    }
  }
}

function thirdsOf(first: number, letters: number): number {
  return first >= UNSPACED && letters === 1 ? 1 : THIRDS;
}

function spell(
  { codes, breaks }: Pick<Folding, 'codes' | 'breaks'>,
  from: number,
  to: number,
): string {
  let run = '';
  for (let at = from; at < to; at++)
    run += `${breaks[at] === 1 ? ' ' : ''}${String.fromCodePoint((codes[at] ?? 0) & ~UNSPACED)}`;
  return run;
}
