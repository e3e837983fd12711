import { onTestFinished } from 'vitest';
import { SANDBOX_PROCESS } from '../../host/runtime/paths.ts';
import { silentLog } from '../../host/runtime/silent-log.ts';
import { world } from '../../host/runtime/world.ts';
import { createSandbox } from '../../host/sandbox/index.ts';
import type { CallOutcome, CallRequest, Sandbox } from '../../host/sandbox/index.ts';
import { moduleOf } from '../sandbox/plugins.ts';

export function bareSandbox(): Sandbox {
  const sandbox = createSandbox({
    processFile: SANDBOX_PROCESS,
    runtime: 'node',
    processes: 1,
    idleMs: 60_000,
    maxMemoryPages: 1024,
    log: silentLog,
    world,
  });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/**
 * Runs a module past verification, gate and approval: to see that an attack which they stop is one.
 * `text` is all that it has written.
 */
export async function runBare(
  bytes: Uint8Array,
  imports: readonly string[],
  changes: Partial<CallRequest> = {},
): Promise<{ readonly outcome: CallOutcome['outcome']; readonly text: string }> {
  const written: Uint8Array[] = [];
  const { outcome } = await bareSandbox().call({
    module: moduleOf(bytes),
    exportName: 'run',
    imports,
    input: new Uint8Array(),
    limits: { timeMs: 10_000, memoryPages: 1024, hostCalls: 1000, outputBytes: 1_048_576 },
    onHostCall({ bytes: out = new Uint8Array() }) {
      written.push(out);
      return { result: BigInt(out.length) };
    },
    ...changes,
  });
  return { outcome, text: Buffer.concat(written).toString() };
}
