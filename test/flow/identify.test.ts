import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { pickVariant } from '../../host/bundle/routing.ts';
import type { Row } from '../../host/core/event.ts';
import { CcosError } from '../../host/core/error.ts';
import { EXTRACT_TEXT } from '../../host/flow/extract.ts';
import type { ExtractResult } from '../../host/flow/extract.ts';
import { IDENTIFY, parseIdentity } from '../../host/flow/identity.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import { approveDocuments, makeTestHome, openTestGateway } from '../support/home.ts';
import { docx, wordParagraph } from '../support/office-files.ts';
import { onePage, streamOf } from '../support/pdf.ts';
import { installPlugins, mediaTypeOf, says } from '../support/plugin-bundle.ts';
import { zip } from '../support/zip.ts';

let gateway: OpenGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
  await approveDocuments(gateway);
});

const extract = (content: Uint8Array | string, declaredType?: string): Promise<ExtractResult> =>
  gateway.services.extractor.extract({
    bytes: Buffer.from(content),
    session: 'local',
    ...(declaredType !== undefined && { declaredType }),
  });

/** The rows that doing something leaves. */
async function rowsOf(act: () => Promise<unknown>): Promise<readonly Row[]> {
  const { audit } = gateway.services;
  const before = await audit.rows({ limit: 1 });
  await act();
  const after = await audit.rows({ limit: 1000 });
  const last = before.at(-1)?.seq ?? 0;
  return after.filter(({ seq }) => seq > last);
}

const capabilities = (rows: readonly Row[]): unknown[] =>
  rows.filter(({ type }) => type === 'capability.call').map(({ data }) => data['capability']);

async function codeOf(content: Uint8Array | string, declaredType?: string): Promise<string> {
  try {
    return (await extract(content, declaredType)).format;
  } catch (error) {
    if (error instanceof CcosError) return error.code;
    throw error;
  }
}

const HELLO = onePage(streamOf('BT /F1 24 Tf 72 700 Td (Hello) Tj ET'));
const DOCX = docx(wordParagraph('in the document'));
const MAIL = 'Subject: hello\r\nFrom: a@example.org\r\n\r\nbody\r\n';

test('Chooser: what a magic number decides is one call, whatever it was declared as', async () => {
  const cases: readonly (readonly [Uint8Array, string, string])[] = [
    [DOCX, 'application/zip', 'docx'],
    [DOCX, 'application/pdf', 'docx'],
    [DOCX, 'text/plain', 'docx'],
    [zip([{ name: 'a.txt', content: 'x' }]), 'application/pdf', 'zip'],
    [HELLO, 'application/zip', 'pdf'],
    [gzipSync('x'), 'text/html', 'gzip'],
    [Buffer.from('<HTML>x'), 'application/octet-stream', 'html'],
  ];
  for (const [content, type, format] of cases) {
    const rows = await rowsOf(async () => {
      expect((await extract(content, type)).format).toBe(format);
    });
    expect(capabilities(rows)).toEqual([EXTRACT_TEXT]);
  }
});

test('Chooser: all others are identified first, in a call of its own on the same blob', async () => {
  let result: ExtractResult | undefined;
  const rows = await rowsOf(async () => {
    result = await extract(MAIL, 'application/octet-stream');
  });
  expect(result).toMatchObject({
    format: 'eml',
    title: 'hello',
    plugin: { id: 'ccos/documents:mail' },
  });
  expect(capabilities(rows)).toEqual([IDENTIFY, EXTRACT_TEXT]);
  const opened = rows.filter(({ type }) => type === 'quarantine.access');
  expect(new Set(opened.map(({ data }) => data['ref'])).size).toBe(1);
  expect(opened).toHaveLength(2);
  const put = rows.filter(
    ({ type, data }) => type === 'quarantine.put' && data['bytes'] === MAIL.length,
  );
  expect(put).toHaveLength(1);
  const gates = rows
    .filter(({ type }) => type === 'policy.decision')
    .map(({ data }) => data['gate']);
  expect(gates.filter((gate) => gate === 'ingest')).toHaveLength(1);
  expect(gates.filter((gate) => gate === 'accessBlob')).toHaveLength(2);
  const calls = rows.filter(({ type }) => type === 'capability.call');
  const commits = calls.map(({ data }) => data['args_commit']);
  expect(commits.every((commit) => typeof commit === 'string' && commit.length === 64)).toBe(true);
  expect(new Set(rows.map(({ run }) => run).filter(Boolean)).size).toBe(1);
});

test.each([
  ['{"a":1}', undefined, 'json'],
  ['{"a":1}', 'message/rfc822', 'json'],
  ['a;b\n1;2\n3;4\n', undefined, 'csv'],
  ['a;b\n1;2\n3;4\n', 'text/plain', 'text'],
  [MAIL, 'application/pdf', 'eml'],
  [MAIL, 'text/plain; charset=utf-8', 'text'],
  ['just text', 'application/vnd.oasis.opendocument.text', 'text'],
  ['x = 1', 'text/x-python', 'code'],
  ['\ufeff <!doctype html>x', undefined, 'html'],
  [`${'\0'.repeat(200)}noise`, 'text/plain', 'unsupported_type'],
  ['', 'application/pdf', 'document_malformed'],
  ['', undefined, 'document_empty'],
])('Chooser: %j declared as %s is %s', async (content, declared, expected) => {
  expect(await codeOf(content, declared)).toBe(expected);
});

test('Chooser: a document that begins as no format is refused, and its run has ended', async () => {
  const rows = await rowsOf(async () => {
    expect(await codeOf(Buffer.alloc(600, 7), 'application/pdf')).toBe('unsupported_type');
  });
  expect(capabilities(rows)).toEqual([IDENTIFY]);
  const result = rows.find(({ type }) => type === 'capability.result');
  expect(result?.data['outcome']).toBe('unsupported_type');
  const open = await gateway.services.audit.rows({ limit: 1000 });
  expect(open.at(-1)?.seq).toBe(rows.at(-1)?.seq);
});

test('Chooser: there is one reading, the first that holds from the first byte on', async () => {
  const behind = (first: Uint8Array | string): Buffer => Buffer.concat([Buffer.from(first), HELLO]);
  expect(await codeOf(Buffer.concat([HELLO, DOCX]))).toBe('pdf');
  expect(await codeOf(Buffer.concat([DOCX, HELLO]))).toBe('docx');
  expect(await codeOf(behind(Buffer.alloc(64, 1)), 'application/pdf')).toBe('unsupported_type');
  expect(await codeOf(behind('MZ'), 'application/pdf')).toBe('unsupported_type');
  expect(await codeOf(behind('#!/bin/sh\n'), 'application/pdf')).toBe('code');
});

test('Chooser: where only the declared type decides, a PDF is found behind other bytes', async () => {
  const blob = Buffer.concat([Buffer.alloc(64, 1), HELLO]);
  const variants = (await gateway.services.registry.variants()).filter(
    ({ manifest }) => manifest.id === EXTRACT_TEXT,
  );
  expect(pickVariant(variants, blob, 'application/pdf')?.target.variant).toBe('pdf');
});

test('Chooser: an attachment of a mail is identified as well', async () => {
  const part = (type: string, body: string): string =>
    `--b\r\nContent-Type: ${type}\r\nContent-Disposition: attachment; filename=x\r\n\r\n${body}\r\n`;
  const mail = `${MAIL.replace('\r\n\r\n', '\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n')}${part(
    'application/octet-stream',
    '{"a":[1,2]}',
  )}${part('application/pdf', 'no pdf')}--b--\r\n`;
  const { attachments } = await extract(mail, 'message/rfc822');
  expect(attachments).toMatchObject([
    { format: 'json', media_type: 'application/octet-stream' },
    { format: 'text', text: 'no pdf' },
  ]);
});

test('Chooser: the sample of every bundle is what it was before', async () => {
  const samples = 'bundles/documents/samples';
  const notice = readFileSync(`${samples}/notice-shift-jis.txt`);
  expect(await extract(notice, 'text/plain')).toMatchObject({
    format: 'text',
    encoding: 'shift_jis',
  });
});

test('parseIdentity: takes closed words and nothing else', () => {
  const parse = (value: unknown, valid = true) =>
    parseIdentity(Buffer.from(JSON.stringify(value)), () => valid);
  const identity = { format: 'pdf', media_type: 'application/pdf', as_declared: true };
  expect(parse(identity)).toEqual(identity);
  const rejected = [
    [{ ...identity, format: 'Not a word' }, 'shape'],
    [{ ...identity, media_type: 'x' }, 'shape'],
    [{ ...identity, more: 1 }, 'shape'],
    [[], 'shape'],
  ] as const;
  for (const [value, why] of rejected)
    expect(() => parse(value)).toThrow(new CcosError('transform_rejected', { why }));
  expect(() => parse(identity, false)).toThrow(
    new CcosError('transform_rejected', { why: 'schema' }),
  );
  expect(() => parseIdentity(Buffer.from('{'), () => true)).toThrow(
    new CcosError('transform_rejected', { why: 'json' }),
  );
});

test('Chooser: a declared type that only another publisher reads goes to that publisher', async () => {
  const home = makeTestHome();
  const first = await openTestGateway(home);
  await approveDocuments(first);
  await first.close();
  await installPlugins(home.directory, [{ name: 'own', plugin: says('no extraction') }]);
  const other = await openTestGateway(home);
  const codeFor = (declaredType: string): Promise<string> =>
    other.services.extractor
      .extract({ bytes: Buffer.from('plain words'), session: 'local', declaredType })
      .then(({ format }) => format)
      .catch((error: unknown) => (error instanceof CcosError ? error.code : 'other'));
  expect(await codeFor(mediaTypeOf('own'))).toBe('transform_rejected');
  expect(await codeFor('text/plain')).toBe('text');
  expect(await codeFor('application/x-nobody')).toBe('text');
});
