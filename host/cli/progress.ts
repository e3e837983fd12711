import { escapeLine } from './escape.ts';
import type { Call } from './command.ts';
import { write } from './io.ts';

const PATIENCE_MILLIS = 300;
const STEP_MILLIS = 100;
const ERASE_LINE = '\r\u001b[K';

/** Whether somebody looks at the progress of a command. */
export const isWatched = ({ io, out }: Call): boolean =>
  !out.style.quiet && !out.style.json && io.stderr.isTTY === true;

/**
 * Shows on a terminal's standard error that `work` goes on, once it is longer than a moment; and how far
 * it is, where `look` tells.
 */
export async function withProgress<Result>(
  call: Call,
  what: { readonly name: string; readonly look?: () => Promise<string> },
  work: () => Promise<Result>,
): Promise<Result> {
  if (!isWatched(call)) return work();
  const { io } = call;
  const start = io.now();
  const line = { shown: false, isLooking: false, far: '' };
  const timer = setInterval(() => {
    const elapsed = io.now() - start;
    if (elapsed < PATIENCE_MILLIS) return;
    line.shown = true;
    if (what.look !== undefined && !line.isLooking) void look(line, what.look);
    const seconds = (elapsed / 1000).toFixed(1);
    void write(io.stderr, `${ERASE_LINE}${escapeLine(what.name)} … ${line.far}${seconds} s`);
  }, STEP_MILLIS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (line.shown) await write(io.stderr, ERASE_LINE);
  }
}

/** Where nobody tells, the line goes on without. */
async function look(
  line: { isLooking: boolean; far: string },
  ask: () => Promise<string>,
): Promise<void> {
  line.isLooking = true;
  line.far = await ask().catch(() => '');
  line.isLooking = false;
}
