import type { Readable, Writable } from 'node:stream';

/** The process around a command, as far as a command may see it. */
export interface Io {
  readonly stdin: Readable & {
    readonly isTTY?: boolean;
    /** Of a terminal: whether it shows and edits what is typed. */
    readonly setRawMode?: (raw: boolean) => unknown;
  };
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Calls `listener` for each signal until the function that it returns is called. */
  readonly onSignal: (signal: Signal, listener: () => void) => () => void;
}

export type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number };
export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Resolves when the stream has taken the text; a reader that went away is no error. */
export function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) resolve();
    else
      stream.write(text, () => {
        resolve();
      });
  });
}
