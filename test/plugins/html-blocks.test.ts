import { beforeAll, describe, expect, test } from 'vitest';
import type { Block } from './office-guest.ts';
import { loadGuest, type Guest } from './text-guest.ts';

let guest: Guest;
beforeAll(async () => {
  guest = await loadGuest('dist/plugins/html.wasm', 'text/html');
});

const blocksOf = async (html: string, textBytes?: number) =>
  (await guest.extract(Buffer.from(html), textBytes === undefined ? {} : { textBytes })).blocks;
const p = (text: string): Block => ({ kind: 'paragraph', text });
const h = (level: number, text: string): Block => ({ kind: 'heading', level, text });
const li = (level: number, text: string): Block => ({ kind: 'list_item', level, text });
const code = (text: string): Block => ({ kind: 'code', text });
const table = (...rows: string[][]): Block => ({ kind: 'table', rows });
const headed = (...rows: string[][]): Block => ({ kind: 'table', header: true, rows });
const row = (...cells: string[]) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;

describe('the blocks of HTML', () => {
  test.each<[string, string, Block[]]>([
    [
      'headings and paragraphs',
      '<h1>A</h1>b<h6>C <b>d</b></h6><p>e',
      [h(1, 'A'), p('b'), h(6, 'C d'), p('e')],
    ],
    [
      'divisions, and breaks of two',
      '<div>a<br>b</div><div>c<br><br>d</div>',
      [p('a\nb'), p('c'), p('d')],
    ],
    [
      'items by the depth of their list, without their markers',
      '<ol start=3><li>a<ul><li>b<p>more</p></ul><li><p>c</p></ol><li>d',
      [li(1, 'a'), li(2, 'b'), p('more'), li(1, 'c'), li(1, 'd')],
    ],
    ['a heading in an item', '<ul><li><h2>A</h2>b</ul>', [h(2, 'A'), p('b')]],
    ['preformatted text whole', 'a<pre>\nb\n\n  c</pre>d', [p('a'), code('b\n\n  c'), p('d')]],
    ['terms and what they mean', '<dl><dt>a<dd>b</dl>', [p('a'), p('b')]],
    [
      'formulas within their paragraph',
      '<p>a <math><msup><mi>x</mi><mn>2</mn></msup></math></p>',
      [p('a x^{2}')],
    ],
    ['nothing', '<p> </p><h1></h1><ul><li></ul><table><tr><td></table>', []],
  ])('are %s', async (_, html, blocks) => {
    expect(await blocksOf(html)).toEqual(blocks);
  });

  test.each<[string, string, Block[]]>([
    [
      'with a header of its own',
      '<table><caption>T<thead><tr><th>a<th>b<tbody><tr><th>c<td>d</table>e',
      [p('T'), headed(['a', 'b'], ['c', 'd']), p('e')],
    ],
    [
      'with empty cells, and cells of several lines',
      `<table>${row('a', '', 'b')}${row('', '<p>c</p><ul><li>d</ul>', '')}</table>`,
      [table(['a', '', 'b'], ['', 'c\n\n- d', ''])],
    ],
    [
      'with rows of different lengths, and text that is in no cell',
      `<table>${row('a', 'b')}stray${row('c')}</table>`,
      [table(['a', 'b', 'stray'], ['c'])],
    ],
    ['that does not end', `a<table>${row('b', 'c')}<tr><td>d`, [p('a'), table(['b', 'c'], ['d'])]],
    [
      'but not one of a single column',
      `<table>${row('<h1>a</h1>')}${row('b')}</table>c`,
      [p('a'), p('b'), p('c')],
    ],
    [
      'but not one around another one',
      `<table>${row('a', 'b')}${row('c', `d<table>${row('e', 'f')}</table>g`)}<tr><td><h2>h</h2></table>`,
      [p('a'), p('b'), p('c'), p('d'), table(['e', 'f']), p('g'), h(2, 'h')],
    ],
    [
      'but not one for presentation',
      `<table role=presentation>${row('a', '<h1>b</h1>', '<ul><li>c</ul>')}</table>`,
      [p('a'), h(1, 'b'), li(1, 'c')],
    ],
  ])('are a table %s', async (_, html, blocks) => {
    expect(await blocksOf(html)).toEqual(blocks);
  });

  test('end where the text is cut', async () => {
    const html = `<h1>head</h1><table>${row('one', 'two')}${row('three', 'four')}</table>`;
    expect(await blocksOf(html, 16)).toEqual([h(1, 'head'), table(['one', 'two'], ['th'])]);
  });

  test('are left out, with a word, where there are more than the host takes', async () => {
    const result = await guest.extract(Buffer.from('<p>a'.repeat(200_001)));
    expect(result.blocks).toBeUndefined();
    expect(result.warnings).toEqual(['blocks_omitted']);
    expect(result.pages[0]?.text).toHaveLength(3 * 200_001 - 2);
    expect((await guest.extract(Buffer.from('<p>a'.repeat(100_000)))).blocks).toHaveLength(100_000);
  });

  test('are whole JSON, however deep the tables', async () => {
    for (const depth of [300, 600, 5000]) {
      const html = `${`<table>${row('a', 'b')}<tr><td>`.repeat(depth)}<h1>x</h1>`;
      expect((await blocksOf(html))?.length).toBeGreaterThan(500);
    }
  });
});
