/** The open groups, on a stack of fixed depth: what a group changes ends with it. */

const MAX_DEPTH: i32 = 500;
const FIELDS: i32 = 11;

/** What the text of a group is. */
export namespace Mode {
  export const TEXT: i32 = 0;
  export const SKIP: i32 = 1;
  export const DROP: i32 = 2;
  export const FONT_TABLE: i32 = 3;
  export const STYLE_SHEET: i32 = 4;
  export const TITLE: i32 = 5;
}

export class Group {
  mode: i32 = Mode.TEXT;
  flow: i32 = 0;
  /** Characters to pass over behind \u. */
  unicodeSkip: i32 = 1;
  font: i32 = -1;
  hidden: bool = false;
  deleted: bool = false;
  inTable: bool = false;
  /** The style of the paragraph, and its outline level plus one. */
  style: i32 = -1;
  heading: i32 = 0;
  isItem: bool = false;
  itemLevel: i32 = 0;
}

const saved = memory.data((MAX_DEPTH + 1) * FIELDS * 4);

export class Groups {
  now: Group = new Group();
  depth: i32 = 0;

  /** Opens a group; false beyond the limit. */
  push(): bool {
    if (this.depth == MAX_DEPTH) return false;
    const at = saved + ((<usize>(this.depth * FIELDS)) << 2);
    const now = this.now;
    store<i32>(at, now.mode);
    store<i32>(at, now.flow, 4);
    store<i32>(at, now.unicodeSkip, 8);
    store<i32>(at, now.font, 12);
    store<i32>(at, now.hidden ? 1 : 0, 16);
    store<i32>(at, now.inTable ? 1 : 0, 20);
    store<i32>(at, now.style, 24);
    store<i32>(at, now.heading, 28);
    store<i32>(at, now.isItem ? 1 : 0, 32);
    store<i32>(at, now.itemLevel, 36);
    store<i32>(at, now.deleted ? 1 : 0, 40);
    this.depth++;
    return true;
  }

  /** Closes a group, when one is open. */
  pop(): void {
    if (this.depth == 0) return;
    this.depth--;
    const at = saved + ((<usize>(this.depth * FIELDS)) << 2);
    const now = this.now;
    now.mode = load<i32>(at);
    now.flow = load<i32>(at, 4);
    now.unicodeSkip = load<i32>(at, 8);
    now.font = load<i32>(at, 12);
    now.hidden = load<i32>(at, 16) != 0;
    now.inTable = load<i32>(at, 20) != 0;
    now.style = load<i32>(at, 24);
    now.heading = load<i32>(at, 28);
    now.isItem = load<i32>(at, 32) != 0;
    now.itemLevel = load<i32>(at, 36);
    now.deleted = load<i32>(at, 40) != 0;
  }
}
