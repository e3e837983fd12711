import { GLOBAL_OPTIONS } from './command.ts';
import type { Command, OptionSpecs } from './command.ts';
import { NOUNS } from './commands/index.ts';
import { usage } from './parse.ts';

const START = `Where to start
  ccos init                       make a home
  ccos bundle install FILE        install a bundle of plugins
  ccos extract FILE               the text of a document
  ccos up                         run the gateway`;

/** What `ccos` alone prints. */
export function overview(): string {
  return `ccos reads strangers' documents in a sandbox and keeps a record of it.

${START}

Commands
${columns(NOUNS.map(({ name, summary }) => [name, summary]))}

ccos help COMMAND tells more. Every command takes --json, --home DIR, --quiet and --no-color.`;
}

/** `words` name a group of commands, such as `bundle` or `bundle trust`. */
export function groupHelp(words: readonly string[], all: readonly Command[]): string {
  const group = words.join(' ');
  const commands = all.filter(
    (command) => command.words.slice(0, words.length).join(' ') === group,
  );
  const rows = commands.map((command): Row => [usage(command).slice(5), command.summary]);
  return `Usage: ccos ${group} COMMAND

Commands
${columns(rows)}

ccos ${group} COMMAND --help tells more.`;
}

export function commandHelp(command: Command): string {
  const { options = {}, examples, summary } = command;
  const own = Object.keys(options).length === 0 ? '' : `\nOptions\n${optionRows(options)}\n`;
  return `Usage: ${usage(command)}

${summary}
${own}
Options of every command
${optionRows(GLOBAL_OPTIONS)}

Examples
${examples.map((example) => `  ${example}`).join('\n')}`;
}

type Row = readonly [left: string, right: string];

function optionRows(specs: OptionSpecs): string {
  return columns(
    Object.entries(specs).map(([name, { value, help, short }]): Row => {
      const long = value === undefined ? `--${name}` : `--${name} ${value}`;
      return [short === undefined ? long : `-${short}, ${long}`, help];
    }),
  );
}

function columns(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
