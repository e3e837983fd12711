import { daleChall } from 'dale-chall';
import { Folding } from '../fold.ts';

/** More parts than anybody's name has. */
const MOST_PARTS = 6;
/** Fewer letters than this name nobody, unless they are capitalised like a name. */
const SURE_LETTERS = 3;
/** A part of a display name that counts alone. */
const PART_LETTERS = 3;
/** Digits spelled in a row: as many as a telephone number has. */
const SPELLED = 7;
const FILTER = 0xffff;

/** Digits as words, as far as they are mostly that. */
const DIGIT_WORDS =
  '0 1 2 3 4 5 6 7 8 9 zero one two three four five six seven eight nine oh null eins zwei zwo drei vier ' +
  'fünf sechs sieben acht neun nul een twee drie vijf zes zeven acht negen un deux trois quatre cinq sept ' +
  'huit neuf cero uno dos tres cuatro cinco seis siete ocho nueve due tre quattro cinque sei sette otto ' +
  'nove um dois três quatro sete oito double triple';

/** The names that one conversation knows: who speaks in it, and what its files are called. */
export interface GivenNames {
  readonly people: readonly string[];
  readonly files: readonly string[];
}

/**
 * Finds in folded text the names of a conversation, whole words only, and numbers that are spelled digit
 * by digit. A name that is an ordinary word counts where it is written like a name: capitalised, and not
 * because a sentence begins there.
 */
export class WordGuard {
  /** By hash of the letters: those letters, and whether they count however they are written. */
  readonly #names = new Map<number, Map<string, boolean>>();
  /** 1 at the hash of each word that a name or a number begins with. */
  readonly #filter = new Uint8Array(FILTER + 1);
  readonly #digits = new Set<number>();
  readonly #folding = new Folding();

  constructor({ people, files }: GivenNames) {
    for (const name of people) {
      const parts = this.#lettersOf(name);
      this.#add(parts);
      for (const part of parts) if (lengthOf(part) >= PART_LETTERS) this.#add([part]);
    }
    for (const file of files) {
      this.#add(this.#lettersOf(file));
      this.#add(this.#lettersOf(file.replace(/\.[^.]{1,8}$/, '')));
    }
    for (const word of DIGIT_WORDS.split(' ')) {
      const hash = hashOf(this.#lettersOf(word).join(''));
      this.#digits.add(hash);
      this.#filter[hash & FILTER] = 1;
    }
  }

  /** `text` is what was folded, for its capitals; undefined where they say nothing. */
  finds(folded: Folding, text?: string): 'name' | 'phone' | undefined {
    const { codes, starts, words } = folded;
    let spelled = 0;
    let from = 0;
    for (let word = 0; word < words; word++) {
      const to = starts[word + 1] ?? 0;
      let hash = 0;
      for (let at = from; at < to; at++) hash = step(hash, codes[at] ?? 0);
      from = to;
      if (this.#filter[hash & FILTER] !== 1) {
        spelled = 0;
        continue;
      }
      spelled = this.#digits.has(hash) ? spelled + 1 : 0;
      if (spelled >= SPELLED) return 'phone';
      if (this.#namedAt(folded, word, text)) return 'name';
    }
    return undefined;
  }

  #namedAt({ codes, starts, places, words }: Folding, first: number, text?: string): boolean {
    const from = starts[first] ?? 0;
    let hash = 0;
    let at = from;
    for (let word = first; word < Math.min(words, first + MOST_PARTS); word++) {
      for (const to = starts[word + 1] ?? 0; at < to; at++) hash = step(hash, codes[at] ?? 0);
      const always = this.#names.get(hash)?.get(spell(codes, from, at));
      if (always === true || (always === false && writtenAsName(text, places[first]))) return true;
    }
    return false;
  }

  #add(parts: readonly string[]): void {
    const letters = parts.slice(0, MOST_PARTS).join('');
    if (lengthOf(letters) < 2) return;
    const ordinary = lengthOf(letters) < SURE_LETTERS || ordinaryWords().has(letters);
    const hash = hashOf(letters);
    const known = this.#names.get(hash) ?? new Map<string, boolean>();
    known.set(letters, parts.length > 1 || !ordinary || known.get(letters) === true);
    this.#names.set(hash, known);
    this.#filter[hash & FILTER] = 1;
    this.#filter[hashOf(parts[0] ?? '') & FILTER] = 1;
  }

  /** The folded words of a name. */
  #lettersOf(name: string): readonly string[] {
    const { codes, starts, words } = this.#folding.fold(name);
    return Array.from({ length: words }, (_, word) =>
      spell(codes, starts[word] ?? 0, starts[word + 1] ?? 0),
    );
  }
}

let ordinary: ReadonlySet<string> | null = null;

/** The words that everybody knows (the new Dale-Chall list), folded; made when the first name is. */
function ordinaryWords(): ReadonlySet<string> {
  if (ordinary !== null) return ordinary;
  const folding = new Folding();
  ordinary = new Set(
    daleChall.map((word) => {
      const { codes, length } = folding.fold(word);
      return spell(codes, 0, length);
    }),
  );
  return ordinary;
}

function spell(codes: Int32Array, from: number, to: number): string {
  let letters = '';
  for (let at = from; at < to; at++) letters += String.fromCodePoint((codes[at] ?? 0) & 0x1f_ffff);
  return letters;
}

const lengthOf = (letters: string): number => Array.from(letters).length;
const step = (hash: number, code: number): number =>
  Math.imul(hash ^ (code & 0x1f_ffff), 0x0100_0193);

function hashOf(letters: string): number {
  let hash = 0;
  for (const letter of letters) hash = step(hash, letter.codePointAt(0) ?? 0);
  return hash;
}

function writtenAsName(text = '', at = 0): boolean {
  const first = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (first === first.toLowerCase()) return false;
  let before = at - 1;
  while (before >= 0 && ' \u00a0\t'.includes(text.charAt(before))) before--;
  return before >= 0 && !'.!?:;\n\r"“„«(*-•–—'.includes(text.charAt(before));
}
