/** Compiles a plugin written in AssemblyScript. The same sources give the same bytes. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { encodingIdsSource, encodingsSource } from './tables/encodings.mjs';
import { languagesSource } from './tables/languages.mjs';

const PLUGINS = path.resolve(fileURLToPath(import.meta.url), '../..');
const GENERATED = 'lib/generated/';

/** What every plugin is compiled with: no garbage collector, no abort import, at most 256 MiB. */
const OPTIONS = [
  '-O3',
  '--runtime',
  'stub',
  '--use',
  'abort=',
  '--exportStart',
  '_initialize',
  '--maximumMemory',
  '4096',
];

/** The generated files that text decoding needs, by the name they are imported under. */
export const decodingTables = () => ({
  'encoding-ids.ts': encodingIdsSource(),
  'encodings.ts': encodingsSource(),
  'languages.ts': languagesSource(),
});

/**
 * Compiles `entry` (a path below plugins/) to `out`. `generated` are sources by file name: they are kept
 * in `work`, and imported as if they lay in plugins/lib/generated/.
 */
export async function compile({ entry, out, work, generated = {} }) {
  await mkdir(work, { recursive: true });
  await mkdir(path.dirname(out), { recursive: true });
  for (const [name, source] of Object.entries(generated)) {
    await writeFile(path.join(work, name), source);
  }
  const written = new Map();
  const { error, stderr } = await asc.main([entry, '--outFile', 'plugin.wasm', ...OPTIONS], {
    readFile: (name) => readSource(name, work),
    writeFile: (name, contents) => void written.set(name, contents),
    listFiles: () => [],
  });
  if (error !== null) throw new Error(`${entry}: ${error.message}\n${stderr.toString()}`);
  await writeFile(out, written.get('plugin.wasm'));
}

async function readSource(name, work) {
  const clean = path.posix.normalize(name);
  const file = clean.startsWith(GENERATED)
    ? path.join(work, clean.slice(GENERATED.length))
    : path.join(PLUGINS, clean);
  return readFile(file, 'utf8').catch(() => null);
}

/** `node plugins/NAME/build.mjs OUT`: builds with a folder beside the output for what is generated. */
export async function runBuild(meta, build) {
  if (process.argv[1] !== fileURLToPath(meta.url)) return;
  const [, , target] = process.argv;
  if (target === undefined) throw new Error('usage: node build.mjs OUT.wasm');
  const out = path.resolve(target);
  await build({ out, work: `${out}.work` });
}
