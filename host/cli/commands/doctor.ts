import type { ContractCoverage, SentenceState } from '../../core/contract.ts';
import { withAdmin } from '../admin.ts';
import type { Finding } from '../answers.ts';
import type { Call, Command } from '../command.ts';
import { escapeLine } from '../escape.ts';
import type { Output } from '../output.ts';

export const DOCTOR: readonly Command[] = [
  {
    words: ['doctor'],
    args: '',
    summary: 'A security audit of this home. Exit code 1 where a finding is critical.',
    options: {
      contract: { help: 'what ccos promises, and whether its tests see it hold; needs no home' },
    },
    examples: ['ccos doctor', 'ccos doctor --json', 'ccos doctor --contract'],
    run: (call) => (call.options.flag('contract') ? contract(call) : doctor(call)),
  },
];

/** Red, yellow, none, green (ECMA-48). */
const COLOURS = { critical: 31, warning: 33, info: 0, ok: 32 } as const;

async function doctor(call: Call): Promise<number> {
  const { findings } = await withAdmin(
    call,
    (admin) => admin.get('/doctor') as Promise<{ readonly findings: readonly Finding[] }>,
  );
  await call.out.result({ findings }, () =>
    findings.map((finding) => paragraph(finding, call.out)).join('\n'),
  );
  return findings.some(({ severity }) => severity === 'critical') ? 1 : 0;
}

const STATE_WORDS: Readonly<Record<SentenceState, string>> = {
  proven: 'proven',
  failed: 'FAILED',
  not_run: 'not run',
};

/** Exit code 1 unless every sentence is proven by tests of this very build. */
async function contract({ application, out }: Call): Promise<number> {
  const { sentences, results } = await application.offline.contract();
  const proven = sentences.filter(({ state }) => state === 'proven').length;
  const share = sentences.length === 0 ? 0 : Math.floor((100 * proven) / sentences.length);
  const document = { proven, of: sentences.length, percent: share, results, sentences };
  await out.result(document, () => {
    const table = out.table(
      [
        { title: 'ID', kept: true },
        { title: 'STATE', kept: true },
        { title: 'TESTS', right: true },
        { title: 'SENTENCE' },
      ],
      sentences.map(({ id, state, tests, text }) => [id, STATE_WORDS[state], String(tests), text]),
    );
    const sum = `${String(proven)} of ${String(sentences.length)} sentences proven (${String(share)} %)`;
    return `${table}\n\n${sum}\n${escapeLine(testedWhat(results))}`;
  });
  return proven === sentences.length && results?.same_build === true ? 0 : 1;
}

function testedWhat(results: ContractCoverage['results']): string {
  if (results === null)
    return 'there are no test results here: in a checkout, npm test writes them';
  const where = `by the tests of commit ${results.commit}`;
  return results.same_build ? where : `${where}, and what runs here was built since: npm test`;
}

function paragraph({ check, severity, message, mend }: Finding, out: Output): string {
  const word = out.paint(COLOURS[severity], escapeLine(severity).padEnd(8));
  const head = `${word}  ${escapeLine(check)}: ${escapeLine(message)}`;
  return severity === 'ok' || mend === '' ? head : `${head}\n          mend: ${escapeLine(mend)}`;
}
