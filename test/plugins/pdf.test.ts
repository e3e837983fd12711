import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { callPlugin, exportsOf, importsOf, jsonOutput } from '../support/abi-host.ts';
import { content, document, hexUtf16, pdf, show, stream } from './pdf-files.ts';
import {
  expectFailure,
  extract,
  extracted,
  FAIL,
  inputWith,
  LIMITS,
  plugin,
  type Extracted,
} from './pdf-guest.ts';

const MiB = 1024 * 1024;

describe('pdf.wasm', () => {
  test('imports only seven host functions and the input, and exports memory and extract_text', () => {
    expect(importsOf(plugin)).toEqual([
      'ccos:host/1.child_new',
      'ccos:host/1.child_write',
      'ccos:host/1.fail',
      'ccos:host/1.out_write',
      'ccos:host/1.progress',
      'ccos:host/1.q_read',
      'ccos:host/1.q_stat',
      'extism:host/env.input_length',
      'extism:host/env.input_load_u8',
    ]);
    expect(exportsOf(plugin)).toEqual(['extract_text', 'memory']);
  });
});

describe('extract_text() of text', () => {
  test('reads the sample: accents, ligatures, CJK, a table and a note beside the text', async () => {
    const result = await extracted(readFileSync('bundles/documents/samples/minutes.pdf'));
    expect(result).toMatchObject({ format: 'pdf', truncated: false, warnings: [] });
    expect(result.pages.map((page) => page.number)).toEqual([1, 2, 3]);
    const all = result.pages.map((page) => page.text).join('');
    expect(result.counts).toEqual({ characters: Array.from(all).length, pages: 3 });
    expect(all).toContain('Renée Åsgard, Tomas Brückner, Søren Lindqvist');
    expect(all).toContain('the first flight of both');
    expect(all).toContain('山田花子');
    expect(all).toContain('ask the boatyard whether');
    expect(all).toContain('Rent of the loft 960 580');
    expect(result.pages[1]?.annotations).toEqual([
      { kind: 'note', text: 'Tomas, please check the figure for cloth before we publish this.' },
    ]);
    expect(all).not.toContain('please check the figure');
  });

  test('escapes quotes, backslashes and control characters, and replaces lone surrogates', async () => {
    const note = 'a"b\\c\u0001\u001f\r\nd\rx\ud800y\udc00z\ud83d\ude00\u007f';
    const result = await extracted(
      document({
        codes: [show('say \\"hi\\" \\\\ bye')],
        firstPage: '/Annots [6 0 R]',
        more: [`<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents ${hexUtf16(note)} >>`],
      }),
    );
    expect(result.pages[0]).toEqual({
      number: 1,
      text: 'say "hi" \\ bye',
      annotations: [
        { kind: 'note', text: 'a"b\\c\u0001\u001f\nd\nx\ufffdy\ufffdz\ud83d\ude00\u007f' },
      ],
    });
  });

  test('keeps annotations and inherited form values apart from the text', async () => {
    const widget = '/Type /Annot /Subtype /Widget /Rect [0 0 9 9]';
    const result = await extracted(
      document({
        codes: [show('body')],
        catalogue: '/AcroForm << /Fields [8 0 R 10 0 R 11 0 R 12 0 R 13 0 R 14 0 R] >>',
        firstPage: '/Annots [6 0 R 7 0 R 9 0 R 10 0 R 11 0 R 12 0 R 13 0 R 14 0 R 15 0 R]',
        more: [
          '<< /Type /Annot /Subtype /Highlight /Rect [0 0 9 9] /Contents (look) >>',
          '<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /Contents (no) >>',
          '<< /FT /Tx /T (name) /V (Ada) /Kids [9 0 R] >>',
          `<< ${widget} /Parent 8 0 R >>`,
          `<< ${widget} /FT /Btn /T (on) /V /Yes /AS /Yes /AP << /N << /Yes 3 0 R /Off 3 0 R >> >> >>`,
          `<< ${widget} /FT /Btn /T (off) /V /Off /AS /Off /AP << /N << /Si 3 0 R /Off 3 0 R >> >> >>`,
          `<< ${widget} /FT /Tx /V (own) >>`,
          `<< ${widget} /FT /Ch /T (pick) /V [(first) (second)] >>`,
          `<< ${widget} /FT /Tx >>`,
          '<< /Type /Annot /Subtype /FreeText /Rect [0 0 9 9] /Contents (typed) >>',
        ],
      }),
    );
    expect(result.pages[0]).toEqual({
      number: 1,
      text: 'body',
      annotations: [
        { kind: 'markup', text: 'look' },
        { kind: 'text', text: 'typed' },
      ],
      fields: [
        { name: 'name', value: 'Ada' },
        { name: 'on', value: 'Yes' },
        { value: 'own' },
        { name: 'pick', value: 'first' },
      ],
    });
  });

  test('reads columns of vertical writing whose font is not embedded, in the order of the content', async () => {
    const column = (x: number, hex: string) => `BT /F1 12 Tf ${String(x)} 700 Td <${hex}> Tj ET\n`;
    const blob = pdf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Kids [4 0 R] /Count 1 /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> >>',
      '<< /Type /Font /Subtype /Type0 /BaseFont /Ryumin-Light /Encoding /UniJIS-UTF16-V /DescendantFonts [6 0 R] >>',
      '<< /Type /Page /Parent 2 0 R /Contents 5 0 R >>',
      content(column(500, '5c715ddd82b16728') + column(480, '6d774e0a')),
      '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Ryumin-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> /DW 1000 >>',
    ]);
    const result = await extracted(blob);
    expect(result.pages[0]?.text.replace(/\s/g, '')).toBe('山川花木海上');
  });

  test('says which pages it could not read or could not see text on', async () => {
    const codes = [show('one'), '0 0 9 9 re f'];
    const blob = document({ codes });
    const broken = Buffer.from(
      blob
        .toString('latin1')
        .replace('/Kids [4 0 R 6 0 R] /Count 2', '/Kids [4 0 R 6 0 R 99 0 R] /Count 3'),
      'latin1',
    );
    const result = await extracted(broken);
    expect(result.counts.pages).toBe(3);
    expect(result.pages.map((page) => page.text)).toEqual(['one', '']);
    expect(result.warnings).toEqual(['page_unreadable', 'page_needs_ocr']);
  });
});

describe('extract_text() within limits', () => {
  const three = document({ codes: [show('one'), show('two'), show('three')] });

  test('stops after args.limits.pages and says so', async () => {
    const result = await extracted(three, inputWith({ limits: { pages: 2, text_bytes: 100 } }));
    expect(result.pages.map((page) => page.text)).toEqual(['one', 'two']);
    expect(result.counts).toEqual({ characters: 6, pages: 3 });
    expect(result.truncated).toBe(true);
  });

  test('cuts at args.limits.text_bytes, never inside a character', async () => {
    const accents = document({ codes: [show('ab\\351\\351\\351')] });
    const cut = await extracted(accents, inputWith({ limits: { pages: 9, text_bytes: 5 } }));
    expect(cut).toMatchObject({ truncated: true, counts: { characters: 3, pages: 1 } });
    expect(cut.pages[0]?.text).toBe('abé');
    const whole = await extracted(accents, inputWith({ limits: { pages: 9, text_bytes: 8 } }));
    expect(whole).toMatchObject({ truncated: false, counts: { characters: 5, pages: 1 } });
  });

  test('counts annotations into the text limit', async () => {
    const blob = document({
      codes: [show('abc'), show('def')],
      firstPage: '/Annots [8 0 R]',
      more: ['<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (12345) >>'],
    });
    const result = await extracted(blob, inputWith({ limits: { pages: 9, text_bytes: 6 } }));
    expect(result.truncated).toBe(true);
    expect(result.pages).toEqual([
      { number: 1, text: 'abc', annotations: [{ kind: 'note', text: '123' }] },
    ]);
  });

  test.each([
    ['no limits', inputWith({})],
    ['no args, no media type', { abi: 1, handles: [{ handle: 0 }] }],
    ['zero and negative', inputWith({ limits: { pages: 0, text_bytes: -1 } })],
    ['strings', inputWith({ limits: { pages: '1', text_bytes: '1' } })],
    [
      'a limit that is only quoted',
      { a: '"args":{"limits":{"pages":1}}', args: { x: '"limits":{"pages":1}' } },
    ],
    [
      'a limit at another depth',
      { args: { deep: { limits: { pages: 1 } }, limits: { x: [1, { pages: 1 }] } } },
    ],
    [
      'too many digits',
      inputWith({ limits: { pages: 10_000_000_000, text_bytes: 10_000_000_000 } }),
    ],
    ['not JSON', new TextEncoder().encode('{"args":{"limits":{"pages":1')],
    ['nothing', new Uint8Array()],
  ])('falls back to its own limits for %s', async (_, input) => {
    const result = await extracted(three, input);
    expect(result.truncated).toBe(false);
    expect(result.pages).toHaveLength(3);
  });

  test('hands long results out in chunks, and fails when the host takes no more', async () => {
    const line = (y: number) =>
      `BT /F1 1 Tf 9 ${String(y)} Td (${'words and words '.repeat(60)}) Tj ET\n`;
    const codes = Array.from({ length: 5 }, () =>
      Array.from({ length: 40 }, (_, y) => line(20 * y)).join(''),
    );
    const blob = document({ codes });
    const outcome = await extract(blob);
    expect(outcome.calls.filter((name) => name === 'out_write').length).toBeGreaterThan(2);
    expect(outcome.calls.length).toBeLessThan(30);
    expect((jsonOutput(outcome) as Extracted).pages).toHaveLength(5);
    const refused = await callPlugin({
      module: plugin,
      exportName: 'extract_text',
      input: inputWith({ limits: LIMITS }),
      blobs: [blob],
      maxOutputBytes: 100_000,
    });
    expect(refused).toMatchObject({ failCode: FAIL.overLimit, trap: undefined });
  });

  test('fails as over a limit when a page inflates beyond 256 MiB', async () => {
    const bomb = deflateSync(Buffer.alloc(300 * MiB), { level: 1 });
    const blob = pdf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 9 9] >>',
      '<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>',
      stream('/Filter /FlateDecode', bomb),
    ]);
    const outcome = await extract(blob);
    expect(outcome.failCode).toBe(FAIL.overLimit);
    expect(outcome.output).toHaveLength(0);
    expect(outcome.memoryBytes).toBeLessThanOrEqual(256 * MiB);
  }, 30_000);
});

describe('extract_text() of what has no text', () => {
  test('fails as malformed for no bytes, other bytes and a handle that is not there', async () => {
    expectFailure(await extract(new Uint8Array()), FAIL.malformed);
    expectFailure(
      await extract(new TextEncoder().encode('PK\u0003\u0004 not a PDF')),
      FAIL.malformed,
    );
    const none = { module: plugin, exportName: 'extract_text', input: inputWith({}) };
    expectFailure(await callPlugin(none), FAIL.malformed);
  });

  test('fails as malformed for a file that is cut off before its pages', async () => {
    const sample = readFileSync('bundles/documents/samples/minutes.pdf');
    expectFailure(await extract(sample.subarray(0, 60)), FAIL.malformed);
  });

  test('ends with text or a typed failure wherever the file is cut', async () => {
    const sample = readFileSync('bundles/documents/samples/minutes.pdf');
    for (let size = 0; size < sample.length; size += 97) {
      const outcome = await extract(sample.subarray(0, size));
      expect(outcome.trap).toBeUndefined();
      if (outcome.failCode === undefined) expect(jsonOutput(outcome)).toHaveProperty('pages');
      else expect(outcome.output).toHaveLength(0);
    }
  });

  test.each([
    ['the standard handler', '/Filter /Standard /V 2 /R 3 /Length 128 /P -4'],
    ['an unknown handler', '/Filter /Other.Handler /V 4'],
  ])('fails as encrypted for %s', async (_, encrypt) => {
    const key = `<${'5a'.repeat(32)}>`;
    const blob = pdf(
      [
        '<< /Type /Catalog /Pages 2 0 R >>',
        '<< /Type /Pages /Kids [] /Count 0 >>',
        `<< ${encrypt} /O ${key} /U ${key} >>`,
      ],
      `/Encrypt 3 0 R /ID [${key} ${key}] `,
    );
    expectFailure(await extract(blob), FAIL.encrypted);
  });

  test('tells a scan from an empty page, and white space from text', async () => {
    expectFailure(await extract(document({ codes: ['0 0 300 300 re f'] })), FAIL.needsOcr);
    expectFailure(await extract(document({ codes: ['', ''] })), FAIL.empty);
    expectFailure(await extract(document({ codes: [show('   ')] })), FAIL.empty);
  });

  test('returns the annotations of a page without text', async () => {
    const result = await extracted(
      document({
        codes: ['0 0 300 300 re f'],
        firstPage: '/Annots [6 0 R]',
        more: ['<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (only this) >>'],
      }),
    );
    expect(result.pages[0]?.annotations).toEqual([{ kind: 'note', text: 'only this' }]);
    expect(result.warnings).toEqual(['page_needs_ocr']);
  });
});
