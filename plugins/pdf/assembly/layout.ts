import { blockAt, blockCount, mainTurn, startBlocks } from './blocks';
import { gatherRows } from './gather';
import { splitColumns } from './gutters';
import { joinBlocks, orderBlocks } from './order';
import { releasePool } from './pool';
import { cutSegments } from './segments';

/** Makes blocks of the characters that were read, in the order of reading. */
export function layOut(): void {
  releasePool();
  startBlocks();
  cutSegments();
  splitColumns();
  gatherRows();
  const turn = mainTurn();
  for (let i = 0; i < blockCount; i++) {
    const block = blockAt(i);
    block.turnTo(block.turn, turn);
  }
  orderBlocks();
  joinBlocks();
}
