// `npm start`: from a bare clone to a gateway that serves. Installs, builds, makes a home, asks for the
// first-party bundle, reads the sample documents, shows the audit trail, serves.
//   --once                   stops after the tour
//   --with-ocr               asks for the bundle that reads pictures too
//   --with-legacy            asks for the bundle that reads the old office formats too
//   --approve-first-party    answers the approvals of what was just built here, and of nothing else
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { ensurePackages, inRoot, node, requireNode, ROOT } from './setup.mjs';

const MORE = ['ocr', 'legacy'];
const KNOWN = ['--once', ...MORE.map((name) => `--with-${name}`), '--approve-first-party'];
const HELP = `Usage: npm start [-- OPTIONS]

Installs and builds what is missing, makes a home ($CCOS_HOME, else ~/.ccos), shows what the first-party
bundle asks for and asks you, reads three sample documents, shows the audit trail, and serves the gateway.

Options
  --once                  stop after the tour
  --with-ocr              install the bundle that reads pictures, too
  --with-legacy           install the bundle that reads DOC, XLS, PPT and MSG, too
  --approve-first-party   answer the approvals of what was just built here, and of nothing else
  --help                  this text

The command line itself: npx ccos help
`;
const flags = process.argv.slice(2);
if (flags.includes('--help') || flags.includes('-h')) {
  process.stdout.write(HELP);
  process.exit(0);
}
const unknown = flags.find((flag) => !KNOWN.includes(flag));
if (unknown !== undefined) {
  process.stderr.write(`npm start takes ${KNOWN.join(', ')}; npm start -- --help tells more\n`);
  process.exit(2);
}
const once = flags.includes('--once');
const home = path.resolve(process.env.CCOS_HOME || path.join(homedir(), '.ccos'));
const wantedMore = MORE.filter((name) => flags.includes(`--with-${name}`));
const SAMPLES = ['documents', ...wantedMore].map((name) => path.join('bundles', name, 'samples'));
const ccos = (...args) => node([inRoot('dist', 'main.js'), ...args, '--home', home]);
const say = (line) => process.stdout.write(`${line}\n`);

requireNode();
ensurePackages();
process.chdir(ROOT);
const { buildAll } = await import('./build.mjs');
await buildAll();

say(`home: ${home}`);
const wanted = [
  ...(flags.includes('--approve-first-party') ? ['--approve'] : []),
  ...wantedMore.map((name) => `--with-${name}`),
];
const asked = spawnSync(process.execPath, [inRoot('dist', 'first-party.js'), home, ...wanted], {
  stdio: ['inherit', 'pipe', 'inherit'],
  encoding: 'utf8',
});
if (asked.status !== 0) process.exit(asked.status ?? 1);
if (asked.stdout !== '' || once) {
  const failed = tour();
  if (failed !== 0) process.exit(failed);
}
if (!once) serve();

/** Every step as a person would type it. */
function tour() {
  const samples = SAMPLES.flatMap((folder) =>
    readdirSync(inRoot(folder)).map((name) => path.join(folder, name)),
  );
  const steps = [
    ...samples.map((file) => ['extract', file]),
    ['audit', 'calls', '--limit', String(samples.length)],
    ['audit', 'log', '--limit', '12'],
    ['audit', 'verify'],
  ];
  for (const step of steps) {
    say(`\n\n$ ccos ${step.join(' ')}`);
    const code = ccos(...step);
    if (code !== 0) return code;
  }
  return 0;
}

/** The gateway in the foreground; signals go to it, and its exit code is ours. */
function serve() {
  say('\n$ ccos up');
  const lean = '--max-semi-space-size=1'; // as the first line of main.js has it
  const args = [lean, inRoot('dist', 'main.js'), 'up', '--home', home];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
