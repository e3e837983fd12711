/** YAML as blocks, line by line: nothing is resolved, so no alias grows (YAML 1.2.2). */
import { Block, Blocks } from '../../lib/assembly/blocks';
import { Lines, isBlank } from './lines';

const MAX_LEVELS: i32 = 100;

/** Whether a line ends with the mark of a block scalar: "|" or ">", and what may stand behind it. */
function scalarMark(from: usize, to: usize): u32 {
  let at = to;
  while (at > from && isScalarHint(<u32>load<u8>(at - 1))) at--;
  if (at == from || to - at > 2) return 0;
  const mark = <u32>load<u8>(at - 1);
  const isApart = at - 1 == from || isBlank(<u32>load<u8>(at - 2));
  return isApart && (mark == 124 || mark == 62) ? mark : 0;
}

function isScalarHint(byte: u32): bool {
  return byte == 43 || byte == 45 || byte - 48 < 10;
}

class Outline {
  private lines: Lines;
  /** The indents of the levels that are open. */
  private indents: StaticArray<i32> = new StaticArray<i32>(MAX_LEVELS);
  private depth: i32 = 0;

  constructor(
    private blocks: Blocks,
    private base: usize,
    end: usize,
  ) {
    this.lines = new Lines(base, end);
  }

  read(): void {
    const lines = this.lines;
    while (!this.blocks.omitted && lines.next()) {
      if (lines.isEmpty || this.isMark()) continue;
      if (load<u8>(lines.from) == 35) {
        this.blocks.add(Block.PARAGRAPH, 0, lines.from - this.base, lines.to - this.base);
      } else this.entry();
    }
  }

  /** The start or the end of a document, and directives. */
  private isMark(): bool {
    const lines = this.lines;
    if (lines.indent > 0) return false;
    const isMark = lines.startsWith('---') || lines.startsWith('...');
    if (isMark) this.depth = 0;
    return (isMark && lines.to - lines.from == 3) || load<u8>(lines.from) == 37;
  }

  private entry(): void {
    const lines = this.lines;
    const indent = lines.indent;
    const place = 2 * indent + (this.isElement() ? 1 : 0);
    while (this.depth > 0 && this.indents[this.depth - 1] >= place) this.depth--;
    if (this.depth < MAX_LEVELS) this.indents[this.depth++] = place;
    const from = lines.from - this.base;
    const mark = scalarMark(lines.from, lines.to);
    let to = lines.to - this.base;
    if (mark != 0) while (to > from && !isBlank(<u32>load<u8>(this.base + to - 1))) to--;
    while (to > from && isBlank(<u32>load<u8>(this.base + to - 1))) to--;
    if (to > from) this.blocks.add(Block.ITEM, this.depth, from, to);
    if (mark != 0) this.scalar(indent, mark == 124 ? Block.CODE : Block.PARAGRAPH);
  }

  /** Elements of a sequence may stand below the first letter of the key that they belong to. */
  private isElement(): bool {
    const lines = this.lines;
    if (load<u8>(lines.from) != 45) return false;
    return lines.to - lines.from == 1 || isBlank(<u32>load<u8>(lines.from + 1));
  }

  /** The lines of a block scalar: those that are further in than what it belongs to. */
  private scalar(indent: i32, kind: i32): void {
    const lines = this.lines;
    let from: usize = 0;
    let to: usize = 0;
    while (lines.next()) {
      if (lines.isEmpty) continue;
      if (lines.indent <= indent) {
        lines.back();
        break;
      }
      if (to == 0) from = lines.start - this.base;
      to = lines.to - this.base;
    }
    if (to > from) this.blocks.add(kind, 0, from, to);
  }
}

/** Adds the blocks of YAML. */
export function addYaml(blocks: Blocks, at: usize, end: usize): void {
  new Outline(blocks, at, end).read();
}
