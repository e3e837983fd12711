import { readFileSync } from 'node:fs';
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
import {
  SAMPLE,
  alphaPng,
  blank,
  bmp,
  bmpHeader,
  chunk,
  exif,
  gif,
  greyPng,
  pngOf,
  pnm,
  readSample,
  tiff,
  turned,
  uint32,
  withSegment,
} from './picture-files.ts';

const FAIL = { malformed: 1, unsupported: 3, overLimit: 4, empty: 5 } as const;
const LIMITS = { pages: 2000, text_bytes: 2_097_152 };
const MiB = 1024 * 1024;

interface Extracted {
  readonly format: string;
  readonly pages: readonly { readonly number: number; readonly text: string }[];
  readonly blocks: readonly { readonly kind: string; readonly text?: string }[];
  readonly counts: { readonly characters: number; readonly pages: number };
  readonly truncated: boolean;
  readonly warnings: readonly string[];
}

const TITLE = 'Harbour Street Kite Club';
const LEFT = 'The sail loft is closed on 14\nMarch.';
const RIGHT = 'The autumn meeting votes on a\nnew treasurer';
const QUAY = 'Every Friday on the quay';

let plugin: WasmModule;
beforeAll(async () => {
  plugin = await compilePlugin(readFileSync('dist/plugins/ocr.wasm'));
});

const sample = readSample();
const jpeg = readFileSync('test/plugins/pictures/notice.jpg');
const webp = readFileSync('test/plugins/pictures/notice.webp');
/** One line, stored with rows and columns exchanged: only EXIF's orientation 5 makes it readable. */
const transposed = readFileSync('test/plugins/pictures/transposed.jpg');

function extract(blob: Uint8Array, limits: Partial<typeof LIMITS> = {}): Promise<PluginOutcome> {
  const input = {
    abi: 1,
    args: { limits: { ...LIMITS, ...limits } },
    capability: 'ccos.attachment.extract_text',
    handles: [{ class: 'pii.attachment', handle: 0, media_type: 'image/png' }],
  };
  return callPlugin({ module: plugin, exportName: 'extract_text', input, blobs: [blob] });
}

async function extracted(
  blob: Uint8Array,
  limits: Partial<typeof LIMITS> = {},
): Promise<Extracted> {
  const outcome = await extract(blob, limits);
  expect(outcome).toMatchObject({ failCode: undefined, trap: undefined, errorSet: false });
  return jsonOutput(outcome) as Extracted;
}

function expectSample({ pages, truncated, warnings }: Extracted): void {
  const text = pages[0]?.text ?? '';
  expect(text.startsWith(`${TITLE}\n\n${LEFT}`)).toBe(true);
  expect(text).toContain(`\n\n${RIGHT}`);
  expect({ truncated, warnings }).toEqual({ truncated: false, warnings: [] });
}

describe('ocr.wasm', () => {
  test('imports only five host functions and the input, and exports memory and extract_text', () => {
    expect(importsOf(plugin)).toEqual([
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

describe('extract_text() of a picture', () => {
  test('gives the blocks in reading order: the title, the left column, the right one', async () => {
    const result = await extracted(readFileSync(SAMPLE));
    expectSample(result);
    expect(result.format).toBe('png');
    expect(result.blocks.map(({ kind }) => kind)).toEqual(['paragraph', 'paragraph', 'paragraph']);
    expect(result.blocks[0]?.text).toBe(TITLE);
    expect(result.blocks[1]?.text?.endsWith('behind goes to the boatyard.')).toBe(true);
    expect(result.blocks[2]?.text?.endsWith('Friday after the first flight of\nthe day.')).toBe(
      true,
    );
    const text = result.pages[0]?.text ?? '';
    expect(text).toBe(result.blocks.map((block) => block.text).join('\n\n'));
    expect(result.counts).toEqual({ pages: 1, characters: Array.from(text).length });
  });

  test('gives the same bytes each time, and says how far it is', async () => {
    const [first, second] = await Promise.all([extract(jpeg), extract(jpeg)]);
    expect(Buffer.from(first.output).equals(second.output)).toBe(true);
    const progress = first.calls.filter((name) => name === 'progress').length;
    expect(progress).toBeGreaterThan(3);
    expect(progress).toBeLessThanOrEqual(20);
  });

  test.each<[string, string, () => Uint8Array]>([
    ['JPEG', 'jpeg', () => jpeg],
    ['WebP', 'webp', () => webp],
    ['PNG of alpha only', 'png', () => alphaPng(sample)],
    ['BMP of 24 bits', 'bmp', () => bmp(sample, 24)],
    ['BMP of 32 bits, from the top', 'bmp', () => bmp(sample, 32, true)],
    ['plain PBM', 'pnm', () => pnm(sample, 1)],
    ['raw PBM', 'pnm', () => pnm(sample, 4)],
    ['raw PGM', 'pnm', () => pnm(sample, 5)],
    ['raw PPM', 'pnm', () => pnm(sample, 6)],
    ['GIF', 'gif', () => gif(sample)],
    ['TIFF, little endian', 'tiff', () => tiff([{ raster: sample }])],
    ['TIFF, big endian', 'tiff', () => tiff([{ raster: sample }], true)],
  ])('reads %s', async (_, format, file) => {
    const result = await extracted(file());
    expectSample(result);
    expect(result.format).toBe(format);
  });

  test('reads a picture that lies on either side, or stands on its head', async () => {
    const right = turned(sample);
    const down = turned(right);
    for (const raster of [right, down, turned(down)])
      expectSample(await extracted(greyPng(raster)));
  });

  test('turns a JPEG as its EXIF orientation says, and lets nothing else of EXIF out', async () => {
    const secret = 'Renate Gull, Quay 7';
    const unread = await extract(transposed);
    expect(new TextDecoder().decode(unread.output)).not.toContain(QUAY);
    for (const big of [true, false]) {
      const tagged = withSegment(transposed, 0xe1, exif(5, secret, big));
      const outcome = await extract(withSegment(tagged, 0xfe, Buffer.from(secret)));
      expect((jsonOutput(outcome) as Extracted).pages[0]?.text).toBe(QUAY);
      expect(new TextDecoder().decode(outcome.output)).not.toContain('Gull');
    }
    const mad = withSegment(jpeg, 0xe1, exif(9, secret));
    expectSample(await extracted(mad));
  });

  test('lets no text chunk of a PNG out', async () => {
    const text = chunk('tEXt', Buffer.from('Author\0Renate Gull'));
    const outcome = await extract(greyPng(sample, [text]));
    expectSample(jsonOutput(outcome) as Extracted);
    expect(new TextDecoder().decode(outcome.output)).not.toContain('Gull');
  });

  test('reads every picture of a TIFF as a page, but for reduced copies, up to the limit', async () => {
    const page = { raster: sample };
    const file = tiff([page, { raster: sample, tags: { 254: 1 } }, { raster: turned(sample) }]);
    const both = await extracted(file);
    expect(both.pages.map(({ number }) => number)).toEqual([1, 2]);
    for (const { text } of both.pages) expect(text).toContain(RIGHT);
    expect(both.blocks.map(({ kind }) => kind)).toContain('page_break');
    expect(both.counts.pages).toBe(2);
    const one = await extracted(file, { pages: 1 });
    expect(one).toMatchObject({ truncated: true, counts: { pages: 2 } });
    expect(one.pages).toHaveLength(1);
  });

  test('leaves out a broken page of a TIFF among others, and says so', async () => {
    const file = tiff([{ raster: sample }, { raster: sample, tags: { 259: 7 } }]);
    const result = await extracted(file);
    expect(result.warnings).toEqual(['page_unreadable']);
    expect(result.pages[0]?.text).toContain(TITLE);
    expect(result.pages[1]?.text).toBe('');
  });

  test('reads the first picture of a GIF, and says when there are more', async () => {
    const result = await extracted(gif(sample, { frames: 3 }));
    expect(result.warnings).toEqual(['first_frame_only']);
    expect(result.pages).toHaveLength(1);
  });

  test('stops at the limit on text, between characters, and says so', async () => {
    const whole = await extracted(jpeg);
    const cut = await extracted(jpeg, { text_bytes: 100 });
    expect(cut.truncated).toBe(true);
    const text = cut.pages[0]?.text ?? '';
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(100);
    expect(Buffer.byteLength(text)).toBeGreaterThan(90);
    expect(whole.pages[0]?.text.startsWith(text)).toBe(true);
  });

  test('says that a picture without words is empty', async () => {
    expect(await extract(greyPng(blank(400, 300)))).toMatchObject({ failCode: FAIL.empty });
  });
});

const head = (width: number, height: number): Buffer =>
  pngOf({ width, height, colour: 0 }, Buffer.alloc(100));
const frame = (marker: number, bits: number): Buffer =>
  Buffer.from([0xff, 0xd8, 0xff, marker, 0, 11, bits, 0, 9, 0, 9, 1, 1, 0x11, 0]);
const animation = Buffer.from(webp);
animation.write('VP8X', 12, 'latin1');
animation[20] = 2;
const os2 = bmpHeader({ width: 9, height: 9, bits: 24 });
os2.writeUInt32LE(12, 14);

describe('extract_text() of what it does not read', () => {
  test.each<[string, Uint8Array, number]>([
    ['nothing', Buffer.alloc(0), FAIL.malformed],
    ['noise', Buffer.alloc(1000, 0x5a), FAIL.unsupported],
    ['text', Buffer.from('P9 is not a picture'), FAIL.unsupported],
    ['a PDF', Buffer.from('%PDF-1.5\n'), FAIL.unsupported],
    ['a PNG without pixels', greyPng(sample).subarray(0, 33), FAIL.malformed],
    ['a PNG of no height', head(10, 0), FAIL.malformed],
    ['a JPEG without a frame', frame(0xda, 8), FAIL.malformed],
    ['a lossless JPEG', frame(0xc3, 8), FAIL.unsupported],
    ['a JPEG of 12 bits', frame(0xc1, 12), FAIL.unsupported],
    [
      'a BMP in run lengths',
      bmpHeader({ width: 9, height: 9, bits: 8, compression: 1 }),
      FAIL.unsupported,
    ],
    ['a BMP of 16 bits', bmpHeader({ width: 9, height: 9, bits: 16 }), FAIL.unsupported],
    ['a BMP of OS/2', os2, FAIL.unsupported],
    ['a BMP of 32 bits cut short', bmp(sample, 32).subarray(0, 9999), FAIL.malformed],
    ['a BMP without pixels', bmpHeader({ width: 900, height: 900, bits: 24 }), FAIL.malformed],
    ['a PAM', Buffer.from('P7\nWIDTH 9\nHEIGHT 9\n'), FAIL.unsupported],
    ['a PNM without a size', Buffer.from('P5\n# only a comment'), FAIL.malformed],
    ['an animated WebP', animation, FAIL.unsupported],
    ['a GIF without a picture', gif(sample).subarray(0, 420), FAIL.malformed],
    ['a TIFF with JPEG inside', tiff([{ raster: sample, tags: { 259: 7 } }]), FAIL.unsupported],
    ['a TIFF with Deflate inside', tiff([{ raster: sample, tags: { 259: 8 } }]), FAIL.unsupported],
    ['a TIFF without a height', tiff([{ raster: sample, tags: { 257: null } }]), FAIL.malformed],
    ['a BigTIFF', Buffer.from('49492b0008000000', 'hex'), FAIL.unsupported],
  ])('%s', async (_, blob, code) => {
    const outcome = await extract(blob);
    expect(outcome).toMatchObject({ failCode: code, trap: undefined });
    expect(outcome.output).toHaveLength(0);
  });
});

describe('extract_text() of hostile pictures (attack 59)', () => {
  const huge = { width: 16_384, height: 16_384, pixels: new Uint8Array(16) };
  const wide = bmpHeader({ width: 16_385, height: 1, bits: 24 });
  const mostNegative = bmpHeader({ width: 9, height: -(2 ** 31), bits: 24 });
  const bigJpeg = Buffer.from(jpeg);
  bigJpeg.writeUInt16BE(0xffff, bigJpeg.indexOf(Buffer.from([0xff, 0xc0])) + 5);
  const bigWebp = Buffer.from(webp);
  bigWebp.fill(0xff, 21, 25);

  test.each<[string, Uint8Array, number]>([
    ['a PNG of 4 thousand million pixels', head(65_535, 65_535), FAIL.overLimit],
    ['a PNG of more than 32 bits of pixels', head(0x7fffffff, 0x7fffffff), FAIL.overLimit],
    ['a PNG of 268 million pixels', head(16_384, 16_384), FAIL.overLimit],
    ['a JPEG of 65,535 rows', bigJpeg, FAIL.overLimit],
    ['a WebP of 268 million pixels', bigWebp, FAIL.overLimit],
    ['a BMP of 16,385 columns', wide, FAIL.overLimit],
    ['a BMP of the most negative height', mostNegative, FAIL.malformed],
    ['a PNM of 999,999,999 columns', Buffer.from('P5 999999999 1 255\n'), FAIL.overLimit],
    ['a GIF on a huge canvas', gif(sample, { canvas: [65_535, 65_535] }), FAIL.overLimit],
    ['a GIF with a huge picture', gif(sample, { frame: [65_535, 65_535] }), FAIL.overLimit],
    ['a TIFF of 268 million pixels', tiff([{ raster: sample }, { raster: huge }]), FAIL.overLimit],
  ])('refuses by its header, before decoding: %s', async (_, blob, code) => {
    const outcome = await extract(blob);
    expect(outcome).toMatchObject({ failCode: code, trap: undefined });
    expect(outcome.memoryBytes).toBeLessThan(32 * MiB);
  });

  test('ends a loop of TIFF directories', async () => {
    const once = tiff([{ raster: sample }]);
    const loop = tiff([{ raster: sample }], false, once.readUInt32LE(4));
    const result = await extracted(loop);
    expectSample(result);
    expect(result.counts.pages).toBe(1);
  });

  test('keeps to its memory: colours that do not fit are over the limit', async () => {
    const [width, height] = [7000, 7000];
    const rows = Buffer.alloc((width * 3 + 1) * height, 0);
    const outcome = await extract(pngOf({ width, height, colour: 2 }, rows));
    expect(outcome).toMatchObject({ failCode: FAIL.overLimit });
    expect(outcome.memoryBytes).toBeLessThanOrEqual(256 * MiB);
  });

  test('ends a PNG that unpacks to more than its header says', async () => {
    const rows = Buffer.alloc(64 * MiB);
    const outcome = await extract(pngOf({ width: 400, height: 300, colour: 0 }, rows));
    expect(outcome.trap).toBeUndefined();
    expect(outcome.memoryBytes).toBeLessThan(64 * MiB);
  });

  test('gives text or a failure for every cut, never a trap', { timeout: 180_000 }, async () => {
    const line = readFileSync('test/plugins/pictures/transposed.jpg');
    const files = [greyPng(sample), line, webp, gif(sample), tiff([{ raster: sample }])];
    for (const file of files)
      for (const share of [0.002, 0.01, 0.05, 0.3, 0.6, 0.97]) {
        const outcome = await extract(file.subarray(0, Math.floor(file.length * share)));
        expect(outcome.trap).toBeUndefined();
        expect(outcome.failCode !== undefined || outcome.output.length > 0).toBe(true);
      }
  });

  test('does not trust a length inside a chunk', async () => {
    const file = greyPng(sample);
    for (const length of [0, 0xffffffff, 0x7fffffff]) {
      const lying = Buffer.from(file);
      uint32(length).copy(lying, 33);
      expect(await extract(lying)).toMatchObject({ failCode: FAIL.malformed, trap: undefined });
    }
  });
});
