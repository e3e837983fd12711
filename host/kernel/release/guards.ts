import type { Json } from '../../core/json.ts';
import { fromBase64, fromHex, fromNumbers } from './decode.ts';
import { Folding } from './fold.ts';
import { findIdentifier, findWrittenOut } from './identifiers/identifiers.ts';
import type { IdentifierKind } from './identifiers/identifiers.ts';
import { WordGuard } from './identifiers/words.ts';
import type { GivenNames } from './identifiers/words.ts';
import { leavesOf } from './leaves.ts';
import { SourceIndex } from './source-index.ts';
import { unescape } from './unescape.ts';

/** How what was found had been hidden, if it was. */
export type Disguise =
  'none' | 'reversed' | 'rot13' | 'base64' | 'hex' | 'numbers' | 'escapes' | 'fields';

/** Why an output may not leave: closed words, nothing of its text. */
export type GuardFinding =
  | { readonly guard: 'verbatim'; readonly disguise: Disguise }
  | { readonly guard: 'identifier'; readonly kind: IdentifierKind; readonly disguise: Disguise }
  | { readonly guard: 'encoding' };

/** Encodings within encodings that are undone; what is deeper is bounded by the leak ceiling alone. */
const MOST_LAYERS = 3;
/** Of the decoded text in all, for each character of the output: what has more is refused unseen. */
const MOST_DECODED = 2;
const LEAST_DECODED = 4096;
/** Characters that are compared when fields are put together in every order. */
const MOST_PAIRED = 1_000_000;
const LETTERS_OF_WORD = 24;

interface Piece {
  readonly text: string;
  readonly disguise: Disguise;
  readonly layer: number;
}

/**
 * The guards of one call: what it opened, and the names of its conversation. INV-GUARD-1: an output with
 * more than `maxWords` words in a row of what the call opened is refused, and so is one with an identifier
 * (INV-GUARD-2). Time grows with the output, whatever stands in it.
 */
export class ReleaseGuards {
  readonly #source: SourceIndex;
  readonly #words: WordGuard;
  readonly #folding = new Folding();
  readonly #forwards = new Folding();

  /** `sources` is text: of messages, and of documents what was extracted. `seed` is 32 random bits. */
  constructor(opened: {
    readonly sources: readonly string[];
    readonly names: GivenNames;
    readonly maxWords: number;
    readonly seed: number;
  }) {
    this.#source = new SourceIndex(opened);
    this.#words = new WordGuard(opened.names);
  }

  /** What forbids an output to leave, or null. It is never repaired. */
  judge(value: Json, keysVary: boolean): GuardFinding | null {
    const { all, strings } = leavesOf(value, keysVary);
    return this.#inspect(all.join('\n')) ?? this.#inspectPairs(strings);
  }

  #inspect(text: string): GuardFinding | null {
    const pieces = piecesOf(text);
    if (pieces === null) return { guard: 'encoding' };
    for (const piece of pieces) {
      const finding = this.#findWords(piece);
      if (finding !== null) return finding;
    }
    for (const { text: plain, disguise } of pieces) {
      const written = disguise === 'none' || disguise === 'escapes';
      const kind = written ? findWrittenOut(plain) : findIdentifier(plain);
      if (kind !== undefined) return { guard: 'identifier', kind, disguise };
    }
    return null;
  }

  /** Words of the source, and names, read forwards, backwards and turned. */
  #findWords({ text, disguise }: Piece): GuardFinding | null {
    const forwards = this.#forwards.fold(text);
    const found = this.#findFolded(forwards, disguise, text);
    if (found !== null) return found;
    const turned = forwards.ascii
      ? this.#folding.reverse(forwards)
      : this.#folding.fold(text, { backwards: true, rot13: false });
    return (
      this.#findFolded(turned, 'reversed') ??
      this.#findFolded(this.#folding.fold(text, { backwards: false, rot13: true }), 'rot13')
    );
  }

  #findFolded(folded: Folding, disguise: Disguise, text?: string): GuardFinding | null {
    if (this.#source.finds(folded)) return { guard: 'verbatim', disguise };
    const kind = this.#words.finds(folded, text);
    return kind === undefined ? null : { guard: 'identifier', kind, disguise };
  }

  /** Text that was cut in pieces and dealt out to fields in another order. */
  #inspectPairs(strings: readonly string[]): GuardFinding | null {
    const reach = LETTERS_OF_WORD * (this.#source.maxWords + 1);
    const ends = strings.map((text) => [text.slice(-reach), text.slice(0, reach)] as const);
    let left = MOST_PAIRED;
    for (const [i, [tail]] of ends.entries())
      for (const [j, [, head]] of ends.entries()) {
        if (i === j || j === i + 1) continue;
        left -= tail.length + head.length;
        if (left < 0) return null;
        if (this.#source.finds(this.#folding.fold(`${tail}\n${head}`)))
          return { guard: 'verbatim', disguise: 'fields' };
      }
    return null;
  }
}

/** An output and all that it can be decoded to; null where that is more than anybody would write. */
function piecesOf(text: string): readonly Piece[] | null {
  const pieces: Piece[] = [{ text, disguise: 'none', layer: 0 }];
  let room = Math.max(LEAST_DECODED, MOST_DECODED * text.length);
  for (const piece of pieces) {
    if (piece.layer === MOST_LAYERS) continue;
    for (const decoded of decodedFrom(piece)) {
      room -= decoded.text.length;
      if (room < 0) return null;
      pieces.push(decoded); // and is visited in its turn
    }
  }
  return pieces;
}

function* decodedFrom({ text, layer }: Piece): Iterable<Piece> {
  const piece = (disguise: Disguise) => (decoded: string) => ({
    text: decoded,
    disguise,
    layer: layer + 1,
  });
  const plain = unescape(text);
  if (plain !== undefined) yield piece('escapes')(plain);
  yield* fromBase64(text).map(piece('base64'));
  yield* fromHex(text).map(piece('hex'));
  yield* fromNumbers(text).map(piece('numbers'));
}
