// What every command of a bare clone does first: the packages, exactly as the lock file says.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(fileURLToPath(import.meta.url), '../..');
export const inRoot = (...names) => path.join(ROOT, ...names);
const STAMP = inRoot('node_modules', '.ccos-lock');

export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  process.stderr.write(`ccos: Node 20.19 or later is needed, this is ${process.versions.node}\n`);
  process.exit(1);
}

/** Installs the packages where they are missing or the lock file has changed. */
export function ensurePackages() {
  const wanted = createHash('sha256')
    .update(readFileSync(inRoot('package-lock.json')))
    .digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
  process.stderr.write('installing packages (npm ci)\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const done = spawnSync(npm, ['ci', '--ignore-scripts', '--loglevel=error'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
  writeFileSync(STAMP, wanted);
}

/**
 * The one command that is linked. The packages' own are not (bin-links=false in .npmrc), because one
 * of them is another version of Node and would take the place of the one that runs this.
 */
export function linkCommand() {
  const link = inRoot('node_modules', '.bin', 'ccos');
  mkdirSync(path.dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync('../../dist/main.js', link);
}

/** Runs a Node script to its end; resolves with its exit code. */
export function node(args, options = {}) {
  const done = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit', ...options });
  return done.status ?? 1;
}
