import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { pickVariant } from '../../host/bundle/routing.ts';
import type { Routable } from '../../host/bundle/routing.ts';
import type { ExtractResult } from '../../host/flow/extract.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import { approveBundles, approveDocuments, openTestGateway } from '../support/home.ts';

const PNG = readFileSync('bundles/ocr/samples/notice.png');
const PDF = readFileSync('bundles/documents/samples/minutes.pdf');
const TITLE = 'Harbour Street Kite Club';

type Named = Routable & { readonly variant: string };
const manifests = ['ocr', 'documents'].map(
  (name) =>
    JSON.parse(readFileSync(`bundles/${name}/bundle.json`, 'utf8')) as {
      readonly capabilities: readonly Named[];
    },
);
const variants = manifests.flatMap(({ capabilities }) => capabilities);

describe('ccos/ocr beside ccos/documents', () => {
  const pick = (head: Uint8Array | string, type?: string): string | undefined =>
    pickVariant(variants, Buffer.from(head as string, 'latin1').subarray(0, 64), type)?.variant;

  test('pickVariant: pictures go to the one and documents to the other, by content', () => {
    expect(pick(PNG, 'application/pdf')).toBe('picture');
    for (const name of ['jpg', 'webp'])
      expect(pick(readFileSync(`test/plugins/pictures/notice.${name}`)), name).toBe('picture');
    for (const head of ['GIF89a', 'GIF87a', 'II*\0', 'MM\0*', 'P5\n9 9\n', 'P4\n', 'P6\n'])
      expect(pick(head), head).toBe('picture');
    expect(pick(`BM${'\0'.repeat(12)}\x28\0\0\0`)).toBe('picture');
    expect(pick(PDF, 'image/png')).toBe('pdf');
    expect(pick('PK\x03\x04', 'image/png')).toBe('office');
  });

  test('pickVariant: what is text to the documents stays text', () => {
    for (const text of ['BM: the BMW', 'P1: urgent', 'P5 is later', 'RIFF RAFF', 'II and III', ''])
      expect(pick(text), text).toBe('text');
    expect(pick('P1\n9 9\n', 'image/x-portable-bitmap')).toBe('picture');
  });
});

/** A mail with a picture attached. */
const mail = [
  'Subject: notice',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'see the picture',
  '--b',
  'Content-Type: image/png',
  'Content-Transfer-Encoding: base64',
  '',
  PNG.toString('base64').replace(/.{76}/g, '$&\r\n'),
  '--b--',
  '',
].join('\r\n');

const extractWith =
  (gateway: OpenGateway) =>
  (bytes: Uint8Array, declaredType?: string): Promise<ExtractResult> =>
    gateway.services.extractor.extract({
      bytes: Uint8Array.from(bytes),
      session: 'local',
      ...(declaredType !== undefined && { declaredType }),
    });

describe('Extractor with both bundles', () => {
  let extract: ReturnType<typeof extractWith>;
  beforeAll(async () => {
    const gateway = await openTestGateway();
    await approveBundles(gateway, ['documents', 'ocr']);
    extract = extractWith(gateway);
  });

  test('a picture is read by ccos/ocr in the sandbox, a PDF by ccos/documents', async () => {
    const picture = await extract(PNG);
    expect(picture).toMatchObject({ format: 'png', plugin: { id: 'ccos/ocr:picture' } });
    expect(picture.text.startsWith(TITLE)).toBe(true);
    expect(picture.blocks).toHaveLength(3);
    expect(await extract(PDF)).toMatchObject({ plugin: { id: 'ccos/documents:pdf' } });
  });

  test('a picture in a mail is read as an attachment of it', async () => {
    const result = await extract(Buffer.from(mail), 'message/rfc822');
    expect(result.text).toContain('see the picture');
    expect(result.attachments).toHaveLength(1);
    expect(result.attachments[0]).toMatchObject({ format: 'png', media_type: 'image/png' });
    expect(result.attachments[0]).toHaveProperty('text', expect.stringContaining(TITLE));
  });

  test('a refused picture is a typed error', async () => {
    await expect(extract(PNG.subarray(0, 40))).rejects.toMatchObject({
      code: 'document_malformed',
    });
    await expect(extract(Buffer.from('GIF89a'))).rejects.toMatchObject({
      code: 'document_malformed',
    });
    const huge = Buffer.from(PNG);
    huge.writeUInt32BE(60_000, 16);
    await expect(extract(huge)).rejects.toMatchObject({ code: 'limit' });
  });
});

test('Extractor: without ccos/ocr a picture is refused aloud, as an unsupported type', async () => {
  const gateway = await openTestGateway();
  await approveDocuments(gateway);
  await expect(extractWith(gateway)(PNG)).rejects.toMatchObject({ code: 'unsupported_type' });
});
