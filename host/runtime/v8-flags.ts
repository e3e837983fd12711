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
  keepCallsOutOfLine();
}

export function tuneForGateway(): void {
  if (RUNTIME !== 'node') return;
  setFlagsFromString('--wasm-num-compilation-tasks=1');
  keepCallsOutOfLine();
}

/**
 * V8 11.3 (Node 20) ends a gateway after some 400 calls: "unreachable code" in its deoptimiser, where it
 * takes back an inlined call from JavaScript into WebAssembly. Without that inlining it does not.
 */
function keepCallsOutOfLine(): void {
  if (process.versions.v8.startsWith('11.')) setFlagsFromString('--no-turbo-inline-js-wasm-calls');
}
