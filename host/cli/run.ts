import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Application } from './application.ts';
import { GLOBAL_OPTIONS } from './command.ts';
import type { Command, Options } from './command.ts';
import { NOUNS } from './commands/index.ts';
import { UsageError } from './failure.ts';
import { commandHelp, groupHelp, overview } from './help.ts';
import type { Io } from './io.ts';
import { Output } from './output.ts';
import { bareWords, hasSwitch, parse } from './parse.ts';
import type { Parsed } from './parse.ts';
import { suggest } from './suggest.ts';

/**
 * Runs one command line, `argv` being what follows `ccos`. Returns the exit code and never throws;
 * everything that it has printed is written when it returns.
 */
export async function run(
  argv: readonly string[],
  io: Io,
  application: Application,
): Promise<number> {
  const out = outputFor(argv, io);
  // A reader that went away (`ccos audit log | head`) ends the output, not the command.
  for (const stream of [io.stdout, io.stderr]) stream.on('error', () => undefined);
  try {
    return await dispatch(argv, { io, out, application });
  } catch (failure) {
    return out.fail(failure);
  }
}

interface Around {
  readonly io: Io;
  readonly out: Output;
  readonly application: Application;
}

async function dispatch(argv: readonly string[], around: Around): Promise<number> {
  const { io, out, application } = around;
  const [first] = bareWords(argv, GLOBAL_OPTIONS);
  if (first === undefined || first.value === 'help') return general(argv, first?.index, around);
  const commands = await commandsOf(first.value);
  const found = select(argv, commands);
  if (found === undefined) return help(groupHelp(groupOf(argv, commands), commands), out);
  const { command, parsed } = found;
  if (parsed.options.flag('help')) return help(commandHelp(command), out);
  const { args, options } = parsed;
  const home = homeOf(options, io);
  return (await command.run({ args, options, home, out, io, application })) ?? 0;
}

/** No command, or `help` and what follows it. */
async function general(
  argv: readonly string[],
  helpAt: number | undefined,
  { out, application }: Around,
): Promise<number> {
  const rest = argv.filter((_, at) => at !== helpAt);
  const words = bareWords(rest, GLOBAL_OPTIONS).map(({ value }) => value);
  const { options } = parse(rest, { ...OVERVIEW, args: '[COMMAND…]' });
  if (options.flag('version')) {
    const { version } = application;
    await out.result({ version }, () => version);
    return 0;
  }
  const [noun] = words;
  if (noun === undefined) return help(overview(), out);
  const commands = await commandsOf(noun);
  const found = select(words, commands, true);
  return help(
    found === undefined
      ? groupHelp(groupOf(words, commands), commands)
      : commandHelp(found.command),
    out,
  );
}

const OVERVIEW: Command = {
  words: [],
  args: '',
  summary: '',
  examples: [],
  run: () => Promise.resolve(0),
};

async function help(text: string, out: Output): Promise<number> {
  await out.result({ help: text }, () => text);
  return 0;
}

async function commandsOf(name: string): Promise<readonly Command[]> {
  const noun = NOUNS.find((known) => known.name === name);
  if (noun !== undefined) return noun.load();
  throw unknownWord([], name, [...NOUNS.map((known) => known.name), 'help']);
}

/** The command that the first words name; undefined where `--help` was asked of a group. */
function select(
  argv: readonly string[],
  commands: readonly Command[],
  forHelp = hasSwitch(argv, '--help', '-h'),
): { readonly command: Command; readonly parsed: Parsed } | undefined {
  const words = bareWords(argv, GLOBAL_OPTIONS);
  const command = named(
    words.map(({ value }) => value),
    commands,
    forHelp,
  );
  if (command === undefined) return undefined;
  const used = words.slice(0, command.words.length).map(({ index }) => index);
  const rest = argv.filter((_, at) => !used.includes(at));
  return { command, parsed: parse(forHelp ? ['--help', ...rest] : rest, command) };
}

/** The words of the group that was asked about, without what follows them. */
function groupOf(argv: readonly string[], commands: readonly Command[]): readonly string[] {
  const words = bareWords(argv, GLOBAL_OPTIONS).map(({ value }) => value);
  let depth = 1;
  while (
    depth < words.length &&
    commands.some((command) => isUnder(command, words.slice(0, depth + 1)))
  )
    depth++;
  return words.slice(0, depth);
}

function isUnder({ words }: Command, group: readonly string[]): boolean {
  return group.every((word, at) => words[at] === word);
}

function named(
  words: readonly string[],
  commands: readonly Command[],
  forHelp: boolean,
): Command | undefined {
  let left = commands;
  for (let depth = 0; ; depth++) {
    const found = left.find((command) => command.words.length === depth);
    if (found !== undefined) return found;
    const word = words[depth];
    if (word === undefined && forHelp) return undefined;
    const known = [...new Set(left.map((command) => command.words[depth] ?? ''))];
    left = left.filter((command) => command.words[depth] === word);
    if (left.length === 0) throw unknownWord(words.slice(0, depth), word, known);
  }
}

function unknownWord(
  path: readonly string[],
  word: string | undefined,
  known: readonly string[],
): UsageError {
  const typed = ['ccos', ...path].join(' ');
  if (word === undefined) return new UsageError(`${typed} needs a command`, known.join(', '));
  const meant = suggest(word, known);
  return new UsageError(
    `unknown command ${[...path, word].join(' ')}`,
    meant === undefined ? `see ${typed} --help` : `did you mean ${typed} ${meant}?`,
  );
}

function homeOf(options: Options, { env, cwd }: Io): string {
  const given = options.text('home') ?? env['CCOS_HOME'];
  return given === undefined || given === '' ? join(homedir(), '.ccos') : resolve(cwd, given);
}

/** Made before anything is parsed, so that a command line that is wrong is reported as it asked. */
function outputFor(argv: readonly string[], io: Io): Output {
  const { NO_COLOR = '', TERM } = io.env;
  const plain = hasSwitch(argv, '--no-color') || NO_COLOR !== '' || TERM === 'dumb';
  return new Output(io, {
    json: hasSwitch(argv, '--json'),
    quiet: hasSwitch(argv, '--quiet', '-q'),
    colour: !plain && io.stdout.isTTY === true && io.stderr.isTTY === true,
  });
}
