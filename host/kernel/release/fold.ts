import { confusablesMap } from 'confusables';

/** How a text is read: forwards as it stands, backwards, or with its Latin letters turned by 13. */
export interface Reading {
  readonly backwards: boolean;
  readonly rot13: boolean;
}

/** Set in a code whose script writes no spaces between words: each such letter stands alone. */
export const UNSPACED = 1 << 22;

/** What a code point stands for: a folded code above 0, one of these, or `EXPANSION - index`. */
const UNKNOWN = 0;
const BOUNDARY = -1;
/** Neither a letter nor a boundary: accents, zero-width and other invisible characters, apostrophes. */
const IGNORED = -2;
const EXPANSION = -3;
const MOST_LETTERS = 4;
/** What is written without a space for longer than any word counts as several. */
const WORD_LETTERS = 32;

const INVISIBLE = /^[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}'’ʼ＇`]$/u;
const LETTER = /^[\p{L}\p{N}]$/u;
const NO_SPACES =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Yi}\p{Script=Javanese}\p{Script=Balinese}]$/u;
/** What is mistaken for one another within ASCII, and what replaces letters in "leet". */
const ALIKE: Readonly<Record<string, string>> = {
  l: 'i',
  1: 'i',
  0: 'o',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
};

/** By code point, filled as they are met: the pages of the memory too. */
const values = new Int32Array(0x11_0000);
const expansions: (readonly number[])[] = [];

const FORWARDS: Reading = { backwards: false, rot13: false };

/**
 * The letters of a text with everything taken away that leaves it readable: case, accents, invisible
 * characters, look-alikes of other scripts (Unicode's confusables, compatibility forms), punctuation and
 * spaces. It owns its buffers: what it holds is of the last text. One pass, whatever the text is.
 */
export class Folding {
  /** Folded code points, {@link UNSPACED} set where it applies; the first `length` count. */
  codes = new Int32Array(256);
  /** A byte for each letter, the same for the same letter; `quads` are four of them each. */
  bytes = new Uint8Array(256);
  quads = new Int32Array(this.bytes.buffer);
  length = 0;
  /** The letter that each word begins with, and after the last of the `words` the end. */
  starts = new Int32Array(256);
  /** Where in the text that letter stands. */
  places = new Int32Array(256);
  words = 0;
  /** Every letter came of a character of its own, of ASCII. */
  ascii = true;
  /** Letters of the word so far; as many as a word may have where the next letter begins one. */
  #word = WORD_LETTERS;

  fold(text: string, { backwards, rot13 }: Reading = FORWARDS): this {
    this.length = 0;
    this.words = 0;
    this.ascii = true;
    this.#word = WORD_LETTERS;
    this.#reserve(text.length + 1);
    const table = rot13 ? turnedValues : values;
    const [step, end] = backwards ? [-1, -1] : [1, text.length];
    let at = backwards ? text.length - 1 : 0;
    while (at !== end) {
      at = this.#foldAscii(text, at, { step, end, table });
      if (at !== end) at = this.#foldOne(text, at, step) + step;
    }
    this.starts[this.words] = this.length;
    return this;
  }

  /** The same letters from the end: what folding an ASCII text backwards gives, only faster. */
  reverse({ codes, bytes, starts, words, length }: Folding): this {
    this.#reserve(length + 1);
    for (let to = 0, from = length - 1; from >= 0; to++, from--) {
      this.codes[to] = codes[from] ?? 0;
      this.bytes[to] = bytes[from] ?? 0;
    }
    for (let word = 0; word <= words; word++)
      this.starts[word] = length - (starts[words - word] ?? 0);
    this.length = length;
    this.words = words;
    return this;
  }

  /** The one hot loop: resolves where the first character beyond ASCII stands. */
  #foldAscii(
    text: string,
    from: number,
    { step, end, table }: { readonly step: number; readonly end: number; table: Int32Array },
  ): number {
    const { codes, bytes, starts, places } = this;
    let { length, words } = this;
    let word = this.#word;
    let at = from;
    for (; at !== end && length < codes.length; at += step) {
      const code = text.charCodeAt(at);
      if (code > 0x7f) break;
      const value = table[code] ?? BOUNDARY;
      if (value > 0) {
        if (word++ >= WORD_LETTERS) {
          starts[words] = length;
          places[words++] = at;
          word = 1;
        }
        bytes[length] = value;
        codes[length++] = value;
      } else if (value === BOUNDARY) word = WORD_LETTERS;
    }
    this.length = length;
    this.words = words;
    this.#word = word;
    return at;
  }

  /** A character of any kind; resolves where its last unit in this direction stands. */
  #foldOne(text: string, at: number, step: number): number {
    this.ascii = false;
    const code = text.charCodeAt(at);
    const pair = (code & 0xf800) === 0xd800 ? pairAt(text, step > 0 ? at : at - 1) : code;
    const value = valueOf(pair);
    if (value === BOUNDARY) this.#word = WORD_LETTERS;
    else if (value > 0) this.#push(value, at);
    else for (const letter of expansions[EXPANSION - value] ?? []) this.#push(letter, at);
    return pair > 0xffff ? at + step : at;
  }

  #push(code: number, at: number): void {
    if (this.length + 1 >= this.codes.length) this.#reserve(2 * this.codes.length);
    const alone = code >= UNSPACED;
    if (alone || this.#word >= WORD_LETTERS) {
      this.starts[this.words] = this.length;
      this.places[this.words++] = at;
      this.#word = 0;
    }
    this.bytes[this.length] = code ^ (code >> 8);
    this.codes[this.length++] = code;
    this.#word = alone ? WORD_LETTERS : this.#word + 1;
  }

  #reserve(wanted: number): void {
    if (wanted <= this.codes.length) return;
    const { codes, bytes, starts, places } = this;
    const room = (wanted + 3) & ~3;
    this.codes = new Int32Array(room);
    this.bytes = new Uint8Array(room);
    this.quads = new Int32Array(this.bytes.buffer);
    this.starts = new Int32Array(room + 1);
    this.places = new Int32Array(room + 1);
    this.codes.set(codes);
    this.bytes.set(bytes);
    this.starts.set(starts);
    this.places.set(places);
  }
}

/** The code point of two surrogates; 0, which is a boundary, where one stands alone. */
function pairAt(text: string, at: number): number {
  const point = at < 0 ? 0 : (text.codePointAt(at) ?? 0);
  return point > 0xffff ? point : 0;
}

function valueOf(point: number): number {
  const known = values[point] ?? BOUNDARY;
  if (known !== UNKNOWN) return known;
  return (values[point] = compute(String.fromCodePoint(point)));
}

function compute(character: string): number {
  if (INVISIBLE.test(character)) return IGNORED;
  const letters = lettersOf(character);
  const [only] = letters;
  if (only === undefined) return BOUNDARY;
  if (letters.length === 1) return only;
  expansions.push(letters);
  return EXPANSION - (expansions.length - 1);
}

function lettersOf(character: string): readonly number[] {
  return Array.from(lookalike(character).normalize('NFKD').toLowerCase())
    .map((part) => lookalike(part).toLowerCase())
    .flatMap((part) => Array.from(part))
    .filter((part) => LETTER.test(part))
    .slice(0, MOST_LETTERS)
    .map((part) => codeOf(ALIKE[part] ?? part));
}

/** Scripts without spaces keep their letters: a few of them look like Latin ones by accident only. */
function lookalike(character: string): string {
  if (character <= '\u007f' || NO_SPACES.test(character)) return character;
  return confusablesMap.get(character) ?? character;
}

function codeOf(letter: string): number {
  const code = letter.codePointAt(0) ?? 0;
  return NO_SPACES.test(letter) ? code | UNSPACED : code;
}

/** ASCII as it stands, and with its letters turned by 13. */
const turnedValues = new Int32Array(0x80);
for (let code = 0; code < 0x80; code++) {
  const letter = (code | 0x20) - 0x61;
  const isLetter = code > 0x40 && letter >= 0 && letter < 26;
  turnedValues[code] = valueOf(isLetter ? 0x61 + ((letter + 13) % 26) : code);
  valueOf(code);
}
