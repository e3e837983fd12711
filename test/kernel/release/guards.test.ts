import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReleaseGuards } from '../../../host/kernel/release/guards.ts';
import type { GuardFinding } from '../../../host/kernel/release/guards.ts';
import { disguises } from '../../support/disguises.ts';

const SOURCE =
  'The quarterly numbers were worse than anyone expected, so Marguerite asked the whole team to keep ' +
  'them quiet until Thursday. Le café était déjà fermé à midi. 昨日の会議で新しい予算案が正式に承認されました。';
const QUOTE = 'so Marguerite asked the whole team to keep them quiet';

function guards(
  changes: {
    readonly sources?: readonly string[];
    readonly maxWords?: number;
    readonly people?: readonly string[];
    readonly files?: readonly string[];
  } = {},
): ReleaseGuards {
  const { sources = [SOURCE], maxWords = 4, people = [], files = [] } = changes;
  return new ReleaseGuards({ sources, maxWords, names: { people, files }, seed: 0x5eed_1234 });
}

const judge = (text: string, changes = {}): GuardFinding | null =>
  guards(changes).judge({ summary: text }, false);

describe('ReleaseGuards: the verbatim guard (INV-GUARD-1, GP2-b)', () => {
  test.each(Object.entries(disguises(QUOTE)))('a quote in disguise: %s', (_, text) => {
    expect(judge(`Summary. ${text} That is all.`)).toMatchObject({ guard: 'verbatim' });
  });

  test.each(Object.entries(disguises(QUOTE)))('the same by a guard of nothing: %s', (_, text) => {
    const finding = judge(`Summary. ${text} That is all.`, { sources: [] });
    expect(finding?.guard).not.toBe('verbatim');
  });

  test('the quote in fields: cut in order, out of order, within words, into keys', () => {
    const words = QUOTE.split(' ');
    const of = (value: object): GuardFinding | null => guards().judge(value as never, true);
    const [a, b, c] = [words.slice(0, 3), words.slice(3, 6), words.slice(6)].map((w) =>
      w.join(' '),
    );
    expect(of({ a, b, c })).toMatchObject({ guard: 'verbatim' });
    expect(of([c, b, a])).toMatchObject({ guard: 'verbatim', disguise: 'fields' });
    expect(of(Array.from(QUOTE))).toMatchObject({ guard: 'verbatim' });
    expect(of({ [QUOTE]: 1 })).toMatchObject({ guard: 'verbatim' });
    expect(of({ codes: Array.from(QUOTE).map((letter) => letter.charCodeAt(0)) })).toMatchObject({
      guard: 'verbatim',
      disguise: 'numbers',
    });
  });

  test('keys that the schema fixes are no text', () => {
    expect(guards().judge({ [QUOTE]: 1 }, false)).toBeNull();
  });

  test('four words may leave, five may not; an approval raises it', () => {
    expect(judge('asked the whole team, and more')).toBeNull();
    expect(judge('asked the whole team to, and more')).toMatchObject({ guard: 'verbatim' });
    expect(judge('asked the whole team to, and more', { maxWords: 5 })).toBeNull();
    expect(judge(QUOTE, { maxWords: 25 })).toBeNull();
    expect(judge(SOURCE, { maxWords: 25 })).toMatchObject({ guard: 'verbatim' });
  });

  test('five words so short that they are compared one by one', () => {
    const source = 'and so it is up to me or he';
    expect(judge('it is up to me', { sources: [source] })).toMatchObject({ guard: 'verbatim' });
    expect(judge('it is up to us', { sources: [source] })).toBeNull();
  });

  test('accents, and scripts without spaces: twelve characters may leave', () => {
    expect(judge('LE CAFE ETAIT DEJA FERME')).toMatchObject({ guard: 'verbatim' });
    expect(judge('新しい予算案が正式に承認')).toBeNull();
    expect(judge('新しい予算案が正式に承認さ')).toMatchObject({ guard: 'verbatim' });
  });

  test('words of its own pass, however many; so does what stands in no source', () => {
    const own = 'They talked about results and about who may know of them before the announcement.';
    expect(judge(own)).toBeNull();
    expect(judge('asked the whole group to keep quiet about them')).toBeNull();
  });

  test('encodings in encodings, to three layers', () => {
    const once = Buffer.from(QUOTE).toString('base64');
    const twice = Buffer.from(once).toString('hex');
    expect(judge(encodeURIComponent(twice).replace('6', '%36'))).toMatchObject({
      guard: 'verbatim',
    });
  });

  test('any run of more words than allowed, in any disguise, is refused', () => {
    const source = Array.from({ length: 300 }, (_, i) => `${word(i)}${word(i * 7 + 3)}`);
    const guarded = guards({ sources: [source.join(' ')] });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 290 }),
        fc.integer({ min: 5, max: 9 }),
        fc.string({ maxLength: 40 }),
        (from, count, around) => {
          const quote = source.slice(from, from + count).join(' ');
          for (const [name, text] of Object.entries(disguises(quote))) {
            const found = guarded.judge([`${around} ${text} ${around}`], false);
            if (found === null) throw new Error(name);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('what decodes to far more than was written is refused unseen', () => {
    expect(judge('V'.repeat(4000))).toEqual({ guard: 'encoding' });
  });
});

const SYLLABLES = ['ba', 'ko', 'mi', 'ter', 'nu', 'sal', 'dor', 've', 'pim', 'gra', 'lo', 'fen'];
const word = (i: number): string => (SYLLABLES[i % 12] ?? '') + (SYLLABLES[(i * 5 + 1) % 12] ?? '');
