import { FIXED } from '../core/limits.ts';
import { BOUNDS } from './bounds.ts';
import { refusal } from './refusal.ts';
import type { WasmReader } from './wasm-reader.ts';

/** A function's type; the value types are bytes of the binary format. */
export interface FunctionType {
  readonly params: readonly number[];
  readonly results: readonly number[];
}

/** A function that a module imports; nothing else may be imported. */
export interface ModuleImport {
  /** `module.field` */
  readonly name: string;
  readonly type: number;
}

export interface ModuleExport {
  readonly name: string;
  readonly kind: number;
  readonly index: number;
}

/** What the section walk collects, in the module's own order. */
export interface ModuleSections {
  types: readonly FunctionType[];
  imports: readonly ModuleImport[];
  /** The type of each function of its own. */
  functions: readonly number[];
  memories: readonly { readonly minimum: number; readonly maximum: number }[];
  exports: readonly ModuleExport[];
  start: boolean;
  /** How many function bodies there are. */
  bodies: number;
}

export const FUNCTION_KIND = 0;
export const MEMORY_KIND = 2;

const IMPORT_KINDS = ['function', 'table', 'memory', 'global', 'tag'] as const;
const VALUE_TYPES: readonly number[] = [0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x6f];
const REFERENCE_TYPES: readonly number[] = [0x70, 0x6f];
const CUSTOM_SECTIONS: readonly string[] = ['name', 'producers', 'target_features', 'signature'];
const FUNCTION_TYPE = 0x60;
const END = 0x0b;

/** One reader for each section that says something about the limits; the others are skipped. */
export const SECTION_READERS: Readonly<
  Record<number, (section: WasmReader, found: ModuleSections) => void>
> = {
  0: readCustom,
  1: readTypes,
  2: readImports,
  3: readFunctions,
  4: readTables,
  5: readMemories,
  7: readExports,
  8: readStart,
  10: readCode,
};

function readCustom(section: WasmReader): void {
  if (!CUSTOM_SECTIONS.includes(section.name())) throw invalid('custom_section');
  section.take(section.left);
}

function readTypes(section: WasmReader, found: ModuleSections): void {
  found.types = section.list(() => {
    if (section.u8() !== FUNCTION_TYPE) throw invalid('type');
    const values = (): readonly number[] => section.list(() => oneOf(section, VALUE_TYPES, 'type'));
    return { params: values(), results: values() };
  });
  if (found.types.length > BOUNDS.moduleTypes) throw refusal('bundle_limit', 'module_types');
}

function readImports(section: WasmReader, found: ModuleSections): void {
  const seen = new Set<string>();
  found.imports = section.list(() => {
    const name = `${section.name()}.${section.name()}`;
    if (seen.has(name)) throw refusal('bundle_imports', 'twice');
    seen.add(name);
    const kind = IMPORT_KINDS[section.u8()];
    if (kind !== 'function') throw invalid(`imported_${kind ?? 'unknown'}`);
    return { name, type: section.u32() };
  });
}

function readFunctions(section: WasmReader, found: ModuleSections): void {
  found.functions = section.list(() => section.u32());
  if (found.functions.length > FIXED.moduleFunctions) throw refusal('bundle_limit', 'functions');
}

function readTables(section: WasmReader): void {
  let entries = 0;
  section.list(() => {
    oneOf(section, REFERENCE_TYPES, 'table_type');
    entries += readLimits(section, 'table').maximum;
  });
  if (entries > FIXED.moduleTableEntries) throw invalid('table_maximum');
}

function readMemories(section: WasmReader, found: ModuleSections): void {
  found.memories = section.list(() => readLimits(section, 'memory'));
}

/** The flag byte is 1: a maximum is declared, neither shared nor 64-bit. */
function readLimits(section: WasmReader, of: string): { minimum: number; maximum: number } {
  const flags = section.u8();
  if (flags === 0) throw invalid(`${of}_without_maximum`);
  if (flags !== 1) throw invalid(`${of}_flags`);
  const minimum = section.u32();
  const maximum = section.u32();
  if (minimum > maximum) throw invalid(`${of}_limits`);
  return { minimum, maximum };
}

function readExports(section: WasmReader, found: ModuleSections): void {
  found.exports = section.list(() => ({
    name: section.name(),
    kind: section.u8(),
    index: section.u32(),
  }));
}

function readStart(section: WasmReader, found: ModuleSections): void {
  section.u32();
  found.start = true;
}

/** Declared locals are compressed, so a few bytes can cost a compiler minutes: they are counted. */
function readCode(section: WasmReader, found: ModuleSections): void {
  const count = section.length();
  found.bodies = count;
  let cost = 0;
  for (let index = 0; index < count; index++) {
    const body = section.part();
    const bytes = body.left;
    const params = found.types[found.functions[index] ?? -1]?.params.length ?? 0;
    const locals = params + readLocals(body);
    if (body.left === 0 || body.take(body.left).at(-1) !== END) throw invalid('body');
    if (bytes > BOUNDS.functionBodyBytes) throw refusal('bundle_limit', 'function_body');
    cost += bytes * locals;
  }
  if (cost > BOUNDS.moduleCompileCost) throw refusal('bundle_limit', 'compile_cost');
}

function readLocals(body: WasmReader): number {
  let locals = 0;
  for (let groups = body.length(); groups > 0; groups--) {
    locals += body.u32();
    oneOf(body, VALUE_TYPES, 'local_type');
    if (locals > BOUNDS.functionLocals) throw refusal('bundle_limit', 'locals');
  }
  return locals;
}

function oneOf(reader: WasmReader, allowed: readonly number[], why: string): number {
  const byte = reader.u8();
  if (!allowed.includes(byte)) throw invalid(why);
  return byte;
}

function invalid(why: string): Error {
  return refusal('bundle_module', why);
}
