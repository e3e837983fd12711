/**
 * A formula of MathML (MathML Core) as one line, in the way that TeX writes it: what stands above, below or
 * under a root would be lost in the bare text. Symbols stay what they are.
 */
import { Formula } from './elements';
import { Layout } from './layout';

const OPEN_BRACE: u32 = 123;

/** What the reader of source says about an operator before its text comes. */
export namespace Spacing {
  export const NONE: i32 = 0;
  export const BEHIND: i32 = 1;
  export const AROUND: i32 = 2;
}

/** The spacing of an operator that starts with this character. */
export function spacingOf(point: u32): i32 {
  if (point == 44 || point == 59) return Spacing.BEHIND;
  const invisible = point - 0x2061 < 4;
  const fence = point == 40 || point == 41 || point == 91 || point == 93 || point == 123;
  return invisible || fence || point == 125 || point == 124 || point == 33 || point == 46
    ? Spacing.NONE
    : Spacing.AROUND;
}

function hasScripts(code: u32): bool {
  return code == Formula.SUPERSCRIPT || code == Formula.SUBSCRIPT || code == Formula.SCRIPTS;
}

export class FormulaWriter {
  /** How many formulas, and texts in them, are open. */
  depth: i32 = 0;
  texts: i32 = 0;
  /** Whether a blank follows the operator or the name that is open. */
  private blankBehind: bool = false;

  constructor(private layout: Layout) {}

  /** Whether white space of the source says nothing here. */
  isTight(): bool {
    return this.depth > 0 && this.texts == 0;
  }

  /** U+2061 to U+2064, which a formula has where nothing is to be seen. */
  dropsPoint(point: u32): bool {
    return this.depth > 0 && point - 0x2061 < 4;
  }

  /** The same character in UTF-8. */
  drops(at: usize, length: usize): bool {
    return this.depth > 0 && length == 3 && load<u16>(at) == 0x81e2 && load<u8>(at + 2) - 0xa1 < 4;
  }

  count(code: u32, isRoot: bool, by: i32): void {
    if (isRoot) this.depth += by;
    else if (code == Formula.TEXT) this.texts += by;
  }

  /**
   * What stands before the child `index` of an element. True when a base was put in braces, which is for
   * the caller to remember until the next child: `braced`.
   */
  before(parent: u32, index: i32, child: u32, braced: bool): bool {
    if (index == 0) return this.beforeFirst(parent, child);
    if (braced) this.tight('}');
    if (hasScripts(parent)) this.script(parent, index);
    else if (parent == Formula.FRACTION) this.tight('}{');
    else if (parent == Formula.ROOT) this.tight('}^{1/');
    else if (parent == Formula.TABLE) this.apart('\\\\');
    else if (parent == Formula.ROW) this.apart('&');
    else if (parent == Formula.FENCED) this.tight(',');
    return false;
  }

  private beforeFirst(parent: u32, child: u32): bool {
    const composed = child == Formula.GROUP || child == Formula.FRACTION || hasScripts(child);
    if (!hasScripts(parent) || !composed) return false;
    this.opening('{');
    return true;
  }

  private script(parent: u32, index: i32): void {
    if (parent == Formula.SUPERSCRIPT) this.tight('^{');
    else if (parent == Formula.SUBSCRIPT || index == 1) this.tight('_{');
    else this.tight('}^{');
  }

  /** The start of an element; `spacing` is that of an operator or a name. */
  open(code: u32, spacing: i32): void {
    if (code == Formula.FRACTION) this.opening('\\frac{');
    else if (code == Formula.SQUARE_ROOT) this.opening('\\sqrt{');
    else if (code == Formula.ROOT) this.opening('{');
    else if (code == Formula.TABLE) {
      this.opening('\\begin{matrix}');
      this.layout.space();
    } else if (code == Formula.FENCED) this.opening('(');
    else if (code == Formula.TEXT) this.opening('\\text{');
    else if (code == Formula.SPACE) this.space();
    else if (spacing == Spacing.AROUND) this.space();
    this.blankBehind = spacing != Spacing.NONE;
  }

  /** The end of an element that had so many children. */
  close(code: u32, children: i32): void {
    if (code == Formula.OPERATOR || code == Formula.NAME) {
      if (this.blankBehind) this.layout.space();
    } else if (code == Formula.TABLE) this.apart('\\end{matrix}');
    else if (code == Formula.FENCED) this.tight(')');
    else if (code == Formula.TEXT || code == Formula.SQUARE_ROOT) this.tight('}');
    else if (code == Formula.FRACTION || code == Formula.ROOT) this.tight('}');
    else if (hasScripts(code) && children > 1) this.tight('}');
    this.blankBehind = false;
  }

  /** No blank at the start of what braces hold. */
  private space(): void {
    if (this.layout.lastByte() != OPEN_BRACE) this.layout.space();
  }

  private opening(text: string): void {
    this.layout.word(text);
  }

  private tight(text: string): void {
    this.layout.unspace();
    this.layout.word(text);
  }

  private apart(text: string): void {
    this.layout.space();
    this.layout.word(text);
    this.layout.space();
  }
}
