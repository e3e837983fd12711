import { execFileSync } from 'node:child_process';
import type { SandboxOptions } from './types.ts';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** For the process's own JavaScript: buffers and WebAssembly memory are not in it. */
const HEAP_MIB = 128;

/** The permission model came under one name and lost it: nodejs/node#56201 (22.13, 23.5), #60844 (26). */
const STABLE_PERMISSION: readonly (readonly [major: number, minor: number])[] = [
  [22, 13],
  [23, 5],
];

export function permissionFlag(version: string): string {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const stable = STABLE_PERMISSION.some((it) => it[0] === major && minor >= it[1]) || major > 23;
  return stable ? '--permission' : '--experimental-permission';
}

function versionOf(executable: string): string {
  if (executable === process.execPath) return process.version;
  return execFileSync(executable, ['--version'], { env: {}, encoding: 'utf8' });
}

/** V8's flags, which both runtimes hand on. */
function engineFlags(options: SandboxOptions): readonly string[] {
  return [
    `--wasm-max-mem-pages=${options.maxMemoryPages}`,
    `--max-old-space-size=${HEAP_MIB}`,
    '--disallow-code-generation-from-strings',
  ];
}

function nodeCommand(options: SandboxOptions): Command {
  const file = options.executable ?? process.execPath;
  const args = [
    permissionFlag(versionOf(file)),
    `--allow-fs-read=${options.processFile}`,
    '--no-addons',
    '--no-warnings',
    '--disable-proto=delete',
    ...engineFlags(options),
    options.processFile,
  ];
  return { file, args };
}

/** The SDK asks for two names of the environment when it loads, hence `--allow-env`; it is empty. */
function denoCommand(options: SandboxOptions): Command {
  const args = [
    'run',
    '--no-prompt',
    '--no-config',
    '--no-lock',
    '--no-remote',
    '--no-npm',
    '--cached-only',
    '--no-code-cache',
    '--allow-env',
    `--allow-read=${options.processFile}`,
    `--v8-flags=${engineFlags(options).join(',')}`,
    options.processFile,
  ];
  return { file: options.executable ?? process.execPath, args };
}

/** How a sandbox process is started, with nothing but its own file to read. */
export function sandboxCommand(options: SandboxOptions): Command {
  return options.runtime === 'node' ? nodeCommand(options) : denoCommand(options);
}
