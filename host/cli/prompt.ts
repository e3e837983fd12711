import { createInterface } from 'node:readline';
import { StringDecoder } from 'node:string_decoder';
import { escapeLine } from './escape.ts';
import { UsageError } from './failure.ts';
import { write } from './io.ts';
import type { Io } from './io.ts';

/** What the keys Ctrl-C, Ctrl-D and backspace send (ASCII). */
const INTERRUPT = '\u0003';
const END_OF_INPUT = '\u0004';
const ERASE = '\u007f';

const YES = /^y(es)?$/i;

/** Whether somebody sits there who can be asked. */
export function canAsk({ stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** Asks at the terminal. Everything but a plain yes is no: an empty line, the end of the input. */
export async function confirm(
  io: Pick<Io, 'stdin' | 'stderr'>,
  question: string,
): Promise<boolean> {
  await write(io.stderr, `${escapeLine(question)} [y/N] `);
  return YES.test((await readLine(io)).trim());
}

/**
 * Asks for what nobody may look at: nothing of the answer is shown or kept by the terminal. Throws
 * {@link UsageError} where it is broken off.
 */
export async function askHidden(
  io: Pick<Io, 'stdin' | 'stderr'>,
  question: string,
): Promise<string> {
  await write(io.stderr, `${escapeLine(question)}: `);
  io.stdin.setRawMode?.(true);
  try {
    return await readHidden(io.stdin);
  } finally {
    io.stdin.setRawMode?.(false);
    io.stdin.pause();
    await write(io.stderr, '\n');
  }
}

/** A line from a terminal in raw mode, which edits nothing by itself (termios, non-canonical input). */
function readHidden(stdin: Io['stdin']): Promise<string> {
  return new Promise((resolve, reject) => {
    const typed: string[] = [];
    const decoder = new StringDecoder('utf8');
    const finish = (settle: () => void): void => {
      stdin.off('data', take);
      stdin.off('end', end);
      settle();
    };
    const end = (): void => {
      finish(() => {
        reject(new UsageError('nothing was entered', 'try again'));
      });
    };
    const take = (bytes: Buffer): void => {
      for (const key of decoder.write(bytes)) {
        if (key === '\r' || key === '\n') {
          finish(() => {
            resolve(typed.join(''));
          });
          return;
        }
        if (key === INTERRUPT || key === END_OF_INPUT) {
          end();
          return;
        }
        if (key === ERASE || key === '\b') typed.pop();
        else typed.push(key);
      }
    };
    stdin.on('data', take);
    stdin.once('end', end);
    stdin.resume();
  });
}

function readLine({ stdin }: Pick<Io, 'stdin'>): Promise<string> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: stdin, terminal: false });
    let answer = '';
    lines.once('line', (line) => {
      answer = line;
      lines.close();
    });
    lines.once('close', () => {
      resolve(answer);
    });
  });
}
