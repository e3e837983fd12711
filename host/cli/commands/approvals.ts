import { CcosError } from '../../core/error.ts';
import { segment, withAdmin } from '../admin.ts';
import type { Admin } from '../admin.ts';
import type { Approval } from '../answers.ts';
import { approvalPage, howToDecide, wholePage } from '../approval-page.ts';
import type { Call, Command } from '../command.ts';
import { escapeLine } from '../escape.ts';
import { UsageError } from '../failure.ts';
import { NARROWING_OPTIONS, narrowingOf } from '../narrowing.ts';
import { canAsk, confirm } from '../prompt.ts';
import { approve } from '../settle.ts';
import { localTime } from '../time.ts';

/** As of `approval_required`: something still waits. */
const EXIT_PENDING = 4;
const EXAMPLE = 'ap_0123456789abcdef0123456789abcdef';

export const APPROVALS: readonly Command[] = [
  {
    words: ['approvals', 'list'],
    args: '',
    summary: 'What waits for a decision.',
    options: { all: { help: 'decided and expired ones too' } },
    examples: ['ccos approvals list', 'ccos approvals list --all --json'],
    run: listApprovals,
  },
  {
    words: ['approvals', 'show'],
    args: 'ID',
    summary: 'What one approval would change, and how to decide.',
    options: { full: { help: 'with every fact that its digest covers' } },
    examples: [`ccos approvals show ${EXAMPLE}`, `ccos approvals show ${EXAMPLE} --full`],
    run: show,
  },
  {
    words: ['approvals', 'approve'],
    args: 'ID',
    summary: 'Shows the approval, asks, and approves exactly what was shown.',
    options: { yes: { help: 'do not ask', short: 'y' }, ...NARROWING_OPTIONS },
    examples: [
      `ccos approvals approve ${EXAMPLE}`,
      `ccos approvals approve ${EXAMPLE} --expires 12h --max-uses 1`,
      `ccos approvals approve ${EXAMPLE} --scope '{"max_bytes": 1000}'`,
    ],
    run: approveOne,
  },
  {
    words: ['approvals', 'deny'],
    args: 'ID',
    summary: 'Denies an approval.',
    examples: [`ccos approvals deny ${EXAMPLE}`],
    run: deny,
  },
  {
    words: ['approvals', 'revoke'],
    args: 'ID',
    summary: 'Takes back what was approved, at once, with what came of it.',
    examples: [`ccos approvals revoke ${EXAMPLE}`],
    run: revoke,
  },
];

async function listApprovals(call: Call): Promise<undefined> {
  const status = call.options.flag('all') ? 'all' : 'pending';
  const { approvals } = (await withAdmin(call, (admin) => admin.get('/approvals', { status }))) as {
    readonly approvals: readonly Approval[];
  };
  await call.out.result({ approvals }, () =>
    call.out.table(
      [
        { title: 'ID', kept: true },
        { title: 'STATUS' },
        { title: 'KIND' },
        { title: 'SUBJECT' },
        { title: 'EXPIRES' },
      ],
      approvals.map((approval) => [
        approval.id,
        approval.status,
        approval.kind,
        approval.subject,
        localTime(approval.expires),
      ]),
      status === 'pending' ? 'nothing waits for a decision' : 'nothing was asked for yet',
    ),
  );
}

async function show(call: Call): Promise<undefined> {
  const approval = await withAdmin(call, (admin) => fetchOne(admin, call));
  await call.out.result({ approval }, () => {
    const shown = call.options.flag('full')
      ? wholePage(approval)
      : `${approvalPage(approval)}\n\nevery fact of it: ccos approvals show ${escapeLine(approval.id)} --full`;
    return `${shown}\n${howToDecide(approval)}`;
  });
}

async function approveOne(call: Call): Promise<number> {
  const { options, out, io } = call;
  const ask = !options.flag('yes');
  const narrowing = narrowingOf(options);
  if (ask && (out.style.json || !canAsk(io)))
    throw new UsageError('there is no terminal to ask at', 'look at it first, then add --yes');
  return withAdmin(call, async (admin) => {
    const shown = await fetchOne(admin, call);
    if (shown.status !== 'pending') throw new CcosError('conflict', { status: shown.status });
    if (ask || !(out.style.quiet || out.style.json)) await out.show(`${wholePage(shown)}\n`);
    if (ask && !(await confirm(io, 'Approve?'))) {
      await out.note('nothing was approved');
      return 1;
    }
    const approval = await approve(admin, shown, { by: 'operator', ...narrowing });
    if (approval.status === 'approved') {
      await out.done({ approval }, `approved ${approval.id}`);
      return 0;
    }
    await out.done({ approval }, `${approval.id} takes a second person`);
    return EXIT_PENDING;
  });
}

async function deny(call: Call): Promise<undefined> {
  const [id = ''] = call.args;
  const { approval } = (await withAdmin(call, (admin) =>
    admin.post(`/approvals/${segment(id)}/deny`),
  )) as { readonly approval: Approval };
  await call.out.done({ approval }, `denied ${approval.id}`);
}

async function revoke(call: Call): Promise<undefined> {
  const [id = ''] = call.args;
  const { approval } = (await withAdmin(call, (admin) =>
    admin.post(`/approvals/${segment(id)}/revoke`),
  )) as { readonly approval: Approval };
  await call.out.done({ approval }, `revoked ${approval.id}`);
}

async function fetchOne(admin: Admin, { args: [id = ''] }: Call): Promise<Approval> {
  const answer = await admin.get(`/approvals/${segment(id)}`);
  return (answer as { readonly approval: Approval }).approval;
}
