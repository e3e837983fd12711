import { escapeLine, safeJson } from './escape.ts';
import { report } from './failure.ts';
import type { Report } from './failure.ts';
import { write } from './io.ts';
import type { Io } from './io.ts';
import { table } from './table.ts';
import type { Column } from './table.ts';

export interface OutputStyle {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colour: boolean;
}

/**
 * The two streams of a command. Standard output takes the result and nothing else: with `--json` one
 * document, whatever happens. What is written here must have been escaped, except where a name says raw.
 */
export class Output {
  readonly style: OutputStyle;
  readonly #io: Io;
  #documented = false;

  constructor(io: Io, style: OutputStyle) {
    this.#io = io;
    this.style = style;
  }

  /** Whether somebody reads standard output on a screen. */
  get onScreen(): boolean {
    return this.#io.stdout.isTTY === true;
  }

  /** The result: the document with `--json`, else the text. */
  async result(document: unknown, text: () => string): Promise<void> {
    if (this.style.json) await this.document(document);
    else await write(this.#io.stdout, `${text()}\n`);
  }

  /** A result that only confirms: `--quiet` leaves the sentence out. */
  async done(document: unknown, sentence: string): Promise<void> {
    if (this.style.json) await this.document(document);
    else if (!this.style.quiet) await write(this.#io.stdout, `${escapeLine(sentence)}\n`);
  }

  /** The one JSON document of this command. */
  async document(document: unknown): Promise<void> {
    this.#documented = true;
    await write(this.#io.stdout, `${safeJson(document, 2)}\n`);
  }

  /** A part of a document that the caller writes piece by piece. */
  async documentPart(part: string): Promise<void> {
    this.#documented = true;
    await write(this.#io.stdout, part);
  }

  /** Standard output as it is: text for a pipe, or text that was escaped. */
  async raw(text: string): Promise<void> {
    await write(this.#io.stdout, text);
  }

  /** Standard error, for a person who waits or should know; `--quiet` leaves it out. */
  async note(line: string): Promise<void> {
    if (!this.style.quiet) await write(this.#io.stderr, `${escapeLine(line)}\n`);
  }

  /** Standard error, whatever was asked for: what a decision is about to be made on. */
  async show(text: string): Promise<void> {
    await write(this.#io.stderr, `${text}\n`);
  }

  /** A failure that ends the command; returns the exit code. */
  async fail(failure: unknown, path?: string): Promise<number> {
    const found = report(failure, path);
    if (this.style.json && !this.#documented) await this.document({ error: found.body });
    else await this.failLines(found);
    return found.exit;
  }

  /** A failure on standard error, beside results that stand. */
  async failLines({ lines }: Report): Promise<void> {
    const [what = '', ...next] = lines;
    await write(this.#io.stderr, `${[this.paint(31, what), ...next].join('\n')}\n`);
  }

  /** Rows under headings; `none` is said where there are no rows. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[], none?: string): string {
    if (rows.length === 0 && none !== undefined) return none;
    const width = this.onScreen ? (this.#io.stdout.columns ?? 80) : undefined;
    return table(columns, rows, { width, heading: (text) => this.paint(1, text) });
  }

  /** An SGR code of ECMA-48 around a text, where colours are wanted. */
  paint(code: number, text: string): string {
    return this.style.colour ? `\u001b[${String(code)}m${text}\u001b[0m` : text;
  }
}
