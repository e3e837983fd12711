// Builds the PDF plugin: PDFium, two WAT shims for its imports and our AssemblyScript, merged into one
// core module. Deterministic: nothing but the sources and the pinned packages goes in.
//   node plugins/pdf/build.mjs OUT
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { checkModule, withMemoryMaximum } from './module.mjs';

const run = promisify(execFile);
const HERE = path.dirname(fileURLToPath(import.meta.url));
const PACKAGES = path.resolve(HERE, '../../node_modules');
const MEMORY_PAGES = 4096;
const STRING_BYTES = 8192;
const FEATURES = [
  'bulk-memory',
  'bulk-memory-opt',
  'sign-ext',
  'nontrapping-float-to-int',
  'mutable-globals',
  'exception-handling',
  'reference-types',
].map((name) => `--enable-${name}`);

/** Writes the finished module to `out`; `work` is a folder for what comes in between. */
export async function build({ out, work }) {
  await mkdir(work, { recursive: true });
  const file = (name) => path.join(work, name);
  const engine = await readFile(path.join(PACKAGES, '@hyzyla/pdfium/dist/pdfium.wasm'));
  await Promise.all([
    writeFile(file('engine.wasm'), withMemoryMaximum(engine, MEMORY_PAGES)),
    buildGlue(file, await unusedStack(engine)),
  ]);
  await binaryen('wasm-merge', [
    ...[file('engine.wasm'), 'pdfium'],
    ...[path.join(HERE, 'shims/env.wat'), 'env'],
    ...[path.join(HERE, 'shims/wasi.wat'), 'wasi_snapshot_preview1'],
    ...[file('glue.wat'), 'plugin'],
    ...['--skip-export-conflicts', '-o', file('merged.wasm')],
  ]);
  const roots = ['memory', 'extract_text'].map((name) => ({ name, root: true, export: name }));
  await writeFile(file('roots.json'), JSON.stringify(roots));
  await binaryen('wasm-metadce', [
    ...[file('merged.wasm'), '--graph-file', file('roots.json'), '-o', file('plugin.wasm')],
  ]);
  const finished = await readFile(file('plugin.wasm'));
  checkModule(finished, ['ccos:host/1.child_new', 'ccos:host/1.child_write']);
  await mkdir(path.dirname(out), { recursive: true });
  await writeFile(out, finished);
}

/**
 * AssemblyScript to text. It can only name its memory `env.memory`, and wasm-merge follows no
 * re-export of a memory: the import is renamed to the engine's.
 */
async function buildGlue(file, strings) {
  await run(process.execPath, [
    ...['--enable-source-maps', path.join(PACKAGES, 'assemblyscript/bin/asc.js')],
    ...[path.join(HERE, 'assembly/index.ts'), '--runtime', 'stub', '-O3', '--use', 'abort='],
    ...['--importMemory', '--noExportMemory', '--memoryBase', String(strings.start)],
    ...['--lowMemoryLimit', String(strings.end)],
    ...['--textFile', file('glue.as.wat')],
  ]);
  const text = await readFile(file('glue.as.wat'), 'utf8');
  const parts = text.split('(import "env" "memory"');
  if (parts.length !== 2) throw new Error('pdf: the glue imports its memory in an unexpected way');
  await writeFile(file('glue.wat'), parts.join('(import "pdfium" "memory"'));
}

/**
 * Where our static strings go: the far end of PDFium's own 64 KiB stack, which only its constructors
 * use, a little of it at the other end; then the stack moves. Everything else in memory is taken.
 */
async function unusedStack(engine) {
  const none = () => 0;
  const anything = new Proxy({}, { get: () => new Proxy({}, { get: () => none }) });
  const { instance } = await WebAssembly.instantiate(engine, anything);
  instance.exports.emscripten_stack_init();
  const start = instance.exports.emscripten_stack_get_end();
  const bytes = instance.exports.emscripten_stack_get_base() - start;
  if (start % 16 !== 0 || bytes < 65536) throw new Error('pdf: unexpected stack of the engine');
  return { start, end: start + STRING_BYTES };
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
  const work = await mkdtemp(path.join(tmpdir(), 'pdf-plugin-'));
  try {
    await build({ out: path.resolve(process.argv[2] ?? 'pdf.wasm'), work });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
