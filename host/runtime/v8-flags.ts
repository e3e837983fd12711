import { setFlagsFromString } from 'node:v8';
import { RUNTIME } from './runtime.ts';

/**
 * Cedar is the only WebAssembly of this process, and most of its first second is V8 optimising it. A
 * command that asks five questions wants the quick compiler only; a gateway wants the good one too, on
 * one thread, so that its start is not spent on it.
 */
export function tuneForCommand(): void {
  if (RUNTIME === 'node') setFlagsFromString('--liftoff-only');
}

export function tuneForGateway(): void {
  if (RUNTIME === 'node') setFlagsFromString('--wasm-num-compilation-tasks=1');
}
