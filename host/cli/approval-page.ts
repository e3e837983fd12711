import type { Approval, Change } from './answers.ts';
import { escapeLine } from './escape.ts';
import { leaves, optionalTime, page } from './page.ts';
import { localTime } from './time.ts';

/**
 * What a decision is about: what it lets happen, until when, and the digest of everything that is asked
 * for, of which {@link wholePage} shows the rest.
 */
export function approvalPage(approval: Approval): string {
  const { id, kind, subject, status, digest, summary, changes, risk, seconded } = approval;
  const lines = changes.length === 0 ? ['  nothing'] : changes.map(changeLine);
  return [
    escapeLine(summary),
    page([
      ['approval', `${id}, ${status}`],
      ['about', `${kind}: ${subject}`],
      ['asked', `${localTime(approval.requested)}, until ${localTime(approval.expires)}`],
      ['asked by', approval.requester],
      ['approved', seconded === true ? 'by one person of the two that it takes' : undefined],
      ['decided', optionalTime(approval.decided)],
      ['used', spentWords(approval)],
      ['digest', digest],
    ]),
    '',
    'What it changes',
    ...lines,
    '',
    `What it means (${escapeLine(risk.level)} risk)`,
    ...risk.words.map((words) => `  ${escapeLine(words)}`),
  ].join('\n');
}

/** Everything that the digest covers; what matters comes last, for it is read above the question. */
export function wholePage(approval: Approval): string {
  const facts = page(leaves(approval.request));
  const details = facts === '' ? [] : ['What exactly is asked for', facts, ''];
  const granted = approval.granted === undefined ? '' : page(leaves(approval.granted));
  const narrowed = granted === '' ? [] : ['What was granted of it', granted, ''];
  return [...details, ...narrowed, approvalPage(approval)].join('\n');
}

/** How a pending approval is answered, and one that was given is taken back. */
export function howToDecide({ id, status }: Approval): string {
  if (status === 'approved') return `ccos approvals revoke ${escapeLine(id)}`;
  return status === 'pending'
    ? `ccos approvals approve ${escapeLine(id)}   or   ccos approvals deny ${escapeLine(id)}`
    : `it is ${escapeLine(status)}: there is nothing to decide`;
}

/** Of a kind whose uses are counted: how much of it has gone. */
function spentWords({ spent, request, granted }: Approval): string | undefined {
  const { max_uses: uses, max_bytes: bytes } = granted ?? request;
  if (spent === undefined || typeof uses !== 'number') return undefined;
  const times = `${String(spent.uses)} of ${String(uses)} times`;
  return typeof bytes === 'number'
    ? `${times}, ${String(spent.bytes)} of ${String(bytes)} bytes`
    : times;
}

function changeLine({ effect, what, value }: Change): string {
  const shown =
    value === undefined ? '' : `: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
  return `  ${escapeLine(effect).padEnd(8)}${escapeLine(what + shown)}`;
}
