import { PassThrough } from 'node:stream';
import { application } from '../../host/application.ts';
import type { Io } from '../../host/cli/io.ts';
import { run } from '../../host/cli/run.ts';

export interface Ran {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * One command of the real command line with the real application behind it, in this process: the same
 * as `ccos` of ccos-process.ts, without the start of a program.
 */
export async function ccos(home: string, ...args: readonly string[]): Promise<Ran> {
  return ccosAt({ onScreen: false }, '--home', home, ...args);
}

/** The same with standard output on a screen, or somebody who watches standard error. */
export async function ccosAt(
  { onScreen, isWatched = false }: { readonly onScreen: boolean; readonly isWatched?: boolean },
  ...args: readonly string[]
): Promise<Ran> {
  const [stdout, stderr] = [collector(), collector()];
  const stdin = new PassThrough();
  stdin.end();
  const io: Io = {
    stdin: Object.assign(stdin, { isTTY: false }),
    stdout: Object.assign(stdout.stream, { isTTY: onScreen }),
    stderr: Object.assign(stderr.stream, { isTTY: isWatched }),
    env: {},
    cwd: '/',
    now: () => performance.timeOrigin + performance.now(),
    onSignal: () => () => undefined,
  };
  const exit = await run(args, io, application);
  return { exit, stdout: stdout.text(), stderr: stderr.text() };
}

function collector(): { readonly stream: PassThrough; readonly text: () => string } {
  const stream = new PassThrough();
  const parts: Buffer[] = [];
  stream.on('data', (part: Buffer) => parts.push(part));
  return { stream, text: () => Buffer.concat(parts).toString() };
}

/** The document of a command that must end with 0. */
export async function ccosJson<Document>(
  home: string,
  ...args: readonly string[]
): Promise<Document> {
  return documentOf(await ccos(home, ...args, '--json'), args) as Document;
}

export function documentOf({ exit, stdout, stderr }: Ran, args: readonly string[]): unknown {
  if (exit !== 0) throw new Error(`ccos ${args.join(' ')}: ${String(exit)}\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}
