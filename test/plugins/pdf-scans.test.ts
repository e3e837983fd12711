import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { onePage, scannedPdf, streamOf } from '../support/pdf.ts';
import type { ScannedPage } from '../support/pdf.ts';
import { extract, extracted, expectFailure, FAIL, inputWith, LIMITS } from './pdf-guest.ts';

const jpeg = readFileSync('test/plugins/pictures/notice.jpg');
const picture: ScannedPage = { jpeg, width: 850, height: 382 };
const mixed = scannedPdf([{ says: 'one' }, picture, { says: 'three' }]);
const naming = inputWith({ limits: LIMITS, scans: true });
const drawing = (draw: number): unknown => inputWith({ limits: LIMITS, draw });

/** Width and height of a grey map, and its pixels. */
function grey(bytes: Uint8Array): { readonly size: string; readonly pixels: Uint8Array } {
  const [head = '', size = ''] = Buffer.from(bytes).toString('latin1').split('\n', 2);
  expect(head).toBe('P5');
  return { size, pixels: bytes.subarray(`P5\n${size}\n255\n`.length) };
}

describe('extract_text() of scanned pages', () => {
  test('names them, and keeps their place among the blocks, where it is asked to', async () => {
    const { pages, blocks, warnings } = await extracted(mixed, naming);
    expect(pages).toEqual([
      { number: 1, text: 'one' },
      { number: 2, text: '', scanned: true },
      { number: 3, text: 'three' },
    ]);
    expect(blocks?.map(({ kind }) => kind)).toEqual([
      'paragraph',
      'page_break',
      'picture',
      'page_break',
      'paragraph',
    ]);
    expect(warnings).toEqual(['page_needs_ocr']);
  });

  test('does not name them where it is not asked to', async () => {
    const { pages, blocks, warnings } = await extracted(mixed);
    expect(pages[1]).toEqual({ number: 2, text: '' });
    expect(blocks?.map(({ kind }) => kind)).not.toContain('picture');
    expect(warnings).toEqual(['page_needs_ocr']);
  });

  test('a document of nothing else needs OCR, unless it is asked to name its pages', async () => {
    const scan = scannedPdf([picture, picture]);
    expectFailure(await extract(scan), FAIL.needsOcr);
    const { pages } = await extracted(scan, naming);
    expect(pages).toEqual([
      { number: 1, text: '', scanned: true },
      { number: 2, text: '', scanned: true },
    ]);
  });
});

describe('extract_text() that draws a page', () => {
  test('gives it as a grey map of 200 dots an inch, and no text', async () => {
    const outcome = await extract(mixed, drawing(2));
    expect(outcome).toMatchObject({ failCode: undefined, trap: undefined });
    const [child] = outcome.children;
    expect(child?.kind).toBe('image/x-portable-graymap');
    const { size, pixels } = grey(child?.bytes ?? new Uint8Array());
    expect(size).toBe('1700 2200');
    expect(pixels).toHaveLength(1700 * 2200);
    expect(pixels[0]).toBe(255);
    expect(pixels.some((value) => value < 64)).toBe(true);
  });

  test('draws a large sheet smaller: at most 10 million pixels, 16,000 on a side', async () => {
    for (const box of ['0 0 14400 14400', '0 0 14400 20']) {
      const { children } = await extract(scannedPdf([picture], box), drawing(1));
      const { size, pixels } = grey(children[0]?.bytes ?? new Uint8Array());
      expect(pixels.length, box).toBeLessThanOrEqual(10_000_000);
      expect(Math.max(...size.split(' ').map(Number)), box).toBeLessThanOrEqual(16_000);
    }
  });

  test('fails for a page that there is not', async () => {
    expectFailure(await extract(mixed, drawing(4)), FAIL.malformed);
  });

  test('a picture that claims more than there is memory for is over a limit, or left white', async () => {
    const claims =
      '/Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceGray /BitsPerComponent 8';
    const bomb = scannedPdf([{ jpeg: new Uint8Array(), width: 60_000, height: 60_000 }]);
    expect(bomb.length).toBeLessThan(2000);
    for (const file of [bomb, onePage(streamOf('', claims))]) {
      const outcome = await extract(file, drawing(1));
      expect([undefined, FAIL.overLimit]).toContain(outcome.failCode);
    }
  });
});
