import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { exportsOf, importsOf } from '../support/abi-host.ts';
import { FAIL, loadGuest, mutate, seeded, type Guest } from './text-guest.ts';

const MALFORMED = 1;
const MiB = 1024 * 1024;

let guest: Guest;
beforeAll(async () => {
  guest = await loadGuest('dist/plugins/archive.wasm', 'application/x-tar');
});

interface Header {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly type?: string;
  readonly prefix?: string;
  /** What the size field says, when it is not the truth. */
  readonly size?: string;
}

/** One header of ustar and its data. */
function block({ name, content = '', type = '0', prefix = '', size }: Header): Buffer {
  const data = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write(size ?? data.length.toString(8).padStart(11, '0'), 124, 12, 'latin1');
  header.write(`        ${type}`, 148);
  header.write('ustar\u000000', 257);
  header.write(prefix, 345, 155);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148);
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

const tarOf = (...headers: readonly Header[]) =>
  Buffer.concat([...headers.map(block), Buffer.alloc(1024)]);

const pagesOf = async (file: Uint8Array) =>
  (await guest.extract(file)).pages.map(({ text }) => text);
const failureOf = async (file: Uint8Array) => {
  const outcome = await guest.call(file);
  expect(outcome.trap).toBeUndefined();
  expect(outcome.output.length).toBe(0);
  return outcome.failCode;
};

/** A record of pax, whose length counts itself. */
function record(text: string): string {
  const rest = Buffer.byteLength(text) + 2;
  const length = rest + String(rest + String(rest).length).length;
  return `${String(length)} ${text}\n`;
}

describe('the archive plugin', () => {
  test('imports only functions of the ABI, and exports extract_text alone', () => {
    expect(importsOf(guest.module)).toEqual([
      'ccos:host/1.child_new',
      'ccos:host/1.child_write',
      'ccos:host/1.fail',
      'ccos:host/1.out_write',
      'ccos:host/1.q_read',
      'ccos:host/1.q_stat',
      'extism:host/env.input_length',
      'extism:host/env.input_load_u8',
    ]);
    expect(exportsOf(guest.module)).toEqual(['_initialize', 'extract_text', 'memory']);
  });

  test('lists the names of a TAR, then the text of its text members', async () => {
    const result = await guest.extract(
      tarOf(
        { name: 'folder/', type: '5' },
        { name: 'folder/ä.txt', content: 'first\nline' },
        { name: 'picture.png', content: Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0]) },
        { name: 'deep.txt', prefix: 'a/b', content: 'second' },
        { name: 'link', type: '2' },
      ),
    );
    expect(result.format).toBe('tar');
    expect(result.pages.map(({ text }) => text)).toEqual([
      'folder/\nfolder/ä.txt\npicture.png\na/b/deep.txt\nlink',
      'first\nline',
      'second',
    ]);
  });

  test('has a heading above each text, the names as items, and documents as children', async () => {
    const pdf = '%PDF-1.7\n'.repeat(200_000);
    const file = tarOf(
      { name: 'a/notes.txt', content: 'one\n\ntwo' },
      { name: 'Scan.PDF', content: pdf },
      { name: 'empty.pdf' },
      { name: 'data.bin', content: Buffer.from([1, 2, 3, 4, 5, 6, 7, 0]) },
    );
    const outcome = await guest.call(file);
    expect(
      outcome.children.map(({ kind, bytes }) => [kind, Buffer.from(bytes).toString()]),
    ).toEqual([['application/pdf', pdf]]);
    const result = await guest.extract(file);
    expect(result.attachments).toEqual([
      { child: 0, media_type: 'application/pdf', bytes: pdf.length },
    ]);
    expect(result.blocks).toEqual([
      ...['a/notes.txt', 'Scan.PDF', 'empty.pdf', 'data.bin'].map((text) => ({
        kind: 'list_item',
        level: 1,
        text,
      })),
      { kind: 'page_break' },
      { kind: 'heading', level: 1, text: 'a/notes.txt' },
      { kind: 'paragraph', text: 'one' },
      { kind: 'paragraph', text: 'two' },
    ]);
  });

  test('takes long names and sizes from pax and GNU headers', async () => {
    const long = `${'n'.repeat(150)}/é.txt`;
    const file = tarOf(
      { name: 'global', type: 'g', content: record('comment=x') },
      {
        name: 'pax',
        type: 'x',
        content: record('mtime=1.5') + record(`path=${long}`) + record('size=3'),
      },
      { name: 'cut', content: 'abc', size: '77777777777' },
      { name: '././@LongLink', type: 'L', content: `${long}2\u0000` },
      { name: 'cut', content: 'def' },
      { name: 'short', content: 'ghi' },
    );
    expect(await pagesOf(file)).toEqual([`${long}\n${long}2\nshort`, 'abc', 'def', 'ghi']);
  });

  test('reads a TAR inside of GZIP, and one text alone', async () => {
    expect(await pagesOf(gzipSync(tarOf({ name: 'a', content: 'b' })))).toEqual(['a', 'b']);
    const result = await guest.extract(gzipSync('one text'));
    expect(result.format).toBe('gzip');
    expect(result.pages.some(({ text }) => text === 'one text')).toBe(true);
  });

  test('takes the name of the file from the GZIP header', async () => {
    const plain = gzipSync('text');
    const named = Buffer.concat([
      Buffer.from([...plain.subarray(0, 3), 8, ...plain.subarray(4, 10)]),
      Buffer.from('notes.txt\u0000'),
      plain.subarray(10),
    ]);
    expect(await pagesOf(named)).toEqual(['notes.txt', 'text']);
  });

  test.each(['/etc/passwd', '../up', 'a/../../up', 'C:\\x'])(
    'fails with 1 for the name %s',
    async (name) => {
      expect(await failureOf(tarOf({ name, content: 'x' }))).toBe(MALFORMED);
    },
  );

  test('fails with 1 for a member that is longer than the file', async () => {
    expect(await failureOf(tarOf({ name: 'a', size: '00000100000' }))).toBe(MALFORMED);
  });

  test('fails with 1 for a header with a wrong checksum, and 3 when it is the first', async () => {
    const file = tarOf({ name: 'a', content: 'x' }, { name: 'b', content: 'y' });
    file[1030] = 1;
    expect(await failureOf(file)).toBe(MALFORMED);
    file[5] = 1;
    expect(await failureOf(file)).toBe(FAIL.unsupported);
  });

  test('fails with 4 above 1000 members', async () => {
    const many = Array.from({ length: 1001 }, (_, i) => ({ name: String(i) }));
    expect((await pagesOf(tarOf(...many.slice(1)))).length).toBe(1);
    expect(await failureOf(tarOf(...many))).toBe(FAIL.overLimit);
  });

  test('fails with 4 for a GZIP that is packed more than 100:1', async () => {
    expect(await failureOf(gzipSync(Buffer.alloc(2 * MiB, 'a')))).toBe(FAIL.overLimit);
  });

  test('fails with 4 for a GZIP that says it holds more than 128 MiB', async () => {
    const file = gzipSync('x');
    file.writeUInt32LE(129 * MiB, file.length - 4);
    expect(await failureOf(file)).toBe(FAIL.overLimit);
  });

  test('fails with 1 for a GZIP with a wrong checksum or length', async () => {
    const file = gzipSync('some text');
    file.writeUInt32LE(8, file.length - 4);
    expect(await failureOf(file)).toBe(MALFORMED);
    const other = gzipSync('some text');
    other.writeUInt32LE(1, other.length - 8);
    expect(await failureOf(other)).toBe(MALFORMED);
  });

  test('fails with 5 for an archive of nothing', async () => {
    expect(await failureOf(new Uint8Array())).toBe(FAIL.empty);
    expect(await failureOf(gzipSync(''))).toBe(FAIL.empty);
  });

  test('gives a text or a failure for damaged files, never a trap', async () => {
    const below = seeded(19790101);
    const tar = tarOf(
      { name: 'pax', type: 'x', content: record('path=long name') + record('size=5') },
      { name: 'a', content: 'hello' },
      { name: 'b', content: 'world' },
    );
    const gzip = gzipSync(tar);
    for (let i = 0; i < 300; i++) {
      const outcome = await guest.call(mutate(i % 2 === 0 ? tar : gzip, below));
      expect(outcome.trap).toBeUndefined();
      expect(outcome.failCode === undefined).toBe(outcome.output.length > 0);
    }
  });
});
