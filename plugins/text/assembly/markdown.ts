/** Markdown as blocks. What is inside of a line stays as it is. */
import { Block, Blocks } from '../../lib/assembly/blocks';
import { Lines, isBlank } from './lines';
import {
  closesFence,
  fenceOf,
  hasPipe,
  headingLevel,
  isBreak,
  isDelimiterRow,
  itemStart,
  quoteStart,
  underlineLevel,
} from './markdown-lines';

const MAX_LEVELS: i32 = 100;
const CODE_INDENT: i32 = 4;

class Outline {
  private lines: Lines;
  /** The block that is open: its kind, zero for none, its level and its range. */
  private kind: i32 = 0;
  private level: i32 = 0;
  private from: usize = 0;
  private to: usize = 0;
  /** It is in `own`, from there on: a quotation without its marks. */
  private isOwn: bool = false;
  /** The indents of the list items that are open. */
  private indents: StaticArray<i32> = new StaticArray<i32>(MAX_LEVELS);
  private depth: i32 = 0;
  private afterEmpty: bool = true;

  constructor(
    private blocks: Blocks,
    private base: usize,
    end: usize,
  ) {
    this.lines = new Lines(base, end);
  }

  read(): void {
    this.frontMatter();
    while (!this.blocks.omitted && this.lines.next()) {
      if (this.lines.isEmpty) {
        if (this.kind != Block.CODE) this.close();
        this.afterEmpty = true;
      } else {
        this.line();
        this.afterEmpty = false;
      }
    }
    this.close();
  }

  private add(kind: i32, level: i32, from: usize, to: usize): void {
    this.blocks.add(kind, level, from - this.base, to - this.base);
  }

  private close(): void {
    if (this.kind != 0 && this.isOwn) this.blocks.addOwn(this.kind, this.level, this.from);
    else if (this.kind != 0 && this.to > this.from) {
      this.add(this.kind, this.level, this.from, this.to);
    }
    this.kind = 0;
    this.isOwn = false;
  }

  private open(kind: i32, level: i32, from: usize): void {
    this.close();
    this.kind = kind;
    this.level = level;
    this.from = from;
    this.to = this.lines.to;
  }

  /** Data about the document between lines of "---", which many writers put first. */
  private frontMatter(): void {
    const lines = this.lines;
    if (!lines.next() || !isFrontMark(lines)) {
      lines.back();
      return;
    }
    const from = lines.at;
    while (lines.next()) {
      if (!isFrontMark(lines) && !lines.startsWith('...')) continue;
      this.add(Block.CODE, 0, from, max(lines.start, from + 1) - 1);
      return;
    }
    lines.at = this.base;
  }

  private line(): void {
    const lines = this.lines;
    const fence = fenceOf(lines);
    if (this.kind == Block.CODE && lines.indent >= CODE_INDENT) this.to = lines.to;
    else if (fence != 0) this.fenced(fence);
    else if (this.isIndentedCode()) this.open(Block.CODE, 0, lines.start);
    else if (headingLevel(lines) > 0) this.heading();
    else if (this.underlined()) this.close();
    else if (isBreak(lines)) this.rule();
    else if (itemStart(lines) != 0) this.item();
    else this.text();
  }

  private rule(): void {
    this.close();
    this.depth = 0;
  }

  private heading(): void {
    const lines = this.lines;
    const level = headingLevel(lines);
    this.rule();
    let from = lines.from + level;
    let to = lines.to;
    while (to > from && load<u8>(to - 1) == 35) to--;
    if (to > from && to < lines.to && !isBlank(<u32>load<u8>(to - 1))) to = lines.to;
    while (to > from && isBlank(<u32>load<u8>(to - 1))) to--;
    while (from < to && isBlank(<u32>load<u8>(from))) from++;
    if (to > from) this.add(Block.HEADING, level, from, to);
  }

  /** The line makes a heading of the paragraph above. */
  private underlined(): bool {
    const level = underlineLevel(this.lines);
    if (level == 0 || this.kind != Block.PARAGRAPH || this.isOwn) return false;
    this.kind = Block.HEADING;
    this.level = level;
    this.depth = 0;
    return true;
  }

  private fenced(fence: usize): void {
    const lines = this.lines;
    this.close();
    const from = lines.at;
    let to = from;
    while (lines.next() && !closesFence(lines, fence)) to = lines.to;
    if (to > from) this.add(Block.CODE, 0, from, to);
  }

  private isIndentedCode(): bool {
    return this.lines.indent >= CODE_INDENT && this.afterEmpty && this.depth == 0;
  }

  private item(): void {
    const indent = this.lines.indent;
    while (this.depth > 0 && this.indents[this.depth - 1] >= indent) this.depth--;
    if (this.depth < MAX_LEVELS) this.indents[this.depth++] = indent;
    this.open(Block.ITEM, this.depth, itemStart(this.lines));
  }

  private text(): void {
    const lines = this.lines;
    if (lines.indent == 0 && this.afterEmpty) this.depth = 0;
    const quote = quoteStart(lines);
    if (quote != 0) this.quote(quote);
    else if (this.kind == 0 && hasPipe(lines) && this.table()) return;
    else if (this.kind == 0 || this.kind == Block.CODE || this.isOwn) {
      this.open(Block.PARAGRAPH, 0, lines.from);
    } else this.to = lines.to;
  }

  private quote(from: usize): void {
    const own = this.blocks.own;
    if (this.isOwn) own.byte(10);
    else {
      this.open(Block.PARAGRAPH, 0, own.length);
      this.isOwn = true;
    }
    own.append(from, this.lines.to - from);
  }

  /** A table, when the next line says that this one names its columns. */
  private table(): bool {
    const lines = this.lines;
    const names = lines.start;
    const isTable = lines.next() && isDelimiterRow(lines);
    const behind = lines.at;
    lines.at = names;
    lines.next();
    if (!isTable) return false;
    const table = this.blocks.count;
    this.blocks.mark(Block.TABLE);
    this.blocks.setHeader(table);
    this.row();
    lines.at = behind;
    while (lines.next()) {
      if (lines.isEmpty || !hasPipe(lines)) {
        lines.back();
        break;
      }
      this.row();
    }
    this.blocks.mark(Block.END_TABLE);
    return true;
  }

  /** The cells of a line. A "|" behind a backslash is one of the text. */
  private row(): void {
    const lines = this.lines;
    let at = lines.from;
    let to = lines.to;
    if (load<u8>(at) == 124) at++;
    if (to > at && load<u8>(to - 1) == 124 && load<u8>(to - 2) != 92) to--;
    this.blocks.mark(Block.ROW);
    let from = at;
    for (; at <= to; at++) {
      const ends = at == to || (load<u8>(at) == 124 && load<u8>(at - 1) != 92);
      if (!ends) continue;
      this.cell(from, at);
      from = at + 1;
    }
  }

  private cell(start: usize, stop: usize): void {
    let from = start;
    let to = stop;
    while (from < to && isBlank(<u32>load<u8>(from))) from++;
    while (to > from && isBlank(<u32>load<u8>(to - 1))) to--;
    const own = this.blocks.own;
    const before = own.length;
    for (let at = from; at < to; at++) {
      const isEscape = load<u8>(at) == 92 && at + 1 < to && load<u8>(at + 1) == 124;
      if (!isEscape) own.byte(load<u8>(at));
    }
    this.blocks.addOwn(Block.CELL, 0, before);
  }
}

function isFrontMark(line: Lines): bool {
  return line.indent == 0 && line.to - line.from == 3 && line.startsWith('---');
}

/** Adds the blocks of Markdown. */
export function addMarkdown(blocks: Blocks, at: usize, end: usize): void {
  new Outline(blocks, at, end).read();
}
