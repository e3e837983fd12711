import { startAnnotations } from './annotations';
import { openDocument, openFailure } from './document';
import { drawPage } from './drawing';
import { EMPTY, MALFORMED, NEEDS_OCR, OVER_LIMIT, fail, progress } from './host';
import { flush, integer, raw, refused, writeAside } from './json';
import { maxPages, readLimits } from './limits';
import { startEngine } from './memory';
import { writeOutline } from './outline';
import { anyText, characters, readable, scans, unreadable, writePage } from './page';
import { readPassword } from './password';
import * as pdfium from './pdfium';
import { omitsBlocks } from './structure';
import { namesScans, pageToDraw, readTask } from './task';
import { cut } from './text';

// `ccos.attachment.extract_text` for PDF. AssemblyScript with raw pointers only: the memory and its
// allocator are PDFium's, and no managed object is ever made.

const PROGRESS_EVERY: i32 = 16;

/** Called once for each instance. The result says nothing; a failure goes through `fail`. */
export function extract_text(): i32 {
  startEngine();
  readLimits();
  readTask();
  const document = openDocument(readPassword());
  if (!document) return failed(openFailure);
  if (pageToDraw > 0) return drawn(document);
  startAnnotations(document);
  const pages = pdfium.FPDF_GetPageCount(document);
  raw('{"format":"pdf","pages":[');
  const visited = writePages(document, pages);
  if (refused) return failed(OVER_LIMIT);
  if (!anyText && !cut && !(namesScans && scans > 0)) return failed(withoutText(pages));
  raw(']');
  writeOutline(document);
  raw(',"truncated":');
  raw(cut || visited < pages ? 'true' : 'false');
  writeWarnings(document);
  raw(',"counts":{"pages":');
  integer(pages);
  raw(',"characters":');
  integer(characters);
  raw('}');
  writeBlocksBehind();
  return refused ? failed(OVER_LIMIT) : 0;
}

/** The end of the result, and of the result's object. */
function writeBlocksBehind(): void {
  if (!omitsBlocks()) {
    raw(',"blocks":[');
    writeAside();
    raw(']');
  }
  raw('}');
  flush();
}

/** A page as a picture, in the result that a text would be in. */
function drawn(document: usize): i32 {
  const failure = drawPage(document, pageToDraw - 1);
  if (failure != 0) return failed(failure);
  raw('{"format":"pdf","pages":[{"number":');
  integer(pageToDraw);
  raw(',"text":""}],"truncated":false,"warnings":[],"counts":{"pages":');
  integer(pdfium.FPDF_GetPageCount(document));
  raw(',"characters":0}}');
  flush();
  return refused ? failed(OVER_LIMIT) : 0;
}

function failed(code: i32): i32 {
  fail(code);
  return code;
}

function withoutText(pages: i32): i32 {
  if (scans > 0) return NEEDS_OCR;
  return pages > 0 && readable == 0 ? MALFORMED : EMPTY;
}

/** Writes the pages; returns how many were looked at. */
function writePages(document: usize, pages: i32): i32 {
  const last = min<i32>(pages, maxPages);
  for (let i = 0; i < last; i++) {
    if (cut || refused) return i;
    writePage(document, i);
    if (i % PROGRESS_EVERY == PROGRESS_EVERY - 1) progress(i + 1, last);
  }
  return last;
}

/** The closed vocabulary of warnings. */
function writeWarnings(document: usize): void {
  const xfa = pdfium.FPDF_GetFormType(document) > pdfium.FORM_ACROFORM;
  raw(',"warnings":[');
  let more = warn(unreadable > 0, 'page_unreadable', false);
  more = warn(scans > 0, 'page_needs_ocr', more);
  more = warn(xfa, 'xfa_form', more);
  more = warn(omitsBlocks(), 'blocks_omitted', more);
  warn(pdfium.FPDFDoc_GetAttachmentCount(document) > 0, 'embedded_files', more);
  raw(']');
}

function warn(applies: bool, word: string, more: bool): bool {
  if (!applies) return more;
  raw(more ? ',"' : '"');
  raw(word);
  raw('"');
  return true;
}
