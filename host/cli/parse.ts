import { parseArgs } from 'node:util';
import { GLOBAL_OPTIONS, Options } from './command.ts';
import type { Command, OptionSpecs } from './command.ts';
import { UsageError } from './failure.ts';
import { suggest } from './suggest.ts';

type Token = NonNullable<ReturnType<typeof tokenize>>[number];

/** The words that are no options, with their places; options unknown so far are left for later. */
export function bareWords(argv: readonly string[], specs: OptionSpecs): readonly Word[] {
  return tokenize(argv, specs)
    .filter((token) => token.kind === 'positional')
    .map(({ value, index }) => ({ value, index }));
}

export interface Word {
  readonly value: string;
  readonly index: number;
}

export interface Parsed {
  readonly options: Options;
  readonly args: readonly string[];
}

/** What was typed after the words of a command. Throws {@link UsageError}. */
export function parse(argv: readonly string[], command: Command): Parsed {
  const specs = { ...GLOBAL_OPTIONS, ...command.options };
  const tokens = tokenize(argv, specs);
  const values: Record<string, string | boolean> = {};
  for (const token of tokens)
    if (token.kind === 'option') values[token.name] = checkedValue(token, specs, command);
  const args = tokens.filter((token) => token.kind === 'positional').map(({ value }) => value);
  if (values['help'] !== true) checkCount(args, command);
  return { options: new Options(values), args };
}

/** How a command is typed. */
export function usage({ words, args }: Command): string {
  return ['ccos', ...words, ...(args === '' ? [] : [args])].join(' ');
}

/** Whether a switch stands before `--`: for what must hold even if parsing fails. */
export function hasSwitch(argv: readonly string[], ...spellings: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).some((word) => spellings.includes(word));
}

function tokenize(argv: readonly string[], specs: OptionSpecs) {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { value, short }]) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short !== undefined && { short }),
      },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return tokens;
}

function checkedValue(
  token: Extract<Token, { kind: 'option' }>,
  specs: OptionSpecs,
  command: Command,
): string | boolean {
  const { name, rawName, value, inlineValue } = token;
  const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
  if (spec === undefined) throw unknownOption(rawName, specs, command);
  if (spec.value === undefined) {
    if (value === undefined) return true;
    throw new UsageError(`${rawName} takes no value`, `usage: ${usage(command)}`);
  }
  if (value === undefined || value === '')
    throw new UsageError(`${rawName} needs a value`, `usage: ${rawName} ${spec.value}`);
  if (!inlineValue && value.startsWith('-') && value !== '-')
    throw new UsageError(`${rawName} needs a value`, `usage: ${rawName}=${spec.value}`);
  return value;
}

function unknownOption(rawName: string, specs: OptionSpecs, command: Command): UsageError {
  const help = `see ${['ccos', ...command.words].join(' ')} --help`;
  if (command.hidesArgs === true) return new UsageError('unknown option', help);
  const meant = suggest(rawName.replace(/^-+/, ''), Object.keys(specs));
  return new UsageError(
    `unknown option ${rawName}`,
    meant === undefined ? help : `did you mean --${meant}? ${help}`,
  );
}

function checkCount(args: readonly string[], command: Command): void {
  const wanted = command.args.split(' ').filter((word) => word !== '');
  const least = wanted.filter((word) => !word.startsWith('[')).length;
  const most = wanted.some((word) => word.includes('…')) ? Infinity : wanted.length;
  const next = `usage: ${usage(command)}`;
  if (args.length < least)
    throw new UsageError(`${wanted[args.length] ?? 'an argument'} is missing`, next);
  if (args.length > most && command.hidesArgs === true)
    throw new UsageError('a value is never an argument: others could read it', next);
  if (args.length > most) throw new UsageError(`unexpected argument ${args[most] ?? ''}`, next);
}
