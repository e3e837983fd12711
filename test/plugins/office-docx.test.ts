import { describe, expect, test } from 'vitest';
import { docx, links, wordParagraph as p } from '../support/office-files.ts';
import { zipOf } from '../support/zip.ts';
import { FAIL, extractOffice, officeFailure, officeText } from './office-guest.ts';

const run = (inner: string) => `<w:p><w:r>${inner}</w:r></w:p>`;
const field = (type: string) => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`;

describe('extractDocx', () => {
  test('gives headers, body, footnotes, endnotes, comments and footers in this order', async () => {
    const blob = docx(p('body'), {
      header: p('header'),
      footer: p('footer'),
      footnotes: `<w:footnote w:type="separator">${p('---')}</w:footnote><w:footnote>${p('footnote')}</w:footnote>`,
      endnotes: `<w:endnote>${p('endnote')}</w:endnote>`,
      comments: `<w:comment>${p('comment')}</w:comment>`,
      files: { 'docProps/core.xml': '<c><dc:title xmlns:dc="d">Minutes &amp; more</dc:title></c>' },
    });
    const result = await extractOffice(blob);
    expect(result.pages[0]?.text).toBe('header\nbody\nfootnote\nendnote\ncomment\nfooter');
    expect(result).toMatchObject({
      format: 'docx',
      title: 'Minutes & more',
      counts: { pages: 1, characters: 43 },
      truncated: false,
      warnings: [],
    });
  });

  test('finds the main part by its relationship, and follows none out of the package', async () => {
    const type = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';
    const blob = zipOf({
      '[Content_Types].xml': `<Types><Override PartName="/x/other.xml" ContentType="${type}"/></Types>`,
      '_rels/.rels': links([{ id: 'a', type: 'officeDocument', target: '/x/other.xml' }]),
      'x/_rels/other.xml.rels': links([
        { id: 'b', type: 'header', target: 'http://127.0.0.1:9/h.xml', external: true },
        { id: 'c', type: 'footer', target: '../../../etc/passwd' },
      ]),
      'x/other.xml': `<w:document xmlns:w="w"><w:body>${p('found')}</w:body></w:document>`,
    });
    expect(await officeText(blob)).toBe('found');
  });

  test.each([
    [
      'tabs and breaks',
      run('<w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:cr/><w:t>d</w:t>'),
      'a\tb\nc\nd',
    ],
    [
      'hyphens',
      run('<w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t><w:softHyphen/><w:t>c</w:t>'),
      'a-bc',
    ],
    [
      'symbols',
      run(
        '<w:sym w:font="Symbol" w:char="F061"/><w:sym w:font="Wingdings" w:char="F0FE"/><w:sym w:char="20AC"/>',
      ),
      'α☑€',
    ],
    [
      'no tab stops',
      '<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>a</w:t></w:r></w:p>',
      'a',
    ],
    ['one empty line', `${p('a')}<w:p/><w:p/><w:p/>${p('b')}`, 'a\n\nb'],
    [
      'structured tags inside of each other',
      `<w:sdt><w:sdtPr><w:rPr><w:tab/></w:rPr></w:sdtPr><w:sdtContent>${p('a')}<w:sdt><w:sdtContent>${p('b')}</w:sdtContent></w:sdt></w:sdtContent></w:sdt>`,
      'a\nb',
    ],
    [
      'links and math',
      '<w:p><w:hyperlink r:id="x"><w:r><w:t>a</w:t></w:r></w:hyperlink><m:oMath xmlns:m="m"><m:r><m:t>+b</m:t></m:r></m:oMath></w:p>',
      'a+b',
    ],
  ])('reads %s', async (_, body, text) => {
    expect(await officeText(docx(body))).toBe(text);
  });

  test('keeps tracked insertions, and leaves out deletions and what was moved away', async () => {
    const body =
      '<w:p><w:ins><w:r><w:t>new </w:t></w:r></w:ins><w:del><w:r><w:delText>old </w:delText><w:t>older </w:t></w:r></w:del>' +
      '<w:moveFrom><w:r><w:t>from </w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>to</w:t></w:r></w:moveTo></w:p>';
    expect(await officeText(docx(body))).toBe('new to');
  });

  test('keeps the results of fields, inside of each other too, and no instruction', async () => {
    const nested =
      `<w:p>${field('begin')}<w:r><w:instrText>IF </w:instrText></w:r>${field('begin')}<w:r><w:instrText>PAGE</w:instrText></w:r>` +
      `${field('separate')}<w:r><w:t>inner</w:t></w:r>${field('end')}${field('separate')}<w:r><w:t>shown</w:t></w:r>${field('end')}<w:r><w:t> after</w:t></w:r></w:p>`;
    const simple =
      '<w:p><w:fldSimple w:instr="DATE"><w:r><w:t>today</w:t></w:r></w:fldSimple></w:p>';
    expect(await officeText(docx(nested + simple))).toBe('shown after\ntoday');
  });

  test('loses no text to a field that does not end', async () => {
    const body = `<w:p>${field('begin')}<w:r><w:t>gone</w:t></w:r></w:p>${p('kept')}`;
    expect(await officeText(docx(body))).toBe('kept');
  });

  test('reads a text box once, and goes on with the paragraph around it', async () => {
    const box = (root: string) => `<${root}><w:txbxContent>${p('box')}</w:txbxContent></${root}>`;
    const body =
      `<w:p><w:r><w:t>before</w:t><mc:AlternateContent><mc:Choice Requires="wps">${box('wps:txbx')}</mc:Choice>` +
      `<mc:Fallback>${box('v:textbox')}</mc:Fallback></mc:AlternateContent><w:t>after</w:t></w:r></w:p>`;
    const result = await extractOffice(docx(body));
    expect(result.pages[0]?.text).toBe('before\nbox\nafter');
    expect(result.blocks).toEqual(
      ['before', 'box', 'after'].map((text) => ({ kind: 'paragraph', text })),
    );
  });

  test('reads the fallback where there is no choice', async () => {
    const body = run(
      '<mc:AlternateContent><mc:Fallback><w:t>old</w:t></mc:Fallback></mc:AlternateContent>',
    );
    expect(await officeText(docx(body))).toBe('old');
  });

  test('puts tabs between cells and rows on lines, and gives a table as a block', async () => {
    const cell = (...inner: string[]) => `<w:tc>${inner.join('')}</w:tc>`;
    const inner = `<w:tbl><w:tr>${cell(p('x'))}${cell(p('y'))}</w:tr></w:tbl>`;
    const body =
      `${p('above')}<w:tbl><w:tr>${cell(p('a'), p('b'))}${cell('<w:p/>')}${cell(p('c'))}</w:tr>` +
      `<w:tr>${cell('<w:p/>')}${cell(inner, '<w:p/>')}${cell(p('z'))}</w:tr></w:tbl>${p('below')}`;
    const result = await extractOffice(docx(body));
    expect(result.pages[0]?.text).toBe('above\na\nb\t\tc\n\tx\ty\tz\nbelow');
    expect(result.blocks).toEqual([
      { kind: 'paragraph', text: 'above' },
      {
        kind: 'table',
        rows: [
          ['a\nb', '', 'c'],
          ['', 'x\ty', 'z'],
        ],
      },
      { kind: 'paragraph', text: 'below' },
    ]);
  });

  test('starts a row that begins with empty cells on a line of its own', async () => {
    const row = (...texts: string[]) =>
      `<w:tr>${texts.map((text) => `<w:tc>${text === '' ? '<w:p/><w:p/>' : p(text)}</w:tc>`).join('')}</w:tr>`;
    const body = `<w:tbl>${row('a', 'b', '')}${row('', '', 'c')}${row('', '')}${row('d')}</w:tbl>`;
    expect(await officeText(docx(body))).toBe('a\tb\n\t\tc\nd');
  });

  test('tells headings, items and breaks by styles, what they are based on, and properties', async () => {
    const style = (id: string, inner: string) => `<w:style w:styleId="${id}">${inner}</w:style>`;
    const styles =
      style('H', '<w:name w:val="heading 2"/>') +
      style('Mine', '<w:basedOn w:val="H"/>') +
      style('O', '<w:pPr><w:outlineLvl w:val="8"/></w:pPr>') +
      style('L', '<w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="4"/></w:numPr></w:pPr>') +
      style('Loop', '<w:basedOn w:val="Loop"/>');
    const styled = (id: string, more = '') => `<w:pStyle w:val="${id}"/>${more}`;
    const none = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>';
    const body = [
      p('two', styled('Mine')),
      p('six', styled('O')),
      p('one', '<w:outlineLvl w:val="0"/>'),
      p('item', '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>'),
      p('deeper', styled('L')),
      p('no item', styled('L', none)),
      p('plain', styled('Loop')),
      run('<w:br w:type="page"/>'),
      p('was', '<w:pPrChange><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:pPrChange>'),
    ].join('');
    expect((await extractOffice(docx(body, { styles }))).blocks).toEqual([
      { kind: 'heading', level: 2, text: 'two' },
      { kind: 'heading', level: 6, text: 'six' },
      { kind: 'heading', level: 1, text: 'one' },
      { kind: 'list_item', level: 1, text: 'item' },
      { kind: 'list_item', level: 2, text: 'deeper' },
      { kind: 'paragraph', text: 'no item' },
      { kind: 'paragraph', text: 'plain' },
      { kind: 'page_break' },
      { kind: 'paragraph', text: 'was' },
    ]);
  });

  test('prints hidden text and warns', async () => {
    const hidden = run('<w:rPr><w:vanish/></w:rPr><w:t>secret</w:t>');
    const shown = run('<w:rPr><w:vanish w:val="0"/></w:rPr><w:t>open</w:t>');
    expect(await extractOffice(docx(hidden))).toMatchObject({
      warnings: ['hidden_text'],
      pages: [{ text: 'secret' }],
    });
    expect((await extractOffice(docx(shown))).warnings).toEqual([]);
  });

  test('cuts at text_bytes on the border of a character', async () => {
    const result = await extractOffice(docx(p('aé€b') + p('c')), { textBytes: 5 });
    expect(result).toMatchObject({
      truncated: true,
      pages: [{ text: 'aé' }],
      counts: { characters: 2 },
    });
  });

  test('leaves the blocks out where there are too many', async () => {
    const result = await extractOffice(
      docx(Array.from({ length: 200_001 }, (_, i) => p(String((i * 7919) % 90_001))).join('')),
    );
    expect(result.warnings).toEqual(['blocks_omitted']);
    expect(result.blocks).toBeUndefined();
    expect(result.pages[0]?.text.split('\n')).toHaveLength(200_001);
  });

  test('says that there is no text, no main part, or a password', async () => {
    expect(await officeFailure(docx('<w:p/>'))).toBe(FAIL.empty);
    expect(await officeFailure(new Uint8Array())).toBe(FAIL.empty);
    expect(await officeFailure(zipOf({ '[Content_Types].xml': '<Types/>' }))).toBe(
      FAIL.unsupported,
    );
    const ole = Buffer.alloc(2048);
    ole.writeBigUInt64LE(0xe11ab1a1e011cfd0n);
    expect(await officeFailure(ole)).toBe(FAIL.unsupported);
    ole.write('EncryptedPackage', 1152, 'utf16le');
    expect(await officeFailure(ole)).toBe(FAIL.encrypted);
  });
});
