/** How deep the paragraphs of a text are indented, and which have bullets ([MS-PPT] 2.9.44 to 2.9.46). */
import { View } from '../view';

const BULLET_FLAGS: u32 = 0x0000000f;
const WRAP_FLAGS: u32 = 0x000e0000;
const TAB_STOPS: u32 = 1 << 20;
const BULLET_COLOUR: u32 = 1 << 5;
/** Properties of two bytes each: bullet, its font and size, alignment, spacing, margins, and the like. */
const SHORTS: u32 = 0x0021fdd0;

/** Runs of paragraphs, read one after another. */
export class TextStyle {
  level: u32 = 0;
  hasBullet: bool = false;
  /** Characters that the run goes on for. */
  private left: u32 = 0;
  private at: usize = 0;
  private list: View = new View(0, 0);

  start(list: View): void {
    this.list = list;
    this.at = 0;
    this.left = this.level = 0;
    this.hasBullet = false;
  }

  /** The next paragraph has so many characters, its end among them. */
  paragraph(length: u32): void {
    if (this.left == 0) this.nextRun();
    this.left = length < this.left ? this.left - length : 0;
  }

  private nextRun(): void {
    const list = this.list;
    if (!list.has(this.at, 10)) return;
    this.left = list.u32(this.at);
    this.level = list.u16(this.at + 4);
    const mask = list.u32(this.at + 6);
    let at = this.at + 10;
    this.hasBullet = (mask & 1) != 0 && (list.u16(at) & 1) != 0;
    if ((mask & BULLET_FLAGS) != 0) at += 2;
    if ((mask & BULLET_COLOUR) != 0) at += 4;
    if ((mask & WRAP_FLAGS) != 0) at += 2;
    at += (<usize>popcnt(mask & SHORTS)) << 1;
    // The tab stops stand before two of the shorts, which changes nothing about how long all of it is.
    if ((mask & TAB_STOPS) != 0) at += 2 + ((<usize>list.u16(this.tabStops(at, mask))) << 2);
    this.at = at;
  }

  /** Where the count of the tab stops is, when `at` is the end without them. */
  private tabStops(at: usize, mask: u32): usize {
    const behind = popcnt(mask & 0x00210000) + ((mask & WRAP_FLAGS) != 0 ? 1 : 0);
    return at - ((<usize>behind) << 1);
  }
}
