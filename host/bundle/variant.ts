import type { Json } from '../core/json.ts';
import { parseStrictJson } from '../core/strict-json.ts';
import type { CallTarget } from '../kernel/calls.ts';
import { BOUNDS } from './bounds.ts';
import { capsBytes, releasedCeiling } from './leak-ceiling.ts';
import type { OutputCeiling } from './leak-ceiling.ts';
import type { Manifest, ManifestCapability } from './manifest-schema.ts';
import { refusal } from './refusal.ts';
import { checkSchema } from './schema-check.ts';
import { compileSchema } from './schema-validate.ts';
import type { VerifiedBundle } from './verify.ts';

/** One variant of a capability, as its signed manifest says: enough to choose and to decide. */
export interface OfferedVariant {
  readonly target: CallTarget;
  readonly manifest: ManifestCapability;
  readonly input: ManifestCapability['input'];
  /**
   * Reads and verifies the files of its bundle, once for all of its variants. Rejects with a `bundle_…`
   * code, of which a row is written (INV-LOAD-1).
   */
  readonly load: () => Promise<LoadedVariant>;
}

/** The same with its code and its schemas, verified from memory: ready to be called. */
export interface LoadedVariant extends OfferedVariant {
  readonly module: { readonly sha256: string; readonly bytes: Uint8Array };
  readonly validatesInput: (value: unknown) => boolean;
  readonly validatesOutput: (value: unknown) => boolean;
  /** A released output: JSON that two readers read alike, valid, within its bytes; or undefined. */
  readonly readReleased: (output: Uint8Array) => Json | undefined;
  /** What one call can tell an agent; null where nothing is released. */
  readonly leak: OutputCeiling | null;
}

/** What a variant is to policy and to the chain. */
export function targetOf(
  { name, version, publisher, files }: Manifest,
  manifest: ManifestCapability,
  { enabled, tenant }: { readonly enabled: boolean; readonly tenant: string },
): CallTarget {
  const state = { capabilityKind: manifest.kind, verified: true, revoked: false, enabled };
  const versioned = `${manifest.id}@${version}`;
  return {
    name: manifest.id,
    version,
    bundle: name,
    variant: manifest.variant,
    codeSha256: files.find(({ path }) => path === manifest.module)?.sha256 ?? '',
    declaredClass: manifest.input.classes[0] ?? '',
    capability: { ...state, id: versioned, outputKind: manifest.output.kind, tenant },
    plugin: {
      ...state,
      kind: 'plugin',
      id: versioned,
      publisher: publisher.id,
      effects: manifest.effects,
    },
  };
}

export function loadVariant(offered: OfferedVariant, bundle: VerifiedBundle): LoadedVariant {
  const { manifest, target } = offered;
  return {
    ...offered,
    module: {
      sha256: target.codeSha256,
      bytes: bundle.files.get(manifest.module) ?? new Uint8Array(),
    },
    validatesInput: lazySchema(bundle, manifest.input.schema),
    validatesOutput: lazySchema(bundle, manifest.output.schema),
    readReleased: (output) => readReleased(bundle, manifest.output.schema, output),
    leak: releasedCeiling(manifest, bundle.files),
  };
}

/** Compiled at the first value that is checked. */
function lazySchema(bundle: VerifiedBundle, path: string): (value: unknown) => boolean {
  let compiled: ((value: unknown) => boolean) | null = null;
  return (value) => {
    compiled ??= compileSchema(checkSchema(bundle.files.get(path) ?? new Uint8Array()));
    return compiled(value);
  };
}

function readReleased(bundle: VerifiedBundle, path: string, output: Uint8Array): Json | undefined {
  const schema = checkSchema(bundle.files.get(path) ?? new Uint8Array());
  const refuse = (why: string): Error => refusal('bundle_schema', why);
  let value: Json;
  try {
    value = parseStrictJson(output, { depth: BOUNDS.valueDepth, canonical: false, refuse });
  } catch {
    return undefined;
  }
  return compileSchema(schema)(value) && capsBytes(schema, value) ? value : undefined;
}
