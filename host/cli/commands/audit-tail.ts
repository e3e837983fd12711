import { withAdmin } from '../admin.ts';
import type { Admin } from '../admin.ts';
import type { Row } from '../../core/event.ts';
import type { Call, Command } from '../command.ts';
import { escapeLine, safeJson } from '../escape.ts';
import { rowLine } from '../audit-row.ts';

const POLL_MILLIS = 500;

export const TAIL: readonly Command[] = [
  {
    words: ['audit', 'tail'],
    args: '',
    summary: 'The newest rows and those that follow, until Ctrl-C. With --json: one array.',
    examples: ['ccos audit tail', 'ccos audit tail --json'],
    run: tail,
  },
];

async function tail(call: Call): Promise<undefined> {
  await withAdmin(call, async (admin, { mode }) => {
    const printer = new RowPrinter(call);
    await printer.print(await newest(admin));
    if (mode === 'gateway') await follow(call, admin, printer);
    else await call.out.note('no gateway runs on this home, so nothing follows: ccos up');
    await printer.end();
  });
}

async function follow({ io }: Call, admin: Admin, printer: RowPrinter): Promise<void> {
  const stopped = new AbortController();
  const stop = (): void => {
    stopped.abort();
  };
  const release = [io.onSignal('SIGINT', stop), io.onSignal('SIGTERM', stop)];
  io.stdout.once('error', stop);
  io.stdout.once('close', stop);
  try {
    while (await pause(stopped.signal)) await printer.print(await after(admin, printer.last));
  } finally {
    for (const stopListening of release) stopListening();
    io.stdout.off('error', stop).off('close', stop);
  }
}

function newest(admin: Admin): Promise<readonly Row[]> {
  return rowsOf(admin.get('/audit/log', { limit: '10' }));
}

function after(admin: Admin, seq: number): Promise<readonly Row[]> {
  return rowsOf(admin.get('/audit/log', { after: String(seq) }));
}

async function rowsOf(answer: Promise<unknown>): Promise<readonly Row[]> {
  return ((await answer) as { readonly rows: readonly Row[] }).rows;
}

/** Half a second, or less where `signal` comes; false where it has come. */
function pause(signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve(!signal.aborted);
    };
    const timer = setTimeout(done, signal.aborted ? 0 : POLL_MILLIS);
    signal.addEventListener('abort', done);
  });
}

/** One line for each row; with `--json` the lines of one array, which `end` closes. */
class RowPrinter {
  readonly #call: Call;
  #printed = 0;
  last = 0;

  constructor(call: Call) {
    this.#call = call;
  }

  async print(rows: readonly Row[]): Promise<void> {
    const { out } = this.#call;
    for (const row of rows) {
      this.last = Math.max(this.last, row.seq);
      if (out.style.json)
        await out.documentPart(`${this.#printed === 0 ? '[' : ','}\n${safeJson(row, undefined)}`);
      else await out.raw(`${escapeLine(rowLine(row))}\n`);
      this.#printed++;
    }
  }

  async end(): Promise<void> {
    const { out } = this.#call;
    if (out.style.json) await out.documentPart(this.#printed === 0 ? '[]\n' : '\n]\n');
  }
}
