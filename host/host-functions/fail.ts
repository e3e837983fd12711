import { FAIL_CODES } from '../core/abi.ts';
import { recorded } from './scope.ts';
import type { HostFunction } from './scope.ts';

/** `fail(code)`: the call has failed, whatever else it does; an unknown code counts as malformed. */
export const fail: HostFunction = (scope, { args: [raw] }) => {
  const code = recorded(raw);
  scope.failure ??= isFailCode(code) ? code : 1;
  return { result: 0n };
};

function isFailCode(code: number): code is keyof typeof FAIL_CODES {
  return code in FAIL_CODES;
}
