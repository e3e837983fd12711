import { setFlagsFromString } from 'node:v8';
import { RUNTIME } from './runtime.ts';

/**
 * Cedar is the only WebAssembly of this process, and most of its first second is V8 optimising it. A
 * command that asks five questions wants the quick compiler only; a gateway wants the good one too, on
 * one thread, so that its start is not spent on it.
 */
export function tuneForCommand(): void {
  if (RUNTIME !== 'node') return;
  setFlagsFromString('--liftoff-only');
  keepCallsIntoCedar();
}

export function tuneForGateway(): void {
  if (RUNTIME !== 'node') return;
  setFlagsFromString('--wasm-num-compilation-tasks=1');
  keepCallsIntoCedar();
}

/**
 * V8 11.3 ends the process ("unreachable code" in its deoptimiser) when it has inlined a call from
 * JavaScript into WebAssembly and takes that back while the call runs: after some 2000 decisions. Node
 * 22, 24 and 26 do not.
 */
function keepCallsIntoCedar(): void {
  if (process.versions.v8.startsWith('11.')) setFlagsFromString('--no-turbo-inline-js-wasm-calls');
}
