import { describe, expect, test } from 'vitest';
import { docxOf } from '../support/office-files.ts';
import { FAIL, callOffice, officeFailure, officeText } from './office-guest.ts';

const MiB = 1024 * 1024;
const wrapped = (inner: string, head = '') =>
  `${head}<w:document xmlns:w="w"><w:body><w:p><w:r>${inner}</w:r></w:p></w:body></w:document>`;
const inText = (inner: string) => docxOf(wrapped(`<w:t>${inner}</w:t>`));

describe('Xml', () => {
  test.each([
    ['&lt;&gt;&amp;&quot;&apos;', '<>&"\''],
    ['&#65;&#x42;&#x1F383;', 'AB🎃'],
    ['a<![CDATA[<b> & ]] &amp;]]>c', 'a<b> & ]] &amp;c'],
    ['a<!-- <w:t> & -->b<?pi <x> ?>c', 'abc'],
    ['a\r\nb', 'a b'],
    ['a\u0001\u001b[31mb', 'a[31mb'],
  ])('reads the text %j', async (inner, text) => {
    expect(await officeText(inText(inner))).toBe(text);
  });

  test('takes elements by their local names, whatever the prefix', async () => {
    const document =
      '<document><body><p><x:r><y:t a = "1>2" b=\'"\'>text</y:t ></x:r></p></body></document>';
    expect(await officeText(docxOf(document))).toBe('text');
  });

  test.each([
    ['UTF-8 with a mark', Buffer.from(`\ufeff${wrapped('<w:t>Ünï</w:t>')}`)],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${wrapped('<w:t>Ünï</w:t>')}`, 'utf16le')],
    ['UTF-16 without one', Buffer.from(wrapped('<w:t>Ünï</w:t>'), 'utf16le')],
    ['big-endian UTF-16', Buffer.from(`\ufeff${wrapped('<w:t>Ünï</w:t>')}`, 'utf16le').swap16()],
    [
      'a declared encoding',
      Buffer.from(
        wrapped('<w:t>Ünï</w:t>', '<?xml version="1.0" encoding=\'ISO-8859-1\'?>'),
        'latin1',
      ),
    ],
    [
      'UTF-8 that is declared as UTF-16',
      Buffer.from(wrapped('<w:t>Ünï</w:t>', '<?xml version="1.0" encoding="UTF-16"?>')),
    ],
  ])('reads %s', async (_, document) => {
    expect(await officeText(docxOf(document))).toBe('Ünï');
  });

  test('replaces what is no UTF-8', async () => {
    const document = Buffer.from(wrapped('<w:t>a?b</w:t>'));
    document[document.indexOf('?')] = 0xff;
    expect(await officeText(docxOf(document))).toBe('a\ufffdb');
  });

  test.each([
    ['an unknown entity', '&nbsp;'],
    ['a lone ampersand', 'a & b'],
    ['a character that XML has not', '&#0;'],
    ['a surrogate', '&#xD800;'],
    ['tags that do not match', '<w:b></w:i>'],
    ['a tag in a tag', '<w:b <w:i/>'],
    ['an open comment', '<!-- '],
    ['an open CDATA section', '<![CDATA[ '],
    ['an open tag', '<w:b a="'],
  ])('refuses %s', async (_, inner) => {
    expect(await officeFailure(inText(inner))).toBe(FAIL.malformed);
  });

  test.each([
    ['nothing', ''],
    ['no element', '<?xml version="1.0"?>'],
    ['an element that does not end', '<w:document xmlns:w="w"><w:body>'],
    ['two roots', `${wrapped('')}<w:document/>`],
    ['an unknown encoding', wrapped('', '<?xml version="1.0" encoding="no-such"?>')],
  ])('refuses a part with %s', async (_, document) => {
    expect(await officeFailure(docxOf(document))).toBe(FAIL.malformed);
  });

  test.each([
    ['<!DOCTYPE w:document>', FAIL.malformed],
    ['<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x">', FAIL.malformed],
    ['<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>', FAIL.overLimit],
    ['<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>', FAIL.overLimit],
    ['<!DOCTYPE d [<!-- > --><!ELEMENT a ANY><!ENTITY % x "y">]>', FAIL.overLimit],
  ])('refuses the document type %j', async (type, code) => {
    expect(await officeFailure(docxOf(wrapped('<w:t>&x;</w:t>', type)))).toBe(code);
  });

  test('opens 256 elements inside of each other, and no more', async () => {
    const nested = (count: number) =>
      wrapped(`${'<w:x>'.repeat(count)}<w:t>deep</w:t>${'</w:x>'.repeat(count)}`);
    expect(await officeText(docxOf(nested(251)))).toBe('deep');
    expect(await officeFailure(docxOf(nested(252)))).toBe(FAIL.overLimit);
    expect(await officeFailure(docxOf(nested(150_000)))).toBe(FAIL.overLimit);
  });

  test('replaces references in a long text', async () => {
    const text = `${'x'.repeat(70_000)}&amp;${'é'.repeat(70_000)}&lt;${'y&gt;'.repeat(40_000)}`;
    const expected = text.replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
    expect(await officeText(inText(text))).toBe(expected);
  });

  test.each([
    '<',
    '&',
    '&#',
    '<!--',
    '<![CDATA[',
    '<?',
    '<a ',
    '<a b="',
    '</',
    ']]>',
    '<a/>',
    '&lt;',
  ])(
    'takes a megabyte of %j in linear time',
    async (piece) => {
      const noise = piece.repeat(MiB / piece.length) + Buffer.from('0123456789').toString('hex');
      const outcome = await callOffice(inText(noise));
      expect(outcome.trap).toBeUndefined();
      expect(outcome.memoryBytes).toBeLessThan(32 * MiB);
    },
    5000,
  );
});
