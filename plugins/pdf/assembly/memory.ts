import { OVER_LIMIT, fail } from './host';
import { FPDF_InitLibrary, malloc, runConstructors, setStackPointer } from './pdfium';

// PDFium is linked with 64 KiB of stack, and an overflow would silently overwrite its data.
const STACK_BYTES: usize = 4 << 20;

/** Memory, or a failed call: nothing useful can be done without. */
export function allocate(size: usize): usize {
  const pointer = malloc(size);
  if (!pointer) {
    fail(OVER_LIMIT);
    unreachable();
  }
  return pointer;
}

/** Once for each instance, before anything else: constructors, a stack that is large enough, PDFium. */
export function startEngine(): void {
  runConstructors();
  const stack = allocate(STACK_BYTES);
  setStackPointer((stack + STACK_BYTES) & ~15);
  FPDF_InitLibrary();
}
