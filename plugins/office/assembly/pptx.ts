/** PPTX: a page for each slide in the order of the presentation, its notes after it. */
import { Failure, fail } from '../../lib/assembly/host';
import { Call } from '../../lib/assembly/input';
import { Token, openEntry } from '../../lib/assembly/xml';
import { Words } from '../../lib/assembly/xml-words';
import { Zip } from '../../lib/assembly/zip';
import { Entry } from '../../lib/assembly/zip-directory';
import { ChartReader } from './chart-reader';
import { Document } from './document';
import { readTitle } from './properties';
import { Relationships, readRelationships } from './relationships';
import { writeResult } from './result';
import { SlideReader } from './slide-reader';

/** More are passed over; a limit of pages is lower. */
const MAX_SLIDES: i32 = 10000;

/** The slides that the presentation names, in order. Null when a failure is set. */
function listSlides(zip: Zip, main: Entry, parts: Relationships): Entry[] | null {
  const xml = openEntry(zip, main, new Words());
  if (xml == null) return null;
  const slides: Entry[] = [];
  let token = xml.next();
  while (token != Token.NONE && slides.length < MAX_SLIDES) {
    if (token == Token.START && xml.is('sldId') && xml.prefixed('id')) {
      const slide = parts.byName(xml.valueAt, xml.valueLength);
      if (slide != null) slides.push(slide);
    }
    token = xml.next();
  }
  return xml.failed ? null : slides;
}

class SlideShow {
  private slides: SlideReader;
  private charts: ChartReader;

  constructor(
    private zip: Zip,
    document: Document,
  ) {
    this.slides = new SlideReader(document);
    this.charts = new ChartReader(document);
  }

  /** Appends a slide, what it embeds, and its notes. False when a failure is set. */
  read(slide: Entry): bool {
    const parts = readRelationships(this.zip, slide);
    if (parts == null || !this.slides.read(this.zip, slide, parts)) return false;
    const embedded = this.slides.embedded;
    for (let i = 0; i < embedded.length; i++) {
      if (!this.readEmbedded(embedded[i], parts)) return false;
    }
    const notes = parts.first('notesSlide');
    return notes == null || this.slides.read(this.zip, notes, new Relationships());
  }

  private readEmbedded(entry: Entry, parts: Relationships): bool {
    return isChart(entry, parts)
      ? this.charts.read(this.zip, entry)
      : this.slides.read(this.zip, entry, new Relationships());
  }
}

function isChart(entry: Entry, parts: Relationships): bool {
  for (let i = 0; i < parts.list.length; i++) {
    if (parts.list[i].target == entry) return parts.list[i].type == 'chart';
  }
  return false;
}

/** Writes the text of a PPTX, or sets the failure. */
export function extractPptx(zip: Zip, call: Call): void {
  const roots = readRelationships(zip, null);
  if (roots == null) return;
  const office = roots.first('officeDocument');
  const main = office != null ? office : zip.find('ppt/presentation.xml');
  if (main == null) {
    fail(Failure.MALFORMED);
    return;
  }
  const parts = readRelationships(zip, main);
  if (parts == null) return;
  const slides = listSlides(zip, main, parts);
  if (slides == null) return;
  const document = new Document('pptx', <usize>call.maxTextBytes, call.maxPages);
  document.emptyLines = false;
  if (!readTitle(zip, roots.first('core-properties'), document)) return;
  const show = new SlideShow(zip, document);
  for (let i = 0; i < slides.length && document.startPage(); i++) {
    if (!show.read(slides[i])) return;
  }
  writeResult(document, call);
}
