// `npm run package`: a tarball that installs globally elsewhere. The bundles inside are signed with the
// packer's own publisher key, which stays in the packer's home; whoever installs is asked to trust it.
//   --out DIR     where the tarball goes; the folder of the project by default
//   --no-build    takes dist/ as it is
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages, inRoot, node, requireNode, ROOT } from './setup.mjs';

/** All of this project. */
const BUNDLES = readdirSync(inRoot('bundles'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const PLAIN = ['package.json', 'LICENSE', 'NOTICE', 'README.md', 'policies'];
/** A checkout's own: its first run signs the bundle with a key of its home. */
const CHECKOUT_ONLY = 'first-party.js';

const options = { out: { type: 'string', default: ROOT }, 'no-build': { type: 'boolean' } };
const { values } = parseArgs({ options });
const out = path.resolve(values.out);
requireNode();
ensurePackages();
process.chdir(ROOT);
if (values['no-build'] !== true) {
  const { buildAll } = await import('./build.mjs');
  await buildAll();
}

const stage = mkdtempSync(path.join(tmpdir(), 'ccos-package-'));
process.once('exit', () => rmSync(stage, { recursive: true, force: true }));
stageProgram();
signBundles(publisherKey());
process.stdout.write(`${packed()}\n`);

/** The built program; of the bundles and their plugins only what `signBundles` adds. */
function stageProgram() {
  for (const name of PLAIN.filter((it) => existsSync(inRoot(it))))
    cpSync(inRoot(name), path.join(stage, name), { recursive: true });
  mkdirSync(path.join(stage, 'dist', 'bundles'), { recursive: true });
  const programs = readdirSync(inRoot('dist')).filter((name) => name.endsWith('.js'));
  for (const name of programs.filter((it) => it !== CHECKOUT_ONLY))
    copyFileSync(inRoot('dist', name), path.join(stage, 'dist', name));
}

/** The folder of the publisher key pair of the packer's home; both are made where they are missing. */
function publisherKey() {
  const home = path.resolve(process.env.CCOS_HOME || path.join(homedir(), '.ccos'));
  const folder = path.join(home, 'keys', 'publisher');
  if (!existsSync(path.join(home, 'home.json'))) ccos('init', '--home', home);
  // A first run in a checkout makes a private key alone; what was signed with it is of that home only.
  if (!existsSync(path.join(folder, 'ccos.pub.json'))) {
    rmSync(path.join(folder, 'ccos.key.pem'), { force: true });
    ccos('bundle', 'keygen', '--publisher', 'ccos', '--out', folder);
  }
  return folder;
}

function signBundles(keys) {
  const bundles = path.join(stage, 'dist', 'bundles');
  const key = path.join(keys, 'ccos.key.pem');
  for (const name of BUNDLES) {
    const signed = path.join(bundles, `${name}.signed.ccosb`);
    ccos(
      'bundle',
      'sign',
      inRoot('dist', 'bundles', `${name}.ccosb`),
      '--key',
      key,
      '--out',
      signed,
    );
  }
  copyFileSync(path.join(keys, 'ccos.pub.json'), path.join(bundles, 'publisher.json'));
}

function ccos(...args) {
  const code = node([inRoot('dist', 'main.js'), ...args], { stdio: ['ignore', 2, 2] });
  if (code !== 0) process.exit(code);
}

/** The path of the tarball. */
function packed() {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const flags = ['--ignore-scripts', '--offline', '--loglevel=error', '--pack-destination', out];
  const done = spawnSync(npm, ['pack', stage, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
  return path.join(out, done.stdout.trim().split('\n').at(-1) ?? '');
}
