import { writeAnnotations } from './annotations';
import { blockAt, blockCount } from './blocks';
import { count, readCharacters } from './characters';
import { widenColumns } from './thin-columns';
import { startHyphens } from './hyphens';
import { integer, raw, release } from './json';
import { writeLabel } from './labels';
import { layOut } from './layout';
import { LINE_FEED, endLines, startLines, writeRow } from './line-writer';
import * as pdfium from './pdfium';
import { writeBlocks, writePicture } from './structure';
import { namesScans } from './task';
import { written } from './text';

// What a page's text is made of: no characters, white space only, or something to see.
const NOTHING: i32 = 0;
const BLANK: i32 = 1;
const VISIBLE: i32 = 2;

/** Pages written, pages that PDFium could not load, pages with drawings but no text. */
export let readable: i32 = 0;
export let unreadable: i32 = 0;
export let scans: i32 = 0;
/** Code points of the pages' texts. */
export let characters: i32 = 0;
/** True when any page has text, or an annotation has. */
export let anyText: bool = false;

/** Writes one item of `pages`. */
export function writePage(document: usize, index: i32): void {
  const page = pdfium.FPDF_LoadPage(document, index);
  if (!page) {
    unreadable++;
    return;
  }
  raw(readable == 0 ? '{"number":' : ',{"number":');
  integer(index + 1);
  writeLabel(document, index);
  raw(',"text":"');
  const content = writePageText(page);
  const hasText = content == VISIBLE;
  raw('"');
  if (!hasText && hasDrawing(page, content == NOTHING)) writeScan(index);
  const hasAnnotations = writeAnnotations(page);
  raw('}');
  if (hasText || hasAnnotations) {
    anyText = true;
    release();
  }
  readable++;
  pdfium.FPDF_ClosePage(page);
}

/** What may be a picture of text: a member of the page, and a block in its place. */
function writeScan(index: i32): void {
  scans++;
  if (!namesScans) return;
  raw(',"scanned":true');
  writePicture(index + 1);
}

function writePageText(page: usize): i32 {
  widenColumns(page);
  const text = pdfium.FPDFText_LoadPage(page);
  if (!text) return NOTHING;
  readCharacters(text);
  layOut();
  startHyphens();
  startLines();
  const before = written;
  for (let i = 0; i < blockCount; i++) {
    let feeds = i > 0 ? 2 : 0;
    let row = blockAt(i).first;
    while (row) {
      writeRow(row, LINE_FEED, feeds);
      feeds = 1;
      row = row.next;
    }
  }
  endLines();
  characters += written - before;
  writeBlocks();
  pdfium.FPDFText_ClosePage(text);
  return count == 0 ? NOTHING : blockCount == 0 ? BLANK : VISIBLE;
}

/** Images, paths, shadings and forms; text objects too when they gave no characters at all. */
function hasDrawing(page: usize, textCounts: bool): bool {
  const count = pdfium.FPDFPage_CountObjects(page);
  for (let i = 0; i < count; i++) {
    const object = pdfium.FPDFPage_GetObject(page, i);
    if (!object) continue;
    if (textCounts || pdfium.FPDFPageObj_GetType(object) != pdfium.OBJECT_TEXT) return true;
  }
  return false;
}
