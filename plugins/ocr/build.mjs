// Builds the OCR plugin: Tesseract with Leptonica and the model, a WAT shim for its imports and our
// AssemblyScript, merged into one core module. Deterministic: nothing but the sources and the pinned
// packages goes in.
//   node plugins/ocr/build.mjs OUT
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { checkModule, withMemoryMaximum } from '../pdf/module.mjs';
import { readEngine } from './engine.mjs';

const run = promisify(execFile);
const HERE = path.dirname(fileURLToPath(import.meta.url));
const PACKAGES = path.resolve(HERE, '../../node_modules');
const MODEL = '@tesseract.js-data/eng/4.0.0_best_int/eng.traineddata.gz';
const MEMORY_PAGES = 4096;
const STACK_BYTES = 65536;
const STRING_BYTES = 4096;
const FEATURES = [
  'bulk-memory',
  'bulk-memory-opt',
  'sign-ext',
  'nontrapping-float-to-int',
  'mutable-globals',
  'exception-handling',
  'reference-types',
  'simd',
].map((name) => `--enable-${name}`);

/** Writes the finished module to `out`; `work` is a folder for what comes in between. */
export async function build({ out, work }) {
  await mkdir(work, { recursive: true });
  const file = (name) => path.join(work, name);
  const engine = await readEngine(PACKAGES);
  await Promise.all([
    writeFile(file('engine.wasm'), withMemoryMaximum(engine.bytes, MEMORY_PAGES)),
    buildShim(file, engine),
    buildGlue(file, engine),
  ]);
  await binaryen('wasm-merge', [
    ...[file('engine.wasm'), 'tesseract', file('env.wat'), 'a', file('glue.wat'), 'plugin'],
    ...['--skip-export-conflicts', '-o', file('merged.wasm')],
  ]);
  const roots = ['memory', 'extract_text'].map((name) => ({ name, root: true, export: name }));
  await writeFile(file('roots.json'), JSON.stringify(roots));
  await binaryen('wasm-metadce', [
    ...[file('merged.wasm'), '--graph-file', file('roots.json'), '-o', file('plugin.wasm')],
  ]);
  const finished = await readFile(file('plugin.wasm'));
  checkModule(finished);
  await mkdir(path.dirname(out), { recursive: true });
  await writeFile(out, finished);
}

/** The shim with the model in it, exporting what the engine imports by the engine's short names. */
async function buildShim(file, engine) {
  const model = gunzipSync(await readFile(path.join(PACKAGES, MODEL)));
  const source = await readFile(path.join(HERE, 'shims/env.wat'), 'utf8');
  const text = source
    .replaceAll('{MODEL_BYTES}', String(model.length))
    .replace(/\(export "(\w+)"/g, (all, name) => `(export "${engine.imports[name] ?? name}"`)
    .replace('{MODEL}', () => model.toString('hex').replace(/../g, '\\$&'));
  await writeFile(file('env.wat'), importingFrom(text, engine));
}

/** AssemblyScript to text; it can only name its memory `env.memory`. */
async function buildGlue(file, engine) {
  const start = await unusedStack(engine);
  await run(process.execPath, [
    ...['--enable-source-maps', path.join(PACKAGES, 'assemblyscript/bin/asc.js')],
    ...[path.join(HERE, 'assembly/index.ts'), '--runtime', 'stub', '-O3', '--use', 'abort='],
    ...['--importMemory', '--noExportMemory', '--memoryBase', String(start)],
    ...['--lowMemoryLimit', String(start + STRING_BYTES)],
    ...['--textFile', file('glue.as.wat')],
  ]);
  const text = await readFile(file('glue.as.wat'), 'utf8');
  const parts = text.split('(import "env" "memory"');
  if (parts.length !== 2) throw new Error('ocr: the glue imports its memory in an unexpected way');
  const glue = importingFrom(parts.join('(import "tesseract" "memory"'), engine);
  await writeFile(file('glue.wat'), glue.replaceAll('(import "env"', '(import "a"'));
}

/** Imports from the engine by its short names. */
function importingFrom(text, { exports }) {
  return text.replace(/\(import "tesseract" "(\w+)"/g, (all, name) => {
    if (exports[name] === undefined) throw new Error(`ocr: the engine exports no ${name}`);
    return `(import "tesseract" "${exports[name]}"`;
  });
}

/**
 * Where our static strings go: the far end of the engine's own 64 KiB stack, which only its constructors
 * use, a little of it at the other end; then the stack moves. Everything else in memory is taken.
 */
async function unusedStack({ bytes, exports }) {
  const none = () => 0;
  const anything = new Proxy({}, { get: () => new Proxy({}, { get: () => none }) });
  const { instance } = await WebAssembly.instantiate(bytes, anything);
  const start = instance.exports[exports.emscripten_stack_get_current]() - STACK_BYTES;
  if (start % 16 !== 0) throw new Error('ocr: unexpected stack of the engine');
  return start;
}

/** One of Binaryen's tools; on an error it prints whole modules, so only the end is kept. */
async function binaryen(tool, args) {
  const script = path.join(PACKAGES, 'binaryen/bin', tool);
  try {
    await run(process.execPath, [script, ...FEATURES, ...args], { maxBuffer: 2 ** 30 });
  } catch (error) {
    throw new Error(`${tool}: ${String(error.stderr ?? error).slice(-2000)}`, { cause: error });
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const work = await mkdtemp(path.join(tmpdir(), 'ocr-plugin-'));
  try {
    await build({ out: path.resolve(process.argv[2] ?? 'ocr.wasm'), work });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
