import type { Row } from '../../core/event.ts';
import type { Json } from '../../core/json.ts';
import { segment, withAdmin } from '../admin.ts';
import type { Session } from '../answers.ts';
import { rowTable } from '../audit-row.ts';
import type { Call, Command, OptionSpecs } from '../command.ts';
import { UsageError } from '../failure.ts';
import { list, page } from '../page.ts';
import { localTime } from '../time.ts';

const EXAMPLE = 's_0123456789abcdef0123456789abcdef';
const PAGING: OptionSpecs = {
  after: { help: 'from the row after this number on', value: 'SEQ' },
  limit: { help: 'how many at most (default 100)', value: 'N' },
};

export const SESSIONS: readonly Command[] = [
  {
    words: ['sessions', 'list'],
    args: '',
    summary: 'Conversations, without a name or a word of them.',
    options: {
      after: { help: 'those that began after this one', value: 'ID' },
      limit: { help: 'how many at most (default 100)', value: 'N' },
    },
    examples: ['ccos sessions list'],
    run: listSessions,
  },
  {
    words: ['sessions', 'show'],
    args: 'ID',
    summary: 'One conversation: counts, its run, and what the run has been told.',
    examples: [`ccos sessions show ${EXAMPLE}`],
    run: show,
  },
  {
    words: ['sessions', 'steps'],
    args: 'ID',
    summary: 'What happened in a conversation, row by row, oldest first.',
    options: PAGING,
    examples: [`ccos sessions steps ${EXAMPLE}`, 'ccos sessions steps local --limit 1000 --json'],
    run: steps,
  },
  {
    words: ['sessions', 'denials'],
    args: '[ID]',
    summary: 'What was not allowed, with the rules and the reasons, oldest first.',
    options: PAGING,
    examples: ['ccos sessions denials', `ccos sessions denials ${EXAMPLE}`],
    run: denials,
  },
];

async function listSessions(call: Call): Promise<undefined> {
  const query = { after: call.options.text('after'), limit: countOf(call, 'limit') };
  const { sessions } = (await withAdmin(call, (admin) => admin.get('/sessions', query))) as {
    readonly sessions: readonly Session[];
  };
  await call.out.result({ sessions }, () =>
    call.out.table(
      [
        { title: 'ID', kept: true },
        { title: 'CHAT' },
        { title: 'SENDER' },
        { title: 'STATE' },
        { title: 'MESSAGES', right: true },
        { title: 'BEGUN' },
      ],
      sessions.map(({ id, connector, sender, state, messages, created }) => [
        id,
        connector,
        sender ?? '-',
        state,
        String(messages),
        localTime(created),
      ]),
      'nobody has said anything yet',
    ),
  );
}

async function show(call: Call): Promise<undefined> {
  const [id = ''] = call.args;
  const answer = (await withAdmin(call, (admin) => admin.get(`/sessions/${segment(id)}`))) as {
    readonly session: Session;
  };
  await call.out.result(answer, () => sessionPage(answer.session));
}

function sessionPage(session: Session): string {
  const { run } = session;
  return page([
    ['session', session.id],
    ['chat', session.connector],
    ['channel', session.channel],
    ['thread', session.thread],
    ['sender', session.sender],
    ['state', session.state],
    ['begun', localTime(session.created)],
    ['events', session.events],
    ['messages', session.messages],
    ['run', run?.id],
    ['run state', run?.state],
    ['may still be told', run === undefined ? undefined : `${String(run.leak_bits_left)} bits`],
    ['was told', run === undefined ? undefined : list(run.taint.tags)],
  ]);
}

async function steps(call: Call): Promise<undefined> {
  const [id = ''] = call.args;
  const query = pagingOf(call);
  const answer = (await withAdmin(call, (admin) =>
    admin.get(`/sessions/${segment(id)}/steps`, query),
  )) as { readonly steps: readonly Row[] };
  await call.out.result(answer, () => rowTable(call.out, answer.steps));
}

async function denials(call: Call): Promise<undefined> {
  const query = { ...pagingOf(call), session: call.args[0] };
  const answer = (await withAdmin(call, (admin) => admin.get('/denials', query))) as {
    readonly denials: readonly Row[];
  };
  await call.out.result(answer, () =>
    call.out.table(
      [
        { title: 'SEQ', kept: true, right: true },
        { title: 'TIME', kept: true },
        { title: 'GATE', kept: true },
        { title: 'WHO' },
        { title: 'RULE', kept: true },
        { title: 'REASON' },
      ],
      answer.denials.map(({ seq, ts, data }) => [
        String(seq),
        localTime(ts),
        ...['gate', 'principal', 'rule', 'reason'].map((name) => textOf(data[name])),
      ]),
      'nothing was denied',
    ),
  );
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '-');

function pagingOf(call: Call): Readonly<Record<string, string | undefined>> {
  return { after: countOf(call, 'after'), limit: countOf(call, 'limit') };
}

function countOf({ options }: Call, name: string): string | undefined {
  const text = options.text(name);
  if (text === undefined || /^[0-9]{1,15}$/.test(text)) return text;
  throw new UsageError(`--${name} takes a number`, `such as --${name} 200`);
}
