import { UNSUPPORTED } from './host';
import { big32, byteAt, little32 } from './blob';
import { readBmp } from './bmp';
import { readGif } from './gif';
import { readJpeg } from './jpeg';
import { readPng } from './png';
import { readPnm } from './pnm';
import { readTiff } from './tiff';
import { readWebp } from './webp';

// Which format a file has, and a look at its header before anything is decoded.

export const PNG: i32 = 1;
export const JPEG: i32 = 2;
export const BMP: i32 = 3;
export const PNM: i32 = 4;
export const GIF: i32 = 5;
export const TIFF: i32 = 6;
export const WEBP: i32 = 7;

export let format: i32 = 0;

/** Zero when the picture may be decoded, or the code to fail with. */
export function readHeader(): i32 {
  format = sniff();
  if (format == PNG) return readPng();
  if (format == JPEG) return readJpeg();
  if (format == BMP) return readBmp();
  if (format == PNM) return readPnm();
  if (format == GIF) return readGif();
  if (format == TIFF) return readTiff();
  if (format == WEBP) return readWebp();
  return UNSUPPORTED;
}

export function formatName(): string {
  if (format == PNG) return 'png';
  if (format == JPEG) return 'jpeg';
  if (format == BMP) return 'bmp';
  if (format == PNM) return 'pnm';
  if (format == GIF) return 'gif';
  return format == TIFF ? 'tiff' : 'webp';
}

function sniff(): i32 {
  const first = big32(0);
  if (first == 0x89504e47 && big32(4) == 0x0d0a1a0a) return PNG;
  if (first >> 8 == 0xffd8ff) return JPEG;
  if (first == 0x47494638) return GIF;
  if (first == 0x49492a00 || first == 0x4d4d002a) return TIFF;
  if (first == 0x52494646 && big32(8) == 0x57454250) return WEBP;
  if (first >> 16 == 0x424d && little32(6) == 0) return BMP;
  const second = byteAt(1);
  if (byteAt(0) == 0x50 && second >= 0x31 && second <= 0x36) return PNM;
  return 0;
}
