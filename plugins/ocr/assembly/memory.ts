import { OVER_LIMIT, fail } from '../../pdf/assembly/host';
import * as tesseract from './tesseract';

// The engine is linked with 64 KiB of stack, and an overflow would silently overwrite its data.
const STACK_BYTES: usize = 4 << 20;

/** Memory, or a failed call: nothing useful can be done without. */
export function allocate(size: usize): usize {
  const pointer = tesseract.malloc(size);
  if (!pointer) {
    fail(OVER_LIMIT);
    unreachable();
  }
  return pointer;
}

/** Once for each instance, before anything else: constructors, and a stack that is large enough. */
export function startEngine(): void {
  tesseract.runConstructors();
  const stack = allocate(STACK_BYTES);
  tesseract.setStackPointer((stack + STACK_BYTES) & ~15);
}
