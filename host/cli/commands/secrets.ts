import { withAdmin, segment } from '../admin.ts';
import type { Approval, Secret, SecretUsage } from '../answers.ts';
import type { Call, Command } from '../command.ts';
import { UsageError } from '../failure.ts';
import { list, optionalTime } from '../page.ts';
import { readSecretValue } from '../secret-value.ts';
import { finish, settle } from '../settle.ts';
import { localTime } from '../time.ts';

const VALUE_OPTIONS = {
  file: {
    help: 'the file that holds the value; one line break at its end is left out',
    value: 'F',
  },
} as const;
const FROM =
  'The value comes from a prompt that shows nothing, from standard input, or from --file; never from an argument.';

export const SECRETS: readonly Command[] = [
  {
    words: ['secrets', 'put'],
    args: 'NAME',
    hidesArgs: true,
    summary: `Puts a secret into the vault, and asks for the approval to use it. ${FROM}`,
    options: VALUE_OPTIONS,
    examples: ['ccos secrets put API_TOKEN', 'ccos secrets put API_TOKEN --file token.txt'],
    run: (call) => store(call, ''),
  },
  {
    words: ['secrets', 'list'],
    args: '',
    summary: 'Every secret, and what it is bound to. Values are never shown.',
    examples: ['ccos secrets list'],
    run: listSecrets,
  },
  {
    words: ['secrets', 'rotate'],
    args: 'NAME',
    hidesArgs: true,
    summary: `Replaces the value of a secret; until that is approved the present one is used. ${FROM}`,
    options: VALUE_OPTIONS,
    examples: ['ccos secrets rotate API_TOKEN < token.txt'],
    run: (call) => store(call, '/rotate'),
  },
  {
    words: ['secrets', 'bind'],
    args: 'NAME CAPABILITY@VERSION DOMAIN',
    summary: 'Asks for the approval that has it attached to requests of a capability to a domain.',
    examples: ['ccos secrets bind API_TOKEN ccos.http.request@1.0.0 api.example.org'],
    run: bind,
  },
  {
    words: ['secrets', 'unbind'],
    args: 'NAME CAPABILITY@VERSION DOMAIN',
    summary: 'Ends one binding at once.',
    examples: ['ccos secrets unbind API_TOKEN ccos.http.request@1.0.0 api.example.org'],
    run: unbind,
  },
  {
    words: ['secrets', 'revoke'],
    args: 'NAME',
    summary: 'Ends a secret at once: its value is destroyed and its bindings end.',
    examples: ['ccos secrets revoke API_TOKEN'],
    run: revoke,
  },
  {
    words: ['secrets', 'usage'],
    args: 'NAME',
    summary: 'When it was attached, for whom, on the way to where, and what came of it.',
    options: { limit: { help: 'how many of the newest (default 100)', value: 'N' } },
    examples: ['ccos secrets usage API_TOKEN'],
    run: usage,
  },
];

interface Asked {
  readonly name: string;
  readonly approvals: readonly Approval[];
}

async function store(call: Call, path: '' | '/rotate'): Promise<number> {
  const [name = ''] = call.args;
  const value = await readSecretValue(call, name);
  return withAdmin(call, async (admin) => {
    const asked = (await admin.send(`/secrets/${segment(name)}${path}`, value)) as Asked;
    value.fill(0);
    const approvals = await settle(call, admin, asked.approvals);
    return finish(call, { document: { name }, sentence: `${name} is in the vault` }, approvals);
  });
}

async function bind(call: Call): Promise<number> {
  const [name = '', capability = '', domain = ''] = call.args;
  return withAdmin(call, async (admin) => {
    const path = `/secrets/${segment(name)}/bind`;
    const asked = (await admin.post(path, { capability, domain })) as Asked;
    const approvals = await settle(call, admin, asked.approvals);
    const sentence = `${name} for ${capability} to ${domain}`;
    return finish(call, { document: { name, capability, domain }, sentence }, approvals);
  });
}

async function unbind(call: Call): Promise<undefined> {
  const [name = '', capability = '', domain = ''] = call.args;
  await withAdmin(call, (admin) =>
    admin.post(`/secrets/${segment(name)}/unbind`, { capability, domain }),
  );
  await call.out.done({ name, capability, domain }, `${name} is not bound there any more`);
}

async function revoke(call: Call): Promise<undefined> {
  const [name = ''] = call.args;
  const answer = await withAdmin(call, (admin) => admin.delete(`/secrets/${segment(name)}`));
  await call.out.done(answer, `revoked ${name}`);
}

async function listSecrets(call: Call): Promise<undefined> {
  const { secrets } = (await withAdmin(call, (admin) => admin.get('/secrets'))) as {
    readonly secrets: readonly Secret[];
  };
  await call.out.result({ secrets }, () =>
    call.out.table(
      [
        { title: 'NAME', kept: true },
        { title: 'STATE' },
        { title: 'SCOPE' },
        { title: 'CREATED' },
        { title: 'LAST USED' },
      ],
      secrets.map(({ name, state, rotating, bindings, created, used }) => [
        name,
        rotating ? `${state}, a new value waits` : state,
        list(bindings.map(({ capability, domain }) => `${capability} to ${domain}`)),
        localTime(created),
        optionalTime(used) ?? '-',
      ]),
      'there are no secrets: ccos secrets put NAME',
    ),
  );
}

async function usage(call: Call): Promise<undefined> {
  const [name = ''] = call.args;
  const limit = call.options.text('limit');
  if (limit !== undefined && !/^[0-9]{1,5}$/.test(limit))
    throw new UsageError('--limit takes a number', 'from 1 to 10000');
  const { usage: uses } = (await withAdmin(call, (admin) =>
    admin.get(`/secrets/${segment(name)}/usage`, { limit }),
  )) as { readonly usage: readonly SecretUsage[] };
  await call.out.result({ name, usage: uses }, () =>
    call.out.table(
      [
        { title: 'TIME', kept: true },
        { title: 'CAPABILITY' },
        { title: 'CALL' },
        { title: 'RUN' },
        { title: 'DOMAIN' },
        { title: 'OUTCOME' },
      ],
      uses.map(({ at, capability, call: id, run, domain, outcome }) => [
        localTime(at),
        capability,
        id ?? '-',
        run ?? '-',
        domain,
        outcome,
      ]),
      'no call has used it',
    ),
  );
}
