import type { HostFunctionName } from '../core/abi.ts';
import { HOST_ERROR } from '../core/abi.ts';
import type { HostCallRecord } from '../kernel/calls.ts';
import type { World } from '../core/world.ts';
import { childNew } from './child-new.ts';
import { childWrite } from './child-write.ts';
import { fail } from './fail.ts';
import { outWrite } from './out-write.ts';
import { progress } from './progress.ts';
import { qRead } from './q-read.ts';
import { qStat } from './q-stat.ts';
import { refuse } from './scope.ts';
import type { CallScope, HostCallAnswer, HostCallInput, HostFunction } from './scope.ts';

/** Every power there is. A function that is not here is answered `denied`. */
export const HOST_FUNCTION_LIST: Partial<Record<HostFunctionName, HostFunction>> = {
  q_stat: qStat,
  q_read: qRead,
  out_write: outWrite,
  child_new: childNew,
  child_write: childWrite,
  fail,
  progress,
};

const OUTCOMES = new Map<bigint, string>(
  Object.entries(HOST_ERROR).map(([name, code]) => [BigInt(code), name]),
);

/** The record of a call that the sandbox refused before it reached us: a pointer outside of memory. */
export function recordRefused(name: HostFunctionName, result: number): HostCallRecord {
  return { function: name, bytes: 0, outcome: OUTCOMES.get(BigInt(result)) ?? 'denied', micros: 0 };
}

/** Answers one host call and makes its record (INV-CALL-2): there is no other way to a power. */
export function answerHostCall(
  scope: CallScope,
  call: HostCallInput & { readonly name: HostFunctionName },
  world: World,
): { readonly answer: HostCallAnswer; readonly record: HostCallRecord } {
  const started = world.monotonic();
  const answer = (HOST_FUNCTION_LIST[call.name] ?? (() => refuse('denied')))(scope, call);
  const micros = Math.round((world.monotonic() - started) * 1000);
  return { answer, record: recordOf(scope, { name: call.name, answer, micros, call }) };
}

function recordOf(
  scope: CallScope,
  done: {
    readonly name: HostFunctionName;
    readonly answer: HostCallAnswer;
    readonly call: HostCallInput;
    readonly micros: number;
  },
): HostCallRecord {
  const { name, answer, micros, call } = done;
  const { handle } = answer.record ?? {};
  const opened = handle === undefined ? undefined : scope.handles[handle];
  const moved = answer.bytes?.length ?? (answer.result < 0n ? 0 : (call.bytes?.length ?? 0));
  return {
    function: name,
    ...answer.record,
    ...(opened !== undefined && {
      ref: opened.ref,
      decision: opened.decision,
      rule: opened.rule,
    }),
    bytes: moved,
    outcome: OUTCOMES.get(answer.result) ?? 'ok',
    micros,
  };
}
