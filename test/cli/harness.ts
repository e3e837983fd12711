import { tmpdir } from 'node:os';
import { PassThrough } from 'node:stream';
import { CcosError } from '../../host/core/error.ts';
import type { Application } from '../../host/cli/application.ts';
import type { Io, Signal } from '../../host/cli/io.ts';
import { run } from '../../host/cli/run.ts';
import type { ClientRequest, ClientResponse } from '../../host/http/client.ts';

export type Answer = (request: ClientRequest) => unknown;
/** `GET /status` and so on, below `/v1/admin`. A missing route is not found. */
export type Routes = Readonly<Record<string, Answer>>;

export interface Setup {
  readonly routes?: Routes;
  readonly mode?: 'gateway' | 'in_process';
  readonly application?: Partial<Application>;
  /** What a person types; given, standard input and standard error are a terminal. */
  readonly typed?: string;
  /** What comes on a standard input that is no terminal. */
  readonly piped?: string;
  /** Takes note of each time that the terminal is told to show nothing, or to show again. */
  readonly raw?: boolean[];
  readonly onScreen?: boolean;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly requests: readonly ClientRequest[];
  readonly homes: readonly string[];
  readonly closed: number;
}

/** A command that still runs: its signals and what it has printed so far. */
export interface Running {
  readonly ended: Promise<Ran>;
  readonly signal: (name: Signal) => void;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** Throws what the gateway would send as an error. */
export function fails(...facts: ConstructorParameters<typeof CcosError>): Answer {
  return () => {
    throw new CcosError(...facts);
  };
}

export async function ccos(argv: readonly string[], setup: Setup = {}): Promise<Ran> {
  return start(argv, setup).ended;
}

export function start(argv: readonly string[], setup: Setup = {}): Running {
  const { io, out, err, signal } = terminal(setup);
  const seen: Seen = { requests: [], homes: [], closed: 0 };
  const ended = run(argv, io, application(setup, seen)).then((exit) => ({
    exit,
    stdout: out(),
    stderr: err(),
    ...seen,
  }));
  return { ended, signal, stdout: out, stderr: err };
}

export function parsed(text: string): unknown {
  return JSON.parse(text);
}

interface Seen {
  readonly requests: ClientRequest[];
  readonly homes: string[];
  closed: number;
}

function application({ routes = {}, mode = 'gateway', application: more }: Setup, seen: Seen) {
  const missing = (): never => {
    throw new Error('not part of this test');
  };
  const made: Application = {
    version: '9.9.9',
    connect: ({ home }) => {
      seen.homes.push(home);
      const close = (): Promise<void> => {
        seen.closed++;
        return Promise.resolve();
      };
      const request = (wanted: ClientRequest): Promise<ClientResponse> => {
        seen.requests.push(wanted);
        return Promise.resolve(respond(routes, wanted));
      };
      return Promise.resolve({
        client: { request },
        mode,
        close,
        ...(mode === 'gateway' && { url: 'http://127.0.0.1:1234' }),
      });
    },
    init: missing,
    serve: missing,
    checkConfig: missing,
    offline: {
      keygen: missing,
      pack: missing,
      sign: missing,
      inspect: missing,
      verifyAudit: missing,
      verifyProof: missing,
      contract: missing,
    },
    ...more,
  };
  return made;
}

function respond(routes: Routes, request: ClientRequest): ClientResponse {
  const name = `${request.method} ${request.path.replace('/v1/admin', '')}`;
  try {
    const answer = (routes[name] ?? fails('not_found'))(request);
    if (answer instanceof Uint8Array) return { status: 200, json: undefined, bytes: answer };
    return { status: 200, json: answer };
  } catch (failure) {
    if (!(failure instanceof CcosError)) throw failure;
    return { status: failure.status, json: { error: failure.toBody() } };
  }
}

function terminal(setup: Setup) {
  const { typed, onScreen = false, columns, env = {}, cwd = tmpdir() } = setup;
  const interactive = typed !== undefined;
  const [stdout, stderr] = [collector(), collector()];
  const stdin = new PassThrough();
  if (setup.raw === undefined) stdin.end(typed ?? setup.piped ?? '');
  else void typeSlowly(stdin, typed ?? '');
  const listeners = new Map<Signal, () => void>();
  const io: Io = {
    stdin: Object.assign(stdin, {
      isTTY: interactive,
      setRawMode: (raw: boolean) => setup.raw?.push(raw),
    }),
    stdout: Object.assign(stdout.stream, {
      isTTY: onScreen,
      ...(columns !== undefined && { columns }),
    }),
    stderr: Object.assign(stderr.stream, { isTTY: interactive || onScreen }),
    env,
    cwd,
    now: () => Date.parse('2026-01-02T00:00:00Z'),
    onSignal: (name, listener) => {
      listeners.set(name, listener);
      return () => listeners.delete(name);
    },
  };
  return {
    io,
    out: stdout.text,
    err: stderr.text,
    signal: (name: Signal) => listeners.get(name)?.(),
  };
}

/** A person ends a line and waits for what it brings: what comes after is typed later. */
async function typeSlowly(stdin: PassThrough, typed: string): Promise<void> {
  for (const line of typed.match(/[^\r\n]*[\r\n]|[^\r\n]+$/g) ?? []) {
    while (stdin.listenerCount('data') + stdin.listenerCount('readable') === 0) await soon();
    stdin.write(line);
    while (stdin.listenerCount('data') + stdin.listenerCount('readable') > 0) {
      if (!/[\r\n]$/.test(line)) break;
      await soon();
    }
  }
  stdin.end();
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

function collector() {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
