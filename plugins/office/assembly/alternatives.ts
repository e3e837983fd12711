/** mc:AlternateContent (ECMA-376 part 3): the same content said twice or more, of which one is read. */
import { Xml } from '../../lib/assembly/xml';

const DEPTHS: i32 = 260;

export class Alternatives {
  /** Whether a choice was read already, by the depth of the AlternateContent. */
  private chosen: StaticArray<bool> = new StaticArray<bool>(DEPTHS);

  /** At the start of an AlternateContent. */
  open(xml: Xml): void {
    this.chosen[xml.depth] = false;
  }

  /** At the start of a Choice or Fallback: passes over it when another was read. */
  choose(xml: Xml): void {
    const parent = xml.depth - 1;
    if (this.chosen[parent]) xml.skip();
    else this.chosen[parent] = true;
  }
}
