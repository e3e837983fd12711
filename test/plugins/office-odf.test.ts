import { describe, expect, test } from 'vitest';
import { encryptedManifest, odf, odfMeta, odfStyles } from '../support/office-files.ts';
import { zipOf } from '../support/zip.ts';
import { FAIL, extractOffice, officeFailure, officeText } from './office-guest.ts';

const p = (inner: string) => `<text:p>${inner}</text:p>`;
const cell = (inner: string, attributes = '') =>
  `<table:table-cell ${attributes}>${inner}</table:table-cell>`;

describe('extractOdt', () => {
  test('gives headers, the text, its notes and comments, footers', async () => {
    const note = `<text:note><text:note-citation>1</text:note-citation><text:note-body>${p('note')}</text:note-body></text:note>`;
    const comment = `<office:annotation><dc:creator>Who</dc:creator>${p('comment')}</office:annotation>`;
    const blob = odf('text', p(`a${note}b${comment}c`) + p('d'), {
      'styles.xml': odfStyles(
        `<style:header>${p('head')}</style:header><style:footer>${p('page <text:page-number>7</text:page-number>')}</style:footer>`,
      ),
      'meta.xml': odfMeta('<dc:title>Title</dc:title>'),
    });
    const result = await extractOffice(blob);
    expect(result).toMatchObject({ format: 'odt', title: 'Title', counts: { pages: 1 } });
    expect(result.pages[0]?.text).toBe('head\nabc\nd\nnote\ncomment\npage');
  });

  test.each([
    [
      'white space',
      p(' a  b\n <text:span> c</text:span><text:s text:c="2"/>d<text:tab/>e<text:line-break/>f '),
      'a b c  d\te\nf',
    ],
    [
      'no deletions',
      `<text:tracked-changes><text:deletion>${p('gone')}</text:deletion></text:tracked-changes>${p('kept')}`,
      'kept',
    ],
    [
      'text boxes',
      p(
        `a<draw:frame><draw:text-box>${p('box')}</draw:text-box><svg:title>t</svg:title></draw:frame>b`,
      ),
      'a\nbox\nb',
    ],
    ['text outside of paragraphs, which is none', `x<text:section>y${p('a')}</text:section>`, 'a'],
    ['a few spaces for very many', p('a<text:s text:c="999999999"/>b'), `a${' '.repeat(1024)}b`],
  ])('reads %s', async (_, body, text) => {
    expect(await officeText(odf('text', body))).toBe(text);
  });

  test('gives headings, items and tables as blocks', async () => {
    const item = (inner: string) => `<text:list-item>${inner}</text:list-item>`;
    const body =
      `<text:h text:outline-level="3">h</text:h><text:list>${item(p('a') + `<text:list>${item(p('b'))}</text:list>`)}</text:list>` +
      `<table:table><table:table-header-rows><table:table-row>${cell(p('x'), 'table:number-columns-spanned="2"')}<table:covered-table-cell/>` +
      `${cell('', 'table:number-columns-repeated="2"')}${cell(p('y'))}</table:table-row></table:table-header-rows></table:table>`;
    const result = await extractOffice(odf('text', body));
    expect(result.pages[0]?.text).toBe('h\na\nb\nx\t\t\t\ty');
    expect(result.blocks).toEqual([
      { kind: 'heading', level: 3, text: 'h' },
      { kind: 'list_item', level: 1, text: 'a' },
      { kind: 'list_item', level: 2, text: 'b' },
      { kind: 'table', rows: [['x', '', '', '', 'y']] },
    ]);
  });

  test('repeats an empty cell 64 times at most', async () => {
    const row = `<table:table-row>${cell('', 'table:number-columns-repeated="16384"')}${cell(p('y'))}</table:table-row>`;
    const text = await officeText(odf('text', `<table:table>${row}</table:table>`));
    expect(text).toBe(`${'\t'.repeat(64)}y`);
  });

  test('says that a document is encrypted, has no content, or is of another kind', async () => {
    const encrypted = odf('text', p('x'), { 'META-INF/manifest.xml': encryptedManifest() });
    expect(await officeFailure(encrypted)).toBe(FAIL.encrypted);
    const type = 'application/vnd.oasis.opendocument.';
    expect(await officeFailure(zipOf({ mimetype: `${type}text` }))).toBe(FAIL.malformed);
    expect(await officeFailure(zipOf({ mimetype: `${type}formula` }))).toBe(FAIL.unsupported);
  });

  test('believes the manifest where the member "mimetype" is missing', async () => {
    const whole = odf('text', p('x'), { mimetype: '' });
    expect((await extractOffice(whole)).format).toBe('odt');
  });
});

describe('extractOdp', () => {
  test('gives a page for each slide, its notes last', async () => {
    const frame = (kind: string, text: string) =>
      `<draw:frame presentation:class="${kind}"><draw:text-box>${p(text)}</draw:text-box></draw:frame>`;
    const notes = `<presentation:notes><draw:page-thumbnail/>${frame('notes', 'say')}</presentation:notes>`;
    const body =
      `<draw:page>${frame('title', 'one')}<draw:g><draw:custom-shape>${p('shape')}</draw:custom-shape></draw:g>${notes}</draw:page>` +
      `<draw:page>${frame('outline', 'two')}</draw:page>`;
    const result = await extractOffice(odf('presentation', body));
    expect(result).toMatchObject({ format: 'odp', counts: { pages: 2 } });
    expect(result.pages.map((page) => page.text)).toEqual(['one\nshape\nsay', 'two']);
    expect(result.blocks?.[0]).toEqual({ kind: 'heading', level: 1, text: 'one' });
  });

  test('stops at the limit of pages', async () => {
    const body = `<draw:page>${p('x')}</draw:page>`.repeat(3);
    const result = await extractOffice(odf('presentation', body), { pages: 2 });
    expect(result).toMatchObject({ truncated: true, counts: { pages: 2 } });
    expect(result.pages.map((page) => page.text)).toEqual(['x', 'x']);
  });
});
