import { raw } from './json';
import { allocate } from './memory';
import * as pdfium from './pdfium';
import { writeText } from './text';

const LONGEST: i32 = 256; // UTF-16 units

let buffer: usize = 0;

/** Writes the page's member `label`: what the document calls the page (ISO 32000-1, 12.4.2), if it does. */
export function writeLabel(document: usize, index: i32): void {
  const bytes = pdfium.FPDF_GetPageLabel(document, index, 0, 0);
  if (bytes <= 2 || bytes > (<u32>(LONGEST + 1)) << 1) return;
  if (!buffer) buffer = allocate((<usize>(LONGEST + 1)) << 1);
  pdfium.FPDF_GetPageLabel(document, index, buffer, bytes);
  raw(',"label":"');
  writeText(buffer, <i32>(bytes >> 1) - 1);
  raw('"');
}
