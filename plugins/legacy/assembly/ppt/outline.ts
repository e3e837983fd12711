/** The slides of a presentation in order, and the texts of them that are kept apart ([MS-PPT] 2.4.14.3). */
import { View } from '../view';
import { Footers } from './footers';
import { Record, Walker } from './records';

const SLIDES: u32 = 0;
const NOTES: u32 = 2;
const SLIDE_FOOTERS: u32 = 3;
const MAX_SLIDES: i32 = 10_000;

/** A text of a slide, perhaps an empty one, and what kind of text it is. */
export class OutlineText {
  offset: usize = 0;
  length: usize = 0;
  isWide: bool = false;

  constructor(public kind: u32) {}
}

export class SlideEntry {
  texts: OutlineText[] = [];

  constructor(
    /** The number of its part. */
    public part: u32,
    /** What others call it by. */
    public id: u32,
  ) {}
}

export class Outline {
  /** What all slides show that do not say otherwise. */
  footers: Footers = new Footers();
  slides: SlideEntry[] = [];
  private notes: Map<u32, u32> = new Map<u32, u32>();

  /** Reads a document that starts there. */
  read(stream: View, at: usize): void {
    const walker = new Walker(stream);
    walker.start(at + 8, <usize>stream.u32(at + 4));
    let list: u32 = SLIDES;
    while (walker.next()) {
      if (walker.type == Record.FOOTERS && walker.instance == SLIDE_FOOTERS) {
        this.footers.read(stream, walker.data, walker.length);
      } else if (walker.type == Record.SLIDE_LIST) {
        list = walker.instance;
        walker.enter();
      } else if (walker.depth > 0 && list == SLIDES) this.slideRecord(stream, walker);
      else if (walker.depth > 0 && list == NOTES && walker.type == Record.SLIDE_PERSIST) {
        this.notes.set(stream.u32(walker.data + 12), stream.u32(walker.data));
      }
    }
  }

  private slideRecord(stream: View, walker: Walker): void {
    const slides = this.slides;
    const data = walker.data;
    if (walker.type == Record.SLIDE_PERSIST) {
      if (slides.length < MAX_SLIDES)
        slides.push(new SlideEntry(stream.u32(data), stream.u32(data + 12)));
      return;
    }
    if (slides.length == 0) return;
    const texts = slides[slides.length - 1].texts;
    const isWide = walker.type == Record.TEXT_CHARACTERS;
    if (walker.type == Record.TEXT_HEADER) texts.push(new OutlineText(stream.u32(data)));
    else if ((isWide || walker.type == Record.TEXT_BYTES) && texts.length > 0) {
      const text = texts[texts.length - 1];
      text.offset = data;
      text.length = walker.length;
      text.isWide = isWide;
    }
  }

  /** The number of the part with the notes that are called so; zero for none. */
  notesPart(id: u32): u32 {
    return this.notes.has(id) ? this.notes.get(id) : 0;
  }
}
