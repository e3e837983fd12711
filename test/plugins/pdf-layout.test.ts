import { describe, expect, test } from 'vitest';
import { content, document, pdf, stream } from './pdf-files.ts';
import { extracted } from './pdf-guest.ts';

const at = (x: number, y: number, text: string): string =>
  `BT /F1 10 Tf ${String(x)} ${String(y)} Td (${text}) Tj ET\n`;
const sized = (size: number, code: string): string => code.replace('/F1 10', `/F1 ${String(size)}`);

/** Text turned by a matrix `a b c d`, at x, y. */
const turned = (matrix: string, place: readonly [number, number], text: string): string =>
  `BT /F1 10 Tf ${matrix} ${place.join(' ')} Tm (${text}) Tj ET\n`;

const textOf = async (blob: Uint8Array): Promise<string> =>
  (await extracted(blob)).pages.map((page) => page.text).join('\f');
const textAt = (...codes: readonly string[]): Promise<string> =>
  textOf(document({ codes: [codes.join('')] }));

const PROSE = [
  'When the wind turns west we take the boat',
  'along the shore to the second bay, where it',
  'lies in the lee of the hill, and we sleep on',
  'the beach until the tide has come and gone',
  'and the sand is firm enough to walk upon it',
];
const MORE_PROSE = [
  'The second column tells another story, of a',
  'house at the end of the valley whose roof is',
  'made of slate, and of the people who live in',
  'it, and of the road that leads up to its door',
  'from the village with the bell tower and inn',
];
const column = (x: number, lines: readonly string[]): string =>
  lines.map((line, index) => at(x, 700 - 12 * index, line)).join('');

describe('the order of reading', () => {
  test('columns of prose whose lines the file writes side by side', async () => {
    const rows = PROSE.map((line, index) =>
      [at(60, 700 - 12 * index, line), at(310, 700 - 12 * index, MORE_PROSE[index] ?? '')].join(''),
    );
    expect(await textAt(sized(16, at(60, 740, 'A title over both')), ...rows)).toBe(
      ['A title over both', PROSE.join('\n'), MORE_PROSE.join('\n')].join('\n\n'),
    );
  });

  test('three columns of prose side by side, with a line over them and one below', async () => {
    const narrow = (lines: readonly string[]): readonly string[] =>
      lines.map((line) => line.slice(0, 34).trim());
    const columns = [narrow(PROSE), narrow(MORE_PROSE), narrow(PROSE).toReversed()] as const;
    const rows = PROSE.map((_, row) =>
      columns.map((lines, n) => at(30 + 190 * n, 700 - 12 * row, lines[row] ?? '')).join(''),
    );
    const text = await textAt(at(30, 720, 'Above'), ...rows, at(30, 600, 'Below'));
    expect(text).toBe(['Above', ...columns.map((c) => c.join('\n')), 'Below'].join('\n\n'));
  });

  test('the left column first, though the file writes the right one first', async () => {
    expect(await textAt(column(310, MORE_PROSE), column(60, PROSE))).toBe(
      `${PROSE.join('\n')}\n\n${MORE_PROSE.join('\n')}`,
    );
  });

  test('a foot that is written first, and a head that is written last', async () => {
    const text = await textAt(at(60, 40, 'foot'), column(60, PROSE), at(60, 800, 'head'));
    expect(text).toBe(`head\n\n${PROSE.join('\n')}\n\nfoot`);
  });

  test('the rows of a table, also of one whose figures are written as a column', async () => {
    const table = [
      ['Item', 'Pieces', 'Price'],
      ['Nails', '250', '3.20'],
      ['Screws', '40', '5.10'],
      ['Hinges', '6', '12.75'],
    ];
    const cell = (row: number, n: number): string =>
      at(60 + 120 * n, 700 - 14 * row, table[row]?.[n] ?? '');
    const byRow = table.map((_, row) => [0, 1, 2].map((n) => cell(row, n)).join(''));
    const byColumn = [0, 1, 2].map((n) => table.map((_row, row) => cell(row, n)).join(''));
    const rows = table.map((row) => row.join(' ')).join('\n');
    expect(await textAt(...byRow)).toBe(rows);
    expect(await textAt(...byColumn)).toBe(rows);
  });

  test('the numbers of lines, written as a column, each with its line', async () => {
    const numbers = PROSE.map((_, index) => at(40, 700 - 12 * index, String(index + 1))).join('');
    expect(await textAt(numbers, column(60, PROSE))).toBe(
      PROSE.map((line, index) => `${String(index + 1)} ${line}`).join('\n'),
    );
  });

  test('lists of words side by side stay lists', async () => {
    const list = (x: number, words: readonly string[]): string =>
      words.map((word, index) => at(x, 700 - 12 * index, word)).join('');
    const text = await textAt(
      list(60, ['ash', 'beech', 'cedar']),
      list(200, ['dove', 'eagle', 'finch']),
    );
    expect(text).toBe('ash\nbeech\ncedar\n\ndove\neagle\nfinch');
  });

  test('a word that is written later, in its place', async () => {
    const text = await textAt(
      at(60, 700, 'We leave the'),
      at(160, 700, 'at once, as we said'),
      at(60, 688, 'we would on the day before.'),
      at(121, 700, 'harbour'),
    );
    expect(text).toBe('We leave the harbour at once, as we said\nwe would on the day before.');
  });

  test('what geometry leaves open is in the order of the file', async () => {
    const text = await textAt(at(300, 500, 'second'), at(60, 700, 'first'), at(420, 300, 'third'));
    expect(text).toBe('second\n\nfirst\n\nthird');
  });

  test('more blocks than are compared with each other, in the order of the file', async () => {
    const words = Array.from({ length: 700 }, (_, n) => `w${String(n)}`);
    const codes = words.map((word, n) =>
      sized(4, at(20 + 40 * (n % 14), 820 - 16 * Math.floor(n / 14), word)),
    );
    const shuffled = codes.map((_, n) => codes[(n * 37) % codes.length] ?? '');
    const read = (await textAt(...shuffled)).split(/\s+/);
    expect(read).toHaveLength(words.length);
    expect(new Set(read)).toEqual(new Set(words));
  });
});

describe('turned and vertical text', () => {
  test.each([
    [
      'a quarter to the right',
      '0 -1 1 0',
      (line: number): [number, number] => [500 - 14 * line, 700],
    ],
    [
      'a quarter to the left',
      '0 1 -1 0',
      (line: number): [number, number] => [100 + 14 * line, 100],
    ],
    ['upside down', '-1 0 0 -1', (line: number): [number, number] => [500, 100 + 14 * line]],
  ])('lines that are turned %s', async (_, matrix, place) => {
    const codes = PROSE.map((line, index) => turned(matrix, place(index), line));
    expect(await textAt(...codes.toReversed())).toBe(PROSE.join('\n'));
  });

  test('a note along the margin stays in one piece, beside the text', async () => {
    const margin = turned('0 1 -1 0', [30, 400], 'printed on a rainy day');
    const text = await textAt(column(60, PROSE.slice(0, 2)), margin, column(60, PROSE.slice(2)));
    expect(text.split('\n')).toContain('printed on a rainy day');
  });

  test('vertical columns from right to left, the upper row of them first', async () => {
    const down = (x: number, y: number, hex: string): string =>
      `BT /F1 12 Tf ${String(x)} ${String(y)} Td <${hex}> Tj ET\n`;
    const blob = pdf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Kids [4 0 R] /Count 1 /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> >>',
      '<< /Type /Font /Subtype /Type0 /BaseFont /Ryumin-Light /Encoding /UniJIS-UTF16-V /DescendantFonts [6 0 R] >>',
      '<< /Type /Page /Parent 2 0 R /Contents 5 0 R >>',
      content(
        down(480, 700, '6d774e0a') +
          down(500, 400, '82b16728') +
          down(500, 700, '5c715ddd') +
          down(480, 400, '96e896ea'),
      ),
      '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Ryumin-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> /DW 1000 >>',
    ]);
    expect((await textOf(blob)).split(/\n+/)).toEqual(['山川', '海上', '花木', '雨雪']);
  });
});

/** A page in a font whose small letters from `a` on are those of the Hebrew alphabet. */
function hebrew(code: string): Buffer {
  const map =
    'begincmap 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <61> <7a> <05d0> endbfrange endcmap';
  return pdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [4 0 R] /Count 1 /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Courier /ToUnicode 6 0 R >>',
    '<< /Type /Page /Parent 2 0 R /Contents 5 0 R >>',
    content(code),
    stream('', Buffer.from(map)),
  ]);
}

describe('text from right to left', () => {
  // A file has the letters as they are seen, from the left: "abc" is read c, b, a.
  test('letters, words and columns in the order in which they are read', async () => {
    const left = at(60, 700, 'fed cba') + at(60, 688, 'lkj ihg');
    const right = at(310, 700, 'rqp onm') + at(310, 688, 'xwv uts');
    expect(await textOf(hebrew(left + right))).toBe('לםמ ןנס\nעףפ ץצק\n\nאבג דהו\nזחט יךכ');
  });
});

describe('words over the end of a line', () => {
  const lines = (...texts: readonly string[]): Promise<string> =>
    textAt(texts.map((text, index) => at(60, 700 - 12 * index, text)).join(''));

  test('are joined, by a hyphen and by a soft hyphen', async () => {
    expect(await lines('we walk along the har-', 'bour and the wa\\255', 'ter is calm')).toBe(
      'we walk along the harbour and the water is calm',
    );
  });

  test.each([
    ['a capital', 'the visit of Jean-', 'Paul was short', 'of Jean-Paul was'],
    ['a figure', 'the flight of the F-', '16 was short', 'the F-16 was'],
    ['a single letter', 'we send an e-', 'mail to everybody', 'an e-mail to'],
    ['another hyphen before', 'a state-of-the-', 'art machine', 'a state-of-the-art'],
    ['another hyphen behind', 'a state-', 'of-the-art machine', 'a state-of-the-art'],
    ['the same word on the page', 'well-known words of a well-', 'known man', 'a well-known man'],
  ])('keep the hyphen that is theirs: %s', async (...[, first, second, joined]) => {
    expect(await lines(first, second)).toContain(joined);
  });

  test('are joined from one column to the next', async () => {
    const left = at(60, 700, PROSE[0] ?? '') + at(60, 688, 'and then there is the moun-');
    const right = at(310, 700, 'tain, and behind it the sea');
    expect(await textAt(left, right)).toContain('there is the mountain, and behind it the sea');
  });
});

describe('what stands beside its letter', () => {
  test('an accent is put over it, before it and behind it', async () => {
    const accents = at(60, 700, 'ol') + at(69.4, 700, '\\264') + at(69.5, 700, 'e');
    const behind = at(60, 680, 'a') + at(60.5, 680, '\\250') + at(65.6, 680, 'hnlich');
    expect(await textAt(accents)).toBe('olé');
    expect(await textAt(behind)).toBe('ähnlich');
  });

  test('an accent that stands for itself is left alone', async () => {
    expect(await textAt(at(60, 700, '`a` ^n ~n'))).toBe('`a` ^n ~n');
  });

  test('an exponent stays with what it belongs to', async () => {
    const text = await textAt(
      at(60, 700, '83'),
      sized(6, at(71.2, 704, '2')),
      at(90, 700, 'people'),
    );
    expect(text).toBe('832 people');
  });
});
