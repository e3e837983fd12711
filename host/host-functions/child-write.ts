import { recorded, refuse } from './scope.ts';
import type { HostFunction } from './scope.ts';

/** `child_write(index, ptr, len) -> i32`: appends to a child, within the budget of the whole document. */
export const childWrite: HostFunction = (
  { children },
  { args: [raw], bytes = new Uint8Array() },
) => {
  const record = { length: bytes.length, child: recorded(raw) };
  if (children === null) return refuse('denied', record);
  const child = raw === undefined || raw < 0n ? undefined : children.list[Number(raw)];
  if (child === undefined) return refuse('noSuchHandle', record);
  if (bytes.length > children.budget.bytes) return refuse('overLimit', record);
  children.budget.bytes -= bytes.length;
  child.parts.push(bytes);
  child.bytes += bytes.length;
  return { result: BigInt(bytes.length), record };
};
