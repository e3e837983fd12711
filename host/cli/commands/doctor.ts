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
    examples: ['ccos doctor', 'ccos doctor --json'],
    run: doctor,
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

function paragraph({ check, severity, message, mend }: Finding, out: Output): string {
  const word = out.paint(COLOURS[severity], escapeLine(severity).padEnd(8));
  const head = `${word}  ${escapeLine(check)}: ${escapeLine(message)}`;
  return severity === 'ok' || mend === '' ? head : `${head}\n          mend: ${escapeLine(mend)}`;
}
