// Builds dist/: the host as bundled files, the plugins as WebAssembly, the bundles unsigned. The same
// sources give the same bytes; what has not changed is not built again.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensurePackages, inRoot, linkCommand, requireNode, ROOT } from './setup.mjs';

/** Each plugin, and the plugins whose sources it shares. */
const PLUGINS = {
  archive: ['office', 'html'],
  files: [],
  html: [],
  identify: ['archive', 'text'],
  legacy: ['html', 'mail', 'office', 'rtf'],
  mail: ['html'],
  net: [],
  ocr: ['pdf'],
  office: ['html'],
  pdf: [],
  rtf: [],
  text: [],
  verify: [],
};
/** Each bundle, and the plugins in it. */
const BUNDLES = {
  documents: ['archive', 'html', 'identify', 'mail', 'office', 'pdf', 'rtf', 'text'],
  files: ['files'],
  legacy: ['legacy'],
  net: ['net'],
  ocr: ['ocr'],
  verify: ['verify'],
};
const DIST = inRoot('dist');
const say = (line) => process.stderr.write(`${line}\n`);

export async function buildAll() {
  mkdirSync(DIST, { recursive: true });
  await when(
    'host',
    ['host', 'package.json', 'scripts/build-host.mjs', 'scripts/build-sandbox.mjs'],
    buildHost,
  );
  await Promise.all(
    Object.entries(PLUGINS).map(([name, shared]) =>
      when(
        `plugin ${name}`,
        [name, ...shared, 'lib'].map((folder) => `plugins/${folder}`),
        () => buildPlugin(name),
        name,
      ),
    ),
  );
  const { packBundle } = await import('./pack-bundles.mjs');
  for (const [name, plugins] of Object.entries(BUNDLES)) packBundle(name, plugins);
  linkCommand();
}

async function buildHost() {
  const { buildHostFiles } = await import('./build-host.mjs');
  await buildHostFiles(DIST);
}

async function buildPlugin(name) {
  const { build } = await import(pathToFileURL(inRoot('plugins', name, 'build.mjs')).href);
  const work = inRoot('dist', 'work', name);
  await build({ out: inRoot('dist', 'plugins', `${name}.wasm`), work });
  rmSync(work, { recursive: true, force: true });
}

/** Runs `work` unless its inputs, the lock file among them, are those of the last time. */
async function when(title, inputs, work, key = title) {
  const stamp = path.join(DIST, '.stamps', key);
  const digest = digestOf([...inputs, 'package-lock.json']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  const started = performance.now();
  await work();
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
  say(`built ${title} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

function digestOf(inputs) {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap(filesUnder).sort()) {
    hash.update(`${file}\0`).update(readFileSync(inRoot(file)));
  }
  return hash.digest('hex');
}

function filesUnder(relative) {
  const full = inRoot(relative);
  if (!statSync(full).isDirectory()) return [relative];
  return readdirSync(full).flatMap((name) => filesUnder(`${relative}/${name}`));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  requireNode();
  ensurePackages();
  process.chdir(ROOT);
  await buildAll();
}
