import { handleOf, recorded, refuse } from './scope.ts';
import type { HostFunction } from './scope.ts';

/** `q_stat(handle) -> i64`: the size of the blob behind a handle of this call, in bytes. */
export const qStat: HostFunction = (scope, { args: [raw] }) => {
  const record = { handle: recorded(raw) };
  const handle = handleOf(scope, raw);
  if (handle === undefined) return refuse('noSuchHandle', record);
  return { result: BigInt(handle.bytes.length), record };
};
