import { asCcosError } from '../core/error.ts';
import type { HomeFiles } from '../core/home.ts';
import type { Log, World } from '../core/world.ts';
import type { Approvals } from '../kernel/approvals.ts';
import type { CallTarget } from '../kernel/calls.ts';
import { listBundles, listCapabilities } from '../kernel/records.ts';
import type { BundleRecord, CapabilityRecord, Store } from '../kernel/records.ts';
import type { Json } from '../core/json.ts';
import { parseStrictJson } from '../core/strict-json.ts';
import { sha256Hex } from '../crypto/digest.ts';
import { BOUNDS } from './bounds.ts';
import { capsBytes, releasedCeiling } from './leak-ceiling.ts';
import type { OutputCeiling } from './leak-ceiling.ts';
import type { ManifestCapability } from './manifest-schema.ts';
import { refusal } from './refusal.ts';
import { checkSchema } from './schema-check.ts';
import { compileSchema } from './schema-validate.ts';
import type { TrustStore } from './trust-store.ts';
import { verifyBundle } from './verify.ts';
import type { VerifiedBundle } from './verify.ts';

interface Parts {
  readonly store: Store;
  readonly approvals: Approvals;
  readonly trust: TrustStore;
  readonly files: HomeFiles;
  readonly world: World;
  readonly log: Log;
  readonly hostVersion: string;
  readonly tenant: string;
}

/** One variant of a capability, verified from memory, ready to be called. */
export interface LoadedVariant {
  readonly target: CallTarget;
  readonly manifest: ManifestCapability;
  readonly input: ManifestCapability['input'];
  readonly module: { readonly sha256: string; readonly bytes: Uint8Array };
  readonly validatesInput: (value: unknown) => boolean;
  readonly validatesOutput: (value: unknown) => boolean;
  /** A released output: JSON that two readers read alike, valid, within its bytes; or undefined. */
  readonly readReleased: (output: Uint8Array) => Json | undefined;
  /** What one call can tell an agent; null where nothing is released. */
  readonly leak: OutputCeiling | null;
}

type Pick = (variants: readonly LoadedVariant[]) => LoadedVariant | undefined;

interface LoadedBundle {
  readonly record: BundleRecord;
  readonly bundle: VerifiedBundle;
  readonly variants: readonly LoadedVariant[];
}

/**
 * What can be called: the active bundles, each verified again from its bytes when it is loaded, with
 * the trust of now (INV-LOAD-1). A bundle that no longer verifies offers nothing, and a row says so.
 */
export class Registry {
  readonly #parts: Parts;
  #loading: Promise<readonly LoadedBundle[]> | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The next question loads anew. */
  readonly forget = (): void => {
    this.#loading = null;
  };

  /** What can be called now, for several questions about one document. */
  async offers(): Promise<Offers> {
    return new Offers(await this.variants());
  }

  async variants(): Promise<readonly LoadedVariant[]> {
    return (await this.#loaded()).flatMap(({ variants }) => variants);
  }

  /** The verified files of an active bundle. */
  async bundle(name: string): Promise<VerifiedBundle | undefined> {
    return (await this.#loaded()).find(({ record }) => record.name === name)?.bundle;
  }

  #loaded(): Promise<readonly LoadedBundle[]> {
    this.#loading ??= this.#load().catch((failure: unknown) => {
      this.#loading = null;
      throw failure;
    });
    return this.#loading;
  }

  async #load(): Promise<readonly LoadedBundle[]> {
    const { store } = this.#parts;
    const active = (await listBundles(store)).filter(({ state }) => state === 'active');
    const capabilities = await listCapabilities(store);
    const loaded: LoadedBundle[] = [];
    for (const record of active) {
      const bundle = await this.#loadOne(record, capabilities);
      if (bundle !== null) loaded.push(bundle);
      else this.#loading = null; // the next question tries again
    }
    return loaded;
  }

  async #loadOne(
    record: BundleRecord,
    capabilities: readonly CapabilityRecord[],
  ): Promise<LoadedBundle | null> {
    const { store, log } = this.#parts;
    try {
      const bundle = await this.#verify(record);
      const enabled = await this.#enabledIds(record, capabilities);
      const variants = bundle.manifest.capabilities.map((manifest) =>
        this.#variant(bundle, manifest, enabled.has(manifest.id)),
      );
      return { record, bundle, variants };
    } catch (failure) {
      const { code, detail } = asCcosError(failure);
      log.error('bundle.rejected', { bundle: record.name, code });
      await store.commit({
        rows: [
          {
            type: 'bundle.rejected',
            data: { bundle: record.name, digest: record.digest, code, ...detail },
          },
        ],
      });
      return null;
    }
  }

  async #verify(record: BundleRecord): Promise<VerifiedBundle> {
    const { files, trust, world, hostVersion, approvals } = this.#parts;
    const bytes = files.readBundle(record.digest) ?? new Uint8Array();
    const view = await trust.view();
    const bundle = verifyBundle(bytes, {
      trust: view,
      now: world.now(),
      mode: 'load',
      hostVersion,
    });
    const approved = await approvals.proven(record.approval ?? '', 'bundle.install');
    if (bundle.digest !== record.digest) throw refusal('bundle_files', 'digest');
    if (approved?.facts['digest'] !== bundle.digest) throw refusal('bundle_permission', 'approval');
    return bundle;
  }

  /** Enabled is what an approval, signed by the operator, says of exactly this digest (INV-APPR-2). */
  async #enabledIds(
    record: BundleRecord,
    capabilities: readonly CapabilityRecord[],
  ): Promise<ReadonlySet<string>> {
    const enabled = new Set<string>();
    for (const { id, bundle, digest, state, approval } of capabilities) {
      if (bundle !== record.name || digest !== record.digest || state !== 'enabled') continue;
      const request = await this.#parts.approvals.proven(approval ?? '', 'capability.enable');
      if (request?.facts['capability'] === id && request.facts['digest'] === digest)
        enabled.add(id);
    }
    return enabled;
  }

  #variant(bundle: VerifiedBundle, manifest: ManifestCapability, enabled: boolean): LoadedVariant {
    const bytes = bundle.files.get(manifest.module) ?? new Uint8Array();
    const codeSha256 = sha256Hex(bytes);
    const { name, version, publisher } = bundle.manifest;
    const state = { capabilityKind: manifest.kind, verified: true, revoked: false, enabled };
    const versioned = `${manifest.id}@${version}`;
    return {
      manifest,
      input: manifest.input,
      module: { sha256: codeSha256, bytes },
      validatesInput: lazySchema(bundle, manifest.input.schema),
      validatesOutput: lazySchema(bundle, manifest.output.schema),
      readReleased: (output) => readReleased(bundle, manifest.output.schema, output),
      leak: releasedCeiling(manifest, bundle.files),
      target: {
        name: manifest.id,
        version,
        bundle: name,
        variant: manifest.variant,
        codeSha256,
        declaredClass: manifest.input.classes[0] ?? '',
        capability: {
          ...state,
          id: versioned,
          outputKind: manifest.output.kind,
          tenant: this.#parts.tenant,
        },
        plugin: {
          ...state,
          kind: 'plugin',
          id: versioned,
          publisher: publisher.id,
          effects: manifest.effects,
        },
      },
    };
  }
}

/** What the active bundles offered at one moment. */
export class Offers {
  readonly #variants: readonly LoadedVariant[];

  constructor(variants: readonly LoadedVariant[]) {
    this.#variants = variants;
  }

  /**
   * The variant of a capability that a `pick` takes. What is not enabled takes nothing from what is: it is
   * named only where nothing else reads this.
   */
  find(id: string, pick: Pick): LoadedVariant | undefined {
    const variants = this.#variants.filter(({ manifest }) => manifest.id === id);
    return pick(variants.filter(isEnabled)) ?? pick(variants);
  }

  /** The first variant that may be called, or none. */
  enabled(id: string): LoadedVariant | undefined {
    return this.#variants.find((one) => one.manifest.id === id && isEnabled(one));
  }
}

const isEnabled = ({ target }: LoadedVariant): boolean => target.capability.enabled;

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
