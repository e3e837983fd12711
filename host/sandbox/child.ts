import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { FIXED } from '../core/limits.ts';
import type { Command } from './command.ts';
import { FrameReader, type Frame } from './frames.ts';
import { FRAME_OVERHEAD_BYTES, HEAD_BYTES, ProtocolError } from './protocol.ts';
import type { FailedOutcome } from './types.ts';

/** Up to here a head and its bytes are copied together: one write is cheaper than a vector of two. */
const JOINED_BYTES = 128 * 1024;

/** The process is gone, or is as good as gone: it has been sent SIGKILL. */
export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';
  readonly reason: FailedOutcome;

  constructor(reason: FailedOutcome) {
    super(reason);
    this.reason = reason;
  }
}

interface Waiter {
  readonly resolve: (frame: Frame) => void;
  readonly reject: (reason: ProcessEnded) => void;
}

/** One sandbox process and the turn-taking with it. It is only ever ended through its own handle. */
export class SandboxChild {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #reader = new FrameReader();
  readonly #onEnd: (reason: FailedOutcome) => void;
  /** Resolves when the operating system has let the process go. */
  readonly gone: Promise<void>;
  #maxBodyBytes = FRAME_OVERHEAD_BYTES;
  #waiter: Waiter | undefined;
  #ended: ProcessEnded | undefined;
  #stderr = '';
  #stderrBytes = 0;

  constructor(command: Command, onEnd: (reason: FailedOutcome) => void) {
    this.#onEnd = onEnd;
    this.#child = spawn(command.file, command.args, {
      env: {},
      cwd: '/',
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    this.gone = new Promise((resolve) => {
      this.#child.once('exit', () => {
        resolve();
      });
      this.#child.once('error', () => {
        if (this.#child.pid === undefined) resolve(); // it never started
      });
    });
    this.#listen();
  }

  get ended(): FailedOutcome | undefined {
    return this.#ended?.reason;
  }

  get stderrBytes(): number {
    return this.#stderrBytes;
  }

  /** An idle process does not keep the host from exiting; one at work does. */
  hold(held: boolean): void {
    const { stdin, stdout, stderr } = this.#child;
    for (const it of [this.#child, stdin, stdout, stderr]) {
      const handle = it as { ref?: () => void; unref?: () => void }; // pipes are sockets, which have both
      if (held) handle.ref?.();
      else handle.unref?.();
    }
  }

  /** Nothing is sent before the answer to the last frame, so at most one frame waits to be written. */
  send(head: Uint8Array, bytes: Uint8Array): void {
    if (this.#ended !== undefined) return;
    const { stdin } = this.#child;
    if (bytes.byteLength <= JOINED_BYTES) {
      stdin.write(Buffer.concat([head, bytes]));
      return;
    }
    stdin.write(head);
    stdin.write(bytes);
  }

  /** To be called before the process can answer. The next frame, with at most `carriedBytes` of content. Throws {@link ProcessEnded}. */
  receive(carriedBytes: number): Promise<Frame> {
    this.#maxBodyBytes = Math.min(
      carriedBytes + FRAME_OVERHEAD_BYTES,
      FIXED.frameBytes - HEAD_BYTES,
    );
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      this.#waiter = { resolve, reject };
    });
  }

  /** Ends the process at once; what waits for it ends with `reason`. */
  kill(reason: FailedOutcome): void {
    if (this.#ended !== undefined) return;
    this.#child.ref(); // until it is gone
    this.#child.kill('SIGKILL');
    this.#end(reason);
  }

  #listen(): void {
    const { stdin, stdout, stderr } = this.#child;
    stdout.on('data', ({ buffer, byteOffset, byteLength }: Buffer) => {
      this.#take(new Uint8Array(buffer, byteOffset, byteLength)); // a Buffer's own slice does not copy
    });
    stderr.on('data', (chunk: Buffer) => {
      if (this.#stderrBytes < FIXED.stderrBytes) this.#stderr += chunk.toString('latin1');
      this.#stderrBytes += chunk.byteLength;
    });
    // A pipe that breaks is no news: the process is ending, and `close` says how.
    for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
    this.#child.on('error', () => {
      this.kill('crashed');
    });
    this.#child.once('close', (_, signal) => {
      this.#end(this.#outOfMemory(signal) ? 'memory' : 'crashed');
    });
  }

  /** V8 ends a process that has no memory left by abort or trap instruction, and says so first. */
  #outOfMemory(signal: NodeJS.Signals | null): boolean {
    return signal !== null && signal !== 'SIGKILL' && /out of memory/i.test(this.#stderr);
  }

  #take(chunk: Uint8Array): void {
    if (this.#ended !== undefined) return;
    try {
      const waiter = this.#waiter;
      if (waiter === undefined) throw new ProtocolError('out of turn');
      const frame = this.#reader.push(chunk, this.#maxBodyBytes);
      if (frame === undefined) return;
      this.#waiter = undefined;
      waiter.resolve(frame);
    } catch {
      this.kill('protocol');
    }
  }

  #end(reason: FailedOutcome): void {
    if (this.#ended !== undefined) return;
    this.#ended = new ProcessEnded(reason);
    const { stdin, stdout, stderr } = this.#child;
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
    this.#waiter?.reject(this.#ended);
    this.#waiter = undefined;
    this.#onEnd(reason);
  }
}
