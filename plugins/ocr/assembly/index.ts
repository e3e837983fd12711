import { EMPTY, MALFORMED, fail } from '../../pdf/assembly/host';
import { maxPages, readLimits } from '../../pdf/assembly/limits';
import { data, freeBlob, readBlob, size } from './blob';
import { TIFF, format, formatName, readHeader } from './format';
import { moreFrames } from './gif';
import { UNSUPPORTED, startPicture } from './host';
import { flush, integer, raw } from './json';
import { startEngine } from './memory';
import { orientation } from './orientation';
import { characters, count, cut, writeBlocks, writePage } from './paragraphs';
import { doubtful, recognise, startTesseract } from './recognise';
import { pixReadMem } from './tesseract';
import { foreign, pictures, selectPicture } from './tiff';

// `ccos.attachment.extract_text` for pictures. AssemblyScript with raw pointers only: the memory and its
// allocator are the engine's, and no managed object is ever made.

let read: i32 = 0;
let unreadable: i32 = 0;

/** Called once for each instance. The result says nothing; a failure goes through `fail`. */
export function extract_text(): i32 {
  startEngine();
  readLimits();
  let failure = readBlob();
  if (failure == 0) failure = readHeader();
  if (failure == 0) failure = readPictures();
  if (failure == 0 && count == 0) failure = EMPTY;
  if (failure != 0) fail(failure);
  else writeResult();
  return failure;
}

function total(): i32 {
  return format == TIFF ? pictures : 1;
}

/** The pictures of a file, each a page. */
function readPictures(): i32 {
  const last = min<i32>(total(), maxPages);
  startTesseract();
  for (let i = 0; i < last && !cut; i++) {
    startPicture(i, last);
    if (format == TIFF) selectPicture(i);
    const pix = pixReadMem(data, size);
    if (i == last - 1) freeBlob();
    if (!pix || !recognise(pix, orientation, i)) unreadable++;
    read++;
  }
  if (unreadable < read) return 0;
  return foreign ? UNSUPPORTED : MALFORMED;
}

function writeResult(): void {
  raw('{"format":"');
  raw(formatName());
  raw('","pages":[');
  for (let i = 0; i < read; i++) {
    raw(i == 0 ? '{"number":' : ',{"number":');
    integer(i + 1);
    raw(',"text":"');
    writePage(i);
    raw('"}');
  }
  raw('],"blocks":[');
  writeBlocks();
  raw('],"truncated":');
  raw(cut || read < total() ? 'true' : 'false');
  raw(',"warnings":[');
  let more = warn(unreadable > 0, 'page_unreadable', false);
  more = warn(moreFrames, 'first_frame_only', more);
  warn(doubtful, 'low_confidence', more);
  raw('],"counts":{"pages":');
  integer(total());
  raw(',"characters":');
  integer(characters());
  raw('}}');
  flush();
}

/** The closed vocabulary of warnings. */
function warn(applies: bool, word: string, more: bool): bool {
  if (!applies) return more;
  raw(more ? ',"' : '"');
  raw(word);
  raw('"');
  return true;
}
