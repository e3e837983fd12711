import { fail } from '../../lib/assembly/host';

/** Sets the failure, for what returns whether it was done. */
export function failed(code: i32): bool {
  fail(code);
  return false;
}
