import { asCcosError } from '../core/error.ts';
import type { CcosError, ErrorBody } from '../core/error.ts';
import { nextStep, sentenceOf } from './advice.ts';
import { escapeLine } from './escape.ts';

/** The command line itself is wrong. `next` says what to type instead; both may quote the operator. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly next: string;

  constructor(what: string, next: string) {
    super(what);
    this.next = next;
  }
}

/** A local file that the operator has named could not be read. */
export class FileError extends Error {
  override readonly name = 'FileError';
  readonly path: string;
  readonly error: CcosError;

  constructor(path: string, error: CcosError) {
    super(error.code);
    this.path = path;
    this.error = error;
  }
}

/** An error of the gateway that the command can say more about than its code does. */
export class ExplainedError extends Error {
  override readonly name = 'ExplainedError';
  readonly error: CcosError;
  readonly what: string;
  readonly next: string;

  constructor(error: CcosError, what: string, next: string) {
    super(what);
    this.error = error;
    this.what = what;
    this.next = next;
  }
}

/** A failure as it is shown: the body for `--json`, two lines for a person, the exit code. */
export interface Report {
  readonly body: ErrorBody;
  readonly exit: number;
  readonly lines: readonly string[];
}

/** `path` is the operator's own argument, where the failure is about what is in that file. */
export function report(failure: unknown, path?: string): Report {
  if (failure instanceof UsageError) {
    const { message, next } = failure;
    return {
      body: { code: 'bad_request', message },
      exit: 2,
      lines: lines({ code: 'bad_request', message }, next),
    };
  }
  if (failure instanceof ExplainedError) {
    const { error, what, next } = failure;
    const body = error.toBody();
    return { body, exit: error.exit, lines: lines({ code: body.code, message: what }, next, path) };
  }
  if (failure instanceof FileError) return report(failure.error, failure.path);
  const error = asCcosError(failure);
  const body = error.toBody();
  return { body, exit: error.exit, lines: lines(body, nextStep(error), path) };
}

function lines(body: ErrorBody, next: string, path?: string): readonly string[] {
  const { code, reason, rule_id, details = {} } = body;
  const message = sentenceOf(body);
  const facts = [
    ...(path === undefined ? [] : [path]),
    ...(reason === undefined ? [] : [reason]),
    ...(rule_id === undefined ? [] : [`rule ${rule_id}`]),
    ...Object.entries(details)
      .filter(([name]) => message === body.message || !SAID.includes(name))
      .map(([name, value]) => fact(name, String(value))),
  ];
  const what = facts.length === 0 ? message : `${message}: ${facts.join(', ')}`;
  return [`ccos: ${escapeLine(what)} (${code})`, `      ${escapeLine(next)}`];
}

/** What a sentence of its own says already. */
const SAID: readonly string[] = ['what', 'field', 'file', 'why', 'length'];

/** `what` and `why` are words that say enough by themselves. */
function fact(name: string, value: string): string {
  return name === 'what' || name === 'why' ? value.replaceAll('_', ' ') : `${name} ${value}`;
}
