/** `ccos.http.request`: one request by way of the host, and its answer. */
import { Failure, fail, httpRead, httpRequest, resultWrite } from '../../lib/assembly/host';
import { readArgs } from '../../lib/assembly/input';

const WINDOW: i32 = 64 << 10;

/** What the host refuses ends the call by the host's own word; `refused` stands for the rest. */
export function request(): i32 {
  const args = readArgs();
  if (args == null) return 0;
  let left = httpRequest(args.at, args.length);
  if (left <= 0) {
    fail(Failure.REFUSED);
    return 0;
  }
  const window = heap.alloc(WINDOW);
  while (left > 0) {
    const taken = httpRead(window, WINDOW);
    if (taken <= 0 || resultWrite(window, taken) < 0) {
      fail(Failure.LIMIT);
      return 0;
    }
    left -= taken;
  }
  return 0;
}
