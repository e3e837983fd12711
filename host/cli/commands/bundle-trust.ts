import { withAdmin } from '../admin.ts';
import type { Approval, Publisher } from '../answers.ts';
import type { Call, Command } from '../command.ts';
import { list } from '../page.ts';
import { parsePublisherKey } from '../publisher-key.ts';
import { readLocalText } from '../read-file.ts';
import { finish, settle } from '../settle.ts';

/** Whose bundles a home accepts. */
export const TRUST: readonly Command[] = [
  {
    words: ['bundle', 'trust', 'list'],
    args: '',
    summary: 'The publishers that are trusted, and their keys.',
    examples: ['ccos bundle trust list'],
    run: listPublishers,
  },
  {
    words: ['bundle', 'trust', 'add'],
    args: 'KEYFILE',
    summary: "Asks for trust in a publisher's public key file; only you can approve it.",
    options: {
      namespaces: { help: 'the bundle names it may sign, with commas between', value: 'LIST' },
      effects: { help: 'the most that its plugins may ask for', value: 'LIST' },
    },
    examples: ['ccos bundle trust add acme.pub.json --namespaces "acme/*"'],
    run: add,
  },
  {
    words: ['bundle', 'trust', 'revoke'],
    args: 'KEYID',
    summary: 'Ends the trust in a key from now on.',
    examples: ['ccos bundle trust revoke ed25519:…'],
    run: revoke,
  },
];

async function listPublishers(call: Call): Promise<undefined> {
  const { publishers } = (await withAdmin(call, (admin) => admin.get('/trust'))) as {
    readonly publishers: readonly Publisher[];
  };
  const rows = publishers.flatMap(({ id, namespaces, max_effects: effects, keys }) =>
    keys.map((key) => [id, key.id, key.status, list(namespaces), list(effects)]),
  );
  await call.out.result({ publishers }, () =>
    call.out.table(
      [
        { title: 'PUBLISHER', kept: true },
        { title: 'KEY', kept: true },
        { title: 'STATUS' },
        { title: 'NAMESPACES' },
        { title: 'EFFECTS' },
      ],
      rows,
      'no publisher is trusted: ccos bundle trust add KEYFILE',
    ),
  );
}

async function add(call: Call): Promise<number> {
  const { args, io, options } = call;
  const key = parsePublisherKey(await readLocalText(args[0] ?? '', io.cwd));
  const namespaces = words(options.text('namespaces'));
  const effects = words(options.text('effects'));
  return withAdmin(call, async (admin) => {
    const { approval } = (await admin.post('/trust', {
      ...key,
      ...(namespaces !== undefined && { namespaces }),
      ...(effects !== undefined && { max_effects: effects }),
    })) as { readonly approval: Approval };
    const settled = await settle(call, admin, [approval]);
    const trusted = settled.every(({ status }) => status === 'approved');
    const sentence = `${key.publisher} is ${trusted ? 'trusted' : 'not trusted yet'}`;
    return finish(call, { document: { publisher: key.publisher }, sentence }, settled);
  });
}

async function revoke(call: Call): Promise<undefined> {
  const [id = ''] = call.args;
  const answer = (await withAdmin(call, (admin) =>
    admin.post('/trust/revoke', { key_id: id }),
  )) as { readonly key_id: string };
  await call.out.done(answer, `revoked ${answer.key_id}`);
}

function words(text: string | undefined): readonly string[] | undefined {
  return text
    ?.split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
