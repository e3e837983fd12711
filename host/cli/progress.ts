import { escapeLine } from './escape.ts';
import type { Call } from './command.ts';
import { write } from './io.ts';

const PATIENCE_MILLIS = 300;
const STEP_MILLIS = 100;
const ERASE_LINE = '\r\u001b[K';

/** Shows on a terminal's standard error that `work` goes on, once it is longer than a moment. */
export async function withProgress<Result>(
  { io, out }: Call,
  what: string,
  work: () => Promise<Result>,
): Promise<Result> {
  if (out.style.quiet || io.stderr.isTTY !== true) return work();
  const start = io.now();
  const line = { shown: false };
  const timer = setInterval(() => {
    const elapsed = io.now() - start;
    if (elapsed < PATIENCE_MILLIS) return;
    line.shown = true;
    void write(io.stderr, `${ERASE_LINE}${escapeLine(what)} … ${(elapsed / 1000).toFixed(1)} s`);
  }, STEP_MILLIS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (line.shown) await write(io.stderr, ERASE_LINE);
  }
}
