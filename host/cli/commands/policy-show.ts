import { withAdmin } from '../admin.ts';
import type { PolicyCell, PolicyPack } from '../answers.ts';
import type { Call, Command } from '../command.ts';
import { ExplainedError } from '../failure.ts';
import { CcosError } from '../../core/error.ts';
import { escapeText } from '../escape.ts';
import { page } from '../page.ts';

export const POLICY_SHOW: readonly Command[] = [
  {
    words: ['policy', 'show'],
    args: '[RULE]',
    summary: 'The policy pack in force: its version, digest, signer and rules; or one rule.',
    options: { table: { help: 'what may leave: each label at each sink' } },
    examples: ['ccos policy show', 'ccos policy show --table', 'ccos policy show const.agent.raw'],
    run: (call) => (call.options.flag('table') ? showTable(call) : show(call)),
  },
];

async function show(call: Call): Promise<undefined> {
  const pack = (await withAdmin(call, (admin) => admin.get('/policy'))) as PolicyPack;
  const [wanted] = call.args;
  await (wanted === undefined ? showPack(call, pack) : showRule(call, pack, wanted));
}

async function showPack({ out }: Call, pack: PolicyPack): Promise<void> {
  await out.result(pack, () => {
    const head = page([
      ['version', pack.version],
      ['sha256', pack.sha256],
      ['signer', pack.signer],
      ['files', pack.files.map(({ name }) => name).join(', ')],
    ]);
    const rules = out.table(
      [{ title: 'RULE', kept: true }, { title: 'EFFECT' }, { title: 'WHAT IT SAYS' }],
      pack.rules.map(({ id, effect, title }) => [id, effect, title]),
    );
    return `${head}\n\n${rules}`;
  });
}

async function showRule({ out }: Call, pack: PolicyPack, wanted: string): Promise<void> {
  const rule = pack.rules.find(({ id }) => id === wanted);
  if (rule === undefined)
    throw new ExplainedError(
      new CcosError('not_found', { what: 'rule' }),
      'there is no such rule',
      'see them all: ccos policy show',
    );
  await out.result({ rule }, () => {
    const { id, effect, title, approval, file, text } = rule;
    const facts = page([
      ['rule', id],
      ['effect', effect],
      ['says', title],
      ['approval', approval],
      ['file', file],
    ]);
    return `${facts}\n\n${escapeText(text)}`;
  });
}

async function showTable(call: Call): Promise<undefined> {
  const { cells } = (await withAdmin(call, (admin) => admin.get('/policy/table'))) as {
    readonly cells: readonly PolicyCell[];
  };
  await call.out.result({ cells }, () => {
    const labels = [...new Set(cells.map(({ label }) => label))];
    const sinks = [...new Set(cells.map(({ sink }) => sink))];
    const at = (sink: string, label: string): readonly PolicyCell[] =>
      cells.filter((cell) => cell.sink === sink && cell.label === label);
    const grid = call.out.table(
      [{ title: 'SINK', kept: true }, ...labels.map((title) => ({ title }))],
      sinks.map((sink) => [sink, ...labels.map((label) => cellWord(at(sink, label)))]),
    );
    return `${grid}\n\napproval: only by an approval   grant: only by a grant of the capability   rules and reasons: --json`;
  });
}

/** Without and with an approval, in one word. */
function cellWord(cells: readonly PolicyCell[]): string {
  const [without, by] = [false, true].map(
    (approved) => cells.find((cell) => cell.approved === approved)?.decision,
  );
  if (without === by) return by ?? '-';
  return without === 'needs-approval' ? 'approval' : 'grant';
}
