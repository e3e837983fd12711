import { withAdmin } from '../admin.ts';
import type { Status } from '../answers.ts';
import type { Call, Command } from '../command.ts';
import { list, page } from '../page.ts';
import { localTime } from '../time.ts';

export const STATUS: readonly Command[] = [
  {
    words: ['status'],
    args: '',
    summary: 'The state of every part of the gateway.',
    examples: ['ccos status', 'ccos status --json'],
    run: status,
  },
];

async function status(call: Call): Promise<undefined> {
  const state = await withAdmin(call, async (admin, { url }) => ({
    ...(url !== undefined && { url }),
    ...((await admin.get('/status')) as Status),
  }));
  await call.out.result(state, () => statusPage(state));
}

function statusPage(state: Status): string {
  const { mode, url, chain, quarantine, sandbox, capabilities } = state;
  return page([
    ['ccos', `${state.version} on ${state.runtime.name} ${state.runtime.version}`],
    [
      'gateway',
      mode === 'gateway'
        ? `runs at ${url ?? '?'}, pid ${String(state.pid)}`
        : 'does not run: ccos up',
    ],
    ['home', `${state.home} (${state.home_id})`],
    ['started', mode === 'gateway' ? startedLine(state) : undefined],
    ['policy', `${state.policy.version} sha256:${state.policy.sha256}`],
    ['chain', chainLine(chain)],
    ['quarantine', `${String(quarantine.blobs)} blobs, ${String(quarantine.bytes)} bytes`],
    ['sandbox', sandboxLine(sandbox)],
    ['bundles', state.bundles],
    [
      'capabilities',
      `${String(capabilities.enabled)} enabled, ${String(capabilities.disabled)} disabled`,
    ],
    ['approvals', `${String(state.approvals.pending)} pending`],
    ['walls', list(state.walls)],
  ]);
}

function startedLine({ started, uptime_seconds: seconds }: Status): string {
  return `${localTime(started)}, ${String(Math.floor(seconds))} s ago`;
}

function chainLine({ rows, checkpointed }: Status['chain']): string {
  const line = `${String(rows)} rows`;
  return checkpointed === undefined ? line : `${line}, checkpoint at ${String(checkpointed)}`;
}

function sandboxLine({ processes, busy, calls, kills }: Status['sandbox']): string {
  return [
    `${String(processes)} processes (${String(busy)} busy)`,
    `${String(calls)} calls`,
    ...(kills === undefined ? [] : [`${String(kills)} killed`]),
  ].join(', ');
}
