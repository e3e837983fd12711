import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import type { SandboxOptions } from './types.ts';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

const SHELL = '/bin/sh';
/** Clears the names that a shell makes up (PWD, SHLVL, _). */
const ENV = '/usr/bin/env';
/** Well over what the calls of one process may take: the pool replaces it at a third of this. */
export const CPU_SECONDS = 900;

/** For the process's own JavaScript: buffers and WebAssembly memory are not in it. */
const HEAP_MIB = 128;

/** Where the permission model lost the word experimental from its flag (Node's CLI page, `--permission`). */
const STABLE_PERMISSION: readonly (readonly [major: number, minor: number])[] = [
  [22, 13],
  [23, 5],
];

export function permissionFlag(version: string): string {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const stable = STABLE_PERMISSION.some((it) => it[0] === major && minor >= it[1]) || major > 23;
  return stable ? '--permission' : '--experimental-permission';
}

/** Node 20's V8 can end the process when it takes back what it has inlined of a call into WebAssembly. */
const KEEP_CALLS = '--no-turbo-inline-js-wasm-calls';

function versionOf(executable: string): string {
  if (executable === process.execPath) return process.version;
  return execFileSync(executable, ['--version'], { env: {}, encoding: 'utf8' });
}

/** V8's flags, which both runtimes hand on. */
function engineFlags(options: SandboxOptions): readonly string[] {
  return [
    `--wasm-max-mem-pages=${String(options.maxMemoryPages)}`,
    `--max-old-space-size=${String(HEAP_MIB)}`,
    '--disallow-code-generation-from-strings',
  ];
}

function nodeCommand(options: SandboxOptions): Command {
  const file = options.executable ?? process.execPath;
  const version = versionOf(file);
  const args = [
    permissionFlag(version),
    ...(version.startsWith('v20.') ? [KEEP_CALLS] : []),
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

/**
 * How a sandbox process is started, with nothing but its own file to read. A shell, where there is one,
 * takes two things away first: the core file of a crash, which would hold the document, and processor
 * time without end, for a plugin that still loops after its host was killed.
 */
export function sandboxCommand(given: SandboxOptions): Command {
  const options = { ...given, processFile: realpathSync(given.processFile) }; // as a permission means it
  const { file, args } = options.runtime === 'node' ? nodeCommand(options) : denoCommand(options);
  if (!existsSync(SHELL) || !existsSync(ENV)) return { file, args };
  const script = `ulimit -c 0; ulimit -t ${String(CPU_SECONDS)}; exec ${ENV} -i "$0" "$@"`;
  return { file: SHELL, args: ['-c', script, file, ...args] };
}
