import { refuse } from './scope.ts';
import type { HostFunction } from './scope.ts';

/** `out_write(ptr, len) -> i32`: appends to the result, up to the call's limit of output. */
export const outWrite: HostFunction = (scope, { bytes = new Uint8Array() }) => {
  const record = { length: bytes.length };
  if (scope.written + bytes.length > scope.outputBytes) {
    scope.overLimit = true;
    return refuse('overLimit', record);
  }
  scope.output.push(bytes);
  scope.written += bytes.length;
  return { result: BigInt(bytes.length), record };
};
