import { segment, withAdmin } from '../admin.ts';
import type { Admin } from '../admin.ts';
import type { Approval, Channel } from '../answers.ts';
import type { Call, Command } from '../command.ts';
import { escapeLine } from '../escape.ts';
import { UsageError } from '../failure.ts';
import { list, page } from '../page.ts';
import { finish, settle } from '../settle.ts';
import { localTime } from '../time.ts';

const EXAMPLE = 'ch_0123456789abcdef0123456789abcdef';

export const CHANNELS: readonly Command[] = [
  {
    words: ['channels', 'list'],
    args: '',
    summary: 'The chats that are connected, and those that were.',
    examples: ['ccos channels list'],
    run: listChannels,
  },
  {
    words: ['channels', 'show'],
    args: 'ID',
    summary: 'One chat: who may speak, by pseudonym, and what may read it.',
    examples: [`ccos channels show ${EXAMPLE}`],
    run: show,
  },
  {
    words: ['channels', 'connect'],
    args: 'KIND',
    summary: 'Connects a chat, which you must approve, and prints its credential once.',
    options: { approve: { help: 'approve what it asks for, as the operator at the terminal' } },
    examples: ['ccos channels connect local', 'ccos channels connect local --approve > token'],
    run: connect,
  },
  {
    words: ['channels', 'disconnect'],
    args: 'ID',
    summary: 'Ends a chat with its senders, its grants and its credentials.',
    examples: [`ccos channels disconnect ${EXAMPLE}`],
    run: disconnect,
  },
  {
    words: ['channels', 'allow'],
    args: 'ID [SENDER]',
    summary:
      'Lets a sender speak, by id and not by name; or a capability read, which you must approve.',
    options: {
      capability: { help: 'the capability that may read the chat', value: 'ID' },
      verbatim: { help: 'words in a row that a result may quote, 0 to 25', value: 'N' },
      'same-audience': { help: 'results may go back to the conversation they come from' },
      approve: { help: 'approve what it asks for, as the operator at the terminal' },
    },
    examples: [
      `ccos channels allow ${EXAMPLE} 4711`,
      `ccos channels allow ${EXAMPLE} --capability ccos.chat.summarize`,
    ],
    run: allow,
  },
  {
    words: ['channels', 'deny'],
    args: 'ID [SENDER]',
    summary: 'Takes back what channels allow gave.',
    options: { capability: { help: 'the capability that may read no more', value: 'ID' } },
    examples: [`ccos channels deny ${EXAMPLE} 4711`],
    run: deny,
  },
];

async function listChannels(call: Call): Promise<undefined> {
  const { channels } = (await withAdmin(call, (admin) => admin.get('/channels'))) as {
    readonly channels: readonly Channel[];
  };
  await call.out.result({ channels }, () =>
    call.out.table(
      [
        { title: 'ID', kept: true },
        { title: 'KIND' },
        { title: 'STATE' },
        { title: 'SENDERS', right: true },
        { title: 'READ BY' },
        { title: 'SINCE' },
      ],
      channels.map(({ id, kind, state, senders, grants, since }) => [
        id,
        kind,
        state,
        String(senders),
        list(grants.map(({ capability }) => capability)),
        localTime(since),
      ]),
      'no chat is connected: ccos channels connect local',
    ),
  );
}

async function show(call: Call): Promise<undefined> {
  const [id = ''] = call.args;
  const answer = (await withAdmin(call, (admin) => admin.get(`/channels/${segment(id)}`))) as {
    readonly channel: Channel;
  };
  const { channel } = answer;
  await call.out.result(answer, () =>
    page([
      ['channel', channel.id],
      ['kind', channel.kind],
      ['state', channel.state],
      ['since', localTime(channel.since)],
      ...(channel.allowed ?? []).map(({ sender }) => ['may speak', sender] as const),
      ...channel.grants.map(
        ({ capability, max_verbatim_words: words }) =>
          ['may read', `${capability} (quotes at most ${String(words)} words)`] as const,
      ),
    ]),
  );
}

async function connect(call: Call): Promise<number> {
  const [kind = ''] = call.args;
  if (kind !== 'local')
    throw new UsageError(`${kind} is no kind of chat`, 'usage: ccos channels connect local');
  return withAdmin(call, async (admin) => {
    const asked = await ask(admin, '/channels', { kind });
    const [approval] = await settle(call, admin, [asked]);
    const channel = asked.id.replace(/^ap_/, 'ch_');
    if (approval?.status !== 'approved') {
      const sentence = `once it is approved: ccos token create --plane channel --channel ${channel}`;
      return finish(call, { document: { channel }, sentence }, [approval ?? asked]);
    }
    const made = (await admin.post(`/channels/${segment(channel)}/token`)) as {
      readonly token: string;
    };
    const document = { channel, ...made, approvals: [approval] };
    await call.out.result(document, () => escapeLine(made.token));
    if (!call.out.style.json) {
      await call.out.note(`${channel} is connected; its token is not shown again`);
      await call.out.note(`let somebody speak: ccos channels allow ${channel} SENDER`);
    }
    return 0;
  });
}

async function disconnect(call: Call): Promise<undefined> {
  const [id = ''] = call.args;
  const answer = await withAdmin(call, (admin) => admin.delete(`/channels/${segment(id)}`));
  await call.out.done(answer, `disconnected ${id}`);
}

async function allow(call: Call): Promise<number> {
  const [id = '', sender] = call.args;
  const capability = capabilityOf(call);
  if (capability === undefined) {
    const answer = await withAdmin(call, (admin) =>
      admin.post(`/channels/${segment(id)}/allow`, { sender }),
    );
    await call.out.done(answer, 'allowed');
    return 0;
  }
  const wanted = {
    capability,
    ...wordsOf(call.options.text('verbatim')),
    ...(call.options.flag('same-audience') && { same_audience: true }),
  };
  return withAdmin(call, async (admin) => {
    const asked = await ask(admin, `/channels/${segment(id)}/grants`, wanted);
    const approvals = await settle(call, admin, [asked]);
    return finish(call, { document: { channel: id }, sentence: `${capability}: asked` }, approvals);
  });
}

async function deny(call: Call): Promise<undefined> {
  const [id = '', sender] = call.args;
  const capability = capabilityOf(call);
  const answer = await withAdmin(call, (admin) =>
    capability === undefined
      ? admin.post(`/channels/${segment(id)}/deny`, { sender })
      : admin.post(`/channels/${segment(id)}/grants/end`, { capability }),
  );
  await call.out.done(answer, 'denied');
}

/** A sender or a capability, and never both. */
function capabilityOf({ args, options }: Call): string | undefined {
  const capability = options.text('capability');
  if ((args[1] === undefined) !== (capability === undefined)) return capability;
  throw new UsageError('give a sender or --capability', 'such as ccos channels allow ID SENDER');
}

function wordsOf(text: string | undefined): { readonly max_verbatim_words?: number } {
  if (text === undefined) return {};
  if (/^[0-9]{1,2}$/.test(text)) return { max_verbatim_words: Number(text) };
  throw new UsageError('--verbatim takes a number', 'such as --verbatim 8');
}

async function ask(admin: Admin, path: string, json: unknown): Promise<Approval> {
  return ((await admin.post(path, json)) as { readonly approval: Approval }).approval;
}
