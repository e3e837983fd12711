import { allocate } from './memory';
import * as pdfium from './pdfium';

// PDFium's text page leaves out every text object that is less than 0.01 points wide. A column of
// vertical writing is: without its font (it is often not embedded) glyphs have no extent, so the object
// has a height but no width. A slant too small to matter gives it one.

const THINNEST: f32 = 0.01;
const SHORTEST: f32 = 1;
const SLANT: f32 = 0.005;
// Objects at one height are one line to PDFium, read from left to right. Columns go from right to left,
// so neighbours are moved to different heights, which keeps them in the order of the content. No page is
// as high as half of it (14400 points, ISO 32000-1, C.2), so that it can be taken back.
const APART: f32 = 32768;

let bounds: usize = 0; // left, bottom, right, top
let matrix: usize = 0; // a, b, c, d, e, f
/** How many columns were moved. */
export let moved: i32 = 0;

/** Where something was before a column that it is in was moved. */
export function heightOnPage(y: f32): f32 {
  if (moved == 0 || y >= -0.5 * APART) return y;
  return y < -1.5 * APART ? y + 2 * APART : y + APART;
}

/** Before the text page is made, which is the only thing that sees the change. */
export function widenColumns(page: usize): void {
  if (!bounds) prepare();
  moved = 0;
  const count = pdfium.FPDFPage_CountObjects(page);
  if (!isVertical(page, count)) return;
  for (let i = 0; i < count; i++) {
    const object = pdfium.FPDFPage_GetObject(page, i);
    if (!isText(object) || !isColumn(object)) continue;
    store<f32>(matrix, moved % 2 == 0 ? -APART : -2 * APART, 20);
    pdfium.FPDFPageObj_TransformF(object, matrix);
    moved++;
  }
}

/** At least a quarter of the text objects are columns: a few are mere spaces, better left alone. */
function isVertical(page: usize, count: i32): bool {
  let columns = 0;
  let others = 0;
  for (let i = 0; i < count; i++) {
    const object = pdfium.FPDFPage_GetObject(page, i);
    if (!isText(object)) continue;
    if (isColumn(object)) columns++;
    else others++;
  }
  return columns > 0 && columns * 3 >= others;
}

function prepare(): void {
  bounds = allocate(16);
  matrix = allocate(24);
  memory.fill(matrix, 0, 24);
  store<f32>(matrix, 1);
  store<f32>(matrix, SLANT, 8);
  store<f32>(matrix, 1, 12);
}

function isText(object: usize): bool {
  return object != 0 && pdfium.FPDFPageObj_GetType(object) == pdfium.OBJECT_TEXT;
}

function isColumn(object: usize): bool {
  if (!pdfium.FPDFPageObj_GetBounds(object, bounds, bounds + 4, bounds + 8, bounds + 12))
    return false;
  const width = load<f32>(bounds, 8) - load<f32>(bounds);
  const height = load<f32>(bounds, 12) - load<f32>(bounds, 4);
  return width < THINNEST && height >= SHORTEST;
}
