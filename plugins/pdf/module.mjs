// The little that must be known of the binary format (WebAssembly core specification, 5.5).

const MEMORY_SECTION = 5;
const HEADER_BYTES = 8;

const IMPORTS = [
  'ccos:host/1.q_stat',
  'ccos:host/1.q_read',
  'ccos:host/1.out_write',
  'ccos:host/1.fail',
  'ccos:host/1.progress',
  'extism:host/env.input_length',
  'extism:host/env.input_load_u8',
];
const EXPORTS = 'extract_text memory';

/** The module with the maximum of its only memory set to `pages`. */
export function withMemoryMaximum(module, pages) {
  let at = HEADER_BYTES;
  while (at < module.length) {
    const start = at;
    const id = module[at];
    const [size, body] = readNumber(module, at + 1);
    at = body + size;
    if (id !== MEMORY_SECTION) continue;
    const [count, flagsAt] = readNumber(module, body);
    const [flags, minimumAt] = readNumber(module, flagsAt);
    const [minimum] = readNumber(module, minimumAt);
    if (count !== 1 || flags > 1) throw new Error('one plain memory was expected');
    const section = [1, 1, ...number(minimum), ...number(pages)];
    const head = Buffer.from([MEMORY_SECTION, ...number(section.length), ...section]);
    return Buffer.concat([module.subarray(0, start), head, module.subarray(at)]);
  }
  throw new Error('no memory of its own');
}

/** Throws unless the module imports and exports exactly what it should, `more` included, each name once. */
export function checkModule(bytes, more = []) {
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module).map(
    (entry) => `${entry.module}.${entry.name}`,
  );
  if (imports.sort().join(' ') !== [...IMPORTS, ...more].sort().join(' '))
    throw new Error(`imports ${imports.join(' ')}`);
  const names = WebAssembly.Module.exports(module).map((entry) => entry.name);
  if (names.sort().join(' ') !== EXPORTS) throw new Error(`exports ${names.join(' ')}`);
}

/** Unsigned LEB128 at `at`: the value, and where it ends. */
function readNumber(bytes, at) {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7, at++) {
    value += (bytes[at] & 0x7f) * 2 ** shift;
    if (bytes[at] < 0x80) return [value, at + 1];
  }
  throw new Error('a number without end');
}

function number(value) {
  const bytes = [];
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}
