import { handleOf, recorded, refuse } from './scope.ts';
import type { HostFunction } from './scope.ts';

/** `q_read(handle, offset, ptr, len) -> i32`: copies bytes of a blob, at most what is left of it. */
export const qRead: HostFunction = (scope, { args: [raw, offset = -1n], want = 0 }) => {
  const record = { handle: recorded(raw), offset: recorded(offset), length: want };
  const handle = handleOf(scope, raw);
  if (handle === undefined) return refuse('noSuchHandle', record);
  if (offset < 0n || offset > BigInt(handle.bytes.length)) return refuse('outOfRange', record);
  const from = Number(offset);
  const bytes = handle.bytes.subarray(from, from + want);
  return { result: BigInt(bytes.length), bytes, record };
};
