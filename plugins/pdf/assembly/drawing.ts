import { MALFORMED, OVER_LIMIT, child_new, child_write } from './host';
import { allocate } from './memory';
import * as pdfium from './pdfium';

// A page as a picture: a child blob, a grey map of netpbm ("P5"), white where nothing is drawn.

/** Points in an inch, and dots. */
const POINTS: f32 = 72;
const DOTS: f32 = 200;
/** Of one page: what is larger is drawn smaller. A4 has 3.9 million. */
const MOST_PIXELS: f32 = 9_990_000; // and at most half a row more
const MOST_SIDE: f32 = 16_000;
const WHITE: u32 = 0xffffffff;
const BYTES_OF_PIXEL: usize = 4;
const CHUNK: usize = 1 << 20;
const KIND = 'image/x-portable-graymap';

let buffer: usize = 0;
let length: usize = 0;
let child: i32 = 0;
let refused: bool = false;

/** Draws the page of this index; zero, or the code to fail with. */
export function drawPage(document: usize, index: i32): i32 {
  const page = pdfium.FPDF_LoadPage(document, index);
  if (!page) return MALFORMED;
  const wide = pdfium.FPDF_GetPageWidthF(page);
  const high = pdfium.FPDF_GetPageHeightF(page);
  if (!(wide > 0 && high > 0)) return MALFORMED;
  const scale = scaleOf(wide, high);
  const width = max<i32>(<i32>nearest<f32>(wide * scale), 1);
  const height = max<i32>(<i32>nearest<f32>(high * scale), 1);
  const bitmap = pdfium.FPDFBitmap_Create(width, height, 0);
  if (!bitmap) return OVER_LIMIT;
  pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
  pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, pdfium.GRAYSCALE);
  return hand(bitmap, width, height);
}

function scaleOf(wide: f32, high: f32): f32 {
  const bySide = MOST_SIDE / max<f32>(wide, high);
  const byPixels = sqrt<f32>(MOST_PIXELS / wide / high);
  return min<f32>(DOTS / POINTS, min<f32>(bySide, byPixels));
}

/** Hands the picture to the host, row by row: of each pixel one of its three equal values. */
function hand(bitmap: usize, width: i32, height: i32): i32 {
  const pixels = pdfium.FPDFBitmap_GetBuffer(bitmap);
  const stride = <usize>pdfium.FPDFBitmap_GetStride(bitmap);
  buffer = allocate(CHUNK);
  text(KIND);
  child = child_new(buffer, <i32>length);
  if (child < 0) return OVER_LIMIT;
  length = 0;
  text('P5\n');
  decimal(width);
  text(' ');
  decimal(height);
  text('\n255\n');
  for (let y = 0; y < height && !refused; y++) {
    const row = pixels + <usize>y * stride;
    for (let x: usize = 0; x < <usize>width; x++) put(load<u8>(row + x * BYTES_OF_PIXEL));
  }
  flush();
  return refused ? OVER_LIMIT : 0;
}

function text(ascii: string): void {
  for (let i = 0; i < ascii.length; i++) put(ascii.charCodeAt(i));
}

function decimal(value: i32): void {
  if (value >= 10) decimal(value / 10);
  put(0x30 + (value % 10));
}

// @ts-ignore: decorator
@inline
function put(byte: u32): void {
  if (length == CHUNK) flush();
  store<u8>(buffer + length, byte);
  length++;
}

function flush(): void {
  if (child_write(child, buffer, <i32>length) < 0) refused = true;
  length = 0;
}
