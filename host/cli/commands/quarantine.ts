import { withAdmin } from '../admin.ts';
import type { QuarantineStats } from '../answers.ts';
import type { Call, Command } from '../command.ts';
import { UsageError } from '../failure.ts';
import { page } from '../page.ts';

export const QUARANTINE: readonly Command[] = [
  {
    words: ['quarantine', 'stats'],
    args: '',
    summary: 'How much raw content is kept.',
    examples: ['ccos quarantine stats'],
    run: stats,
  },
  {
    words: ['quarantine', 'purge'],
    args: '',
    summary: 'Destroys the keys of raw content, for good. Takes exactly one of its options.',
    options: {
      expired: { help: 'what is past its time' },
      session: { help: 'what belongs to one session', value: 'ID' },
      all: { help: 'everything' },
    },
    examples: ['ccos quarantine purge --expired', 'ccos quarantine purge --session local'],
    run: purge,
  },
];

async function stats(call: Call): Promise<undefined> {
  const answer = (await withAdmin(call, (admin) => admin.get('/quarantine'))) as QuarantineStats;
  await call.out.result(answer, () =>
    page([
      ['blobs', answer.blobs],
      ['bytes', answer.bytes],
    ]),
  );
}

async function purge(call: Call): Promise<undefined> {
  const scope = scopeOf(call);
  const answer = (await withAdmin(call, (admin) => admin.post('/quarantine/purge', { scope }))) as {
    readonly count: number;
  };
  await call.out.done(answer, `purged ${String(answer.count)} blobs`);
}

function scopeOf({ options }: Call): { readonly kind: string; readonly session?: string } {
  const session = options.text('session');
  const scopes = [
    ...(options.flag('all') ? [{ kind: 'all' }] : []),
    ...(options.flag('expired') ? [{ kind: 'expired' }] : []),
    ...(session === undefined ? [] : [{ kind: 'session', session }]),
  ];
  const [scope] = scopes;
  if (scope === undefined || scopes.length > 1)
    throw new UsageError(
      'purge takes exactly one of --expired, --session and --all',
      'see ccos quarantine purge --help',
    );
  return scope;
}
