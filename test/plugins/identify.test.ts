import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  callPlugin,
  compilePlugin,
  exportsOf,
  importsOf,
  jsonOutput,
  type PluginOutcome,
  type WasmModule,
} from '../support/abi-host.ts';
import { zip } from '../support/zip.ts';
import { mutate, seeded } from './text-guest.ts';

const FAIL = { malformed: 1, encrypted: 2, overLimit: 4, empty: 5 } as const;
const SAMPLES = 'bundles/documents/samples';

let module: WasmModule;
beforeAll(async () => {
  module = await compilePlugin(readFileSync('dist/plugins/identify.wasm'));
});

const call = (blob: Uint8Array | string, type?: string): Promise<PluginOutcome> =>
  callPlugin({
    module,
    exportName: 'identify',
    input: {
      abi: 1,
      capability: 'ccos.attachment.identify',
      args: {},
      handles: [
        {
          handle: 0,
          class: 'pii.attachment',
          ...(type === undefined ? {} : { media_type: type }),
        },
      ],
    },
    blobs: [Buffer.from(blob)],
  });

interface Identity {
  readonly format: string;
  readonly media_type: string;
  readonly as_declared: boolean;
}

async function identify(blob: Uint8Array | string, type?: string): Promise<Identity> {
  const outcome = await call(blob, type);
  expect(outcome).toMatchObject({ trap: undefined, failCode: undefined });
  return jsonOutput(outcome) as Identity;
}
const formatOf = async (blob: Uint8Array | string, type?: string) =>
  (await identify(blob, type)).format;

const bytes = (hex: string, size = 64) =>
  Buffer.concat([Buffer.from(hex.replaceAll(' ', ''), 'hex'), Buffer.alloc(size)]);
const types = (main: string) =>
  zip([
    { name: 'docProps/app.xml', content: '<x/>' },
    { name: '[Content_Types].xml', content: `<Types><Override ContentType="${main}"/></Types>` },
  ]);
const odf = (type: string) => zip([{ name: 'mimetype', content: type, stored: true }]);
const OOXML = 'application/vnd.openxmlformats-officedocument.';

/** An OLE file with one entry of its directory. */
function ole(name: string): Buffer {
  const file = Buffer.alloc(2048);
  file.write('d0cf11e0a1b11ae1', 'hex');
  file.write(name, 1024, 'utf16le');
  file.writeUInt16LE(2 * name.length + 2, 1024 + 64);
  return file;
}

/** A header of TAR with its checksum. */
function tar(): Buffer {
  const header = Buffer.alloc(1024);
  header.write('a.txt');
  header.write('00000000000', 124);
  header.write('        0', 148);
  const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148);
  return header;
}

describe('the plugin that tells formats apart', () => {
  test('imports only functions of the ABI, and exports identify alone', () => {
    expect(importsOf(module)).toEqual([
      'ccos:host/1.fail',
      'ccos:host/1.out_write',
      'ccos:host/1.q_read',
      'ccos:host/1.q_stat',
      'extism:host/env.input_length',
      'extism:host/env.input_load_u8',
    ]);
    expect(exportsOf(module)).toEqual(['_initialize', 'identify', 'memory']);
  });

  test.each<[string, string, () => Uint8Array]>([
    ['docx', 'a Word document', () => types(`${OOXML}wordprocessingml.document.main+xml`)],
    [
      'docx',
      'one with macros',
      () => types('application/vnd.ms-word.document.macroEnabled.main+xml'),
    ],
    ['xlsx', 'a workbook', () => types(`${OOXML}spreadsheetml.sheet.main+xml`)],
    ['pptx', 'a slide show', () => types(`${OOXML}presentationml.slideshow.main+xml`)],
    ['zip', 'a package of another kind', () => types('application/x-other.main+xml')],
    ['odt', 'an OpenDocument text', () => odf('application/vnd.oasis.opendocument.text')],
    [
      'ods',
      'a spreadsheet template',
      () => odf('application/vnd.oasis.opendocument.spreadsheet-template'),
    ],
    [
      'odp',
      'slides that only the manifest names',
      () =>
        zip([
          {
            name: 'META-INF/manifest.xml',
            content: '<x media-type="application/vnd.oasis.opendocument.presentation"/>',
          },
        ]),
    ],
    ['epub', 'a book', () => zip([{ name: 'META-INF/container.xml', content: '<x/>' }])],
    ['zip', 'an archive', () => zip([{ name: 'a.txt', content: 'x' }])],
    ['zip', 'an empty archive', () => zip([])],
    ['tar', 'a tape archive', tar],
    ['gzip', 'a packed file', () => gzipSync('x')],
    ['doc', 'an old Word document', () => ole('WordDocument')],
    ['xls', 'an old workbook', () => ole('Workbook')],
    ['msg', 'a mail of Outlook', () => ole('__properties_version1.0')],
    ['locked', 'an office document with a password', () => ole('EncryptedPackage')],
    ['ole', 'a compound file of another kind', () => ole('Other')],
    ['pdf', 'the sample', () => readFileSync(`${SAMPLES}/minutes.pdf`)],
    ['html', 'the sample', () => readFileSync(`${SAMPLES}/newsletter.html`)],
    ['text', 'the sample', () => readFileSync(`${SAMPLES}/notice-shift-jis.txt`)],
    ['png', 'a picture', () => bytes('89504e470d0a1a0a')],
    ['jpeg', 'a photograph', () => bytes('ffd8ffe0')],
    ['tiff', 'a scan', () => bytes('4d4d002a')],
    ['webp', 'a small picture', () => bytes('52494646 00000000 57454250')],
    ['heic', 'a photograph of a telephone', () => bytes('00000018 66747970 68656963')],
    ['mp4', 'a film', () => bytes('00000018 66747970 69736f6d')],
    ['mp3', 'a song', () => bytes('494433 03')],
    ['wav', 'a sound', () => bytes('52494646 00000000 57415645')],
    ['exe', 'a program', () => bytes('4d5a9000')],
    ['rtf', 'rich text', () => Buffer.from('{\\rtf1 x}')],
    [
      'unknown',
      'noise',
      () => Buffer.from(Array.from({ length: 900 }, (_, i) => (i * 167 + 13) % 256)),
    ],
    ['unknown', 'zeroes', () => new Uint8Array(500)],
  ])('says %s of %s', async (format, _, make) => {
    expect(await formatOf(make())).toBe(format);
  });

  test.each([
    ['eml', 'Received: from x\n\nbody'],
    ['eml', 'Subject: x\nX-Own: y\n folded\nFrom: a@example.org\n\nbody'],
    [
      'mhtml',
      'From: <Saved>\nSnapshot-Content-Location: http://x\nContent-Type: multipart/related;\n boundary=b\n\n--b',
    ],
    ['mbox', 'From a@example.org Mon\nSubject: x\nFrom: b\n\nbody\n'],
    ['html', '\n<!-- c -->\n<!DOCTYPE HTML>x'],
    ['html', '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>'],
    ['html', '<body>x'],
    ['xml', '<?xml version="1.0"?><rss/>'],
    ['json', '{"a":[1]}'],
    ['json', `[${'"abc",'.repeat(60_000)}1]`],
    ['ndjson', '{"a":1}\r\n{"a":2}\r\n'],
    ['vtt', 'WEBVTT\n\n'],
    ['srt', '1\n00:00:01,000 --> 00:00:02,000\nx\n'],
    ['ics', 'BEGIN:VCALENDAR\n'],
    ['vcf', 'begin:vcard\n'],
    ['csv', 'a,b,c\n1,2,3\n4,5,6\n'],
    ['csv', 'a\tb\r\n1\t2\r\n4\t5\r\n'],
    ['markdown', '# Title\n\ntext\n\n- one\n- two\n'],
    ['yaml', '---\n# c\nkey: value\n'],
    ['text', 'Dear all,\n\nas I said, we meet at noon.\nYours, A\n'],
    ['text', 'Note: this\nis: no mail\n\n'],
    ['text', '# a remark\nx = 1\n'],
    ['rtf', '\n{\\rtf1 x}'],
    ['text', '#!/bin/sh\necho'],
    ['text', 'PK is how ZIP files begin'],
    ['text', 'see %PDF-1.7 below\n%PDF-1.7\n'],
  ])('says %s of the text %j', async (format, text) => {
    expect(await formatOf(text)).toBe(format);
    expect(await formatOf(Buffer.from(`\ufeff${text}`, 'utf16le'))).toBe(format);
    expect(await formatOf(text, 'application/octet-stream')).toBe(format);
    expect(await formatOf(text, 'application/pdf')).toBe(format);
  });

  test.each<[string, string, readonly [string, boolean]]>([
    ['a,b\n1,2\n3,4\n', 'text/plain; charset=utf-8', ['text', true]],
    ['plain', 'Text/HTML', ['html', true]],
    ['no csv', 'application/csv', ['text', true]],
    ['x', 'text/x-python', ['text', true]],
    ['Subject: x\n\n', 'message/rfc822', ['text', false]],
    ['Subject: x\nFrom: y\n\n', 'message/rfc822', ['eml', true]],
    ['Received: x\n\n', 'multipart/related; boundary=b', ['mhtml', true]],
    ['{"a":1}', 'message/rfc822', ['json', false]],
    ['{"a":1}', 'application/json', ['json', true]],
    ['{\\pard a\\par}', 'application/rtf', ['rtf', true]],
    ['{ no group }', 'application/rtf', ['text', false]],
    ['%PDF-1.7', 'application/pdf', ['pdf', true]],
    ['%PDF-1.7', 'text/plain', ['pdf', false]],
  ])('holds %j against the declared %s', async (text, type, [format, as_declared]) => {
    expect(await identify(text, type)).toMatchObject({ format, as_declared });
  });

  test('takes nothing at all for what it was declared as', async () => {
    for (const type of [undefined, 'text/csv', 'application/octet-stream', 'text/x-python'])
      expect((await call('', type)).failCode).toBe(FAIL.empty);
    expect((await call('', 'application/pdf')).failCode).toBe(FAIL.malformed);
  });

  test('gives the media type that the parsers are chosen by', async () => {
    expect(await identify('Received: x\n\n')).toEqual({
      format: 'eml',
      media_type: 'message/rfc822',
      as_declared: false,
    });
  });

  test.each<[number, string, () => Uint8Array]>([
    [FAIL.empty, 'nothing', () => new Uint8Array(0)],
    [FAIL.malformed, 'half a ZIP', () => zip([{ name: 'a', content: 'x' }]).subarray(0, 40)],
    [
      FAIL.malformed,
      'a ZIP that is another one from its second byte on',
      () => {
        const inner = zip([{ name: 'a', content: 'x' }]);
        const shifted = Buffer.from(inner);
        return Buffer.concat([inner.subarray(0, 4), shifted]);
      },
    ],
    [FAIL.overLimit, 'more than 50 MiB', () => new Uint8Array(50 * 1024 * 1024 + 1)],
  ])('fails with %i for %s', async (code, _, make) => {
    expect(await call(make())).toMatchObject({ failCode: code, trap: undefined });
  });

  test.each<[string, () => Uint8Array, string | number]>([
    [
      'a PDF and a ZIP',
      () => Buffer.concat([readFileSync(`${SAMPLES}/minutes.pdf`), zip([])]),
      'pdf',
    ],
    [
      'a ZIP and a PDF',
      () => Buffer.concat([zip([{ name: 'a', content: 'x' }]), Buffer.from('%PDF-1.7')]),
      'zip',
    ],
    ['a picture and a ZIP', () => Buffer.concat([bytes('474946383961'), zip([])]), 'gif'],
    [
      'a page and a ZIP',
      () => Buffer.concat([Buffer.from(`<html>${'text '.repeat(400)}`), zip([])]),
      'html',
    ],
    ['a program and a ZIP', () => Buffer.concat([bytes('4d5a9000'), zip([])]), 'exe'],
    ['a shell script and a PDF', () => Buffer.from('#!/bin/sh\n%PDF-1.7\n'), 'text'],
  ])('reads %s as what holds from the first byte on', async (_, make, expected) => {
    expect(await formatOf(make())).toBe(expected);
  });

  test('survives seeded damage with a format or a typed failure', async () => {
    const below = seeded(7);
    const sources = [
      types(`${OOXML}wordprocessingml.document.main+xml`),
      ole('WordDocument'),
      tar(),
      Buffer.from('From: a\nSubject: b\nContent-Type: multipart/related\n\n'),
      Buffer.from('\ufeff{"a":[1,2]}', 'utf16le'),
      Buffer.from('<!-- --><?xml ?><html>'),
    ];
    for (let round = 0; round < 600; round++) {
      const source = sources[round % sources.length] ?? new Uint8Array(1);
      const outcome = await call(mutate(mutate(source, below), below), 'message/rfc822');
      expect(outcome.trap).toBeUndefined();
      if (outcome.failCode === undefined) jsonOutput(outcome);
    }
  });
});
