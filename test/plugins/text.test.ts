import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { callPlugin, exportsOf, importsOf } from '../support/abi-host.ts';
import { FAIL, encoderFor, loadGuest, mutate, seeded, type Guest } from './text-guest.ts';

const MiB = 1024 * 1024;
const utf8 = (text: string) => new TextEncoder().encode(text);
const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? utf8(part) : Buffer.from(part))));

let guest: Guest;
beforeAll(async () => {
  guest = await loadGuest('dist/plugins/text.wasm', 'text/plain');
});

const textOf = async (blob: Uint8Array, mediaType?: string) => {
  const result = await guest.extract(blob, mediaType === undefined ? {} : { mediaType });
  return result.pages[0]?.text;
};

describe('the plain-text plugin', () => {
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

  test('gives UTF-8 back with line feeds, without mark and NUL', async () => {
    const result = await guest.extract(
      bytes([0xef, 0xbb, 0xbf], 'a\r\nb\rc\n\r\n', [0], '“d” \\ \u0007 \t😀'),
    );
    expect(result).toEqual({
      counts: { characters: 17, pages: 1 },
      format: 'text',
      encoding: 'utf-8',
      pages: [{ number: 1, text: 'a\nb\nc\n\n“d” \\ \u0007 \t😀' }],
      blocks: [
        { kind: 'paragraph', text: 'a\nb\nc' },
        { kind: 'paragraph', text: '“d” \\ \u0007 \t😀' },
      ],
      truncated: false,
      warnings: [],
    });
  });

  test('does not take text with a stray NUL for UTF-16', async () => {
    const text = 'It was a plain text once, and then a byte fell out of it.';
    expect(await textOf(bytes(text.slice(0, 21), [0], text.slice(21)))).toBe(text);
  });

  test('replaces damaged UTF-8 and says so', async () => {
    const result = await guest.extract(
      bytes('Grüße aus Köln, für Österreich, Ähre, Öl', [0xc3], ' ende äöüß'),
    );
    expect(result.encoding).toBe('utf-8');
    expect(result.pages[0]?.text).toBe('Grüße aus Köln, für Österreich, Ähre, Öl\ufffd ende äöüß');
    expect(result.warnings).toEqual(['undecodable_bytes']);
  });

  test.each([
    ['utf-16le', [0xff, 0xfe], false],
    ['utf-16be', [0xfe, 0xff], true],
    ['utf-16le', [], false],
    ['utf-16be', [], true],
  ] as const)('reads %s with the mark %j', async (encoding, mark, big) => {
    const text = 'Ein Satz, zwei Zeilen.\nΚαι λίγα ελληνικά 😀.\n';
    const body = Buffer.from(text, 'utf16le');
    const result = await guest.extract(bytes([...mark], [...(big ? body.swap16() : body)]));
    expect(result).toMatchObject({ encoding, pages: [{ text }] });
  });

  test.each([
    ['utf-32le', true],
    ['utf-32be', false],
  ] as const)('reads %s by its mark', async (encoding, little) => {
    const points = Array.from('\ufeffa ж 😀').map((point) => point.codePointAt(0) ?? 0);
    const view = new DataView(new ArrayBuffer(points.length * 4));
    points.forEach((point, i) => {
      view.setUint32(i * 4, point, little);
    });
    const result = await guest.extract(new Uint8Array(view.buffer));
    expect(result).toMatchObject({ encoding, pages: [{ text: 'a ж 😀' }] });
  });

  test('reads ISO-2022-JP by its shifts', async () => {
    const result = await guest.extract(
      bytes('Re: ', [0x1b, 0x24, 0x42, 0x46, 0x7c, 0x4b, 0x5c, 0x1b, 0x28, 0x42], ' ok'),
    );
    expect(result).toMatchObject({ encoding: 'iso-2022-jp', pages: [{ text: 'Re: 日本 ok' }] });
  });

  test('cuts at text_bytes on the border of a character', async () => {
    for (const [textBytes, text] of [
      [0, ''],
      [3, 'aé'],
      [4, 'aé'],
      [5, 'aé'],
      [6, 'aé€'],
      [7, 'aé€b'],
    ] as const) {
      const result = await guest.extract(utf8('aé€b'), { textBytes });
      expect(result.pages[0]?.text).toBe(text);
      expect(result.truncated).toBe(text !== 'aé€b');
    }
  });

  test('believes a declared charset that the bytes are valid in', async () => {
    const blob = bytes('na', [0xef], 've'); // Greek iota or i with diaeresis
    expect(await textOf(blob, 'text/plain; charset=ISO-8859-7')).toBe('naοve');
    expect(await textOf(blob, 'text/plain; charset="latin1"; format=flowed')).toBe('naïve');
  });

  test('does not believe a declaration that the bytes disprove', async () => {
    const result = await guest.extract(
      encoderFor('windows-1251')('Завтра мы едем на дачу к бабушке'),
      {
        mediaType: 'text/plain; charset=utf-8',
      },
    );
    expect(result.encoding).toBe('windows-1251');
    expect(result.warnings).toEqual(['declared_encoding_wrong']);
    expect(await textOf(utf8('später wäre schöner'), 'text/plain; charset=latin1')).toBe(
      'später wäre schöner',
    );
  });

  test.each([
    ['PNG', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
    ['ZIP', [0x50, 0x4b, 3, 4]],
    ['GIF', [...utf8('GIF89a')]],
    ['JPEG', [0xff, 0xd8, 0xff, 0xe0]],
    ['gzip', [0x1f, 0x8b, 8]],
    ['ELF', [0x7f, 0x45, 0x4c, 0x46]],
    ['OLE', [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]],
    ['PDF', [...utf8('%PDF-1.7')]],
  ])('refuses %s as unsupported', async (_, magic) => {
    const outcome = await guest.call(bytes(magic, 'and then some text, enough of it'));
    expect(outcome).toMatchObject({ failCode: FAIL.unsupported, trap: undefined });
    expect(outcome.output).toHaveLength(0);
  });

  test('refuses noise and zeroes as unsupported', async () => {
    const below = seeded(7);
    const noise = Uint8Array.from({ length: 2000 }, () => below(256));
    expect((await guest.call(noise)).failCode).toBe(FAIL.unsupported);
    expect((await guest.call(new Uint8Array(5000))).failCode).toBe(FAIL.unsupported);
  });

  test('says that nothing is there, and that too much is', async () => {
    expect((await guest.call(new Uint8Array(0))).failCode).toBe(FAIL.empty);
    expect((await guest.call(new Uint8Array(50 * MiB + 1))).failCode).toBe(FAIL.overLimit);
  });

  test.each([
    '',
    '{}',
    '[]',
    '{"handles":[]}',
    '{"handles":[{"handle":-1}]}',
    '{"handles":[{"handle":0}]} x',
    '{"handles":[{"handle":0}],}',
    '{"a":"\\x","handles":[{"handle":0}]}',
    `{"a":${'['.repeat(500)}${']'.repeat(500)},"handles":[{"handle":0}]}`,
    '{"args":{"limits":{"text_bytes":-5}},"handles":[{"handle":0}]}',
    '{"handles":[{"handle":9}]}',
  ])('refuses the input %j', async (input) => {
    const outcome = await callPlugin({
      module: guest.module,
      exportName: 'extract_text',
      input: utf8(input),
      blobs: [utf8('text')],
    });
    expect(outcome).toMatchObject({ failCode: FAIL.refused, trap: undefined });
    expect(outcome.output).toHaveLength(0);
  });

  test.each([
    ['nested', '<!DOCTYPE d [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><d>&b;</d>'],
    ['of a parameter', '<!DOCTYPE d [<!ENTITY % a "aa"><!ENTITY b "%a;">]><d/>'],
    [
      'nested behind a comment',
      '<?xml version="1.0"?><!-- [ --><!DOCTYPE d [<!-- ] --><!ENTITY b "&a;">]>',
    ],
    [
      'long and often used',
      `<!DOCTYPE d [<!ENTITY a "${'x'.repeat(20_000)}">]><d>${'&a;'.repeat(1000)}`,
    ],
    [
      'in UTF-16',
      Buffer.from('\ufeff<!DOCTYPE d [<!ENTITY a "b"><!ENTITY b "&a;">]><d/>', 'utf16le'),
    ],
  ])('refuses XML with entities that grow: %s', async (_, xml) => {
    const outcome = await guest.call(typeof xml === 'string' ? utf8(xml) : xml);
    expect(outcome).toMatchObject({ failCode: FAIL.overLimit, trap: undefined });
  });

  test.each([
    '<!DOCTYPE d [<!ENTITY a "b &amp; &#65;"><!ENTITY x SYSTEM "file:///etc/passwd">]><d>&a;&x;</d>',
    '<!DOCTYPE html><p>&b;</p>',
    'a <!DOCTYPE d [<!ENTITY a "b"><!ENTITY b "&a;">]>',
  ])('gives %j as it stands: nothing is expanded, nothing is fetched', async (xml) => {
    expect(await textOf(utf8(xml))).toBe(xml);
  });

  test('answers a host that takes no more output with the limit', async () => {
    const outcome = await callPlugin({
      module: guest.module,
      exportName: 'extract_text',
      input: { handles: [{ handle: 0 }] },
      blobs: [utf8('x'.repeat(200_000))],
      maxOutputBytes: 1000,
    });
    expect(outcome).toMatchObject({ failCode: FAIL.overLimit, trap: undefined });
  });

  test('survives seeded damage with text or a typed failure', async () => {
    const below = seeded(20_261_125);
    const sources = [
      utf8('Ein Text mit Ümlauten, “Zeichen” und 漢字 – und ein 😀 am Ende.\n'.repeat(4)),
      encoderFor('shift_jis')('図書室の開室時間を変更いたします。ご利用ください。'),
      encoderFor('koi8-r')('Поезд отправляется в семь часов утра с третьего пути.'),
      Buffer.from('\ufeffUTF-16 mit Marke', 'utf16le'),
      readFileSync('bundles/documents/samples/notice-shift-jis.txt'),
    ];
    for (let round = 0; round < 400; round++) {
      const source = sources[round % sources.length] ?? new Uint8Array(1);
      const blob = mutate(mutate(source, below), below);
      const outcome = await guest.call(blob);
      expect(outcome.trap).toBeUndefined();
      if (outcome.failCode === undefined) await guest.extract(blob);
      else expect(Object.values(FAIL)).toContain(outcome.failCode);
    }
  }, 60_000);
});

describe('speed of the plain-text plugin', () => {
  test('reads 25 MiB in a few seconds at most, in bounded memory', async () => {
    const blob = Buffer.alloc(25 * MiB, utf8('Строка за строкой, и так до самого конца.\r\n'));
    const outcome = await guest.call(blob);
    expect(outcome.failCode).toBeUndefined();
    expect(outcome.memoryBytes).toBeLessThan(64 * MiB);
  }, 10_000);
});
