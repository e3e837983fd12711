import { beforeAll, describe, expect, test } from 'vitest';
import { exportsOf, importsOf, jsonOutput } from '../support/abi-host.ts';
import { FAIL, encoderFor, loadGuest, mutate, seeded, type Guest } from './text-guest.ts';

interface Document {
  readonly blocks: readonly unknown[];
  readonly counts: { readonly characters: number };
  readonly format: string;
  readonly pages: readonly { readonly text: string }[];
  readonly title?: string;
  readonly truncated: boolean;
  readonly warnings: readonly string[];
}

const MALFORMED = 1;
const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const rtf = (body: string) => `{\\rtf1\\ansi\\ansicpg1252 ${body}}`;
/** Bytes of a code page as \'hh. */
const escaped = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => `\\'${byte.toString(16).padStart(2, '0')}`).join('');

let guest: Guest;
beforeAll(async () => {
  guest = await loadGuest('dist/plugins/rtf.wasm', 'application/rtf');
});

async function read(document: string, textBytes?: number) {
  const outcome = await guest.call(latin1(document), textBytes === undefined ? {} : { textBytes });
  expect(outcome.trap).toBeUndefined();
  expect(outcome.failCode).toBeUndefined();
  return jsonOutput(outcome) as Document;
}
const textOf = async (body: string) => (await read(rtf(body))).pages[0]?.text;

describe('the RTF plugin', () => {
  test('imports only functions of the ABI, and exports extract_text alone', () => {
    expect(importsOf(guest.module)).toEqual([
      'ccos:host/1.fail',
      'ccos:host/1.out_write',
      'ccos:host/1.q_read',
      'ccos:host/1.q_stat',
      'extism:host/env.input_length',
      'extism:host/env.input_load_u8',
    ]);
    expect(exportsOf(guest.module)).toEqual(['_initialize', 'extract_text', 'memory']);
  });

  test.each([
    ['ends paragraphs and lines', 'a\\par b\\line c\\par\r\nd\\\ne', 'a\nb\nc\nd\ne'],
    ['keeps at most one empty paragraph', 'a\\par\\par\\par\\par b', 'a\n\nb'],
    ['reads symbols', 'a\\{\\}\\\\b\\~c\\_d\\-e\\tab f', 'a{}\\b c-de\tf'],
    ['reads characters by name', '\\lquote a\\rquote \\emdash\\bullet  x', '‘a’—• x'],
    ['takes one blank behind a word', '\\b  a\\b0 b', ' ab'],
    ['ignores words it does not know', '\\nosuchword-12 a{\\alsonot b}', 'ab'],
    [
      'reads \\u and passes over its stand-in',
      "\\u8364?\\u8364\\'80x\\uc2\\u228ab\\uc0\\u228 y",
      '€€xääy',
    ],
    ['reads negative and paired \\u', '\\u-3913?\\u-10179?\\u-8704?', '\uf0b7😀'],
    ['marks half a pair', '\\u-10179?x', '\ufffdx'],
    ['does not pass over a group or a word', '{\\u8364}x\\u8364\\b y', '€x€y'],
    ['restores \\uc with its group', '{\\uc0 \\u228 a}\\u228?b', 'äaäb'],
    ['leaves out \\* it does not know', 'a{\\*\\nosuch b{c}}d{\\*\\generator X;}', 'ad'],
    [
      'leaves out pictures and their data',
      'a{\\pict\\pngblip 89504e47}b{\\*\\shppict{\\pict ff}}',
      'ab',
    ],
    ['passes over \\bin', 'a{\\pict\\bin3 }}}x}b\\bin2 {{c', 'abc'],
    ['takes a \\bin that is too long for the rest', 'a\\bin99999 b', 'a'],
    ['keeps hidden text, not deleted', 'a{\\v b}c\\v d\\v0 e{\\deleted f}\\plain g', 'abcdeg'],
    ['shows the result of a field', '{\\field{\\*\\fldinst HYPERLINK "x"}{\\fldrslt y}}', 'y'],
    [
      'shows the text of a shape once',
      '{\\shp{\\*\\shpinst{\\sp{\\sn n}{\\sv v}}{\\shptxt t}}{\\shprslt r}}',
      't',
    ],
    ['prefers Unicode destinations', '{\\upr{a}{\\*\\ud{b}}}', 'b'],
    ['stops behind the document', 'a}b{c', 'a'],
  ])('%s', async (_, body, expected) => {
    expect(await textOf(body)).toBe(expected);
  });

  test.each([
    ['windows-1251', 204, 'Дача'],
    ['windows-1253', 161, 'Ελλάδα'],
    ['shift_jis', 128, '表示ソフト'],
    ['gb18030', 134, '中文字'],
    ['big5', 136, '許功蓋'],
    ['euc-kr', 129, '한국어'],
  ])('decodes %s by the charset of a font', async (label, charset, text) => {
    const bytes = encoderFor(label)(text);
    const fonts = `{\\fonttbl{\\f0\\fcharset0 A;}{\\f7\\fnil\\fcharset${String(charset)} B;}}`;
    const raw = Buffer.from(bytes)
      .toString('latin1')
      .replace(/[\\{}]/gu, '\\$&');
    expect(await textOf(`${fonts}\\f7 ${escaped(bytes)}{\\f0\\'e9}\\plain\\'e9{\\f7 ${raw}}`)).toBe(
      `${text}éé${text}`,
    );
  });

  test.each([
    ['\\ansi\\ansicpg1251', 'windows-1251', 'Дача'],
    ['\\mac', 'macintosh', 'é†'],
    ['\\ansi\\ansicpg932', 'shift_jis', 'ま'],
  ])('decodes by the code page of %s', async (words, label, text) => {
    const result = await read(`{\\rtf1${words} x${escaped(encoderFor(label)(text))}}`);
    expect(result.pages[0]?.text).toBe(`x${text}`);
  });

  test('reads tables, and a table in a cell', async () => {
    const result = await read(
      rtf(
        'top\\par\\trowd\\cellx1\\pard\\intbl a\\cell b\\par c\\cell\\row' +
          '\\trowd\\pard\\intbl d\\par\\itap2 e\\nestcell f\\nestcell' +
          '{\\*\\nesttableprops\\trowd\\nestrow}{\\nonesttables no\\par}\\itap1\\cell\\cell\\row' +
          '\\pard end\\par',
      ),
    );
    expect(result.pages[0]?.text).toBe('top\na\tb\nc\nd\ne\tf\t\nend');
    expect(result.blocks).toEqual([
      { kind: 'paragraph', text: 'top' },
      {
        kind: 'table',
        rows: [
          ['a', 'b\nc'],
          ['d\ne\tf', ''],
        ],
      },
      { kind: 'paragraph', text: 'end' },
    ]);
  });

  test('knows headings, items and page breaks', async () => {
    const styles = '{\\stylesheet{\\s0 Normal;}{\\s3\\b heading 2;}{\\s4\\outlinelevel0 Own;}}';
    const result = await read(
      rtf(
        `${styles}{\\info{\\title A \\'e9}{\\author no}}\\pard\\s3 two\\par\\pard\\s4 one\\par` +
          '\\pard\\outlinelevel8 six\\par\\pard text\\page\\pard\\ls1\\ilvl1 item\\par' +
          "\\pard{\\pntext\\'b7\\tab}other\\par\\pard last",
      ),
    );
    expect(result).toMatchObject({ format: 'rtf', title: 'A é', truncated: false, warnings: [] });
    expect(result.blocks).toEqual([
      { kind: 'heading', level: 2, text: 'two' },
      { kind: 'heading', level: 1, text: 'one' },
      { kind: 'heading', level: 6, text: 'six' },
      { kind: 'paragraph', text: 'text' },
      { kind: 'page_break' },
      { kind: 'list_item', level: 2, text: 'item' },
      { kind: 'list_item', level: 1, text: 'other' },
      { kind: 'paragraph', text: 'last' },
    ]);
    expect(result.counts.characters).toBe(result.pages[0]?.text.length);
  });

  test('puts headers first, then notes, comments and footers behind the body', async () => {
    const body =
      '{\\footer f\\par}{\\header h\\par}\\pard\\intbl a{\\footnote\\pard n\\par}{\\*\\annotation c}\\par b\\cell\\row';
    expect(await textOf(body)).toBe('h\n\na\nb\n\nn\n\nc\n\nf');
  });

  test('warns of hidden text and of bytes that are no character', async () => {
    expect((await read(rtf("{\\v x}\\'81"))).warnings).toEqual([
      'undecodable_bytes',
      'hidden_text',
    ]);
  });

  test('reads groups that are a piece of a document', async () => {
    expect((await read('{\\pard a\\par}\n{\\pard b\\par}')).pages[0]?.text).toBe('a\nb');
  });

  test.each([
    ['nothing', '', FAIL.empty],
    ['other text', 'no rtf', MALFORMED],
    ['a group without words', '{x}', MALFORMED],
    ['a ZIP', 'PK\x03\x04', FAIL.unsupported],
  ])('fails for %s', async (_, document, code) => {
    expect((await guest.call(latin1(document))).failCode).toBe(code);
  });

  test('bounds the depth of groups', async () => {
    const nested = (depth: number) => `{\\rtf1 ${'{'.repeat(depth)}x${'}'.repeat(depth)}}`;
    expect((await read(nested(499))).pages[0]?.text).toBe('x');
    expect((await guest.call(latin1(nested(500)))).failCode).toBe(FAIL.overLimit);
  });

  test('bounds the text, and the blocks with it', async () => {
    const result = await read(rtf('abc\\par def'), 5);
    expect(result).toMatchObject({
      blocks: [
        { kind: 'paragraph', text: 'abc' },
        { kind: 'paragraph', text: 'd' },
      ],
      pages: [{ text: 'abc\nd' }],
      truncated: true,
      warnings: [],
    });
    const long = await read(rtf('abcd\\par '.repeat(100_000)), 1000);
    expect(long).toMatchObject({ pages: [{ text: 'abcd\n'.repeat(200).trim() }], truncated: true });
    const cells = await guest.call(latin1(rtf('\\cell'.repeat(2_000_000))));
    expect(cells.trap).toBeUndefined();
    expect(cells.memoryBytes).toBeLessThan(96 << 20);
    expect((jsonOutput(cells) as Document).truncated).toBe(true);
  });

  test('survives damage', async () => {
    const document = latin1(
      rtf(
        '{\\fonttbl{\\f0\\fcharset128 A;}}{\\stylesheet{\\s1 heading 1;}}\\pard\\s1 a\\par' +
          "\\trowd\\pard\\intbl\\f0\\'82\\'a0\\cell\\u8364?\\row\\pard{\\footnote n}{\\pict\\bin2 xx}\\par z",
      ),
    );
    const below = seeded(43);
    for (let i = 0; i < 400; i++) {
      const outcome = await guest.call(mutate(document, below));
      expect(outcome.trap).toBeUndefined();
      if (outcome.failCode === undefined) jsonOutput(outcome);
    }
  });
});
