import type { HostFunctionName } from '../core/abi.ts';
import { HOST_ERROR } from '../core/abi.ts';
import type { HostCallRecord } from '../kernel/calls.ts';
import type { World } from '../core/world.ts';
import { childNew } from './child-new.ts';
import { childWrite } from './child-write.ts';
import { fail } from './fail.ts';
import { fsWrite } from './fs-write.ts';
import { httpRead } from './http-read.ts';
import { httpRequest } from './http-request.ts';
import { outWrite } from './out-write.ts';
import { progress } from './progress.ts';
import { qRead } from './q-read.ts';
import { qStat } from './q-stat.ts';
import { refuse } from './scope.ts';
import type {
  CallScope,
  EffectFunction,
  HostCallAnswer,
  HostCallInput,
  HostFunction,
} from './scope.ts';

/** Every power there is. A function that is not here is answered `denied`. */
export const HOST_FUNCTION_LIST: Partial<Record<HostFunctionName, HostFunction>> = {
  q_stat: qStat,
  q_read: qRead,
  out_write: outWrite,
  child_new: childNew,
  child_write: childWrite,
  fail,
  progress,
  http_read: httpRead,
};

/** The powers with an effect outside. */
export const EFFECT_FUNCTION_LIST: Partial<Record<HostFunctionName, EffectFunction>> = {
  http_request: httpRequest,
  fs_write: fsWrite,
};

const OUTCOMES = new Map<bigint, string>(
  Object.entries(HOST_ERROR).map(([name, code]) => [BigInt(code), name]),
);

/** The record of a call that the sandbox refused before it reached us: a pointer outside of memory. */
export function recordRefused(name: HostFunctionName, result: number): HostCallRecord {
  return { function: name, bytes: 0, outcome: OUTCOMES.get(BigInt(result)) ?? 'denied', micros: 0 };
}

interface Answered {
  readonly answer: HostCallAnswer;
  readonly record: HostCallRecord;
}

/**
 * Answers one host call and makes its record (INV-CALL-2): there is no other way to a power. Only what
 * has an effect outside is waited for.
 */
export function answerHostCall(
  scope: CallScope,
  call: HostCallInput & { readonly name: HostFunctionName },
  world: World,
): Answered | Promise<Answered> {
  const started = world.monotonic();
  const { name } = call;
  const answered = (answer: HostCallAnswer): Answered => {
    const micros = Math.round((world.monotonic() - started) * 1000);
    return { answer, record: recordOf(scope, { name, answer, micros, call }) };
  };
  const effect = EFFECT_FUNCTION_LIST[name];
  if (effect !== undefined) return effect(scope, call).then(answered);
  return answered((HOST_FUNCTION_LIST[name] ?? (() => refuse('denied')))(scope, call));
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
