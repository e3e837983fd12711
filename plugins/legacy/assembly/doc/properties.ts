/** What changes the look of text: lists of single properties ([MS-DOC] 2.6). */
import { View } from '../view';

const UNSET: i32 = -1;
const BODY: i32 = 9;
const LEVELS: u32 = 9;
/** Numbers of lists; those beyond mean that a paragraph is of none. */
const LAST_LIST: u32 = 0x07fe;

namespace Sprm {
  export const DELETED: u32 = 0x0800;
  export const HIDDEN: u32 = 0x083c;
  export const FONT: u32 = 0x4a4f;
  export const SYMBOL: u32 = 0x6a09;
  export const IN_TABLE: u32 = 0x2416;
  export const ROW_END: u32 = 0x2417;
  export const INNER_CELL_END: u32 = 0x244b;
  export const INNER_ROW_END: u32 = 0x244c;
  export const LIST_LEVEL: u32 = 0x260a;
  export const OUTLINE: u32 = 0x2640;
  export const LIST: u32 = 0x460b;
  export const TABLE_DEPTH: u32 = 0x6649;
  export const TABLE_DEFINITION: u32 = 0xd608;
  export const TABS: u32 = 0xc615;
}

/** Bytes of the operand at `at` ([MS-DOC] 2.2.5.1). */
function operandSize(list: View, sprm: u32, at: usize): usize {
  const kind = sprm >>> 13;
  if (kind == 6) {
    if (sprm == Sprm.TABLE_DEFINITION) return <usize>list.u16(at) + 1;
    const size = <usize>list.u8(at);
    if (sprm != Sprm.TABS || size != 255) return size + 1;
    const deleted = <usize>list.u8(at + 1);
    return 3 + deleted * 4 + <usize>list.u8(at + 2 + deleted * 4) * 3;
  }
  if (kind == 7) return 3;
  if (kind == 3) return 4;
  return kind < 2 ? 1 : 2;
}

/** Of a paragraph, or of a style of paragraphs. */
export class Paragraph {
  style: i32 = 0;
  inTable: bool = false;
  depth: i32 = 0;
  endsRow: bool = false;
  endsInnerCell: bool = false;
  /** 0 to 8 of a heading, 9 of other text. */
  outline: i32 = UNSET;
  /** The level in a list from 0; 9 where it is in none. */
  list: i32 = UNSET;
  private level: i32 = 0;

  clear(): void {
    this.style = 0;
    this.inTable = this.endsRow = this.endsInnerCell = false;
    this.depth = this.level = 0;
    this.outline = this.list = UNSET;
  }

  apply(list: View): void {
    let at: usize = 0;
    while (list.has(at, 3)) {
      const sprm = list.u16(at);
      this.set(sprm, list, at + 2);
      at += 2 + operandSize(list, sprm, at + 2);
    }
    if (this.list != UNSET && this.list != BODY) this.list = this.level;
  }

  private set(sprm: u32, list: View, at: usize): void {
    const byte = list.u8(at);
    if (sprm == Sprm.IN_TABLE) this.inTable = byte != 0;
    else if (sprm == Sprm.ROW_END || sprm == Sprm.INNER_ROW_END) this.endsRow = byte != 0;
    else if (sprm == Sprm.INNER_CELL_END) this.endsInnerCell = byte != 0;
    else if (sprm == Sprm.TABLE_DEPTH) this.depth = <i32>list.u32(at);
    else if (sprm == Sprm.OUTLINE) this.outline = byte < LEVELS ? <i32>byte : BODY;
    else this.setList(sprm, list, at);
  }

  private setList(sprm: u32, list: View, at: usize): void {
    if (sprm == Sprm.LIST_LEVEL) {
      this.level = min(<i32>list.u8(at), BODY - 1);
      if (this.list != UNSET && this.list != BODY) this.list = this.level;
    } else if (sprm == Sprm.LIST) {
      const number = list.u16(at);
      this.list = number > 0 && number <= LAST_LIST ? this.level : BODY;
    }
  }
}

/** Of characters. */
export class Run {
  hidden: bool = false;
  deleted: bool = false;
  font: u32 = 0;
  /** A character of a font of symbols; zero where there is none. */
  symbol: u32 = 0;

  apply(list: View): void {
    this.hidden = this.deleted = false;
    this.font = this.symbol = 0;
    let at: usize = 0;
    while (list.has(at, 3)) {
      const sprm = list.u16(at);
      this.set(sprm, list, at + 2);
      at += 2 + operandSize(list, sprm, at + 2);
    }
  }

  private set(sprm: u32, list: View, at: usize): void {
    if (sprm == Sprm.HIDDEN) this.hidden = (list.u8(at) & 1) != 0;
    else if (sprm == Sprm.DELETED) this.deleted = list.u8(at) != 0;
    else if (sprm == Sprm.FONT) this.font = list.u16(at);
    else if (sprm == Sprm.SYMBOL) {
      this.font = list.u16(at);
      this.symbol = list.u16(at + 2);
    }
  }
}
