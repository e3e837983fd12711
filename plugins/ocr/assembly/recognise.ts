import { allocate } from './memory';
import { addParagraph, count, endPage, removeParagraphs } from './paragraphs';
import * as tesseract from './tesseract';

// One picture after the other through one engine.

/** Below this certainty of the words, in percent by Tesseract's own estimate, they may well be wrong. */
const CERTAIN: i32 = 60;
const FAILED: i32 = -1;

let api: usize = 0;
/** What `pixDestroy` wants: where a pointer to the picture is. */
let slot: usize = 0;

/** True when the words of some picture may well be wrong. */
export let doubtful: bool = false;

/** Loads the model. Once, before the first picture. */
export function startTesseract(): void {
  slot = allocate(16);
  api = tesseract.newTessBaseAPI();
  store<u16>(slot, 0x2e); // "."
  store<u32>(slot, 0x676e65, 4); // "eng"
  if (tesseract.Init(api, slot, slot + 4, tesseract.OEM_LSTM_ONLY) != 0) unreachable();
  tesseract.SetPageSegMode(api, tesseract.PSM_AUTO);
}

/**
 * Recognises a decoded picture, which it frees. What makes little sense is read once more upside down, and
 * the better of both stays. False when the engine does not take the picture.
 */
export function recognise(pix: usize, orientation: i32, page: i32): bool {
  const first = count;
  let certainty = read(pix, orientation, page);
  const middle = count;
  if (certainty >= 0 && certainty < CERTAIN && middle > first) {
    const other = read(pix, upsideDown(orientation), page);
    if (other > certainty) removeParagraphs(first, middle);
    else removeParagraphs(middle, count);
    certainty = max<i32>(certainty, other);
    if (certainty < CERTAIN) doubtful = true;
  }
  endPage(first);
  store<u32>(slot, <u32>pix);
  tesseract.pixDestroy(slot);
  return certainty != FAILED;
}

/** Recognises a picture; returns how certain the words are in percent, or that it failed. */
function read(pix: usize, orientation: i32, page: i32): i32 {
  tesseract.SetImage(api, pix, orientation, 0);
  const done = tesseract.Recognize(api, 0) == 0;
  if (done) takeParagraphs(page);
  const certainty = done ? tesseract.MeanTextConf(api) : FAILED;
  tesseract.Clear(api);
  return certainty;
}

function takeParagraphs(page: i32): void {
  const iterator = tesseract.GetIterator(api);
  if (!iterator) return;
  do {
    const text = tesseract.GetUTF8Text(iterator, tesseract.RIL_PARA);
    if (!text) continue;
    addParagraph(text, page);
    tesseract.free(text);
  } while (tesseract.Next(iterator, tesseract.RIL_PARA) != 0);
  tesseract.destroyIterator(iterator);
}

/** Of an orientation of EXIF, 1 to 8, the one that is turned by 180 degrees. */
function upsideDown(orientation: i32): i32 {
  if (orientation <= 2) return orientation + 2;
  if (orientation <= 4) return orientation - 2;
  return orientation <= 6 ? orientation + 2 : orientation - 2;
}
