import { CcosError } from '../../core/error.ts';
import { withAdmin } from '../admin.ts';
import type { DryRun } from '../answers.ts';
import type { Call, Command } from '../command.ts';
import { escapeLine } from '../escape.ts';
import { UsageError } from '../failure.ts';
import type { Output } from '../output.ts';
import { readLocalText } from '../read-file.ts';

const USAGE = 'ccos policy eval --labels LABELS --sink SINK, or --question FILE';

export const POLICY_EVAL: readonly Command[] = [
  {
    words: ['policy', 'eval'],
    args: '',
    summary:
      'A dry run of one decision, explained. Exit code 3 where it is denied, 4 where an approval would allow it.',
    options: {
      labels: { help: 'what the value holds; public for nothing personal', value: 'A,B' },
      unlabelled: { help: 'the value has no label' },
      sink: { help: 'where it would leave to, such as http.public', value: 'SINK' },
      approved: { help: 'as if an approval for this sink were live' },
      granted: { help: 'as if a grant released it to the agent' },
      local: { help: 'as if it were text of a local file that the operator named' },
      question: { help: 'any question to the gate, as JSON', value: 'FILE' },
      example: { help: 'print a question of this action to start from', value: 'ACTION' },
    },
    examples: [
      'ccos policy eval --labels pii.redacted --sink http.public',
      'ccos policy eval --example accessBlob --json > question.json',
      'ccos policy eval --question question.json',
    ],
    run: (call) => (call.options.text('example') === undefined ? evaluate(call) : example(call)),
  },
];

const EXITS = { allow: 0, deny: 3, 'needs-approval': 4 } as const;

async function evaluate(call: Call): Promise<number> {
  const [path, asked] = await question(call);
  const run = (await withAdmin(call, (admin) => admin.post(path, asked))) as DryRun;
  await call.out.result(run, () => pageOf(run, call.out));
  return EXITS[run.decision];
}

async function example(call: Call): Promise<undefined> {
  const action = call.options.text('example') ?? '';
  const { examples } = (await withAdmin(call, (admin) => admin.get('/policy/examples'))) as {
    readonly examples: Readonly<Record<string, unknown>>;
  };
  if (!Object.hasOwn(examples, action))
    throw new UsageError('there is no such action', `one of: ${Object.keys(examples).join(' ')}`);
  await call.out.document(examples[action]);
}

async function question({ options, io }: Call): Promise<readonly [path: string, asked: unknown]> {
  const file = options.text('question');
  if (file !== undefined) return ['/policy/eval', parse(await readLocalText(file, io.cwd))];
  const sink = options.text('sink');
  if (sink === undefined) throw new UsageError('--sink is missing', `usage: ${USAGE}`);
  const asked = {
    sink,
    labels: labels(options.text('labels'), options.flag('unlabelled')),
    approved: options.flag('approved'),
    granted: options.flag('granted'),
    local_document: options.flag('local'),
  };
  return ['/policy/eval/release', asked];
}

function labels(given: string | undefined, unlabelled: boolean): readonly string[] | null {
  if ((given === undefined) !== unlabelled)
    throw new UsageError('either --labels or --unlabelled', `usage: ${USAGE}`);
  return given === undefined ? null : given.split(',').map((label) => label.trim());
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CcosError('invalid_input', { field: 'question', why: 'json' });
  }
}

/** Green, red, yellow (ECMA-48). */
const COLOURS = { allow: 32, deny: 31, 'needs-approval': 33 } as const;

function pageOf(run: DryRun, out: Output): string {
  const { decision, rules, reason, approval_kind: kind, unmet = [], facts, policy } = run;
  const turned = facts.map(
    ({ fact, value, instead, decision: other }) =>
      `  ${fact}: ${value}; with ${instead} it would be ${other}`,
  );
  return [
    `${out.paint(COLOURS[decision], decision)}  ${escapeLine(rules.join(' '))}`,
    ...[
      reason,
      ...(kind === undefined ? [] : [`an approval of kind ${kind} would allow it`]),
      ...(unmet.length === 0 ? [] : ['', 'Not met', ...unmet.map((line) => `  ${line}`)]),
      ...(turned.length === 0 ? [] : ['', 'What it hangs on', ...turned]),
      '',
      `pack ${policy.version}, sha256:${policy.sha256}`,
    ].map(escapeLine),
  ].join('\n');
}
