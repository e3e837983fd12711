import type { HostFunction } from './scope.ts';

/** `http_read(ptr, len) -> i32`: the next bytes of the last answer; 0 at its end, and where there is none. */
export const httpRead: HostFunction = (scope, { want = 0 }) => {
  const { response } = scope;
  const record = { offset: response.at, length: want };
  const bytes = response.bytes.subarray(response.at, response.at + want);
  response.at += bytes.length;
  return { result: BigInt(bytes.length), bytes, record };
};
