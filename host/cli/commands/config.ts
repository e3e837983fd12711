import { CcosError } from '../../core/error.ts';
import type { Json } from '../../core/json.ts';
import { withAdmin } from '../admin.ts';
import type { Admin } from '../admin.ts';
import type { Config, ConfigChange } from '../answers.ts';
import type { Call, Command } from '../command.ts';
import { escapeLine } from '../escape.ts';
import { ExplainedError } from '../failure.ts';
import { leaves, page } from '../page.ts';
import type { Field } from '../page.ts';
import { finish, settle } from '../settle.ts';
import { suggest } from '../suggest.ts';

export const CONFIG: readonly Command[] = [
  {
    words: ['config', 'show'],
    args: '',
    summary: 'The configuration in force and the limits that follow from it.',
    examples: ['ccos config show', 'ccos config show --json'],
    run: show,
  },
  {
    words: ['config', 'check'],
    args: '',
    summary: 'Reads config.json as a start would; exit code 2 where it is not valid.',
    examples: ['ccos config check'],
    run: check,
  },
  {
    words: ['config', 'set'],
    args: 'KEY VALUE',
    summary: 'Changes one value. VALUE is JSON; what is no JSON is a string.',
    examples: ['ccos config set limits.pages 500', 'ccos config set port 9000'],
    run: set,
  },
];

async function show(call: Call): Promise<undefined> {
  const answer = await withAdmin(call, (admin) => admin.get('/config') as Promise<Config>);
  await call.out.result(answer, () =>
    page([
      ...leaves(answer.config),
      ['file', answer.file_sha256 === null ? 'none' : `sha256:${answer.file_sha256}`],
      ...Object.entries(answer.effective_limits).map(([name, value]): Field => [
        `limit ${escapeLine(name)}`,
        value,
      ]),
    ]),
  );
}

async function check({ application, home, out }: Call): Promise<undefined> {
  const checked = await application.checkConfig({ home });
  await out.done({ valid: true, ...checked }, 'the configuration is valid');
}

async function set(call: Call): Promise<number> {
  const [key = '', value = ''] = call.args;
  return withAdmin(call, async (admin) => {
    const change = await send(admin, key, value);
    const approvals = await settle(call, admin, change.approvals);
    const { config, restart_needed: waiting } = change;
    const sentence =
      waiting.length === 0 ? `set ${key}` : `set ${key}; a restart is needed for it to count`;
    return finish(call, { document: { config, restart_needed: waiting }, sentence }, approvals);
  });
}

async function send(admin: Admin, key: string, value: string): Promise<ConfigChange> {
  try {
    return (await admin.post('/config/set', { key, value: parsed(value) })) as ConfigChange;
  } catch (failure) {
    throw await explained(failure, { key, value });
  }
}

/** Says which of the two was refused, and what would be taken. */
async function explained(
  failure: unknown,
  { key, value }: { readonly key: string; readonly value: string },
): Promise<unknown> {
  if (!(failure instanceof CcosError) || failure.code !== 'invalid_input') return failure;
  const { field, expected, least, most, one_of: words } = failure.detail;
  if (field === 'value') {
    const bounds = [
      ...(expected === undefined ? [] : [`it takes: ${String(expected)}`]),
      ...(least === undefined ? [] : [`the least is ${String(least)}`]),
      ...(most === undefined ? [] : [`the most is ${String(most)}`]),
      ...(words === undefined ? [] : [`it takes one of: ${String(words)}`]),
    ];
    const next = bounds.join('; ') || 'see the present value: ccos config show';
    return new ExplainedError(failure, `${key} does not take ${value}`, next);
  }
  const { configKeys } = await import('../../core/config.ts');
  const keys = configKeys();
  const meant = suggest(key, keys);
  const next = meant === undefined ? `the keys: ${keys.join(', ')}` : `did you mean ${meant}?`;
  return new ExplainedError(failure, `the configuration has no key ${key}`, next);
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
