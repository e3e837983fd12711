import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ExtractResult } from '../../host/flow/extract.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import { approveBundles, approveDocuments, openTestGateway } from '../support/home.ts';
import { scannedPdf } from '../support/pdf.ts';
import type { ScannedPage } from '../support/pdf.ts';

const jpeg = readFileSync('test/plugins/pictures/notice.jpg');
const picture: ScannedPage = { jpeg, width: 850, height: 382 };
const white: ScannedPage = { jpeg: new Uint8Array(), width: 1, height: 1 };
const mixed = scannedPdf([{ says: 'the first page' }, picture, { says: 'the last page' }]);
const TITLE = 'Harbour Street Kite Club';

function extract(
  { services }: OpenGateway,
  bytes: Uint8Array,
  more: { readonly onProgress?: (done: number, total: number) => void } = {},
): Promise<ExtractResult> {
  return services.extractor.extract({ bytes, session: 'local', ...more });
}

describe('Extractor: scanned pages of a PDF, with ccos/ocr', () => {
  let gateway: OpenGateway;
  beforeAll(async () => {
    gateway = await openTestGateway();
    await approveBundles(gateway, ['documents', 'ocr']);
  });

  test('their text stands in its place, said to be recognised, by a call of its own', async () => {
    const result = await extract(gateway, mixed);
    expect(result.text.startsWith(`the first page\n\n${TITLE}`)).toBe(true);
    expect(result.text.endsWith('\n\nthe last page')).toBe(true);
    expect(result.warnings).toContain('page_recognised');
    expect(result.warnings).not.toContain('page_needs_ocr');
    expect(result.attachments).toEqual([]);
    expect(result.counts['characters']).toBe(
      result.pages.reduce((sum, { text }) => sum + Array.from(text).length, 0),
    );
    const [first, scanned] = result.pages;
    expect(first).not.toHaveProperty('recognised_by');
    expect(scanned).toMatchObject({ number: 2, scanned: true });
    const call = String(scanned?.['recognised_by']);
    const rows = await gateway.services.audit.callRows(call);
    const called = rows.find(({ type }) => type === 'capability.call');
    expect(called?.data['bundle']).toBe('ccos/ocr');
    expect(result.blocks.map(({ kind }) => kind)).not.toContain('picture');
    expect(result.blocks.some(({ text }) => text?.startsWith(TITLE) === true)).toBe(true);
  });

  test('a document of scans alone is read; the run ends with its last page', async () => {
    const seen: string[] = [];
    const result = await extract(gateway, scannedPdf([picture, picture]), {
      onProgress: (done, total) => seen.push(`${String(done)}/${String(total)}`),
    });
    expect(result.pages.map(({ text }) => text.includes(TITLE))).toEqual([true, true]);
    expect(seen).toEqual(expect.arrayContaining(['0/2', '1/2']));
    const rows = await gateway.services.audit.rows({ limit: 20, type: 'run.complete' });
    const last = rows.at(-1);
    expect(last?.data['state']).toBe('done');
    expect(await gateway.services.runs.get(last?.run ?? '')).toMatchObject({ state: 'done' });
  });

  test('white pages are an empty document', async () => {
    await expect(extract(gateway, scannedPdf([white]))).rejects.toMatchObject({
      code: 'document_empty',
    });
  });

  test('what a scan holds over the limit on text is cut, and said to be', async () => {
    await gateway.services.settings.set('limits.textBytes', 1100);
    try {
      const result = await extract(gateway, mixed);
      expect(Buffer.byteLength(result.text)).toBeLessThanOrEqual(1100);
    } finally {
      await gateway.services.settings.set('limits.textBytes', 2_097_152);
    }
  });
});

test('Extractor: without ccos/ocr the pages of text come with a warning, and scans alone need OCR', async () => {
  const gateway = await openTestGateway();
  await approveDocuments(gateway);
  const result = await extract(gateway, mixed);
  expect(result.text).toBe('the first page\n\n\n\nthe last page');
  expect(result.warnings).toEqual(['page_needs_ocr']);
  await expect(extract(gateway, scannedPdf([picture]))).rejects.toMatchObject({
    code: 'needs_ocr',
  });
});
