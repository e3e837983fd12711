import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { documentOf } from './ccos-command.ts';
import type { Ran } from './ccos-command.ts';
import { approveDocuments, makeTestHome, openTestGateway } from './home.ts';

/** The built program; the tests run it on the Node that runs them. */
export const MAIN = resolve('dist/main.js');
const ENDS_WITHIN_MILLIS = 60_000;
/** A gateway serves as long as the test that has started it. */
const SERVES_WITHIN_MILLIS = 1_800_000;

/** A process with our home, nothing else of this environment, and no terminal. */
function start(args: readonly string[], home: string): ChildProcess {
  return spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], CCOS_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function collect(child: ChildProcess): { readonly stdout: () => string; stderr: () => string } {
  const parts: { readonly stdout: Buffer[]; readonly stderr: Buffer[] } = {
    stdout: [],
    stderr: [],
  };
  child.stdout?.on('data', (chunk: Buffer) => parts.stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => parts.stderr.push(chunk));
  return {
    stdout: () => Buffer.concat(parts.stdout).toString(),
    stderr: () => Buffer.concat(parts.stderr).toString(),
  };
}

function ended(child: ChildProcess, millis = ENDS_WITHIN_MILLIS): Promise<number | null> {
  return new Promise((settle) => {
    const late = setTimeout(() => child.kill('SIGKILL'), millis);
    child.once('close', (code) => {
      clearTimeout(late);
      settle(code);
    });
  });
}

/** One command as a program, whatever it prints and however it ends. */
export async function ccosProcess(home: string, ...args: readonly string[]): Promise<Ran> {
  const child = start([MAIN, ...args], home);
  const { stdout, stderr } = collect(child);
  const exit = await ended(child);
  return { exit, stdout: stdout(), stderr: stderr() };
}

/** The document of a command that must end with 0. */
export async function ccosProcessJson<Document>(
  home: string,
  ...args: readonly string[]
): Promise<Document> {
  return documentOf(await ccosProcess(home, ...args, '--json'), args) as Document;
}

/** The folder of a home in which the first-party bundle is trusted, installed and approved. */
export async function approvedHome(): Promise<string> {
  const home = makeTestHome();
  const gateway = await openTestGateway(home);
  await approveDocuments(gateway);
  await gateway.close();
  return home.directory;
}

/** `ccos up` as a process. */
export interface Up {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly token: string;
  /** What it has printed so far: both streams. */
  readonly output: () => string;
  readonly signal: (name: NodeJS.Signals) => void;
  readonly exited: Promise<number | null>;
  /** SIGTERM, unless it has ended; resolves with the exit code. */
  readonly stop: () => Promise<number | null>;
}

export async function up(home: string, ...args: readonly string[]): Promise<Up> {
  const child = start([MAIN, 'up', '--port', '0', ...args], home);
  const { stdout, stderr } = collect(child);
  const exited = ended(child, SERVES_WITHIN_MILLIS);
  const url = await Promise.race([
    until(() => /http:\/\/127\.0\.0\.1:\d+/.exec(stdout())?.[0], 'ccos up listens'),
    exited.then((code) => {
      throw new Error(`ccos up: exit ${String(code)}\n${stderr()}`);
    }),
  ]);
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    token: readFileSync(join(home, 'admin.token'), 'utf8').trim(),
    output: () => stdout() + stderr(),
    signal: (name) => child.kill(name),
    exited,
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** Waits until `look` finds something. */
export async function until<Found>(
  look: () => Found | undefined | Promise<Found | undefined>,
  what: string,
  withinMillis = 30_000,
): Promise<Found> {
  const end = performance.now() + withinMillis;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`not within ${String(withinMillis)} ms: ${what}`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

/** The processes that `pid` has started, and theirs. */
export function descendants(pid: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(name) }));
  const childrenOf = (of: number): readonly number[] =>
    parents.filter(({ parent }) => parent === of).flatMap((it) => [it.pid, ...childrenOf(it.pid)]);
  return childrenOf(pid);
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined; // it ended while we looked
  }
}

/** Resident memory of a process now, and the most it has had, in MiB. */
export function memoryOf(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  const mib = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  return { now: mib('VmRSS'), peak: mib('VmHWM') };
}

export function isAlive(pid: number): boolean {
  if (!existsSync(`/proc/${String(pid)}`)) return false;
  return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
}
