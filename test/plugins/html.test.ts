import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { exportsOf, importsOf } from '../support/abi-host.ts';
import { FAIL, encoderFor, loadGuest, mutate, seeded, type Guest } from './text-guest.ts';

const MiB = 1024 * 1024;
const utf8 = (text: string) => new TextEncoder().encode(text);

let guest: Guest;
beforeAll(async () => {
  guest = await loadGuest('dist/plugins/html.wasm', 'text/html');
});

const textOf = async (html: string) => (await guest.extract(utf8(html))).pages[0]?.text;

describe('the HTML plugin', () => {
  test('imports only functions of the ABI, and exports extract_text alone', () => {
    expect(
      importsOf(guest.module).every((name) => /^(ccos:host\/1|extism:host\/env)\./u.test(name)),
    ).toBe(true);
    expect(exportsOf(guest.module)).toEqual(['_initialize', 'extract_text', 'memory']);
  });

  test('reads the sample newsletter', async () => {
    const result = await guest.extract(readFileSync('bundles/documents/samples/newsletter.html'));
    expect(result).toMatchObject({
      format: 'html',
      encoding: 'utf-8',
      title: 'Allotment News – late spring',
      truncated: false,
      warnings: ['hidden_text'],
    });
    const text = result.pages[0]?.text ?? '';
    expect(text).toContain('Variety\tOffered by\tPackets\nBroad bean “Aquadulce”\tPlot 7\t12\n');
    expect(text).toContain('Pumpkin, unnamed 🎃\tPlot 2\t3');
    expect(text).toContain('3. Return the borrowed wheelbarrow\n(green, one flat tyre).');
    expect(text).toContain('The repaired tool shed');
    expect(text).toContain('plots@example.org');
    expect(text).toMatch(/Opening hours\n {2}Sat {3}9 - 12\n {2}Sun {2}10 - 12$/u);
    expect(text).not.toMatch(/script|cookie|collapse/u);
    expect(result.counts.characters).toBe(Array.from(text).length);
  });

  test.each([
    ['collapses white space', 'a \n\t b<b> c</b>d', 'a b cd'],
    ['ends lines with blocks', '<div>a</div>b<p>c<p>d</p>e<br>f', 'a\nb\n\nc\n\nd\n\ne\nf'],
    [
      'puts tabs between cells',
      '<table><tr><td>a<td><p>b</p><td><tr><th>c</table>d',
      'a\tb\nc\n\nd',
    ],
    [
      'keeps a row together',
      '<table><tr><td><p>a</p></td><td><div>b</div></td><tr><td><td>c</table>',
      'a\tb\n\tc',
    ],
    ['keeps an empty cell', '<table><tr><td></td><td>b</td></tr></table>', 'b'],
    ['marks items', '<ul><li>a<li>b<ol start=4><li>c<li>d</ol></ul>', '- a\n- b\n\n4. c\n5. d'],
    ['keeps preformatted text', '<pre>\n a\n\n  b</pre>c', ' a\n\n  b\n\nc'],
    ['keeps a text area', '<textarea>\n<b>x</b> &amp;\ny</textarea>', '<b>x</b> &\ny'],
    [
      'prints alternatives',
      'a<img src=/i/logo.v2.png?x>b<img alt="" src=q.png><img alt=pic>',
      'a logo.v2 b pic',
    ],
    ['prints buttons and fields', '<input value=Go type=submit><input type=hidden value=no>', 'Go'],
    ['reads noscript, since no script runs', '<noscript><p>off</p></noscript>', 'off'],
    [
      'reads what a frame shows without frames',
      '<iframe src=x>fall<b>back</b></iframe>',
      'fallback',
    ],
    ['drops templates', 'a<template>b<p>c</template>d', 'ad'],
    ['drops styles and scripts', 'a<style>p{}</style><script>b()</SCRIPT >c', 'ac'],
    ['takes a soft hyphen and a no-break space as such', 'a&shy;b&nbsp;&nbsp;c', 'ab c'],
  ])('%s', async (_, html, text) => {
    expect(await textOf(html)).toBe(text);
  });

  test.each([
    ['&lt;&gt;&amp;&quot;&apos;', '<>&"\''],
    ['&notit; &notin; &ampx &amp', '¬it; ∉ &x &'],
    ['&CounterClockwiseContourIntegral; &fjlig; &NotEqualTilde;', '∳ fj ≂̸'],
    ['&#65;&#x42;&#67 &#x80; &#0; &#xD800; &#x110000; &#99999999999;', 'ABC € � � � �'],
    ['&nosuch; & &; &#; &#x; a&b', '&nosuch; & &; &#; &#x; a&b'],
    ['&bsemi; &Afr; &copy', '⁏ 𝔄 ©'],
  ])('replaces the references of %j', async (html, text) => {
    expect(await textOf(html)).toBe(text);
  });

  test.each([
    ['<msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><mi>y</mi>', 'x^{2} + y'],
    ['<mfrac><mrow><mn>4</mn><mi>a</mi><mi>c</mi></mrow><mn>2</mn></mfrac>', '\\frac{4ac}{2}'],
    ['<msqrt><mi>π</mi></msqrt><mroot><mi>x</mi><mn>3</mn></mroot>', '\\sqrt{π}{x}^{1/3}'],
    [
      '<munderover><mo>&sum;</mo><mrow><mi>n</mi><mo>=</mo><mn>1</mn></mrow><mi>&infin;</mi></munderover>',
      '∑_{n = 1}^{∞}',
    ],
    ['<msup><mrow><mi>a</mi></mrow><mn>2</mn></msup>', '{a}^{2}'],
    [
      '<mtable><mtr><mtd>a</mtd><mtd>b</mtd></mtr><mtr><mtd>c</mtd></mtr></mtable>',
      '\\begin{matrix} a & b \\\\ c \\end{matrix}',
    ],
    ['<mi>sin</mi><mo>&ApplyFunction;</mo><mfenced><mi>x</mi><mi>y</mi></mfenced>', 'sin (x,y)'],
    ['<mtext>if  not</mtext><mspace width="1em"/><ms>s</ms>', '\\text{if not} \\text{s}'],
    [
      '<semantics><mi>x</mi><annotation encoding="application/x-tex">x</annotation></semantics>',
      'x',
    ],
  ])('writes the formula %j in one line', async (formula, text) => {
    expect(await textOf(`<math>\n ${formula.replaceAll('><', '>\n<')}\n</math>`)).toBe(text);
    const prefixed = formula.replaceAll(/<(\/?)(?=[a-z])/gu, '<$1m:');
    expect(await textOf(`<m:math>${prefixed}</m:math>`)).toBe(text);
  });

  test('sets a displayed formula apart, and takes its elements for nothing outside of one', async () => {
    const math = '<math display="block"><mi>x</mi></math>';
    expect(await textOf(`a${math}b<math><mi>y</mi></math>`)).toBe('a\nx\nby');
    expect(await textOf('a <mtext>b <mfrac>c</mfrac></mtext>')).toBe('a b c');
  });

  test('shows one of the alternatives of a switch', async () => {
    const choice = (namespace: string) =>
      `<epub:switch><epub:case required-namespace="${namespace}">a</epub:case>` +
      '<epub:default>b</epub:default></epub:switch>c';
    expect(await textOf(choice('http://www.w3.org/1998/Math/MathML'))).toBe('ac');
    expect(await textOf(choice('http://example.org/unknown'))).toBe('bc');
  });

  test('leaves a reference in an attribute alone before "=" and letters', async () => {
    expect(await textOf('<img alt="?a=b&copy=1&copyx&copy;&copy">')).toBe('?a=b&copy=1&copyx©©');
  });

  test.each([
    ['a<!-- <b> -->b<!-->c<!--->d<!--x--!>e', 'abcde'],
    ['a<!DOCTYPE html>b<?php x ?>c</ d>e<![CDATA[f]]>g', 'abceg'],
    ['<svg><title>t</title><![CDATA[<f>]]></svg>', 't<f>'],
    ['<script><!--<script></script>x--></script>y', 'y'],
    ['<script><!-- </script>y', 'y'],
    ['1 < 2 <3 </ >x<', '1 < 2 <3 x<'],
    ['<p title="a>b" c=\'>\' d=e/>f', 'f'],
    ['x<b', 'x'],
    ['<xmp><b>&amp;</xmp>', '<b>&amp;'],
    ['<plaintext><b>&amp;</plaintext>', '<b>&amp;</plaintext>'],
    ['<title>T &amp;\n <b>u</title>x', 'x'],
  ])('tokenizes %j as the standard does', async (html, text) => {
    expect(await textOf(html)).toBe(text);
  });

  test.each([
    '<p hidden>x</p>',
    '<div style="Display : none"><p>x</div>',
    '<i style="color:red;visibility:hidden">x</i>',
    '<i style="font-size:0px">x</i>',
    '<i style="opacity:0;">x</i>',
  ])('prints the hidden text of %j and warns', async (html) => {
    const result = await guest.extract(utf8(`a ${html}`));
    expect(result.pages[0]?.text).toMatch(/x$/u);
    expect(result.warnings).toEqual(['hidden_text']);
  });

  test('does not warn of what is shown', async () => {
    const html = '<p style="opacity:0.5">x</p><p hidden></p><i style="font-size:0.9em">y</i>';
    expect((await guest.extract(utf8(html))).warnings).toEqual([]);
  });

  test.each([
    ['<meta charset="windows-1251">', 'windows-1251'],
    ['<META content="text/html; charset=koi8-r" HTTP-EQUIV=content-type>', 'koi8-r'],
    ["<!-- <meta charset=big5> --><meta charset='shift_jis'>", 'shift_jis'],
    ['<?xml version="1.0" encoding="windows-1251"?>', 'windows-1251'],
  ])('believes %j', async (head, encoding) => {
    const blob = Buffer.concat([utf8(head), encoderFor(encoding)('<p>Дача</p>')]);
    const result = await guest.extract(blob);
    expect(result).toMatchObject({ encoding, pages: [{ text: 'Дача' }] });
  });

  test('prefers the charset of the media type to that of the document', async () => {
    const blob = Buffer.concat([utf8('<meta charset=koi8-r>'), encoderFor('windows-1251')('Дача')]);
    const result = await guest.extract(blob, { mediaType: 'text/html; charset=windows-1251' });
    expect(result.pages[0]?.text).toBe('Дача');
  });

  test('guesses the encoding of a document that names none', async () => {
    const html = '<p>Завтра утром мы едем на дачу, потому что погода наладилась.</p>';
    const result = await guest.extract(encoderFor('koi8-r')(html));
    expect(result.encoding).toBe('koi8-r');
  });

  test('gives text out of any depth, without a deep stack', async () => {
    const result = await guest.extract(
      utf8(`${'<div><b>'.repeat(100_000)}deep${'</b></div>'.repeat(9)}`),
    );
    expect(result.pages[0]?.text).toBe('deep');
    expect(result.warnings).toEqual(['depth_limit']);
  });

  test('cuts at text_bytes on the border of a character', async () => {
    const result = await guest.extract(utf8('<p>aé€b'), { textBytes: 5 });
    expect(result).toMatchObject({ truncated: true, pages: [{ text: 'aé' }] });
  });

  test('says that nothing is there, that too much is, and that it is no text', async () => {
    expect((await guest.call(new Uint8Array(0))).failCode).toBe(FAIL.empty);
    expect((await guest.call(new Uint8Array(16 * MiB + 1))).failCode).toBe(FAIL.overLimit);
    expect((await guest.call(Uint8Array.of(0x50, 0x4b, 3, 4, 9, 9))).failCode).toBe(
      FAIL.unsupported,
    );
  });

  test.each([
    '<',
    '&',
    '<!---->',
    '<!--a--!',
    '</p>',
    '<b><i>',
    '<a b=c ',
    '<title>',
    '<td>',
    '&gt;',
  ])(
    'takes a megabyte of %j in linear time',
    async (piece) => {
      const blob = Buffer.alloc(MiB, piece);
      const outcome = await guest.call(blob);
      expect(outcome).toMatchObject({ failCode: undefined, trap: undefined });
      expect(outcome.memoryBytes).toBeLessThan(32 * MiB);
    },
    5000,
  );

  test('survives seeded damage with text or a typed failure', async () => {
    const below = seeded(1_234_567);
    const source = readFileSync('bundles/documents/samples/newsletter.html');
    for (let round = 0; round < 400; round++) {
      const blob = mutate(mutate(mutate(source, below), below), below);
      const outcome = await guest.call(blob);
      expect(outcome.trap).toBeUndefined();
      if (outcome.failCode === undefined) await guest.extract(blob);
      else expect(Object.values(FAIL)).toContain(outcome.failCode);
    }
  }, 60_000);
});
