// `node scripts/deno.mjs ARGUMENTS`: the command line under Deno 2, from the sources, with no more rights
// than it needs: `node scripts/deno.mjs extract FILE`. `--first-party HOME [--approve]` is the first run of
// a checkout. Build first (`npm run build`): the workers, the plugins and the bundle come from dist/.
// This is the one list of the rights, and what they are worth:
//
//   read    the program, its packages, the home, the file of its passphrase, and the files named on the
//           command line
//   write   the home
//   net     127.0.0.1, where the gateway listens and where a command asks for it
//   env     five names; every other one looks unset
//   sys     what the loader of libSQL and the log ask for: the machine's name, addresses and processors
//   run     the shell that takes core files and endless processor time from a sandbox process and becomes it
//   ffi     libSQL's addon. It is native code, which no permission holds: whoever can run code of their
//           own inside it, or in the gateway by way of the shell, has all that the user has. These flags
//           keep honest code to its paths; the wall around a document is the sandbox process, which has
//           neither right: nothing but its own file to read (host/sandbox/command.ts).
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inRoot } from './setup.mjs';

const FIRST_PARTY = '--first-party';

/** The program from the npm package, for this platform; undefined where it is not installed. */
export function denoProgram() {
  const folder = inRoot('node_modules', '@deno');
  if (!existsSync(folder)) return undefined;
  const name = process.platform === 'win32' ? 'deno.exe' : 'deno';
  return readdirSync(folder)
    .map((platform) => path.join(folder, platform, name))
    .find((file) => existsSync(file));
}

/** Deno's flags for a command on `home` that reads `files`; the entry follows them. */
export function denoFlags({ home, files = [] }) {
  const program = ['dist', 'policies', 'package.json', 'node_modules'].map((name) => inRoot(name));
  const looksFor = ['/bin/sh', '/usr/bin/env', '/usr/bin/ldd'];
  return [
    '--no-prompt',
    '--no-config',
    '--no-lock',
    '--no-remote',
    '--cached-only',
    '--node-modules-dir=manual',
    `--allow-read=${list(...program, ...looksFor, home, ...files)}`,
    `--allow-write=${list(home)}`,
    '--allow-net=127.0.0.1',
    '--allow-env=CCOS_HOME,CCOS_PASSPHRASE_FILE,HOME,NO_COLOR,TERM',
    '--ignore-env',
    '--allow-sys=cpus,hostname,networkInterfaces',
    '--allow-run=/bin/sh',
    `--allow-ffi=${list(inRoot('node_modules', '@libsql'))}`,
  ];
}

/** Deno reads a doubled comma as one that is in a path. */
const list = (...paths) => paths.map((name) => name.replaceAll(',', ',,')).join(',');

function homeOf(args) {
  if (args[0] === FIRST_PARTY) return path.resolve(args[1] ?? '');
  const flag = args.indexOf('--home');
  const named = flag === -1 ? process.env.CCOS_HOME : args[flag + 1];
  return path.resolve(named || path.join(homedir(), '.ccos'));
}

function main(args) {
  const deno = denoProgram();
  if (deno === undefined) {
    process.stderr.write('ccos: Deno is not among the installed packages of this platform\n');
    process.exitCode = 1;
    return;
  }
  const first = args[0] === FIRST_PARTY;
  const entry = inRoot('host', first ? 'first-party.ts' : 'main.ts');
  const named = [process.env.CCOS_PASSPHRASE_FILE ?? '', ...args];
  const files = named.filter((word) => existsSync(word)).map((word) => path.resolve(word));
  const flags = denoFlags({ home: homeOf(args), files });
  const child = spawn(deno, ['run', ...flags, entry, ...args.slice(first ? 1 : 0)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
