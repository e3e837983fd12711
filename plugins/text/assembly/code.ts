/** Source code: a block for each part that empty lines set apart at its outermost level. */
import { Block, Blocks } from '../../lib/assembly/blocks';
import { Lines } from './lines';

function opensPart(lines: Lines): bool {
  if (lines.indent > 0) return false;
  const byte = <u32>load<u8>(lines.from);
  return byte != 125 && byte != 41 && byte != 93;
}

export function addCode(blocks: Blocks, at: usize, end: usize): void {
  const lines = new Lines(at, end);
  let from: usize = 0;
  let to: usize = 0;
  let afterEmpty: bool = false;
  while (lines.next()) {
    if (lines.isEmpty) {
      afterEmpty = true;
      continue;
    }
    if (to > 0 && afterEmpty && opensPart(lines)) {
      blocks.add(Block.CODE, 0, from - at, to - at);
      to = 0;
    }
    if (to == 0) from = lines.start;
    to = lines.to;
    afterEmpty = false;
  }
  if (to > 0) blocks.add(Block.CODE, 0, from - at, to - at);
}
