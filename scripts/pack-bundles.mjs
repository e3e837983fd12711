// The first-party bundles, unsigned: a checkout has no private key, its operator's home makes one.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { inRoot, ROOT } from './setup.mjs';

const YEARS_VALID = 5;
const SOURCES = ['plugins', 'bundles', 'package-lock.json'];

/** Writes dist/bundles/NAME.ccosb of bundles/NAME and the built plugins. */
export function packBundle(name, plugins) {
  const folder = inRoot('dist', 'work', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.join(folder, 'wasm'), { recursive: true });
  for (const part of ['schemas', 'docs'])
    cpSync(inRoot('bundles', name, part), path.join(folder, part), { recursive: true });
  for (const plugin of plugins) {
    const module = inRoot('dist', 'plugins', `${plugin}.wasm`);
    cpSync(module, path.join(folder, 'wasm', `${plugin}.wasm`));
    const notice = inRoot('plugins', plugin, 'NOTICE.md');
    if (existsSync(notice)) cpSync(notice, path.join(folder, 'docs', `notice-${plugin}.md`));
  }
  const draft = JSON.parse(readFileSync(inRoot('bundles', name, 'bundle.json'), 'utf8'));
  writeFileSync(path.join(folder, 'bundle.json'), JSON.stringify({ ...draft, ...provenance() }));
  mkdirSync(inRoot('dist', 'bundles'), { recursive: true });
  pack(folder, inRoot('dist', 'bundles', `${name}.ccosb`));
  rmSync(inRoot('dist', 'work'), { recursive: true, force: true });
}

function pack(folder, out) {
  rmSync(out, { force: true });
  const args = [inRoot('dist', 'main.js'), 'bundle', 'pack', folder, '--out', out, '--quiet'];
  const done = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (done.status !== 0) throw new Error(`the bundle ${path.basename(folder)} was not packed`);
}

/**
 * When and from what: the last commit, so that the same commit gives the same bytes. A tree with
 * changes is newer than its commit: it counts by its newest file.
 */
function provenance() {
  const commit = git('rev-parse', 'HEAD') ?? '0'.repeat(40);
  const committed = Number(git('log', '-1', '--format=%ct') ?? 0);
  const dirty = (git('status', '--porcelain', '--', ...SOURCES) ?? 'unknown') !== '';
  const seconds = dirty ? Math.max(committed, newest()) : committed;
  const published = new Date(seconds * 1000);
  const end = new Date(published);
  end.setUTCFullYear(end.getUTCFullYear() + YEARS_VALID);
  return {
    sequence: seconds,
    publishedAt: iso(published),
    notAfter: iso(end),
    build: {
      source: { repo: 'ccos', commit },
      builder: 'npm run build',
      command: 'npm ci --ignore-scripts && npm run build',
      env: {},
      toolchain: toolchain(),
      reproducible: true,
    },
  };
}

const iso = (date) => date.toISOString().replace(/\.\d{3}Z$/, 'Z');

function git(...args) {
  const done = spawnSync('git', args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return done.status === 0 ? done.stdout.trim() : null;
}

function newest() {
  const times = SOURCES.flatMap(filesUnder).map((file) => statSync(file).mtimeMs);
  return Math.floor(Math.max(...times) / 1000);
}

function filesUnder(relative) {
  const full = path.isAbsolute(relative) ? relative : inRoot(relative);
  if (!statSync(full).isDirectory()) return [full];
  return readdirSync(full).flatMap((name) => filesUnder(path.join(full, name)));
}

function toolchain() {
  const { devDependencies } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const names = [
    '@hyzyla/pdfium',
    '@tesseract.js-data/eng',
    'assemblyscript',
    'binaryen',
    'tesseract.js-core',
  ];
  return Object.fromEntries(names.map((name) => [name, devDependencies[name]]));
}
