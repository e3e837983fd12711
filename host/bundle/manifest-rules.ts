import type { Effect } from '../core/abi.ts';
import { BLOB_CLASSES } from '../core/label.ts';
import { FIXED, LIMITS } from '../core/limits.ts';
import { ALLOWED_IMPORTS } from './imports.ts';
import type { Manifest, ManifestCapability } from './manifest-schema.ts';
import { ENVELOPE_PATH } from './path.ts';
import { refusal } from './refusal.ts';

/** Exports that every module may or must have and that no capability can be. */
const RESERVED_EXPORTS: readonly string[] = ['memory'];
/** Effects that change the world outside, which only an action may. */
const ACTION_EFFECTS: readonly Effect[] = ['net.http', 'fs.write'];

const HARD_LIMITS = {
  memoryPages: LIMITS.memoryPages[1],
  timeMs: LIMITS.callMillis[1],
  inputBytes: LIMITS.inputBytes[1],
  outputBytes: LIMITS.textBytes[1] + FIXED.outputOverheadBytes,
  hostCalls: LIMITS.hostCalls[1],
} as const satisfies Manifest['limits'];

/** The rules between the fields of a manifest. Refuses as `parseManifest` says. */
export function checkManifestRules(manifest: Manifest): void {
  if (Date.parse(manifest.notAfter) <= Date.parse(manifest.publishedAt)) {
    throw invalid('not_after');
  }
  checkFileList(manifest);
  checkLimits(manifest.limits, HARD_LIMITS, 'bundle_limits');
  checkVariants(manifest.capabilities);
  for (const [index, capability] of manifest.capabilities.entries()) {
    checkFilesOf(capability, manifest, index);
    checkImports(capability, index);
    checkKind(capability, index);
    checkClasses(capability, index);
    checkLimits(capability.limits, manifest.limits, 'capability_limits');
  }
}

function checkFileList({ files, capabilities, recommendedPolicy }: Manifest): void {
  for (const [file, { path }] of files.entries()) {
    const previous = files[file - 1]?.path ?? '';
    if (path === ENVELOPE_PATH || path <= previous) throw invalid('file_order', { file });
  }
  const used = new Set(capabilities.map(({ module }) => module));
  const unused = files.findIndex(({ path, role }) => role === 'module' && !used.has(path));
  if (unused !== -1) throw invalid('module_unused', { file: unused });
  if (recommendedPolicy !== undefined && roleOf(files, recommendedPolicy) !== 'policy') {
    throw invalid('policy_file');
  }
}

function checkVariants(capabilities: readonly ManifestCapability[]): void {
  const seen = new Set<string>();
  const fallbacks = new Set<string>();
  for (const [capability, { id, variant, input }] of capabilities.entries()) {
    const key = `${id} ${variant}`;
    if (seen.has(key)) throw invalid('variant_twice', { capability });
    seen.add(key);
    if (input.fallback !== true) continue;
    if (fallbacks.has(id)) throw invalid('fallback_twice', { capability });
    fallbacks.add(id);
  }
}

function checkFilesOf(
  { module, doc, input, output }: ManifestCapability,
  { files }: Manifest,
  capability: number,
): void {
  if (roleOf(files, module) !== 'module') throw invalid('module_file', { capability });
  if (roleOf(files, input.schema) !== 'schema') throw invalid('schema_file', { capability });
  if (roleOf(files, output.schema) !== 'schema') throw invalid('schema_file', { capability });
  if (doc !== undefined && roleOf(files, doc) !== 'doc') throw invalid('doc_file', { capability });
}

/** Sorted, of the ABI, and each function's effect asked for. */
function checkImports({ imports, effects }: ManifestCapability, capability: number): void {
  for (const [index, name] of imports.entries()) {
    const allowed = ALLOWED_IMPORTS.get(name);
    if (allowed === undefined) throw refusal('bundle_imports', 'not_allowed', { capability });
    if (name <= (imports[index - 1] ?? '')) throw invalid('import_order', { capability });
    if (allowed.effect !== null && !effects.includes(allowed.effect)) {
      throw refusal('bundle_imports', 'effect_not_declared', { capability });
    }
  }
}

function checkKind(asked: ManifestCapability, capability: number): void {
  const { kind, effects, hosts, output } = asked;
  if (RESERVED_EXPORTS.includes(asked.export)) throw invalid('export_name', { capability });
  if (hosts.length > 0 !== effects.includes('net.http')) throw invalid('hosts', { capability });
  const acts = effects.some((effect) => ACTION_EFFECTS.includes(effect));
  if (acts && kind !== 'action') throw invalid('effect_of_action', { capability });
  if ((kind === 'action') !== (output.kind === 'action')) {
    throw invalid('output_kind', { capability });
  }
}

/** Only a release lowers a label, so raw input stays visible in every other output. */
function checkClasses({ input, output }: ManifestCapability, capability: number): void {
  if (output.kind === 'released') return;
  const lost = BLOB_CLASSES.some(
    (tag) => input.classes.includes(tag) && !output.classes.includes(tag),
  );
  if (lost) throw invalid('class_lost', { capability });
}

function checkLimits(asked: Manifest['limits'], most: Manifest['limits'], why: string): void {
  const over = Object.entries(most).find(([name, max]) => asked[name as keyof typeof asked] > max);
  if (over !== undefined) throw refusal('bundle_limit', why, { limit: over[0], max: over[1] });
}

function roleOf(files: Manifest['files'], path: string): string | undefined {
  return files.find((file) => file.path === path)?.role;
}

function invalid(why: string, detail: Readonly<Record<string, number>> = {}): Error {
  return refusal('bundle_manifest', why, detail);
}
