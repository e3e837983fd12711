import { describe, expect, test } from 'vitest';
import { document, hexUtf16, show } from './pdf-files.ts';
import { extracted, inputWith } from './pdf-guest.ts';

const at = (x: number, y: number, text: string): string =>
  `BT /F1 10 Tf ${String(x)} ${String(y)} Td (${text}) Tj ET\n`;
const sized = (size: number, code: string): string => code.replace('/F1 10', `/F1 ${String(size)}`);
const lines = (y: number, texts: readonly string[]): string =>
  texts.map((text, index) => at(60, y - 12 * index, text)).join('');

const blocksOf = async (...codes: readonly string[]) =>
  (await extracted(document({ codes: [...codes] }))).blocks;

const BODY = [
  'When the wind turns west we take the boat along the shore to',
  'the second bay, where it lies in the lee of the hill.',
];

describe('blocks', () => {
  test('headings by their size, paragraphs without line ends, and a break between pages', async () => {
    const first = [
      sized(24, at(60, 760, 'A Journey')),
      sized(16, at(60, 720, 'The first day')),
      lines(700, BODY),
      sized(13, at(60, 640, 'In the evening')),
      lines(620, BODY),
    ].join('');
    expect(await blocksOf(first, lines(700, BODY))).toEqual([
      { kind: 'heading', level: 1, text: 'A Journey' },
      { kind: 'heading', level: 2, text: 'The first day' },
      { kind: 'paragraph', text: BODY.join(' ') },
      { kind: 'heading', level: 3, text: 'In the evening' },
      { kind: 'paragraph', text: BODY.join(' ') },
      { kind: 'page_break' },
      { kind: 'paragraph', text: BODY.join(' ') },
    ]);
  });

  test('paragraphs that a wider gap, an indented line or another size sets apart', async () => {
    const indented = [
      at(60, 700, 'one begins here and goes on'),
      at(60, 688, 'and on and ends.'),
      at(80, 676, 'Two is indented, as books do it,'),
      at(60, 664, 'and goes on to the left of it'),
      at(60, 646, 'Three comes after a gap that is wider'),
      sized(7, at(60, 636, 'and four is small print')),
    ].join('');
    expect((await blocksOf(indented))?.map((block) => block.text)).toEqual([
      'one begins here and goes on and on and ends.',
      'Two is indented, as books do it, and goes on to the left of it',
      'Three comes after a gap that is wider',
      'and four is small print',
    ]);
  });

  test('items of a list, with a bullet of its own or in the line', async () => {
    const list = [
      at(60, 700, '\\225 bread and butter, and'),
      at(68, 688, 'whatever is left'),
      at(60, 676, '\\225'),
      at(75, 676, 'a knife'),
      at(60, 664, '\\225 rope'),
    ].join('');
    expect(await blocksOf(list)).toEqual([
      { kind: 'list_item', level: 1, text: 'bread and butter, and whatever is left' },
      { kind: 'list_item', level: 1, text: 'a knife' },
      { kind: 'list_item', level: 1, text: 'rope' },
    ]);
  });

  test('a table with an empty cell, an exponent in a cell, and one of two lines', async () => {
    const row = (y: number, cells: readonly string[]): string =>
      cells.map((cell, n) => (cell === '' ? '' : at(60 + 130 * n, y, cell))).join('');
    const table = [
      row(700, ['Country', 'Area', 'Capital']),
      row(684, ['Austria', '83', 'Vienna']),
      sized(6, at(201.6, 688, '2')),
      row(668, ['Nowhere', '', 'Somewhere by']),
      at(320, 656, 'the sea'),
      row(640, ['Belgium', '30', 'Brussels']),
    ].join('');
    expect(await blocksOf(lines(760, BODY), table)).toEqual([
      { kind: 'paragraph', text: BODY.join(' ') },
      { kind: 'page_break' },
      {
        kind: 'table',
        rows: [
          ['Country', 'Area', 'Capital'],
          ['Austria', '832', 'Vienna'],
          ['Nowhere', '', 'Somewhere by'],
          ['', '', 'the sea'],
          ['Belgium', '30', 'Brussels'],
        ],
      },
    ]);
  });

  test('two lines of two parts each are no table', async () => {
    const pair =
      at(60, 700, 'Name') + at(200, 700, 'Ada') + at(60, 688, 'Place') + at(200, 688, 'Rye');
    expect((await blocksOf(pair))?.map((block) => block.kind)).toEqual(['paragraph']);
  });

  test('are left out, and said to be, where they are more than the text may be', async () => {
    const list = ['bread', 'butter', 'rope'].map((word, n) => at(60, 700 - 12 * n, word)).join('');
    const blob = document({ codes: [list] });
    const limits = (bytes: number) => inputWith({ limits: { pages: 9, text_bytes: bytes } });
    const whole = await extracted(blob, limits(17));
    expect(whole).toMatchObject({ truncated: false, warnings: [] });
    expect(whole.blocks).toEqual([{ kind: 'paragraph', text: 'bread butter rope' }]);
    const cut = await extracted(blob, limits(12));
    expect(cut.truncated).toBe(true);
    expect(cut.pages[0]?.text).toBe('bread\nbutter');
  });
});

describe('what is not in the text', () => {
  test('the labels of pages', async () => {
    const result = await extracted(
      document({
        codes: [show('one'), show('two'), show('three')],
        catalogue: '/PageLabels << /Nums [0 << /S /r >> 2 << /P (A-) /S /D /St 7 >>] >>',
      }),
    );
    expect(result.pages.map((page) => page.label)).toEqual(['i', 'ii', 'A-7']);
    expect(result.pages.map((page) => page.text)).toEqual(['one', 'two', 'three']);
  });

  test('the outline: titles, levels and pages', async () => {
    const result = await extracted(
      document({
        codes: [show('one'), show('two')],
        catalogue: '/Outlines 8 0 R',
        more: [
          '<< /Type /Outlines /First 9 0 R /Last 11 0 R >>',
          '<< /Title (First) /Parent 8 0 R /Next 11 0 R /First 10 0 R /Last 10 0 R /Dest [4 0 R /Fit] >>',
          `<< /Title ${hexUtf16('Größe „1“')} /Parent 9 0 R /A << /S /GoTo /D [6 0 R /Fit] >> >>`,
          '<< /Title (Nowhere) /Parent 8 0 R /Prev 9 0 R >>',
        ],
      }),
    );
    expect(result.outline).toEqual([
      { level: 1, page: 1, title: 'First' },
      { level: 2, page: 2, title: 'Größe „1“' },
      { level: 1, title: 'Nowhere' },
    ]);
    expect(result.pages.map((page) => page.text)).toEqual(['one', 'two']);
  });

  test('an outline that is a circle, or too deep, ends', async () => {
    const deep = Array.from(
      { length: 60 },
      (_, n) => `<< /Title (t${String(n)}) /Parent 6 0 R /First ${String(n + 8)} 0 R >>`,
    );
    const circle = await extracted(
      document({
        codes: [show('body')],
        catalogue: '/Outlines 6 0 R',
        more: [
          '<< /Type /Outlines /First 7 0 R >>',
          '<< /Title (a) /Parent 6 0 R /Next 8 0 R /First 7 0 R >>',
          '<< /Title (b) /Parent 6 0 R /Next 7 0 R >>',
        ],
      }),
    );
    expect(circle.outline?.map((entry) => entry.title)).toEqual(['a', 'b']);
    const result = await extracted(
      document({
        codes: [show('body')],
        catalogue: '/Outlines 6 0 R',
        more: ['<< /Type /Outlines /First 7 0 R >>', ...deep],
      }),
    );
    expect(result.outline?.at(-1)).toEqual({ level: 32, title: 't31' });
  });

  test('an outline counts into the limit of text', async () => {
    const blob = document({
      codes: [show('abc')],
      catalogue: '/Outlines 6 0 R',
      more: ['<< /Type /Outlines /First 7 0 R >>', '<< /Title (12345) /Parent 6 0 R >>'],
    });
    const result = await extracted(blob, inputWith({ limits: { pages: 9, text_bytes: 5 } }));
    expect(result).toMatchObject({ truncated: true, outline: [{ level: 1, title: '12' }] });
  });
});
