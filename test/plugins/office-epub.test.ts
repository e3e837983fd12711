import { describe, expect, test } from 'vitest';
import { epub } from '../support/office-files.ts';
import { FAIL, extractOffice, officeFailure } from './office-guest.ts';

const html = (body: string) =>
  `<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><body>${body}</body></html>`;

const encryption = (algorithm: string, file: string) =>
  `<encryption xmlns="c"><e:EncryptedData xmlns:e="e"><e:EncryptionMethod Algorithm="${algorithm}"/>` +
  `<e:CipherData><e:CipherReference URI="${file}"/></e:CipherData></e:EncryptedData></encryption>`;

describe('extractEpub', () => {
  test('gives a page for each chapter in the order of the spine, without the navigation', async () => {
    const chapters = {
      'a b.xhtml': html('<h1>Two</h1><p>x&nbsp;y &mdash; z</p>'),
      'one.xhtml': html('<p>One'),
      'nav.xhtml': html('<nav><ol><li>One</li></ol></nav>'),
      'unused.xhtml': html('<p>never</p>'),
    };
    const result = await extractOffice(epub(chapters, ['nav.xhtml', 'one.xhtml', 'a b.xhtml']));
    expect(result).toMatchObject({
      format: 'epub',
      title: 'A & B',
      counts: { pages: 2 },
      warnings: [],
    });
    expect(result.pages.map((page) => page.text)).toEqual(['One', 'Two\n\nx y — z']);
    expect(result.blocks).toEqual([
      { kind: 'paragraph', text: 'One' },
      { kind: 'page_break' },
      { kind: 'heading', level: 1, text: 'Two' },
      { kind: 'paragraph', text: 'x y — z' },
    ]);
  });

  test('warns of chapters that are not in the book, and reads nothing outside of it', async () => {
    const result = await extractOffice(epub({ 'a.xhtml': html('in') }, ['../../x', 'a.xhtml']));
    expect(result).toMatchObject({ warnings: ['missing_part'], pages: [{ text: 'in' }] });
  });

  test('warns of hidden text', async () => {
    const result = await extractOffice(epub({ a: html('<p hidden="">x</p>') }, ['a']));
    expect(result.warnings).toEqual(['hidden_text']);
  });

  test('reads a book of which only the fonts are mixed up, and no other encrypted one', async () => {
    const chapters = { 'a.xhtml': html('text') };
    const locked = (algorithm: string, file: string) =>
      epub(chapters, ['a.xhtml'], { 'META-INF/encryption.xml': encryption(algorithm, file) });
    const fonts = locked('http://www.idpf.org/2008/embedding', 'OPS/font.otf');
    expect((await extractOffice(fonts)).counts.pages).toBe(1);
    const aes = locked('http://www.w3.org/2001/04/xmlenc#aes256-cbc', 'OPS/text/a.xhtml');
    expect(await officeFailure(aes)).toBe(FAIL.encrypted);
  });

  test('refuses a book without a package or chapters', async () => {
    expect(await officeFailure(epub({}, []))).toBe(FAIL.malformed);
    const lost = epub({}, [], { 'META-INF/container.xml': '<container/>' });
    expect(await officeFailure(lost)).toBe(FAIL.malformed);
    const declared = '<!DOCTYPE c [<!ENTITY x "y">]><container/>';
    const entities = epub({}, [], { 'META-INF/container.xml': declared });
    expect(await officeFailure(entities)).toBe(FAIL.overLimit);
  });

  test('reads 32 MiB of chapters, and no more', async () => {
    const noise = Array.from({ length: 4096 }, (_, i) => `<b a="${String((i * 7919) % 104729)}">`);
    const chapter = html(noise.join('').repeat(260));
    const chapters = { a: chapter };
    const spine = (count: number) => Array.from({ length: count }, () => 'a');
    const fits = Math.floor((32 << 20) / chapter.length);
    expect(await officeFailure(epub(chapters, spine(fits)))).toBe(FAIL.empty);
    expect(await officeFailure(epub(chapters, spine(fits + 1)))).toBe(FAIL.overLimit);
  }, 60_000);

  test('stops at the limits of pages and of text', async () => {
    const chapters = { a: html('first'), b: html('second') };
    const paged = await extractOffice(epub(chapters, ['a', 'b']), { pages: 1 });
    expect(paged).toMatchObject({ truncated: true, pages: [{ text: 'first' }] });
    const cut = await extractOffice(epub(chapters, ['a', 'b']), { textBytes: 7 });
    expect(cut).toMatchObject({ truncated: true, pages: [{ text: 'first' }, { text: 'se' }] });
  });
});
