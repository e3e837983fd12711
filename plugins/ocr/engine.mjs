// What must be known of tesseract.js-core 7.0.0: its module has minified names. What it exports is named
// in the package's own JavaScript; what it imports is named here, for exactly these bytes.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const MODULE = 'tesseract-core-simd-lstm.wasm';
const SCRIPT = 'tesseract-core-simd-lstm.js';
const DIGEST = '34e8d50cac216427d86bf397d610fdd9f49492539bbcdfbfccc4eda20c810bea';

/** `a.X` of the module, as Emscripten calls it. */
const IMPORTS = {
  a: '__assert_fail',
  b: 'invoke_iiii',
  c: 'invoke_ii',
  d: 'invoke_vi',
  e: 'invoke_iii',
  f: 'invoke_vii',
  g: 'invoke_viii',
  h: 'invoke_iiiii',
  i: 'invoke_iiiiii',
  j: 'invoke_viiii',
  k: '__cxa_throw',
  l: 'fd_write',
  m: 'fd_close',
  n: '__syscall_openat',
  o: 'fd_read',
  p: '__syscall_fcntl64',
  q: 'invoke_viiiii',
  r: 'invoke_viiiiiiiii',
  s: 'emscripten_asm_const_int',
  t: '_emscripten_throw_longjmp',
  u: 'emscripten_resize_heap',
  v: '__syscall_rmdir',
  w: '__syscall_unlinkat',
  x: '_mmap_js',
  y: 'missing_print_scores',
  z: '_munmap_js',
  A: '_gmtime_js',
  B: '_localtime_js',
  C: '_mktime_js',
  D: '_tzset_js',
  E: 'fd_seek',
  F: 'environ_get',
  G: 'environ_sizes_get',
  H: '__syscall_getcwd',
  I: '__syscall_newfstatat',
  J: 'missing_DetectOS',
  K: '__syscall_fstat64',
  L: 'emscripten_date_now',
  M: 'clock_time_get',
  N: '_abort_js',
  O: '__syscall_ioctl',
  P: 'missing_GetOsdText',
  Q: '_emscripten_fs_load_embedded_files',
  R: 'exit',
  S: 'missing_ClearAdaptiveClassifier',
};

/** Exports that the script calls without naming them. */
const UNNAMED = {
  memory: 'T',
  __wasm_call_ctors: 'U',
  __indirect_function_table: 'da',
  setThrew: 'Af',
  _emscripten_stack_restore: 'Bf',
  emscripten_stack_get_current: 'Cf',
};

/** The module's bytes, and its exports and imports by their real names. Throws for any other release. */
export async function readEngine(packages) {
  const folder = path.join(packages, 'tesseract.js-core');
  const bytes = await readFile(path.join(folder, MODULE));
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest !== DIGEST) throw new Error(`ocr: ${MODULE} is not the one that this was written for`);
  const exports = exportNames(await readFile(path.join(folder, SCRIPT), 'utf8'));
  const imports = Object.fromEntries(Object.entries(IMPORTS).map(([short, name]) => [name, short]));
  return { bytes, imports, exports };
}

/** `e._malloc=x=c.y` says that the export `y` is malloc. */
function exportNames(script) {
  const names = { ...UNNAMED };
  for (const [, name, short] of script.matchAll(/\be\._(\w+)=\s*(?:[\w$]+=\s*)?c\.([\w$]+)/g))
    names[name] = short;
  return names;
}
