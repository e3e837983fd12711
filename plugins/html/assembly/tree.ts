/** The open elements, as far as text needs them, on a stack of fixed depth. */
import { HEADER_CELL, Kind, LAYOUT_TABLE, Switch, codeOf, headingLevel } from './elements';
import { FormulaWriter, Spacing } from './formula';
import { Layout } from './layout';

const MAX_DEPTH: i32 = 512;

const hashes = memory.data(MAX_DEPTH * 4);
const kinds = memory.data(MAX_DEPTH * 4);
/** The number of the next item, of a list; one when a row has had a cell, or a switch a case. */
const counters = memory.data(MAX_DEPTH * 4);
/** Beside the number of children, in the counter of a formula's element: its first is in braces. */
const BRACED: i32 = 1 << 16;

export class Tree {
  private depth: i32 = 0;
  /** Elements that were opened beyond the depth limit. Their text comes out, their end tags count down. */
  private beyond: i32 = 0;
  tooDeep: bool = false;
  pre: i32 = 0;
  lists: i32 = 0;
  foreign: i32 = 0;
  hidden: i32 = 0;
  template: i32 = 0;
  formula: FormulaWriter;

  constructor(private layout: Layout) {
    this.formula = new FormulaWriter(layout);
  }

  private kindAt(index: i32): u32 {
    return load<u32>(kinds + ((<usize>index) << 2));
  }

  private hashAt(index: i32): u32 {
    return load<u32>(hashes + ((<usize>index) << 2));
  }

  private count(kind: u32, by: i32): void {
    if ((kind & Kind.PRE) != 0) this.countPre(by);
    if ((kind & Kind.LIST) != 0) this.lists += by;
    if ((kind & Kind.FOREIGN) != 0) this.foreign += by;
    if ((kind & Kind.HIDDEN) != 0) this.hidden += by;
    if ((kind & Kind.TEMPLATE) != 0) this.template += by;
    if ((kind & Kind.MATH) != 0) this.formula.count(codeOf(kind), (kind & Kind.FOREIGN) != 0, by);
  }

  private countPre(by: i32): void {
    this.pre += by;
    this.layout.pre = this.pre;
  }

  private push(hash: u32, kind: u32, counter: i32): void {
    if (this.depth == MAX_DEPTH) {
      this.tooDeep = true;
      this.beyond++;
      return;
    }
    const slot = (<usize>this.depth) << 2;
    store<u32>(hashes + slot, hash);
    store<u32>(kinds + slot, kind);
    store<i32>(counters + slot, counter);
    this.depth++;
    this.count(kind, 1);
  }

  private pop(): void {
    this.depth--;
    const kind = this.kindAt(this.depth);
    this.count(kind, -1);
    if (this.template > 0) return;
    if ((kind & Kind.MATH) != 0) this.closeMath(kind);
    else if ((kind & Kind.ITEM) != 0) this.layout.endItem();
    else if ((kind & Kind.CELL) != 0) this.layout.endCell();
    else if ((kind & Kind.ROW) != 0) this.layout.endRow();
    else if ((kind & Kind.BLOCK) != 0) this.closeBlock(kind);
    else if ((kind & Kind.LINE) != 0) this.layout.line();
    else if ((kind & Kind.QUOTE) != 0) this.layout.ascii(34);
  }

  private closeBlock(kind: u32): void {
    if ((kind & Kind.TABLE) != 0) this.layout.endTable();
    if (headingLevel(kind) > 0) this.layout.heading = 0;
    this.layout.paragraph();
  }

  private popTo(index: i32): void {
    while (this.depth > index) this.pop();
  }

  /** The nearest open element of a kind above any of `barrier`, or -1. */
  private nearest(kind: u32, barrier: u32): i32 {
    for (let i = this.depth - 1; i >= 0; i--) {
      const found = this.kindAt(i);
      if ((found & kind) != 0) return i;
      if ((found & barrier) != 0) return -1;
    }
    return -1;
  }

  private closeNearest(kind: u32, barrier: u32): void {
    const index = this.nearest(kind, barrier);
    if (index >= 0) this.popTo(index);
  }

  /** Closes what a start tag ends without saying so (WHATWG HTML 13.1.2.4). */
  private closeImplied(kind: u32): void {
    const inTable = Kind.TABLE | Kind.TEMPLATE;
    if ((kind & Kind.CELL) != 0) this.closeNearest(Kind.CELL, inTable | Kind.ROW);
    else if ((kind & Kind.ROW) != 0) this.closeNearest(Kind.ROW, inTable);
    else if ((kind & Kind.SECTION) != 0) this.closeNearest(Kind.SECTION, inTable);
    else if ((kind & Kind.ITEM) != 0) this.closeNearest(Kind.ITEM, inTable | Kind.LIST | Kind.CELL);
    else if ((kind & Kind.TERM) != 0) this.closeNearest(Kind.TERM, inTable | Kind.LIST | Kind.CELL);
    else if ((kind & Kind.OPTION) != 0) this.closeTop(Kind.OPTION);
    else if ((kind & (Kind.LINE | Kind.BLOCK)) != 0) this.closeTop(Kind.PARAGRAPH);
  }

  private closeTop(kind: u32): void {
    if (this.depth > 0 && (this.kindAt(this.depth - 1) & kind) != 0) this.pop();
  }

  /** The number of a new item: zero in a list without numbers, or in none. */
  private nextNumber(): i32 {
    const list = this.nearest(Kind.LIST, Kind.TABLE | Kind.TEMPLATE);
    if (list < 0 || (this.kindAt(list) & Kind.ORDERED) == 0) return 0;
    const slot = counters + ((<usize>list) << 2);
    const number = load<i32>(slot);
    store<i32>(slot, number + 1);
    return number;
  }

  private startCell(isHeader: bool): void {
    const row = this.nearest(Kind.ROW, Kind.TABLE | Kind.TEMPLATE);
    if (row < 0) {
      this.layout.line();
      return;
    }
    const slot = counters + ((<usize>row) << 2);
    this.layout.cell(load<i32>(slot) == 0, isHeader);
    store<i32>(slot, 1);
  }

  private layOut(kind: u32): void {
    if (this.template > 0) return;
    if ((kind & Kind.BREAK) != 0) this.layout.lineBreak();
    else if ((kind & Kind.ITEM) != 0) this.startItem();
    else if ((kind & Kind.CELL) != 0) this.startCell(codeOf(kind) == HEADER_CELL);
    else if ((kind & Kind.ROW) != 0) this.layout.row();
    else if ((kind & Kind.BLOCK) != 0) this.startBlock(kind);
    else if ((kind & Kind.LINE) != 0) this.layout.line();
    else if ((kind & Kind.QUOTE) != 0) this.layout.ascii(34);
  }

  private startItem(): void {
    this.layout.item(this.nextNumber(), max(this.lists, 1));
  }

  private startBlock(kind: u32): void {
    this.layout.paragraph();
    if ((kind & Kind.TABLE) != 0) this.layout.startTable(codeOf(kind) == LAYOUT_TABLE);
    if (headingLevel(kind) > 0) this.layout.heading = headingLevel(kind);
  }

  /** A start tag. `first`: the number that an ordered list starts with. */
  open(hash: u32, kind: u32, first: i32): void {
    this.closeImplied(kind);
    if ((kind & Kind.MATH) != 0) this.openMath(kind, Spacing.NONE);
    else this.layOut(kind);
    if ((kind & Kind.VOID) == 0) this.push(hash, kind, (kind & Kind.LIST) != 0 ? first : 0);
  }

  /** The start tag of an operator or a name in a formula. */
  openSymbol(hash: u32, kind: u32, spacing: i32): void {
    this.openMath(kind, spacing);
    if ((kind & Kind.VOID) == 0) this.push(hash, kind, 0);
  }

  /** What stands before an element of a formula, by its place in the one around it. */
  private openMath(kind: u32, spacing: i32): void {
    if (this.template > 0 || (kind & Kind.TEMPLATE) != 0) return;
    if ((kind & Kind.LINE) != 0) this.layout.line();
    const parent = this.depth > 0 ? this.kindAt(this.depth - 1) : Kind.NONE;
    const code = codeOf(kind);
    if ((parent & Kind.MATH) != 0) {
      const slot = counters + ((<usize>(this.depth - 1)) << 2);
      const counter = load<i32>(slot);
      const index = counter & (BRACED - 1);
      const braced = this.formula.before(codeOf(parent), index, code, counter >= BRACED);
      store<i32>(slot, min(index + 1, BRACED - 1) | (braced ? BRACED : 0));
    }
    this.formula.open(code, spacing);
    if ((kind & Kind.VOID) != 0) this.formula.close(code, 0);
  }

  private closeMath(kind: u32): void {
    const counter = load<i32>(counters + ((<usize>this.depth) << 2));
    if ((kind & Kind.FOREIGN) == 0) this.formula.close(codeOf(kind), counter & (BRACED - 1));
    else if ((kind & Kind.LINE) != 0) this.layout.line();
  }

  /**
   * The kind of an alternative (EPUB 3.0.1, 2.4.2): the first case that can be shown is, and the default
   * where there was none.
   */
  chosen(kind: u32, canShow: bool): u32 {
    for (let i = this.depth - 1; i >= 0; i--) {
      if ((this.kindAt(i) & Kind.MATH) != 0 || codeOf(this.kindAt(i)) != Switch.OUTSIDE) continue;
      const slot = counters + ((<usize>i) << 2);
      if (load<i32>(slot) != 0 || !canShow) return kind | Kind.TEMPLATE;
      store<i32>(slot, 1);
      return kind;
    }
    return kind;
  }

  /** An end tag. One that closes nothing is a break where its start tag would have been one. */
  close(hash: u32, kind: u32): void {
    if (this.beyond > 0) {
      this.beyond--;
      this.layOut(kind & (Kind.LINE | Kind.BLOCK));
      return;
    }
    const ofTable = (kind & (Kind.TABLE | Kind.ROW | Kind.CELL | Kind.SECTION)) != 0;
    const barrier = ofTable ? Kind.TABLE : Kind.TABLE | Kind.CELL | Kind.TEMPLATE;
    for (let i = this.depth - 1; i >= 0; i--) {
      if (this.hashAt(i) == hash) {
        this.popTo(i);
        return;
      }
      if ((this.kindAt(i) & barrier) != 0) break;
    }
    if ((kind & (Kind.PARAGRAPH | Kind.BREAK)) != 0) this.layOut(kind);
  }
}
