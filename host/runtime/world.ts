import { randomFillSync } from 'node:crypto';
import type { World } from '../core/world.ts';

/** Random bytes are drawn in blocks: ids are made thousands of times a second. */
const BLOCK_BYTES = 4096;
const block = new Uint8Array(BLOCK_BYTES);
let used = BLOCK_BYTES;

function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  if (count > BLOCK_BYTES) return randomFillSync(new Uint8Array(count));
  if (used + count > BLOCK_BYTES) {
    randomFillSync(block);
    used = 0;
  }
  const taken = block.slice(used, used + count);
  block.fill(0, used, used + count);
  used += count;
  return taken;
}

/** The real clock and the real randomness. */
export const world: World = {
  now: () => Date.now(), // eslint-disable-line no-restricted-syntax -- the one place that asks the system
  monotonic: () => performance.now(),
  randomBytes,
};
