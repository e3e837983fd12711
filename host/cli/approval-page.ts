import type { Approval, Change } from './answers.ts';
import { escapeLine } from './escape.ts';
import { leaves, optionalTime, page } from './page.ts';
import { localTime } from './time.ts';

/**
 * What a decision is about: what it lets happen, until when, and the digest of everything that is asked
 * for, of which {@link wholePage} shows the rest.
 */
export function approvalPage(approval: Approval): string {
  const { id, kind, subject, status, digest, summary, changes } = approval;
  const lines = changes.length === 0 ? ['  nothing'] : changes.map(changeLine);
  return [
    escapeLine(summary),
    page([
      ['approval', `${id}, ${status}`],
      ['about', `${kind}: ${subject}`],
      ['asked', `${localTime(approval.requested)}, until ${localTime(approval.expires)}`],
      ['decided', optionalTime(approval.decided)],
      ['digest', digest],
    ]),
    '',
    'What it changes',
    ...lines,
  ].join('\n');
}

/** Everything that the digest covers; what matters comes last, for it is read above the question. */
export function wholePage(approval: Approval): string {
  const facts = page(leaves(approval.request));
  const details = facts === '' ? [] : ['What exactly is asked for', facts, ''];
  return [...details, approvalPage(approval)].join('\n');
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
