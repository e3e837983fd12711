import { withAdmin } from '../admin.ts';
import type { PolicyProblem } from '../answers.ts';
import type { Call, Command } from '../command.ts';
import { escapeLine } from '../escape.ts';
import { givenPolicy } from '../policy-given.ts';

export const POLICY_FILES: readonly Command[] = [
  {
    words: ['policy', 'lint'],
    args: '[FILE…]',
    summary:
      'What is wrong with a policy pack: the one in force, a folder, or files in the place of its own. Exit code 1 where something is.',
    examples: ['ccos policy lint', 'ccos policy lint local.cedar', 'ccos policy lint policies/'],
    run: lint,
  },
];

async function lint(call: Call): Promise<number> {
  const given = await givenPolicy(call);
  const { problems } = (await withAdmin(call, (admin) => admin.post('/policy/lint', given))) as {
    readonly problems: readonly PolicyProblem[];
  };
  await call.out.result({ problems }, () =>
    problems.length === 0 ? 'nothing is wrong' : problems.map(paragraph).join('\n'),
  );
  return problems.length === 0 ? 0 : 1;
}

function paragraph({ code, file, rule, detail, mend }: PolicyProblem): string {
  const place = [file, rule].filter((part) => part !== undefined).join(' ');
  return [
    `${code}${place === '' ? '' : `  ${place}`}${detail === undefined ? '' : `: ${detail}`}`,
    `  mend: ${mend}`,
  ]
    .map(escapeLine)
    .join('\n');
}
