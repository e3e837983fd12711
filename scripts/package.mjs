// `npm run package`: a tarball that installs globally elsewhere. The bundles inside are signed with the
// packer's own publisher key, which stays in the packer's home; whoever installs is asked to trust it.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { ensurePackages, inRoot, node, requireNode, ROOT } from './setup.mjs';

requireNode();
ensurePackages();
process.chdir(ROOT);
const { buildAll } = await import('./build.mjs');
await buildAll();

const home = path.resolve(process.env.CCOS_HOME || path.join(homedir(), '.ccos'));
const keys = path.join(home, 'keys', 'publisher');
const bundle = inRoot('dist', 'bundles', 'documents.ccosb');
const signed = inRoot('dist', 'bundles', 'documents.signed.ccosb');
const publicKey = path.join(keys, 'ccos.pub.json');
const ccos = (...args) => {
  const code = node([inRoot('dist', 'main.js'), ...args, '--home', home]);
  if (code !== 0) process.exit(code);
};

if (!existsSync(path.join(home, 'home.json'))) ccos('init');
if (!existsSync(publicKey)) {
  rmSync(path.join(keys, 'ccos.key.pem'), { force: true });
  ccos('bundle', 'keygen', '--publisher', 'ccos', '--out', keys);
}
rmSync(signed, { force: true });
ccos('bundle', 'sign', bundle, '--key', path.join(keys, 'ccos.key.pem'), '--out', signed);
const { cpSync } = await import('node:fs');
cpSync(publicKey, inRoot('dist', 'bundles', 'publisher.json'));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const done = spawnSync(npm, ['pack', '--ignore-scripts', '--loglevel=error'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  encoding: 'utf8',
});
rmSync(inRoot('dist', 'bundles', 'publisher.json'));
rmSync(signed);
if (done.status !== 0) process.exit(done.status ?? 1);
process.stdout.write(`${path.resolve(done.stdout.trim().split('\n').at(-1) ?? '')}\n`);
