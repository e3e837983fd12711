/** The tokenizer (WHATWG HTML 13.2.5), from UTF-8 to text. It never calls itself, however deep the input. */
import { Bytes } from '../../lib/assembly/bytes';
import {
  Attributes,
  is,
  isLetter,
  isSpace,
  readAttributes,
  tagNameEnd,
  valueOf,
} from './attributes';
import { Formula, Kind, Switch, codeOf, hashOfElement, asLayout, kindOf } from './elements';
import { isHidden } from './hidden';
import { Layout } from './layout';
import { findCommentEnd, findEnd, findScriptEnd, findSequence } from './raw-text';
import { firstPoint, readReference, secondPoint } from './references';
import {
  isForLayout,
  isKnownNamespace,
  isShown,
  keepFileName,
  nameSpacing,
  operatorSpacing,
  startOf,
} from './shown-values';
import { Tree } from './tree';

const MAX_TITLE: usize = 1024;
const NO_BREAK_SPACE: u32 = 0xa0;
const SOFT_HYPHEN: u32 = 0xad;

export class Tokenizer {
  layout: Layout;
  tree: Tree;
  /** The first title of the document; empty when it has none. */
  title: Bytes = new Bytes(MAX_TITLE);
  hiddenText: bool = false;
  private hasTitle: bool = false;
  private at: usize = 0;
  private skipLineFeed: bool = false;
  private attributes: Attributes = new Attributes();

  constructor(
    from: usize,
    private end: usize,
    limit: usize,
  ) {
    this.at = from;
    const layout = new Layout(limit);
    this.layout = layout;
    this.tree = new Tree(layout);
  }

  run(): void {
    while (this.at < this.end && !this.layout.truncated) {
      if (load<u8>(this.at) == 60) this.markup();
      else this.character(true);
    }
    this.layout.finish();
  }

  /** One character of text at the cursor; with `references`, "&" may start one. */
  private character(references: bool): void {
    const byte = <u32>load<u8>(this.at);
    if (byte == 38 && references) {
      const next = readReference(this.at, this.end, false);
      if (next != 0) {
        this.at = next;
        this.point(firstPoint);
        if (secondPoint != 0) this.point(secondPoint);
        return;
      }
    }
    if (byte < 0x80) {
      this.at++;
      this.ascii(byte);
    } else this.encoded(byte);
  }

  private ascii(byte: u32): void {
    if (this.tree.template > 0) return;
    const skipped = this.skipLineFeed && byte == 10;
    this.skipLineFeed = false;
    if (skipped) return;
    if (isSpace(byte)) this.blank(byte);
    else if (byte >= 32) {
      if (this.tree.hidden > 0) this.hiddenText = true;
      this.layout.ascii(byte);
    }
  }

  private blank(byte: u32): void {
    if (this.tree.formula.isTight()) return;
    if (this.tree.pre == 0) this.layout.space();
    else if (byte == 10 || byte == 13) this.layout.keptLineFeed();
    else this.layout.ascii(byte);
  }

  /** A character of two to four bytes: the input is valid UTF-8, since the decoder wrote it. */
  private encoded(lead: u32): void {
    const length: usize = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const from = this.at;
    this.at += length;
    if (lead == 0xc2) {
      this.point(<u32>load<u8>(from + 1));
    } else if (this.tree.template == 0 && !this.tree.formula.drops(from, length)) {
      this.skipLineFeed = false;
      if (this.tree.hidden > 0) this.hiddenText = true;
      this.layout.encoded(from, length);
    }
  }

  private point(point: u32): void {
    if (point == SOFT_HYPHEN || this.tree.formula.dropsPoint(point)) return;
    if (point < 0x80) this.ascii(point);
    else if (this.tree.template == 0) {
      this.skipLineFeed = false;
      if (point == NO_BREAK_SPACE) this.blank(32);
      else {
        if (this.tree.hidden > 0) this.hiddenText = true;
        this.layout.point(point);
      }
    }
  }

  /** "<" and what follows. */
  private markup(): void {
    const next = this.at + 1 < this.end ? <u32>load<u8>(this.at + 1) : 0;
    if (isLetter(next)) this.startTag();
    else if (next == 47) this.endTag();
    else if (next == 33) this.declaration();
    else if (next == 63) this.at = findSequence(this.at, this.end, '>');
    else this.character(false);
  }

  private endTag(): void {
    const name = this.at + 2;
    if (name >= this.end) {
      this.character(false);
    } else if (!isLetter(<u32>load<u8>(name))) {
      this.at = findSequence(name, this.end, '>');
    } else {
      const stop = tagNameEnd(name, this.end);
      readAttributes(this.attributes, stop, this.end);
      this.at = this.attributes.end == 0 ? this.end : this.attributes.end;
      const hash = hashOfElement(name, stop - name);
      if (this.attributes.end != 0) this.tree.close(hash, kindOf(hash));
    }
  }

  /** A comment, a CDATA section, a document type or a bogus comment. */
  private declaration(): void {
    const body = this.at + 2;
    if (body + 2 <= this.end && load<u8>(body) == 45 && load<u8>(body + 1) == 45) {
      this.comment(body + 2);
    } else if (this.tree.foreign > 0 && body + 7 <= this.end && is(body, 7, '[cdata[')) {
      const stop = findSequence(body, this.end, ']]>');
      const closed = stop <= this.end && load<u8>(stop - 1) == 62;
      this.rawText(body + 7, closed ? stop - 3 : stop, false);
      this.at = stop;
    } else this.at = findSequence(body, this.end, '>');
  }

  /** Ends with "-->" or "--!>"; "<!-->" and "<!--->" are whole comments. */
  private comment(from: usize): void {
    if (from < this.end && load<u8>(from) == 62) {
      this.at = from + 1;
      return;
    }
    this.at = findCommentEnd(from, this.end);
  }

  private startTag(): void {
    const name = this.at + 1;
    const stop = tagNameEnd(name, this.end);
    readAttributes(this.attributes, stop, this.end);
    if (this.attributes.end == 0) {
      this.at = this.end;
      return;
    }
    this.at = this.attributes.end;
    const hash = hashOfElement(name, stop - name);
    const kind = this.kindHere(kindOf(hash));
    if ((kind & Kind.MATH) != 0) this.openMath(hash, kind);
    else this.open(name, stop - name, hash, kind);
  }

  /** What an element is in this place, with these attributes. */
  private kindHere(known: u32): u32 {
    let kind = known;
    if (this.tree.foreign > 0) {
      if (this.attributes.selfClosing) kind |= Kind.VOID;
      kind &= ~(Kind.TITLE | Kind.RCDATA);
    }
    const ofMath = (kind & (Kind.MATH | Kind.FOREIGN)) == Kind.MATH;
    if (ofMath && this.tree.formula.depth == 0) kind &= Kind.VOID;
    if ((kind & Kind.VOID) == 0 && isHidden(this.attributes)) kind |= Kind.HIDDEN;
    if ((kind & Kind.MATH) != 0) return kind;
    if ((kind & Kind.TABLE) != 0) return isForLayout(this.attributes.role) ? asLayout(kind) : kind;
    const code = codeOf(kind);
    if (code == Switch.CASE) {
      return this.tree.chosen(kind, isKnownNamespace(this.attributes.requiredNamespace));
    }
    return code == Switch.DEFAULT ? this.tree.chosen(kind, true) : kind;
  }

  private openMath(hash: u32, kind: u32): void {
    const display = this.attributes.display;
    const code = codeOf(kind);
    if ((kind & Kind.FOREIGN) != 0 && display.present && is(display.at, display.length, 'block')) {
      this.tree.open(hash, kind | Kind.LINE, 1);
    } else if (code == Formula.OPERATOR) {
      this.tree.openSymbol(hash, kind, operatorSpacing(this.at, this.end));
    } else if (code == Formula.NAME) {
      this.tree.openSymbol(hash, kind, nameSpacing(this.at, this.end));
    } else this.tree.open(hash, kind, 1);
  }

  private open(name: usize, length: usize, hash: u32, kind: u32): void {
    if ((kind & Kind.TITLE) != 0) this.takeTitle(name, length);
    else if ((kind & Kind.DROPPED) != 0 && !this.isEmptyForeign(kind))
      this.dropContent(name, length, kind);
    else {
      this.tree.open(hash, kind, (kind & Kind.ORDERED) != 0 ? startOf(this.attributes.start) : 1);
      this.skipLineFeed = (kind & Kind.PRE) != 0;
      if ((kind & Kind.IMAGE) != 0) this.imageText();
      else if ((kind & Kind.INPUT) != 0) this.inputText();
      else if ((kind & (Kind.RAW | Kind.RCDATA)) != 0) this.rawElement(name, length, kind);
      else if ((kind & Kind.PLAINTEXT) != 0) this.rawText(this.at, this.end, false);
    }
  }

  private isEmptyForeign(kind: u32): bool {
    return this.tree.foreign > 0 && (kind & Kind.VOID) != 0;
  }

  private dropContent(name: usize, length: usize, kind: u32): void {
    this.at =
      (kind & Kind.SCRIPT) != 0
        ? findScriptEnd(this.at, this.end)
        : findEnd(this.at, this.end, name, length);
  }

  private rawElement(name: usize, length: usize, kind: u32): void {
    const stop = findEnd(this.at, this.end, name, length);
    this.rawText(this.at, stop, (kind & Kind.RCDATA) != 0);
  }

  /** Text in which no tag counts. */
  private rawText(from: usize, to: usize, references: bool): void {
    const end = this.end;
    this.at = from;
    this.end = to;
    while (this.at < to && !this.layout.truncated) this.character(references);
    this.end = end;
    this.at = to;
  }

  /** The first title goes into its field; its white space is collapsed as a browser does. */
  private takeTitle(name: usize, length: usize): void {
    const stop = findEnd(this.at, this.end, name, length);
    if (!this.hasTitle) {
      const inner = new Tokenizer(this.at, stop, MAX_TITLE);
      inner.rawText(this.at, stop, true);
      this.title = inner.layout.text;
      this.hasTitle = true;
    }
    this.at = stop;
  }

  /** The alternative of an image; its file's name where nobody wrote one. */
  private imageText(): void {
    const attributes = this.attributes;
    if (attributes.alt.present) this.valueText(valueOf(attributes.alt));
    else if (attributes.src.present) {
      const address = valueOf(attributes.src);
      keepFileName(address);
      this.valueText(address);
    }
  }

  /** The label of a button, or what a text field holds. */
  private inputText(): void {
    const type = this.attributes.type;
    const value = this.attributes.value;
    if (value.present && (!type.present || isShown(type.at, type.length))) {
      this.valueText(valueOf(value));
    }
  }

  private valueText(value: Bytes): void {
    if (value.length == 0) return;
    const at = this.at;
    const end = this.end;
    this.layout.space();
    this.at = value.at;
    this.end = value.at + value.length;
    while (this.at < this.end && !this.layout.truncated) this.character(false);
    this.at = at;
    this.end = end;
    this.layout.space();
  }
}
