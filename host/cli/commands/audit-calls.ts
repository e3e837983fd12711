import { withAdmin } from '../admin.ts';
import type { HostCall, PluginCall } from '../answers.ts';
import type { Call, Command } from '../command.ts';
import { escapeLine } from '../escape.ts';
import type { Output } from '../output.ts';
import { localTime } from '../time.ts';
import { countOf } from './audit-rows.ts';

export const CALLS: readonly Command[] = [
  {
    words: ['audit', 'calls'],
    args: '[CALL_ID]',
    summary: 'What plugins asked of the host: which function, which ref, bytes, decision, time.',
    options: { limit: { help: 'how many calls at most', value: 'N' } },
    examples: ['ccos audit calls', 'ccos audit calls call_0123456789abcdef0123456789abcdef'],
    run: listCalls,
  },
];

async function listCalls(call: Call): Promise<undefined> {
  const [id] = call.args;
  const query = { call: id, limit: countOf(call.options.text('limit')) };
  const { calls } = (await withAdmin(call, (admin) => admin.get('/audit/calls', query))) as {
    readonly calls: readonly PluginCall[];
  };
  await call.out.result({ calls }, () =>
    calls.length === 0
      ? 'no plugin was called'
      : calls.map((one) => callTable(call.out, one)).join('\n\n'),
  );
}

function callTable(out: Output, call: PluginCall): string {
  const { call_id: id, capability, version, code_sha256: code, at, outcome } = call;
  const duration = call.duration_ms === null ? '' : `${String(call.duration_ms)} ms  `;
  const head = [
    `${id}  ${capability} ${version}  ${outcome}  ${duration}${localTime(at)}`,
    `module sha256:${code}`,
  ];
  return [...head.map(escapeLine), hostCalls(out, call.host_calls)].join('\n');
}

function hostCalls(out: Output, calls: readonly HostCall[]): string {
  return out.table(
    [
      { title: 'SEQ', kept: true, right: true },
      { title: 'FUNCTION', kept: true },
      { title: 'REF', kept: true },
      { title: 'OFFSET', right: true },
      { title: 'LENGTH', right: true },
      { title: 'BYTES', right: true },
      { title: 'OUTCOME' },
      { title: 'DECISION' },
      { title: 'RULE' },
      { title: 'µs', right: true },
    ],
    calls.map((host) => [
      String(host.seq),
      host.function,
      host.ref ?? '-',
      number(host.offset),
      number(host.length),
      String(host.bytes),
      host.outcome,
      host.decision ?? '-',
      host.rule ?? '-',
      String(Math.round(host.micros)),
    ]),
  );
}

function number(value: number | null | undefined): string {
  return value === undefined || value === null ? '-' : String(value);
}
