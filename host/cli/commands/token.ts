import { segment, withAdmin } from '../admin.ts';
import type { Token } from '../answers.ts';
import type { Call, Command } from '../command.ts';
import { escapeLine } from '../escape.ts';
import { UsageError } from '../failure.ts';
import { optionalTime } from '../page.ts';
import { localTime } from '../time.ts';

export const TOKEN: readonly Command[] = [
  {
    words: ['token', 'create'],
    args: '',
    summary: 'Makes a token and prints it once: it is stored as a digest only.',
    options: {
      plane: { help: 'agent, admin or channel', value: 'PLANE' },
      session: { help: 'of an agent: the only session that it opens', value: 'ID' },
      channel: { help: 'of the plane channel: the chat that it speaks for', value: 'ID' },
    },
    examples: ['ccos token create --plane agent > token'],
    run: create,
  },
  {
    words: ['token', 'list'],
    args: '',
    summary: 'Every token, without its value.',
    examples: ['ccos token list'],
    run: listTokens,
  },
  {
    words: ['token', 'revoke'],
    args: 'ID',
    summary: 'Ends a token at once.',
    examples: ['ccos token revoke t_0123456789abcdef0123456789abcdef'],
    run: revoke,
  },
];

interface Made {
  readonly token: string;
  readonly id: string;
  readonly plane: string;
}

async function create(call: Call): Promise<undefined> {
  const made = (await withAdmin(call, (admin) => admin.post(...requestOf(call)))) as Made;
  await call.out.result(made, () => escapeLine(made.token));
  if (!call.out.style.json) await call.out.note(`${made.id}: this token is not shown again`);
}

/** The route that makes a credential of that plane, and what it takes. */
function requestOf({ options }: Call): readonly [path: string, json: unknown] {
  const [plane, session, channel] = ['plane', 'session', 'channel'].map((it) => options.text(it));
  if (plane === 'channel') {
    if (channel !== undefined && session === undefined)
      return [`/channels/${segment(channel)}/token`, {}];
    throw new UsageError('a token of the plane channel takes --channel', 'see ccos channels list');
  }
  if (plane !== 'agent' && plane !== 'admin')
    throw new UsageError(
      '--plane is agent, admin or channel',
      'usage: ccos token create --plane agent',
    );
  if (channel !== undefined)
    throw new UsageError('--channel is for the plane channel', 'add --plane channel');
  return ['/tokens', { plane, ...(session !== undefined && { session }) }];
}

async function listTokens(call: Call): Promise<undefined> {
  const { tokens } = (await withAdmin(call, (admin) => admin.get('/tokens'))) as {
    readonly tokens: readonly Token[];
  };
  await call.out.result({ tokens }, () =>
    call.out.table(
      [
        { title: 'ID', kept: true },
        { title: 'PLANE' },
        { title: 'FOR' },
        { title: 'CREATED' },
        { title: 'REVOKED' },
      ],
      tokens.map(({ id, plane, session, channel, created, revoked }) => [
        id,
        plane,
        session ?? channel ?? '-',
        localTime(created),
        optionalTime(revoked) ?? '-',
      ]),
      'no token was made: ccos token create --plane agent',
    ),
  );
}

async function revoke(call: Call): Promise<undefined> {
  const [id = ''] = call.args;
  const answer = (await withAdmin(call, (admin) =>
    admin.delete(`/tokens/${segment(id)}`),
  )) as Token;
  await call.out.done(answer, `revoked ${answer.id}`);
}
