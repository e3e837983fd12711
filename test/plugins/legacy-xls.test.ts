import { describe, expect, test } from 'vitest';
import { compound } from '../support/compound.ts';
import { u16, u32 } from '../support/bytes.ts';
import {
  END,
  biffString,
  number,
  record,
  shared,
  start,
  workbookStream,
  xls,
} from '../support/workbook.ts';
import { FAIL } from './office-guest.ts';
import { extractLegacy, legacyFailure, legacyText } from './legacy-guest.ts';

const oneSheet = (cells: readonly Buffer[], more: object = {}): Buffer =>
  xls({ sheets: [['One', cells]], ...more });

describe('extract_text for XLS', () => {
  test('every sheet is a page, hidden ones too, with its name and its table as blocks', async () => {
    const result = await extractLegacy(
      xls({
        sheets: [
          ['Größe', [shared([0, 0], 0), number([0, 1], 2), number([2, 1], 3)]],
          ['Hidden', [shared([0, 0], 1)], true],
        ],
        strings: ['a', '漢字 😀'],
      }),
    );
    expect(result.format).toBe('xls');
    expect(result.pages.map(({ text }) => text)).toEqual(['a\t2\n\n\t3\n', '漢字 😀\n']);
    expect(result.blocks).toEqual([
      { kind: 'heading', level: 1, text: 'Größe' },
      { kind: 'table', rows: [['a', '2'], [''], ['', '3']] },
      { kind: 'page_break' },
      { kind: 'heading', level: 1, text: 'Hidden' },
      { kind: 'table', rows: [['漢字 😀']] },
    ]);
  });

  test('numbers, dates, percentages and texts are shown by their formats, in both date systems', async () => {
    const cells = [number([0, 0], 44927.5, 1), number([0, 1], -0.25, 2), number([0, 2], 1234.5, 3)];
    const formats = ['yyyy-mm-dd hh:mm', '0.0%', '#,##0.00'];
    expect(await legacyText(oneSheet(cells, { formats }))).toBe(
      '2023-01-01 12:00\t-25.0%\t1,234.50\n',
    );
    const globals = [record(0x22, u16(1))];
    expect(await legacyText(oneSheet([number([0, 0], 0, 1)], { formats, globals }))).toBe(
      '1904-01-01 00:00\n',
    );
  });

  test('RK, MULRK, BOOLERR, LABEL and what formulas came to', async () => {
    const formula = (column: number, result: Buffer): Buffer =>
      record(0x06, u16(1, column, 0), result, Buffer.alloc(8));
    const cells = [
      record(0x027e, u16(0, 0, 0), u32((-5 << 2) | 2)),
      record(0x00bd, u16(0, 1, 0), u32((150 << 2) | 3), u16(0), u32(0x3ff00000), u16(2)),
      record(0x0205, u16(0, 3, 0), Buffer.of(1, 0)),
      record(0x0205, u16(0, 4, 0), Buffer.of(0x2a, 1)),
      record(0x0204, u16(0, 5, 0), biffString('läbel')),
      formula(0, Buffer.from('000000000000e03f', 'hex')),
      formula(1, Buffer.from('000000000000ffff', 'hex')),
      record(0x0207, biffString('from a formula')),
      formula(2, Buffer.from('010001000000ffff', 'hex')),
      formula(3, Buffer.from('020007000000ffff', 'hex')),
      formula(4, Buffer.from('030000000000ffff', 'hex')),
    ];
    expect(await legacyText(oneSheet(cells))).toBe(
      '-5\t1.5\t1\tTRUE\t#N/A\tläbel\n0.5\tfrom a formula\tTRUE\t#DIV/0!\n',
    );
  });

  test('cells that are stored in another order, and the later of two for one place', async () => {
    const cells = [
      number([1, 1], 4),
      number([0, 1], 2),
      number([1, 0], 9),
      number([0, 0], 1),
      number([1, 0], 3),
    ];
    expect(await legacyText(oneSheet(cells))).toBe('1\t2\n3\t4\n');
  });

  test('strings go on in CONTINUE records, in characters of another width, and with runs', async () => {
    const table = Buffer.concat([
      record(0x00fc, u32(3, 3), u16(6), Buffer.of(0), Buffer.from('ab', 'latin1')),
      record(0x003c, Buffer.of(1), Buffer.from('cdéf', 'utf16le'), u16(2), Buffer.of(8), u16(1)),
      record(0x003c, Buffer.of(0), Buffer.from('xy', 'latin1'), u16(0, 1)),
      record(0x003c, biffString('z')),
    ]);
    const cells = [shared([0, 0], 0), shared([0, 1], 1), shared([0, 2], 2), shared([0, 3], 99)];
    expect(await legacyText(oneSheet(cells, { globals: [table] }))).toBe('abcdéf\txy\tz\n');
  });

  test('the bytes of Excel 5 and 95 are in the code page of the workbook', async () => {
    const sheet = Buffer.concat([
      start(0x10, 0x0500),
      record(0x0204, u16(0, 0, 0), u16(6), Buffer.from('cff0e8e2e5f2', 'hex')),
      END,
    ]);
    const head = (offset: number): Buffer =>
      Buffer.concat([
        start(5, 0x0500),
        record(0x42, u16(1251)),
        record(0x85, u32(offset), u16(0), Buffer.of(3), Buffer.from('Tab')),
        END,
      ]);
    const book = Buffer.concat([head(head(0).length), sheet]);
    expect(await legacyText(compound({ Book: book }))).toBe('Привет\n');
  });

  test('charts inside of a sheet, sheets that are charts, and modules have no cells', async () => {
    const chart = Buffer.concat([start(0x20), number([5, 5], 99), END]);
    expect(await legacyText(oneSheet([number([0, 0], 1), chart, number([0, 1], 2)]))).toBe(
      '1\t2\n',
    );
  });

  test('a password, another version, no text, and sheets that are not there', async () => {
    const password = record(0x2f, Buffer.alloc(54));
    const locked = oneSheet([number([0, 0], 1)], { globals: [password] });
    expect(await legacyFailure(locked)).toBe(FAIL.encrypted);
    expect(await legacyFailure(compound({ Workbook: start(5, 0x0400) }))).toBe(FAIL.unsupported);
    expect(await legacyFailure(oneSheet([]))).toBe(FAIL.empty);
    const cut = workbookStream({ sheets: [['One', []]] }).subarray(0, -24);
    expect(await legacyFailure(compound({ Workbook: cut }))).toBe(FAIL.malformed);
  });

  test('pages and bytes of text are cut at the limits of the call', async () => {
    const sheets = [1, 2, 3].map((value) => ['S', [number([0, 0], value)]] as const);
    const pages = await extractLegacy(xls({ sheets }), { pages: 2 });
    expect(pages).toMatchObject({ truncated: true, counts: { pages: 2 } });
    const cut = await extractLegacy(oneSheet([shared([0, 0], 0)], { strings: ['ééé'] }), {
      textBytes: 3,
    });
    expect(cut).toMatchObject({ truncated: true, pages: [{ text: 'é' }] });
  });

  test('more than two million cells are over a limit', async () => {
    const count = 6000;
    const rows = Array.from({ length: 340 }, (_, row) =>
      record(0x00bd, u16(row, 0), Buffer.alloc(count * 6), u16(count - 1)),
    );
    expect(await legacyFailure(oneSheet(rows))).toBe(FAIL.overLimit);
  });
});
