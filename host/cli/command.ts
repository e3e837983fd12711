import type { Application } from './application.ts';
import type { Io } from './io.ts';
import type { Output } from './output.ts';

/** An option of a command; `value` is the word for its value in help, and missing for a switch. */
export interface OptionSpec {
  readonly help: string;
  readonly value?: string;
  readonly short?: string;
}
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** One command, such as `ccos approvals show ID`. */
export interface Command {
  /** The words after `ccos`. */
  readonly words: readonly string[];
  /** `ID`, `FILE…`, `[CALL_ID]`; empty where nothing follows. */
  readonly args: string;
  readonly summary: string;
  /** What is typed after it may be a secret: it is never repeated. */
  readonly hidesArgs?: boolean;
  readonly options?: OptionSpecs;
  readonly examples: readonly string[];
  /** Prints its result; returns an exit code, where it is not simply 0, or throws. */
  readonly run: (call: Call) => Promise<number | undefined>;
}

/** One command as it was typed. */
export interface Call {
  readonly args: readonly string[];
  readonly options: Options;
  /** An absolute path. */
  readonly home: string;
  readonly out: Output;
  readonly io: Io;
  readonly application: Application;
}

export class Options {
  readonly #values: Readonly<Record<string, string | boolean | undefined>>;

  constructor(values: Readonly<Record<string, string | boolean | undefined>>) {
    this.#values = values;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }
}

export const GLOBAL_OPTIONS: OptionSpecs = {
  json: { help: 'print one JSON document and nothing else' },
  home: { help: 'the home of the gateway (default $CCOS_HOME, else ~/.ccos)', value: 'DIR' },
  quiet: { help: 'no notes, confirmations or progress', short: 'q' },
  'no-color': { help: 'no colours' },
  help: { help: 'what a command does', short: 'h' },
  version: { help: 'the version of ccos' },
};
