import { describe, expect, test } from 'vitest';
import { compound } from '../support/compound.ts';
import { number, workbookStream, xls } from '../support/workbook.ts';
import { FAIL } from './office-guest.ts';
import { legacyFailure, legacyText } from './legacy-guest.ts';

const ONE = { sheets: [['One', [number([0, 0], 7)]]] } as const;
const BIG = {
  sheets: [['One', Array.from({ length: 900 }, (_, row) => number([row, 0], row))]],
} as const;

/** The number that the header says where a chain starts or how long a table is. */
const changed = (file: Buffer, offset: number, value: number): Buffer => {
  const copy = Buffer.from(file);
  copy.writeUInt32LE(value >>> 0, offset);
  return copy;
};

describe('compound files', () => {
  test('streams are read from sectors of both sizes', async () => {
    expect(await legacyText(xls(ONE))).toBe('7\n');
    expect((await legacyText(xls(BIG))).split('\n')).toHaveLength(901);
  });

  test('which format it is, the streams say', async () => {
    const stream = workbookStream(ONE);
    expect(await legacyFailure(compound({ Other: stream }))).toBe(FAIL.unsupported);
    expect(await legacyFailure(compound({ EncryptedPackage: stream, Workbook: stream }))).toBe(
      FAIL.encrypted,
    );
    expect(await legacyFailure(compound({ Folder: { Workbook: stream } }))).toBe(FAIL.unsupported);
    expect(await legacyFailure(Buffer.alloc(0))).toBe(FAIL.empty);
    expect(await legacyFailure(Buffer.from('PK\u0003\u0004'))).toBe(FAIL.unsupported);
  });

  test('a chain that goes around or out of the file is malformed', async () => {
    const file = xls(BIG);
    const table = file.length - 512;
    expect(await legacyFailure(changed(file, table, 0))).toBe(FAIL.malformed);
    expect(await legacyFailure(changed(file, table + 8, 0x00ffffff))).toBe(FAIL.malformed);
  });

  test('a file that was cut, and lies in its header', async () => {
    const file = xls(BIG);
    for (const length of [8, 511, 512, 600, 1024, file.length - 513])
      expect(await legacyFailure(file.subarray(0, length)), String(length)).toBe(FAIL.malformed);
    for (const offset of [48, 76]) {
      expect(await legacyFailure(changed(file, offset, 0x7fffffff))).toBe(FAIL.malformed);
    }
    expect(await legacyFailure(changed(file, 30, 0xffff))).toBe(FAIL.malformed);
    expect(await legacyText(changed(file, 44, 0xffffffff).subarray(0))).toContain('899');
  });

  test('entries that name each other are each read once', async () => {
    const file = xls(ONE);
    const directory = 512 + file.readUInt32LE(48) * 512;
    const around = changed(changed(file, directory + 128 + 68, 1), directory + 128 + 72, 0);
    expect(await legacyText(changed(around, directory + 128 + 76, 1))).toBe('7\n');
  });
});
