import { recorded } from './scope.ts';
import type { HostFunction } from './scope.ts';

/** `progress(done, total)`: for a person who waits. */
export const progress: HostFunction = (scope, { args: [done, total] }) => {
  scope.onProgress(recorded(done), recorded(total));
  return { result: 0n };
};
