import { readFileSync } from 'node:fs';
import { deflateSync, inflateSync } from 'node:zlib';

/** Pictures by hand: grey rasters, and files of them in the formats that need no real encoder. */

/** Grey, one byte a pixel, from the top, 255 is white. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** The sample of the bundle: a title over two columns. */
export const SAMPLE = 'bundles/ocr/samples/notice.png';

export const readSample = (): Raster => readGreyPng(readFileSync(SAMPLE));

/** A PNG of one channel with at most 8 bits, without interlace. */
function readGreyPng(file: Buffer): Raster {
  const [width, height, depth] = [file.readUInt32BE(16), file.readUInt32BE(20), file[24] ?? 8];
  const parts: Buffer[] = [];
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    const data = file.subarray(at + 8, at + 8 + file.readUInt32BE(at));
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(data);
  }
  const raw = inflateSync(Buffer.concat(parts));
  const stride = Math.ceil((width * depth) / 8);
  let above: Uint8Array = new Uint8Array(stride);
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1);
    const row = raw.subarray(start + 1, start + 1 + stride);
    unfilter(row, above, raw[start] ?? 0);
    for (let x = 0; x < width; x++) {
      const bits = (row[(x * depth) >> 3] ?? 0) >> (8 - depth - ((x * depth) & 7));
      const most = (1 << depth) - 1;
      pixels[y * width + x] = ((bits & most) * 255) / most;
    }
    above = row;
  }
  return { width, height, pixels };
}

/** PNG (ISO 15948, 9.2), with one byte to the left. */
function unfilter(row: Uint8Array, above: Uint8Array, kind: number): void {
  for (let x = 0; x < row.length; x++) {
    const [left, up, corner] = [row[x - 1] ?? 0, above[x] ?? 0, above[x - 1] ?? 0];
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][kind] ?? 0;
    row[x] = (row[x] ?? 0) + guess;
  }
}

function paeth(left: number, up: number, corner: number): number {
  const [toLeft, toUp] = [Math.abs(up - corner), Math.abs(left - corner)];
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** The raster turned by a quarter, clockwise. */
export function turned({ width, height, pixels }: Raster): Raster {
  const out = new Uint8Array(pixels.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) out[x * height + (height - 1 - y)] = pixels[y * width + x] ?? 0;
  return { width: height, height: width, pixels: out };
}

export const blank = (width: number, height: number): Raster => ({
  width,
  height,
  pixels: new Uint8Array(width * height).fill(255),
});

export function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

export interface PngShape {
  readonly width: number;
  readonly height: number;
  /** 0 grey, 2 RGB, 6 RGB with alpha. */
  readonly colour: number;
}

/** A PNG with these rows (filter bytes included), and chunks before them. */
export function pngOf(shape: PngShape, rows: Uint8Array, extra: readonly Buffer[] = []): Buffer {
  const header = Buffer.concat([
    uint32(shape.width),
    uint32(shape.height),
    Buffer.from([8, shape.colour, 0, 0, 0]),
  ]);
  return Buffer.concat([
    PNG_SIGNATURE,
    chunk('IHDR', header),
    ...extra,
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export function greyPng(raster: Raster, extra: readonly Buffer[] = []): Buffer {
  const rows = rowsOf(raster).map((row) => Buffer.concat([Buffer.from([0]), row]));
  return pngOf({ ...raster, colour: 0 }, Buffer.concat(rows), extra);
}

/** Black that is as opaque as the raster is dark: all of the picture is in the alpha channel. */
export function alphaPng(raster: Raster): Buffer {
  const rows = rowsOf(raster).map((row) =>
    Buffer.from([0, ...[...row].flatMap((grey) => [0, 0, 0, 255 - grey])]),
  );
  return pngOf({ ...raster, colour: 6 }, Buffer.concat(rows));
}

function rowsOf({ width, height, pixels }: Raster): readonly Uint8Array[] {
  return Array.from({ length: height }, (_, y) => pixels.subarray(y * width, (y + 1) * width));
}

/** Uncompressed, 24 or 32 bits; from the bottom as usual, or from the top. */
export function bmp(raster: Raster, bits: 24 | 32, fromTop = false): Buffer {
  const { width, height } = raster;
  const rows = rowsOf(raster).map((row) => {
    const pixels = [...row].flatMap((g) => (bits === 24 ? [g, g, g] : [g, g, g, 0]));
    return Buffer.from([...pixels, ...new Uint8Array((4 - (pixels.length % 4)) % 4)]);
  });
  const data = Buffer.concat(fromTop ? rows : rows.reverse());
  return Buffer.concat([bmpHeader({ width, height: fromTop ? -height : height, bits }), data]);
}

export function bmpHeader(shape: {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly compression?: number;
}): Buffer {
  const header = Buffer.alloc(54);
  header.write('BM', 'latin1');
  header.writeUInt32LE(54, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(shape.width, 18);
  header.writeInt32LE(shape.height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(shape.bits, 28);
  header.writeUInt32LE(shape.compression ?? 0, 30);
  return header;
}

/** PBM, PGM or PPM: 1 to 3 plain, 4 to 6 raw. */
export function pnm(raster: Raster, kind: number): Buffer {
  const { width, height, pixels } = raster;
  const size = `P${String(kind)}\n# kites\n${String(width)} ${String(height)}\n`;
  const head = Buffer.from(kind % 3 === 1 ? size : `${size}255\n`);
  if (kind === 4) return Buffer.concat([head, ...rowsOf(raster).map(packedRow)]);
  const values = [...pixels].flatMap((grey) => {
    if (kind === 1) return [grey < 128 ? 1 : 0];
    return kind % 3 === 0 ? [grey, grey, grey] : [grey];
  });
  const plain = kind < 4;
  return Buffer.concat([head, plain ? Buffer.from(values.join('\n')) : Buffer.from(values)]);
}

function packedRow(row: Uint8Array): Buffer {
  const bytes = Buffer.alloc(Math.ceil(row.length / 8));
  for (const [x, grey] of row.entries())
    if (grey < 128) bytes[x >> 3] = (bytes[x >> 3] ?? 0) | (0x80 >> (x & 7));
  return bytes;
}

export interface GifShape {
  readonly canvas?: readonly [number, number];
  readonly frame?: readonly [number, number];
  readonly frames?: number;
}

/** 128 greys, and codes of 8 bits that never grow: the table is cleared before it can. */
export function gif(raster: Raster, shape: GifShape = {}): Buffer {
  const { width, height, pixels } = raster;
  const [canvas, frame] = [shape.canvas ?? [width, height], shape.frame ?? [width, height]];
  const palette = Array.from({ length: 128 }, (_, i) => [i * 2, i * 2, i * 2]).flat();
  const codes: number[] = [];
  for (const [i, grey] of pixels.entries()) {
    if (i % 100 === 0) codes.push(128);
    codes.push(grey >> 1);
  }
  codes.push(129);
  const blocks: Buffer[] = [];
  for (let at = 0; at < codes.length; at += 255) {
    const block = codes.slice(at, at + 255);
    blocks.push(Buffer.from([block.length, ...block]));
  }
  const image = Buffer.concat([
    Buffer.from([0x2c, 0, 0, 0, 0, ...little16(frame), 0, 7]),
    ...blocks,
    Buffer.from([0]),
  ]);
  const comment = Buffer.from([0x21, 0xfe, 5, ...Buffer.from('kites'), 0]);
  return Buffer.concat([
    Buffer.from([...Buffer.from('GIF89a'), ...little16(canvas), 0xe6, 0, 0, ...palette]),
    comment,
    ...Array.from({ length: shape.frames ?? 1 }, () => image),
    Buffer.from([0x3b]),
  ]);
}

const little16 = (values: readonly number[]): readonly number[] =>
  values.flatMap((value) => [value & 255, value >> 8]);

/** Numbers in TIFF's byte orders. */
const endian = (big: boolean) => ({
  put16: (value: number): Buffer =>
    Buffer.from(big ? [value >> 8, value & 255] : [value & 255, value >> 8]),
  put32: (value: number): Buffer => (big ? uint32(value) : uint32(value).reverse()),
});

export interface TiffPage {
  readonly raster: Raster;
  /** Tags over what an uncompressed grey picture has; a tag of `null` is left out. */
  readonly tags?: Readonly<Record<number, number | null>>;
}

/** One strip a page; `link` is what the last directory names as the next. */
export function tiff(pages: readonly TiffPage[], big = false, link = 0): Buffer {
  const { put16, put32 } = endian(big);
  const parts: Buffer[] = [];
  let at = 8;
  let first = 0;
  for (const [index, { raster, tags = {} }] of pages.entries()) {
    const { width, height, pixels } = raster;
    const strip = { 273: at, 277: 1, 278: height, 279: pixels.length };
    const all = { 256: width, 257: height, 258: 8, 259: 1, 262: 1, ...strip, ...tags };
    const entries = Object.entries<number | null>(all).filter(([, value]) => value !== null);
    const directory = at + pixels.length;
    if (index === 0) first = directory;
    parts.push(Buffer.from(pixels), put16(entries.length));
    for (const [tag, value] of entries)
      parts.push(put16(Number(tag)), put16(4), put32(1), put32(value ?? 0));
    at = directory + 2 + entries.length * 12 + 4;
    const next = pages[index + 1];
    parts.push(put32(next === undefined ? link : at + next.raster.pixels.length));
  }
  const head = [Buffer.from(big ? 'MM' : 'II'), put16(42), put32(first)];
  return Buffer.concat([...head, ...parts]);
}

/** A JPEG with a segment (marker 0xFFnn) after its first marker. */
export function withSegment(jpeg: Uint8Array, marker: number, data: Uint8Array): Buffer {
  const length = data.length + 2;
  return Buffer.concat([
    jpeg.subarray(0, 2),
    Buffer.from([0xff, marker, length >> 8, length & 255]),
    data,
    jpeg.subarray(2),
  ]);
}

/** An EXIF segment with an orientation, and an artist's name. */
export function exif(orientation: number, artist: string, big = true): Buffer {
  const { put16, put32 } = endian(big);
  const short = Buffer.concat([put16(orientation), put16(0)]);
  return Buffer.concat([
    Buffer.from('Exif\0\0'),
    ...[Buffer.from(big ? 'MM' : 'II'), put16(42), put32(8), put16(2)],
    ...[put16(0x112), put16(3), put32(1), short],
    ...[put16(0x13b), put16(2), put32(artist.length + 1), put32(38), put32(0)],
    Buffer.from(`${artist}\0`),
  ]);
}
