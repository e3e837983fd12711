import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { crc32, zip, zipOf, type ZipMember } from '../support/zip.ts';
import { FAIL, callOffice, extractOffice, officeFailure, officeText } from './office-guest.ts';

const MiB = 1024 * 1024;
const plain: ZipMember = { name: 'a.txt', content: 'first' };

describe('openZip', () => {
  test('lists the names, then gives a page for each member that is text', async () => {
    const blob = zip([
      { name: 'notes/', stored: true },
      { name: 'notes/läsmig.txt', content: 'rad ett\r\nrad två' },
      { name: 'image.png', content: Buffer.from('\x89PNG\r\n\x1a\n') },
      { name: 'README', content: 'plain', stored: true },
      { name: 'binary.txt', content: Buffer.alloc(99, 1) },
    ]);
    const result = await extractOffice(blob);
    expect(result).toMatchObject({ format: 'zip', counts: { pages: 3 }, truncated: false });
    expect(result.pages.map((page) => page.text)).toEqual([
      'notes/\nnotes/läsmig.txt\nimage.png\nREADME\nbinary.txt',
      'rad ett\nrad två',
      'plain',
    ]);
  });

  test('has a heading above each text, and documents as children', async () => {
    const docx = Buffer.alloc(2 * MiB, 'PK');
    const blob = zip([
      { name: 'läsmig.txt', content: 'rad' },
      { name: 'a/Report.DOCX', content: docx, stored: true },
      { name: 'mail.eml', content: 'Subject: x' },
      { name: 'tool.exe', content: 'MZ' },
    ]);
    const outcome = await callOffice(blob);
    expect(outcome.children.map(({ bytes }) => bytes.length)).toEqual([docx.length, 10]);
    const result = await extractOffice(blob);
    expect(result.attachments?.map(({ media_type }) => media_type)).toEqual([
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'message/rfc822',
    ]);
    expect(result.counts.pages).toBe(2);
    expect(result.blocks?.slice(-2)).toEqual([
      { kind: 'heading', level: 1, text: 'läsmig.txt' },
      { kind: 'paragraph', text: 'rad' },
    ]);
  });

  test.each([
    ['a data descriptor', { flags: 0x808 }],
    ['sizes and offset in a ZIP64 field', { wide: true }],
    ['no compression', { stored: true }],
  ])('reads a member with %s', async (_, how) => {
    expect(await officeText(zip([{ ...plain, ...how }]))).toBe('a.txt\ffirst');
  });

  test.each([1, 6, 9])('inflates what zlib deflates at level %i', async (level) => {
    const content = Array.from(
      { length: 20_000 },
      (_, i) => `${String((i * 7919) % 10_007)} word${String(i % 97)}\n`,
    ).join('');
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes, { level });
    const blob = zip([{ name: 'a.txt', packed, size: bytes.length, crc: crc32(bytes) }]);
    const result = await extractOffice(blob);
    expect(result.pages[1]?.text).toBe(content);
  });

  test.each([
    ['fixed codes', { strategy: constants.Z_FIXED }],
    ['stored blocks', { level: 0 }],
    ['literals only', { strategy: constants.Z_HUFFMAN_ONLY }],
  ])('inflates %s', async (_, options) => {
    const content = 'abcabcabcäö'.repeat(20_000);
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes, options);
    const blob = zip([{ name: 'a.txt', packed, size: bytes.length, crc: crc32(bytes) }]);
    expect((await extractOffice(blob)).pages[1]?.text).toBe(content);
  });

  test('guesses the encoding of names that are not marked as UTF-8', async () => {
    const name = Uint8Array.of(
      0x93,
      0xfa,
      0x96,
      0x7b,
      0x8c,
      0xea,
      0x83,
      0x65,
      0x83,
      0x58,
      0x83,
      0x67,
    );
    expect(await officeText(zip([{ name, flags: 0 }]))).toBe('日本語テスト');
  });

  test('finds the directory before a comment and bytes that belong to nothing', async () => {
    const blob = Buffer.concat([zip([plain]), Buffer.from('\r\n--boundary--')]);
    expect(await officeText(blob)).toBe('a.txt\ffirst');
  });

  test.each([
    '../a.txt',
    'a/../../b.txt',
    '/a.txt',
    'a\\..\\b.txt',
    '\\\\server\\a.txt',
    'C:\\a.txt',
    'a\0.txt',
    '..',
  ])('refuses the name %j', async (name) => {
    expect(await officeFailure(zip([{ name, content: 'x' }]))).toBe(FAIL.malformed);
  });

  test.each<[string, ZipMember[]]>([
    ['a name twice', [plain, { name: 'A.TXT', content: 'second' }]],
    ['a wrong checksum', [{ ...plain, crc: 1 }]],
    ['more bytes than it says', [{ ...plain, size: 4 }]],
    ['fewer bytes than it says', [{ ...plain, size: 6 }]],
    ['another name in the local header', [{ ...plain, local: { name: 'b.txt' } }]],
    ['another size in the local header', [{ ...plain, local: { size: 4 } }]],
    ['another method in the local header', [{ ...plain, local: { method: 0 } }]],
    ['a stored size that is not the packed one', [{ ...plain, stored: true, size: 4 }]],
    ['damaged data', [{ ...plain, packed: Buffer.from([7, 1, 2, 3]), size: 5 }]],
    ['data that ends too soon', [{ ...plain, packed: Buffer.from([0x4b]), size: 5 }]],
    ['an offset beyond the directory', [{ ...plain, offset: 0x7fffffff }]],
  ])('refuses a member with %s', async (_, members) => {
    expect(await officeFailure(zip(members))).toBe(FAIL.malformed);
  });

  test('refuses members that share bytes', async () => {
    const inner = zip([plain]);
    const record = inner.subarray(0, inner.readUInt32LE(inner.length - 6));
    const outer: ZipMember = { name: 'b.txt', content: record, stored: true };
    const blob = zip([outer, { ...plain, offset: 30 + 'b.txt'.length }]);
    expect(await officeFailure(blob)).toBe(FAIL.malformed);
  });

  test('refuses a directory that is cut, or not there', async () => {
    const blob = zip([plain]);
    expect(await officeFailure(blob.subarray(0, -1))).toBe(FAIL.malformed);
    expect(await officeFailure(blob.subarray(0, 40))).toBe(FAIL.malformed);
    expect(await officeFailure(zip([plain], 2))).toBe(FAIL.malformed);
    expect(await officeFailure(Buffer.from('no archive at all, but text'))).toBe(FAIL.malformed);
  });

  test('says that a member is encrypted, or packed in a way it does not know', async () => {
    expect(await officeFailure(zip([{ ...plain, flags: 0x801 }]))).toBe(FAIL.encrypted);
    expect(await officeFailure(zip([{ ...plain, method: 99 }]))).toBe(FAIL.encrypted);
    expect(await officeFailure(zip([{ ...plain, method: 12 }]))).toBe(FAIL.unsupported);
  });

  test('reads a thousand members, and no more', async () => {
    const members = Array.from({ length: 1001 }, (_, i) => ({ name: `${String(i)}.bin` }));
    expect((await extractOffice(zip(members.slice(1)))).counts.pages).toBe(1);
    expect(await officeFailure(zip(members))).toBe(FAIL.overLimit);
  });

  test('expands a small member as far as it goes, and a large one a hundredfold', async () => {
    const small = zipOf({ 'a.txt': Buffer.alloc(MiB, 97) });
    expect((await extractOffice(small)).counts.characters).toBe(MiB + 5);
    expect(await officeFailure(zipOf({ 'a.txt': Buffer.alloc(MiB + 1, 97) }))).toBe(FAIL.overLimit);
  });

  test('expands no member beyond 64 MiB', async () => {
    const packed = Buffer.alloc(MiB);
    const member = { name: 'a.txt', packed, size: 64 * MiB + 1, crc: 0 };
    expect(await officeFailure(zip([member]))).toBe(FAIL.overLimit);
  });

  test('expands no more than 128 MiB in all', async () => {
    const content = Buffer.alloc(50 * MiB);
    const packed = deflateRawSync(content, { strategy: constants.Z_HUFFMAN_ONLY, level: 1 });
    const member = { packed, size: content.length, crc: crcOfZeroes(content.length) };
    const members = ['a.txt', 'b.txt', 'c.txt'].map((name) => ({ ...member, name }));
    expect(await officeFailure(zip(members.slice(1)))).toBeUndefined();
    expect(await officeFailure(zip(members))).toBe(FAIL.overLimit);
  }, 60_000);

  test('cuts at text_bytes and at pages', async () => {
    const blob = zipOf({ 'a.txt': 'äöü', 'b.txt': 'x' });
    const cut = await extractOffice(blob, { textBytes: 16 });
    expect(cut).toMatchObject({
      truncated: true,
      pages: [{ text: 'a.txt\nb.txt' }, { text: 'äö' }],
    });
    const paged = await extractOffice(blob, { pages: 2 });
    expect(paged).toMatchObject({ truncated: true, counts: { pages: 2 } });
  });
});

/** The checksum of many zeroes, a byte at a time with a table: the bitwise one takes too long. */
function crcOfZeroes(length: number): number {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
    return value;
  });
  let crc = 0xffffffff;
  for (let i = 0; i < length; i++) crc = (crc >>> 8) ^ (table[crc & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}
