import { createInterface } from 'node:readline';
import { escapeLine } from './escape.ts';
import { write } from './io.ts';
import type { Io } from './io.ts';

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
