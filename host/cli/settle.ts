import { CcosError } from '../core/error.ts';
import type { JsonObject } from '../core/json.ts';
import { segment } from './admin.ts';
import type { Admin } from './admin.ts';
import type { Approval } from './answers.ts';
import { wholePage } from './approval-page.ts';
import type { Call } from './command.ts';
import { escapeLine } from './escape.ts';
import { report } from './failure.ts';
import { canAsk, confirm } from './prompt.ts';

type Answerer = 'operator' | 'flag:approve';

/** What is left of a request, as the route takes it. */
export interface Narrowing {
  readonly scope?: JsonObject;
  /** Seconds. */
  readonly expires_in?: number;
  readonly max_uses?: number;
}

/** Decides for what was shown: the digest goes along, and another one is refused by the gateway. */
export async function approve(
  admin: Admin,
  { id, digest }: Approval,
  said: { readonly by: Answerer } & Narrowing,
): Promise<Approval> {
  const answer = await admin.post(`/approvals/${segment(id)}/approve`, { digest, ...said });
  return (answer as { readonly approval: Approval }).approval;
}

/**
 * Shows each approval that an operation waits for and has it answered: by the operator at the terminal,
 * or by `--approve`, which never adds a publisher. Returns them as they are then.
 */
export async function settle(
  call: Call,
  admin: Admin,
  approvals: readonly Approval[],
): Promise<readonly Approval[]> {
  const settled: Approval[] = [];
  for (const approval of approvals) settled.push(await settleOne(call, admin, approval));
  return settled;
}

async function settleOne(call: Call, admin: Admin, approval: Approval): Promise<Approval> {
  if (approval.status !== 'pending') return approval;
  const { io, out } = call;
  const by = answerer(call, approval);
  const silent = out.style.quiet || out.style.json;
  if (by === 'operator' || !silent) await out.show(`${wholePage(approval)}\n`);
  if (by === undefined) return approval;
  if (by === 'operator' && !(await confirm(io, 'Approve?'))) return approval;
  return approve(admin, approval, { by });
}

function answerer({ io, out, options }: Call, { kind }: Approval): Answerer | undefined {
  if (options.flag('approve') && kind !== 'publisher.trust') return 'flag:approve';
  return !out.style.json && canAsk(io) ? 'operator' : undefined;
}

/**
 * Prints the result of an operation with its approvals. Those that still wait make it exit 4, with the
 * commands that answer them.
 */
export async function finish(
  { out }: Call,
  result: { readonly document: object; readonly sentence: string },
  approvals: readonly Approval[],
): Promise<number> {
  const waiting = approvals.filter(({ status }) => status !== 'approved');
  const [first] = waiting;
  const document = { ...result.document, approvals };
  if (first === undefined) {
    await out.done(document, result.sentence);
    return 0;
  }
  const failure = new CcosError('approval_required', {}, { approval_id: first.id });
  const found = report(failure);
  if (out.style.json) {
    await out.document({ ...document, error: found.body });
    return found.exit;
  }
  await out.done(document, result.sentence);
  const [what = ''] = found.lines;
  const next = waiting.map(({ id }) =>
    escapeLine(`      ccos approvals show ${id}, then ccos approvals approve ${id}`),
  );
  await out.failLines({ ...found, lines: [what, ...next] });
  return found.exit;
}
