import type { Approval, Change } from './answers.ts';
import { escapeLine } from './escape.ts';
import { leaves, optionalTime, page } from './page.ts';
import { localTime } from './time.ts';

/** Everything that a decision is made on; its digest covers what is shown. */
export function approvalPage(approval: Approval): string {
  const { id, kind, subject, status, digest, summary, changes } = approval;
  const facts = page([
    ['approval', id],
    ['kind', kind],
    ['subject', subject],
    ['status', status],
    ['asked', localTime(approval.requested)],
    ['expires', localTime(approval.expires)],
    ['decided', optionalTime(approval.decided)],
    ['digest', digest],
  ]);
  const lines = changes.length === 0 ? ['  nothing'] : changes.map(changeLine);
  const asked = page(leaves(approval.request));
  return [
    escapeLine(summary),
    '',
    facts,
    '',
    'What it changes',
    ...lines,
    ...(asked === '' ? [] : ['', 'What is asked for', asked]),
  ].join('\n');
}

/** How a pending approval is answered. */
export function howToDecide({ id, status }: Approval): string {
  return status === 'pending'
    ? `ccos approvals approve ${escapeLine(id)}   or   ccos approvals deny ${escapeLine(id)}`
    : `it is ${escapeLine(status)}: there is nothing to decide`;
}

function changeLine({ effect, what, value }: Change): string {
  const shown =
    value === undefined ? '' : `: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
  return `  ${escapeLine(effect).padEnd(8)}${escapeLine(what + shown)}`;
}
