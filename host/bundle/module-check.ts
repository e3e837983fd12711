import { FIXED } from '../core/limits.ts';
import { ALLOWED_IMPORTS } from './imports.ts';
import type { ValueType } from './imports.ts';
import { FUNCTION_KIND, MEMORY_KIND, SECTION_READERS } from './module-sections.ts';
import type { FunctionType, ModuleExport, ModuleSections } from './module-sections.ts';
import { refusal } from './refusal.ts';
import { WasmReader } from './wasm-reader.ts';

/** What the manifest says about a module. */
export interface ExpectedModule {
  /** `module.field`, all of them. */
  readonly imports: readonly string[];
  /** The functions of its capabilities. */
  readonly exports: readonly string[];
  readonly memoryPages: number;
}

/** What is in a module. */
export interface ModuleFacts {
  /** `module.field`, sorted. */
  readonly imports: readonly string[];
  /** Names, sorted. */
  readonly exports: readonly string[];
  /** Pages of 64 KiB. */
  readonly memory: { readonly minimum: number; readonly maximum: number };
  readonly functions: number;
  readonly start: boolean;
}

/** `\0asm`, version 1 of the core format; a component has another version. */
const PREAMBLE: readonly number[] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** Where each section belongs, by id: tags (13) before globals, the data count (12) before code. */
const SECTION_ORDER: readonly number[] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];
const CUSTOM = 0;
/** Called before a capability where they exist (`ccos-abi/1`). */
const START_EXPORTS: readonly string[] = ['_initialize', '__wasm_call_ctors'];
const VALUE_TYPES: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e };
const CAPABILITY_TYPE: FunctionType = { params: [], results: [VALUE_TYPES.i32] };
const START_TYPE: FunctionType = { params: [], results: [] };

/**
 * Checks a module against its manifest by walking its sections; nothing is compiled.
 * Refuses with `bundle_module`, `bundle_imports` or `bundle_limit`.
 */
export function checkModule(bytes: Uint8Array, expected: ExpectedModule): ModuleFacts {
  const found = walkSections(bytes);
  const facts = factsOf(found);
  checkImports(found, facts, expected.imports);
  checkExports(found, expected.exports);
  if (facts.memory.maximum > expected.memoryPages) throw invalid('memory_maximum');
  return facts;
}

/** What a module imports and exports, without a manifest to compare with. */
export function readModule(bytes: Uint8Array): ModuleFacts {
  return factsOf(walkSections(bytes));
}

function walkSections(bytes: Uint8Array): ModuleSections {
  if (bytes.length > FIXED.bundleFileBytes) throw refusal('bundle_limit', 'module_bytes');
  const reader = new WasmReader(bytes);
  const preamble = reader.take(PREAMBLE.length);
  if (PREAMBLE.some((byte, at) => preamble[at] !== byte)) throw invalid('preamble');
  const found: ModuleSections = {
    types: [],
    imports: [],
    functions: [],
    memories: [],
    exports: [],
    start: false,
    bodies: 0,
  };
  let place = -1;
  while (!reader.done) {
    const id = reader.u8();
    const section = reader.part();
    if (id !== CUSTOM) place = nextPlace(id, place);
    const read = SECTION_READERS[id];
    if (read === undefined) continue;
    read(section, found);
    section.finish();
  }
  if (found.bodies !== found.functions.length) throw invalid('code_count');
  return found;
}

/** Each section at most once and in its place; custom sections may stand anywhere. */
function nextPlace(id: number, place: number): number {
  const next = SECTION_ORDER.indexOf(id);
  if (next === -1) throw invalid('section_unknown');
  if (next <= place) throw invalid('section_order');
  return next;
}

function factsOf({ imports, exports, memories, functions, start }: ModuleSections): ModuleFacts {
  const memory = memories[0];
  if (memory === undefined || memories.length > 1) throw invalid('memory_count');
  return {
    imports: imports.map(({ name }) => name).sort(),
    exports: exports.map(({ name }) => name).sort(),
    memory,
    functions: functions.length,
    start,
  };
}

function checkImports(
  { imports, types }: ModuleSections,
  facts: ModuleFacts,
  declared: readonly string[],
): void {
  for (const { name, type } of imports) {
    const allowed = ALLOWED_IMPORTS.get(name);
    if (allowed === undefined) throw refusal('bundle_imports', 'not_allowed');
    if (allowed.type === undefined) continue;
    const { params, results } = allowed.type;
    const wanted = {
      params: params.map((param) => VALUE_TYPES[param]),
      results: results.map((result) => VALUE_TYPES[result]),
    };
    if (!sameType(types[type], wanted)) throw refusal('bundle_imports', 'type');
  }
  if (!sameList(facts.imports, [...declared].sort())) {
    throw refusal('bundle_imports', 'not_as_declared');
  }
}

function checkExports(found: ModuleSections, declared: readonly string[]): void {
  const names = new Set(found.exports.map(({ name }) => name));
  if (names.size !== found.exports.length) throw invalid('export_twice');
  for (const exported of found.exports) {
    if (exported.name === 'memory') checkMemoryExport(exported);
    else if (declared.includes(exported.name)) checkFunction(found, exported, CAPABILITY_TYPE);
    else if (START_EXPORTS.includes(exported.name)) checkFunction(found, exported, START_TYPE);
    else throw invalid('export_undeclared');
  }
  if (!['memory', ...declared].every((name) => names.has(name))) throw invalid('export_missing');
}

function checkMemoryExport({ kind, index }: ModuleExport): void {
  if (kind !== MEMORY_KIND || index !== 0) throw invalid('export_memory');
}

function checkFunction(
  found: ModuleSections,
  { kind, index }: ModuleExport,
  type: FunctionType,
): void {
  if (kind !== FUNCTION_KIND) throw invalid('export_kind');
  if (!sameType(typeOf(found, index), type)) throw invalid('export_type');
}

function typeOf(
  { imports, functions, types }: ModuleSections,
  index: number,
): FunctionType | undefined {
  const type = imports[index]?.type ?? functions[index - imports.length];
  return type === undefined ? undefined : types[type];
}

function sameType(actual: FunctionType | undefined, wanted: FunctionType): boolean {
  if (actual === undefined) return false;
  return sameList(actual.params, wanted.params) && sameList(actual.results, wanted.results);
}

function sameList<Item>(left: readonly Item[], right: readonly Item[]): boolean {
  return left.length === right.length && left.every((item, at) => item === right[at]);
}

function invalid(why: string): Error {
  return refusal('bundle_module', why);
}
