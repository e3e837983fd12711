/** `extract_text` for PPT ([MS-PPT]): a page for each slide in the order of the show, its notes after it. */
import { Failure, fail } from '../../../lib/assembly/host';
import { Call } from '../../../lib/assembly/input';
import { Document } from '../../../office/assembly/document';
import { writeResult } from '../../../office/assembly/result';
import { Container } from '../cfb/container';
import { NOT_FOUND } from '../cfb/directory';
import { readTitle } from '../summary';
import { View } from '../view';
import { Footers } from './footers';
import { Outline, SlideEntry } from './outline';
import { Persist } from './persist';
import { Record, Walker } from './records';
import { Shapes } from './shapes';

/** Where a slide says what its notes are called: behind three heads, in its first record. */
const NOTES_ID: usize = 8 + 8 + 16;

class Show {
  private outline: Outline = new Outline();
  private shapes: Shapes;
  private walker: Walker;
  private own: Footers = new Footers();

  constructor(
    private stream: View,
    private persist: Persist,
    private document: Document,
  ) {
    this.shapes = new Shapes(stream, document);
    this.walker = new Walker(stream);
  }

  /** False with the failure set. */
  read(): bool {
    const at = this.persist.find(this.persist.document, Record.DOCUMENT);
    if (at == 0 && this.stream.u16(2) != Record.DOCUMENT) {
      fail(Failure.MALFORMED);
      return false;
    }
    this.outline.read(this.stream, at);
    const slides = this.outline.slides;
    for (let i = 0; i < slides.length && this.document.startPage(); i++) {
      if (!this.readSlide(slides[i])) return false;
    }
    return true;
  }

  /** Its own, or else those of all slides. */
  private footersOf(at: usize): Footers {
    const walker = this.walker;
    walker.start(at + 8, <usize>this.stream.u32(at + 4));
    while (walker.next()) {
      if (walker.type != Record.FOOTERS) continue;
      this.own.read(this.stream, walker.data, walker.length);
      return this.own;
    }
    return this.outline.footers;
  }

  private readSlide(slide: SlideEntry): bool {
    const at = this.persist.find(slide.part, Record.SLIDE);
    if (at == 0) {
      this.document.warn('missing_part');
      this.shapes.readOutline(slide.texts);
      return true;
    }
    if (!this.shapes.read(at, slide.texts)) return false;
    this.footersOf(at).write(this.document);
    const isAtom = this.stream.u16(at + 10) == Record.SLIDE_ATOM;
    const id = isAtom ? this.stream.u32(at + NOTES_ID) : 0;
    const notes = id == 0 ? 0 : this.persist.find(this.outline.notesPart(id), Record.NOTES);
    return notes == 0 || this.shapes.read(notes, []);
  }
}

/** The stream that says which edit is the last; empty where there is none, null with the failure set. */
function readUser(file: Container, storage: i32): View | null {
  const id = file.findStream(storage, 'Current User');
  return id == NOT_FOUND ? new View(0, 0) : file.read(id);
}

/** Writes the text of the presentation in a storage, or sets the failure. */
export function extractPpt(file: Container, storage: i32, stream: View, call: Call): void {
  const user = readUser(file, storage);
  if (user == null) return;
  const persist = new Persist(stream);
  if (!persist.read(user)) return;
  const document = new Document('ppt', <usize>call.maxTextBytes, call.maxPages);
  document.emptyLines = false;
  if (!readTitle(file, document.title)) return;
  if (new Show(stream, persist, document).read()) writeResult(document, call);
}
