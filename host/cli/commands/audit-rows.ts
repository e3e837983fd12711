import { withAdmin } from '../admin.ts';
import { EVENT_TYPES } from '../../core/event.ts';
import type { Row } from '../../core/event.ts';
import { rowPage, rowTable } from '../audit-row.ts';
import type { Call, Command } from '../command.ts';
import { UsageError } from '../failure.ts';
import { suggest } from '../suggest.ts';
import { sinceTime } from '../time.ts';

export const ROWS: readonly Command[] = [
  {
    words: ['audit', 'log'],
    args: '',
    summary: 'The newest rows of the chain, or those that the options choose.',
    options: {
      session: { help: 'of one session', value: 'ID' },
      run: { help: 'of one run', value: 'ID' },
      capability: { help: 'about one capability', value: 'ID' },
      type: { help: 'of one type, such as policy.decision', value: 'TYPE' },
      since: { help: 'from a time (ISO 8601) or an age (30s, 15m, 2h, 7d) on', value: 'WHEN' },
      limit: { help: 'how many at most (default 50)', value: 'N' },
    },
    examples: ['ccos audit log --since 1h', 'ccos audit log --type plugin.host_call --json'],
    run: log,
  },
  {
    words: ['audit', 'show'],
    args: 'SEQ',
    summary: 'One row, whole.',
    examples: ['ccos audit show 42'],
    run: show,
  },
];

async function log(call: Call): Promise<undefined> {
  const { options, io } = call;
  const since = options.text('since');
  const query = {
    session: options.text('session'),
    run: options.text('run'),
    capability: options.text('capability'),
    type: typeOf(options.text('type')),
    since: since === undefined ? undefined : sinceTime(since, io.now()),
    limit: countOf(options.text('limit')),
  };
  const { rows } = (await withAdmin(call, (admin) => admin.get('/audit/log', query))) as {
    readonly rows: readonly Row[];
  };
  await call.out.result({ rows }, () =>
    rows.length === 0 ? 'no such rows' : rowTable(call.out, rows),
  );
}

async function show(call: Call): Promise<undefined> {
  const seq = sequenceOf(call.args[0]);
  const answer = (await withAdmin(call, (admin) => admin.get(`/audit/rows/${seq}`))) as {
    readonly row: Row;
  };
  await call.out.result(answer, () => rowPage(answer.row));
}

/** A sequence number as it was typed. */
export function sequenceOf(text = ''): string {
  if (/^(0|[1-9][0-9]{0,15})$/.test(text)) return text;
  throw new UsageError(
    `${text} is not a sequence number`,
    'see the first column of ccos audit log',
  );
}

function typeOf(text: string | undefined): string | undefined {
  if (text === undefined || (EVENT_TYPES as readonly string[]).includes(text)) return text;
  const meant = suggest(text, EVENT_TYPES);
  throw new UsageError(
    `${text} is not a type of row`,
    meant === undefined ? `the types: ${EVENT_TYPES.join(', ')}` : `did you mean ${meant}?`,
  );
}

export function countOf(text: string | undefined): string | undefined {
  if (text === undefined || /^[1-9][0-9]{0,6}$/.test(text)) return text;
  throw new UsageError('--limit takes a number', 'such as --limit 200');
}
