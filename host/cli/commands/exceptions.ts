import { segment, withAdmin } from '../admin.ts';
import type { Exception } from '../answers.ts';
import type { Call, Command } from '../command.ts';
import { list, page } from '../page.ts';
import { localTime } from '../time.ts';

const EXAMPLE = 'ap_0123456789abcdef0123456789abcdef';

export const EXCEPTIONS: readonly Command[] = [
  {
    words: ['exceptions', 'list'],
    args: '',
    summary: 'What may leave this machine or go into a file, and how much of it has.',
    options: { all: { help: 'those that are used up, expired or revoked too' } },
    examples: ['ccos exceptions list', 'ccos exceptions list --all --json'],
    run: listExceptions,
  },
  {
    words: ['exceptions', 'show'],
    args: 'ID',
    summary: 'One exception; its id is that of its approval.',
    examples: [`ccos exceptions show ${EXAMPLE}`],
    run: show,
  },
  {
    words: ['exceptions', 'revoke'],
    args: 'ID',
    summary: 'Ends an exception at once.',
    examples: [`ccos exceptions revoke ${EXAMPLE}`],
    run: revoke,
  },
];

async function listExceptions(call: Call): Promise<undefined> {
  const { exceptions: all } = (await withAdmin(call, (admin) => admin.get('/exceptions'))) as {
    readonly exceptions: readonly Exception[];
  };
  const exceptions = call.options.flag('all') ? all : all.filter((it) => it.status === 'live');
  await call.out.result({ exceptions }, () =>
    call.out.table(
      [
        { title: 'ID', kept: true },
        { title: 'STATUS' },
        { title: 'CAPABILITY' },
        { title: 'TARGET' },
        { title: 'USES' },
        { title: 'BYTES' },
        { title: 'EXPIRES' },
      ],
      exceptions.map((exception) => [
        exception.id,
        exception.status,
        exception.capability,
        exception.target,
        of(exception.uses, exception.max_uses),
        of(exception.bytes, exception.max_bytes),
        localTime(exception.expires),
      ]),
      'nothing may leave by an exception',
    ),
  );
}

async function show(call: Call): Promise<undefined> {
  const [id = ''] = call.args;
  const { exception } = (await withAdmin(call, (admin) =>
    admin.get(`/exceptions/${segment(id)}`),
  )) as { readonly exception: Exception };
  await call.out.result({ exception }, () =>
    page([
      ['exception', `${exception.id}, ${exception.status}`],
      ['capability', `${exception.capability}, of ${exception.publisher}`],
      ['may send to', `${exception.target} (${exception.sink})`],
      ['what may hold', exception.label.length === 0 ? 'public' : list(exception.label)],
      ['in the run', exception.run],
      ['in the session', exception.session],
      ['uses', of(exception.uses, exception.max_uses)],
      ['bytes', of(exception.bytes, exception.max_bytes)],
      ['until', localTime(exception.expires)],
    ]),
  );
}

async function revoke(call: Call): Promise<undefined> {
  const [id = ''] = call.args;
  const { exception } = (await withAdmin(call, (admin) =>
    admin.post(`/exceptions/${segment(id)}/revoke`),
  )) as { readonly exception: Exception };
  await call.out.done({ exception }, `revoked ${exception.id}`);
}

const of = (spent: number, most: number): string => `${String(spent)} of ${String(most)}`;
