import { integer, raw } from './json';
import { allocate } from './memory';
import * as pdfium from './pdfium';
import { cut, writeText } from './text';

// The document's outline (ISO 32000-1, 12.3.3): a tree of titles, which may be broken, or a circle.

const MOST_ENTRIES: i32 = 5000;
const DEEPEST: i32 = 32;
const LONGEST: i32 = 1024; // UTF-16 units of a title

let document: usize = 0;
let seen: usize = 0; // every entry so far, as a pointer
let entries: i32 = 0;
let written: i32 = 0;
let title: usize = 0;

/** Writes the member `outline`, in the order of the tree, when there is one. */
export function writeOutline(owner: usize): void {
  document = owner;
  const path = allocate(<usize>DEEPEST * sizeof<usize>()); // the entries above, and the one at hand
  let level = 0;
  let entry = pdfium.FPDFBookmark_GetFirstChild(document, 0);
  if (!entry) return;
  seen = allocate(<usize>MOST_ENTRIES * sizeof<usize>());
  title = allocate((<usize>(LONGEST + 1)) << 1);
  while (!cut) {
    if (entry && isNew(entry)) {
      writeEntry(entry, level + 1);
      store<usize>(path + <usize>level * sizeof<usize>(), entry);
      const child = level + 1 < DEEPEST ? pdfium.FPDFBookmark_GetFirstChild(document, entry) : 0;
      if (child) level++;
      entry = child ? child : pdfium.FPDFBookmark_GetNextSibling(document, entry);
    } else {
      if (--level < 0) break;
      const above = load<usize>(path + <usize>level * sizeof<usize>());
      entry = pdfium.FPDFBookmark_GetNextSibling(document, above);
    }
  }
  if (written > 0) raw(']');
}

function isNew(entry: usize): bool {
  if (entries == MOST_ENTRIES) return false;
  for (let i = 0; i < entries; i++)
    if (load<usize>(seen + <usize>i * sizeof<usize>()) == entry) return false;
  store<usize>(seen + <usize>entries * sizeof<usize>(), entry);
  entries++;
  return true;
}

function writeEntry(entry: usize, level: i32): void {
  const bytes = pdfium.FPDFBookmark_GetTitle(entry, 0, 0);
  if (bytes <= 2 || bytes > (<u32>(LONGEST + 1)) << 1) return;
  pdfium.FPDFBookmark_GetTitle(entry, title, bytes);
  raw(written++ == 0 ? ',"outline":[{"level":' : ',{"level":');
  integer(level);
  const destination = pdfium.FPDFBookmark_GetDest(document, entry);
  const page = destination ? pdfium.FPDFDest_GetDestPageIndex(document, destination) : -1;
  if (page >= 0) {
    raw(',"page":');
    integer(page + 1);
  }
  raw(',"title":"');
  writeText(title, <i32>(bytes >> 1) - 1);
  raw('"}');
}
