import { beforeAll, describe, expect, test } from 'vitest';
import type { Block } from './office-guest.ts';
import { BUILTIN_FORMATS, NUMBER_FORMATS } from './spreadsheet-formats.ts';
import { odsOf, xlsxOf, type Book } from './spreadsheet-files.ts';
import { FAIL, loadGuest, mutate, seeded, type Extracted, type Guest } from './text-guest.ts';

interface Sheets extends Extracted {
  readonly blocks: readonly Block[];
}

let guest: Guest;
beforeAll(async () => {
  guest = await loadGuest('dist/plugins/office.wasm', 'application/zip');
});

const sheetsOf = async (file: Uint8Array, textBytes?: number) =>
  (await guest.extract(file, textBytes === undefined ? {} : { textBytes })) as Sheets;
const pagesOf = async (file: Uint8Array) => (await sheetsOf(file)).pages.map(({ text }) => text);
const bookOf = (rows: string, rest: Partial<Book> = {}) =>
  xlsxOf({ sheets: [['A', rows]], ...rest });
const table = (rows: string) => odsOf(`<table:table table:name="A">${rows}</table:table>`);
const odsText = (text: string, attributes = '') =>
  `<table:table-cell office:value-type="string" ${attributes}><text:p>${text}</text:p></table:table-cell>`;

describe('extract_text of XLSX', () => {
  test('gives a page for each sheet in workbook order, hidden ones too, and its cells as a table', async () => {
    const row = '<row r="1"><c r="A1"><v>1</v></c><c r="C1" t="b"><v>0</v></c></row>';
    const later = '<row r="4"><c r="A4" t="e"><v>#N/A</v></c></row>';
    const result = await sheetsOf(
      xlsxOf({
        sheets: [
          ['Zed & Co', row + later],
          ['Alpha', '<row><c><v>2</v></c></row>'],
        ],
      }),
    );
    expect(result).toEqual({
      counts: { characters: 17, pages: 2 },
      format: 'xlsx',
      pages: [
        { number: 1, text: '1\t\tFALSE\n\n#N/A\n' },
        { number: 2, text: '2\n' },
      ],
      blocks: [
        { kind: 'heading', level: 1, text: 'Zed & Co' },
        { kind: 'table', rows: [['1', '', 'FALSE'], [''], ['#N/A']] },
        { kind: 'page_break' },
        { kind: 'heading', level: 1, text: 'Alpha' },
        { kind: 'table', rows: [['2']] },
      ],
      truncated: false,
      warnings: [],
    });
  });

  test('joins the runs of shared and inline strings, leaves phonetics out, resolves _xHHHH_', async () => {
    const strings =
      '<si><t>plain &lt;</t></si><si><r><t xml:space="preserve">a </t></r><r><t>b</t></r>' +
      '<rPh sb="0" eb="1"><t>reading</t></rPh></si><si><t>x_x000D__x0009_y_x005F_x0041_ _xZZZZ_</t></si>';
    const cells =
      '<c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c>' +
      '<c t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c>' +
      '<c t="str"><f>A1&amp;"x"</f><v>cached</v></c><c t="d"><v>2020-01-02</v></c>';
    const pages = await pagesOf(bookOf(`<row>${cells}</row>`, { strings }));
    expect(pages).toEqual(['plain <\ta b\tx  y_x0041_ _xZZZZ_\t\tinline\tcached\t2020-01-02\n']);
  });

  test('shows numbers by their format codes', async () => {
    const rows = NUMBER_FORMATS.map(
      ([, value], i) => `<row><c s="${String(i + 1)}"><v>${value}</v></c></row>`,
    );
    const formats = NUMBER_FORMATS.map(([code]) => code);
    const [text = ''] = await pagesOf(bookOf(rows.join(''), { formats }));
    const shown = text.split('\n');
    expect(NUMBER_FORMATS.map(([code, value], i) => [code, value, shown[i]])).toEqual(
      NUMBER_FORMATS,
    );
  });

  test('shows numbers by the built-in formats', async () => {
    const rows = BUILTIN_FORMATS.map(
      ([, value], i) => `<row><c s="${String(i + 1)}"><v>${value}</v></c></row>`,
    );
    const builtin = BUILTIN_FORMATS.map(([id]) => id);
    const [text = ''] = await pagesOf(bookOf(rows.join(''), { builtin }));
    const shown = text.split('\n');
    expect(BUILTIN_FORMATS.map(([id, value], i) => [id, value, shown[i]])).toEqual(BUILTIN_FORMATS);
  });

  test('counts days from 1904 where the workbook says so', async () => {
    const row = '<row><c s="1"><v>1</v></c><c s="1"><v>11111</v></c></row>';
    const formats = ['yyyy\\-mm\\-dd;@'];
    expect(await pagesOf(bookOf(row, { formats, workbookPr: 'date1904="1"' }))).toEqual([
      '1904-01-02\t1934-06-03\n',
    ]);
  });

  test('puts the text section of a format around texts', async () => {
    const row = '<row><c s="1" t="str"><v>x</v></c><c s="2" t="str"><v>x</v></c></row>';
    const formats = ['0;0;0;"t: "@', ';;;'];
    expect(await pagesOf(bookOf(row, { formats }))).toEqual(['t: x\tx\n']);
  });

  test('looks at stored cells only: a far cell costs one tab, a far row one empty line', async () => {
    const rows =
      '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>' +
      '<row r="1048576"><c r="B1048576"><v>3</v></c></row>';
    expect(await pagesOf(bookOf(rows))).toEqual(['1\t2\n\n\t3\n']);
  });

  test('cuts the text at text_bytes, at a character, and says so', async () => {
    const row = '<row><c t="str"><v>ééé</v></c><c t="str"><v>rest</v></c></row>';
    const result = await sheetsOf(bookOf(row), 5);
    expect(result.pages).toEqual([{ number: 1, text: 'éé' }]);
    expect(result.truncated).toBe(true);
  });

  test('fails with 4 above 2,000,000 stored cells', async () => {
    const rows = `<row>${'<c/>'.repeat(20000)}</row>`.repeat(100);
    const outcome = await guest.call(bookOf(`${rows}<row><c/></row>`));
    expect(outcome.failCode).toBe(FAIL.overLimit);
    expect(outcome.output.length).toBe(0);
  });

  test('fails with 4 for a table of strings above 24 MiB', async () => {
    const below = seeded(7);
    const noise = Array.from({ length: 65536 }, () => below(36).toString(36)).join('');
    const strings = `<si><t>${noise}</t></si>`.repeat(400);
    const outcome = await guest.call(bookOf('<row><c t="s"><v>0</v></c></row>', { strings }));
    expect(outcome.failCode).toBe(FAIL.overLimit);
  });

  test('fails with 5 when no cell has a text', async () => {
    const outcome = await guest.call(bookOf('<row r="1"><c r="A1"/></row>'));
    expect(outcome.failCode).toBe(FAIL.empty);
  });
});

describe('extract_text of ODS', () => {
  test('gives what cells show, with repeats, covered cells and gaps', async () => {
    const rows =
      `<table:table-row>${odsText('a<text:s text:c="2"/>b<text:line-break/>c', 'table:number-columns-repeated="2"')}` +
      `<table:covered-table-cell/>${odsText('<text:span>d</text:span>')}` +
      '<table:table-cell table:number-columns-repeated="16380"/></table:table-row>' +
      '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>' +
      `<table:table-row table:number-rows-repeated="2">${odsText('e')}</table:table-row>`;
    const result = await sheetsOf(table(rows));
    expect(result.format).toBe('ods');
    expect(result.pages).toEqual([{ number: 1, text: 'a  b c\ta  b c\t\td\n\ne\ne\n' }]);
  });

  test('shows the value where a cell has no paragraph', async () => {
    const cell = (attributes: string) => `<table:table-cell ${attributes}/>`;
    const cells = [
      cell('office:value-type="float" office:value="1.50"'),
      cell('office:value-type="percentage" office:value="0.125"'),
      cell('office:value-type="date" office:date-value="2021-02-03"'),
      cell('office:value-type="time" office:time-value="PT10H05M07.5S"'),
      cell('office:value-type="boolean" office:boolean-value="true"'),
      cell('office:value-type="string" office:string-value="&amp;"'),
    ];
    expect(await pagesOf(table(`<table:table-row>${cells.join('')}</table:table-row>`))).toEqual([
      '1.5\t12.5%\t2021-02-03\t10:05:07.5\tTRUE\t&\n',
    ]);
  });

  test('leaves comments, shapes and tracked changes out', async () => {
    const cell =
      '<table:table-cell><office:annotation><text:p>note</text:p></office:annotation><text:p>a</text:p></table:table-cell>';
    const changes =
      '<table:tracked-changes><table:cell-content-change><table:table-cell><text:p>old</text:p></table:table-cell></table:cell-content-change></table:tracked-changes>';
    const body =
      `${changes}<table:table><table:shapes><text:p>shape</text:p></table:shapes>` +
      `<table:table-row>${cell}</table:table-row></table:table>`;
    expect(await pagesOf(odsOf(body))).toEqual(['a\n']);
  });

  test('is bounded by text_bytes, whatever is repeated', async () => {
    const rows = `<table:table-row table:number-rows-repeated="1000000">${odsText('x', 'table:number-columns-repeated="16384"')}</table:table-row>`;
    const result = await sheetsOf(table(rows), 1000);
    expect(result.truncated).toBe(true);
    expect(result.pages[0]?.text.length).toBe(1000);
  });

  test('fails with 4 above 2,000,000 cells, repeated ones counted', async () => {
    const rows = `<table:table-row table:number-rows-repeated="1000000">${odsText('x', 'table:number-columns-repeated="3"')}</table:table-row>`;
    const outcome = await guest.call(table(rows), { textBytes: 64 << 20 });
    expect(outcome.failCode).toBe(FAIL.overLimit);
  });
});

describe('damaged spreadsheets', () => {
  /** Damages the XML, not the ZIP around it, whose checksums would see it. */
  const damagedXml = (xml: string, below: (limit: number) => number) =>
    new TextDecoder('utf-8').decode(mutate(new TextEncoder().encode(xml), below));

  test('give a text or a failure, never a trap', async () => {
    const below = seeded(20240229);
    const rows =
      '<row r="1" spans="1:3"><c r="A1" s="1" t="n"><v>45000.5</v></c><c r="B1" s="2" t="s"><v>0</v></c>' +
      '<c r="C1" s="3" t="inlineStr"><is><t>x_x0041_</t></is></c></row><row r="7"><c r="B7" t="b"><v>1</v></c></row>';
    const formats = ['yyyy-mm-dd hh:mm:ss.000', '[>=1]# ??/??;[Red]0.0E+00', '#,##0.00_);@'];
    const strings = '<si><r><t>a</t></r></si>';
    const ods =
      `<table:table table:name="T"><table:table-row table:number-rows-repeated="3">${odsText('a', 'table:number-columns-repeated="2"')}` +
      '<table:table-cell office:value-type="time" office:time-value="PT1H"/></table:table-row></table:table>';
    for (let i = 0; i < 300; i++) {
      const file =
        i % 3 === 0
          ? odsOf(damagedXml(ods, below))
          : bookOf(i % 3 === 1 ? damagedXml(rows, below) : rows, {
              strings: damagedXml(strings, below),
              formats: formats.map((code) => damagedXml(code, below)),
            });
      const outcome = await guest.call(file);
      expect(outcome.trap).toBeUndefined();
      expect(outcome.failCode === undefined).toBe(outcome.output.length > 0);
    }
  });
});
