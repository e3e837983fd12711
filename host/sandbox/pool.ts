import { FIXED, LIMITS } from '../core/limits.ts';
import { ProcessEnded, SandboxChild } from './child.ts';
import { CPU_SECONDS, sandboxCommand, type Command } from './command.ts';
import { converse, greet, load } from './conversation.ts';
import { Job } from './job.ts';
import { ProtocolError } from './protocol.ts';
import type {
  CallEnd,
  CallOutcome,
  CallRequest,
  FailedOutcome,
  PluginModule,
  Sandbox,
  SandboxOptions,
  SandboxStats,
} from './types.ts';

const MiB = 1024 * 1024;
/** After a call that took in more than this, the next one gets a fresh process. */
const LARGE_INPUT_BYTES = 8 * MiB;
/** So many calls before a process is recycled the next one is started, so that nobody waits for it. */
const HEAD_START_CALLS = 10;
const PAGES_PER_MIB = 16;
const MOST_BUSY_MILLIS = (CPU_SECONDS * 1000) / 3;

/** A process and what the pool knows about it. */
interface Member {
  readonly child: SandboxChild;
  /** Settles when the process is there or has failed; `child.ended` says which. */
  readonly ready: Promise<void>;
  readonly modules: Set<string>;
  starting: boolean;
  busy: boolean;
  calls: number;
  busyMs: number;
  job: Job | undefined;
  idleTimer: NodeJS.Timeout | undefined;
}

class Pool implements Sandbox {
  readonly #options: SandboxOptions;
  readonly #command: Command;
  readonly #members = new Set<Member>();
  readonly #alive = new Set<Promise<void>>();
  readonly #queue: Job[] = [];
  readonly #count = { calls: 0, spawned: 0, ended: 0 };
  #closed = false;

  constructor(options: SandboxOptions) {
    this.#options = options;
    this.#command = sandboxCommand(options);
  }

  call(request: CallRequest): Promise<CallOutcome> {
    return new Promise((resolve, reject) => {
      const job = new Job(request, this.#options.world, { resolve, reject });
      this.#count.calls += 1;
      if (this.#closed || request.signal?.aborted === true) {
        job.settle({ outcome: 'aborted' });
        return;
      }
      job.onAbort(() => {
        this.#queue.splice(this.#queue.indexOf(job), 1);
        job.settle({ outcome: 'aborted' });
      });
      this.#queue.push(job);
      this.#pump();
    });
  }

  warm(module?: PluginModule): void {
    const warming = [...this.#members].some(({ busy, job }) => busy && job === undefined);
    if (this.#closed || warming) return;
    const member = this.#idle(module) ?? this.#spawnIfRoom();
    if (member === undefined || module === undefined || member.modules.has(module.sha256)) return;
    void this.#preload(member, module);
  }

  stats(): SandboxStats {
    const busy = [...this.#members].filter((member) => member.busy).length;
    return { processes: this.#members.size, busy, queued: this.#queue.length, ...this.#count };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#queue.splice(0)) job.settle({ outcome: 'aborted' });
    for (const member of this.#members) member.child.kill('aborted');
    await Promise.all(this.#alive);
  }

  /** Hands waiting calls, first come first, to processes that are free or can be started. */
  #pump(): void {
    for (;;) {
      const job = this.#queue[0];
      if (job === undefined) return;
      const member = this.#idle(job.request.module) ?? this.#spawnIfRoom();
      if (member === undefined) return;
      this.#queue.shift();
      void this.#run(member, job);
    }
  }

  /** A free process, one that has the module if possible. */
  #idle(module: PluginModule | undefined): Member | undefined {
    const idle = [...this.#members].filter((member) => !member.busy);
    const loaded = idle.find(({ modules }) => module !== undefined && modules.has(module.sha256));
    return loaded ?? idle[0];
  }

  #spawnIfRoom(): Member | undefined {
    if (this.#members.size >= this.#options.processes) return undefined;
    const child = new SandboxChild(this.#command, (reason) => {
      this.#left(member, reason);
    });
    const ready = greet(child).then(
      () => {
        member.starting = false;
      },
      () => {
        child.kill('protocol');
      },
    );
    const fresh = { modules: new Set<string>(), starting: true, busy: false, calls: 0, busyMs: 0 };
    const member: Member = { child, ready, ...fresh, job: undefined, idleTimer: undefined };
    this.#members.add(member);
    const alive = child.gone.then(() => void this.#alive.delete(alive));
    this.#alive.add(alive);
    this.#count.spawned += 1;
    this.#rest(member);
    return member;
  }

  #take(member: Member): void {
    member.busy = true;
    clearTimeout(member.idleTimer);
    member.child.hold(true);
  }

  /** Free for the next call, and let go if none comes. */
  #rest(member: Member): void {
    member.busy = false;
    member.job = undefined;
    member.child.hold(false);
    member.idleTimer = setTimeout(() => {
      member.child.kill('aborted');
    }, this.#options.idleMs);
    member.idleTimer.unref();
  }

  async #run(member: Member, job: Job): Promise<void> {
    const { child } = member;
    this.#take(member);
    member.job = job;
    job.taken(member.starting);
    job.onAbort(() => {
      child.kill('aborted');
    });
    await member.ready;
    if (job.settled) return;
    job.started(() => {
      child.kill('timeout');
    });
    try {
      this.#release(member, job, await this.#converse(member, job));
    } catch (error) {
      this.#broken(member, job, error);
    }
  }

  async #converse({ child, modules }: Member, job: Job): Promise<CallEnd> {
    const { module } = job.request;
    if (!modules.has(module.sha256)) {
      if (!(await load(child, module))) return { outcome: 'refused' };
      modules.add(module.sha256);
    }
    job.loaded();
    return converse(child, job.request, job.tally);
  }

  /** A process stays only after a call that went well and left it small. */
  #release(member: Member, job: Job, end: CallEnd): void {
    job.settle(end);
    member.calls += 1;
    member.busyMs += job.busyMs;
    const { bytesIn, rssMiB } = job.tally;
    const spent =
      member.calls >= FIXED.callsPerProcess ||
      member.busyMs > MOST_BUSY_MILLIS ||
      bytesIn > LARGE_INPUT_BYTES ||
      rssMiB > this.#options.maxMemoryPages / PAGES_PER_MIB;
    if (end.outcome === 'returned' && !spent) {
      this.#rest(member);
      if (member.calls === FIXED.callsPerProcess - HEAD_START_CALLS)
        this.#succeed(job.request.module);
      this.#pump();
    } else member.child.kill(end.outcome === 'returned' ? 'aborted' : end.outcome);
  }

  /** Starts the process that comes after one that is nearly spent. */
  #succeed(module: PluginModule): void {
    const next = this.#spawnIfRoom();
    if (next !== undefined) void this.#preload(next, module);
  }

  #broken(member: Member, job: Job, error: unknown): void {
    if (error instanceof ProcessEnded) return; // `#left` has settled it
    if (error instanceof ProtocolError) {
      member.child.kill('protocol');
      return;
    }
    job.fail(error);
    member.child.kill('aborted');
  }

  async #preload(member: Member, module: PluginModule): Promise<void> {
    this.#take(member);
    await member.ready;
    const timer = setTimeout(() => {
      member.child.kill('timeout');
    }, LIMITS.callMillis[0]);
    try {
      if (await load(member.child, module)) member.modules.add(module.sha256);
      this.#rest(member);
      this.#pump();
    } catch {
      member.child.kill('protocol');
    } finally {
      clearTimeout(timer);
    }
  }

  /** The process has ended, or has been sent SIGKILL: its call ends with it and another may start. */
  #left(member: Member, reason: FailedOutcome): void {
    this.#members.delete(member);
    clearTimeout(member.idleTimer);
    this.#count.ended += 1;
    const { calls, child, job } = member;
    this.#options.log.info('sandbox.ended', { reason, calls, stderr_bytes: child.stderrBytes });
    job?.settle({ outcome: reason });
    if (this.#closed) return;
    this.#pump();
    if (job !== undefined) this.warm(); // only after work: a process that cannot start is not tried for ever
  }
}

/** A pool of at most `processes` sandbox processes; none is started before the first call or `warm`. */
export function createSandbox(options: SandboxOptions): Sandbox {
  return new Pool(options);
}
