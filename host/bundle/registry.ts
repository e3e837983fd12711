import { asCcosError } from '../core/error.ts';
import type { HomeFiles } from '../core/home.ts';
import type { Log, World } from '../core/world.ts';
import { expiryIn } from '../kernel/approval-narrowing.ts';
import type { ApprovalRequest } from '../kernel/approval-request.ts';
import type { Approvals } from '../kernel/approvals.ts';
import { listBundles, listCapabilities } from '../kernel/records.ts';
import type { BundleRecord, CapabilityRecord, Store } from '../kernel/records.ts';
import { ENVELOPE_END, readEnvelope } from './container.ts';
import type { Manifest, ManifestCapability } from './manifest-schema.ts';
import { refusal } from './refusal.ts';
import type { TrustStore } from './trust-store.ts';
import { loadVariant, targetOf } from './variant.ts';
import type { OfferedVariant } from './variant.ts';
import { verifyBundle, verifyEnvelope } from './verify.ts';
import type { VerifiedBundle, VerifyOptions } from './verify.ts';

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

type Picker = (variants: readonly OfferedVariant[]) => OfferedVariant | undefined;

interface LoadedBundle {
  readonly record: BundleRecord;
  readonly variants: readonly OfferedVariant[];
  /** Its files, read and verified when they are first asked for, and then kept. */
  readonly contents: () => Promise<VerifiedBundle>;
}

/**
 * What can be called: the active bundles, each verified again from its bytes when it is loaded, with
 * the trust of now (INV-LOAD-1): its signed manifest to be chosen, its files before the first call. A bundle
 * that no longer verifies offers nothing, or fails what is asked of it, and a row says so.
 */
export class Registry {
  readonly #parts: Parts;
  #loading: Promise<readonly LoadedBundle[]> | null = null;
  /** When the first of what was found approved ends; milliseconds since the epoch. */
  #until = Infinity;

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

  async variants(): Promise<readonly OfferedVariant[]> {
    return (await this.#loaded()).flatMap(({ variants }) => variants);
  }

  /** The verified files of an active bundle. */
  async bundle(name: string): Promise<VerifiedBundle | undefined> {
    return (await this.#loaded()).find(({ record }) => record.name === name)?.contents();
  }

  /** Reads every active bundle whole, and names those that do not verify. A row is written of each. */
  async damaged(): Promise<ReadonlySet<string>> {
    const active = (await listBundles(this.#parts.store)).filter(({ state }) => state === 'active');
    const damaged = new Set(active.map(({ name }) => name));
    const verified = async ({ record, contents }: LoadedBundle): Promise<void> => {
      await contents();
      damaged.delete(record.name);
    };
    await Promise.allSettled((await this.#loaded()).map(verified));
    return damaged;
  }

  #loaded(): Promise<readonly LoadedBundle[]> {
    if (this.#parts.world.now() >= this.#until) this.forget();
    this.#loading ??= this.#load().catch((failure: unknown) => {
      this.#loading = null;
      throw failure;
    });
    return this.#loading;
  }

  async #load(): Promise<readonly LoadedBundle[]> {
    const { store } = this.#parts;
    this.#until = Infinity;
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
    const { tenant } = this.#parts;
    try {
      const options = await this.#options();
      const manifest = await this.#manifest(record, options);
      const ids = await this.#enabledIds(record, capabilities);
      const contents = once(() => this.#contents(record, options));
      const variants = manifest.capabilities.map((capability) =>
        offer(capability, {
          target: targetOf(manifest, capability, { enabled: ids.has(capability.id), tenant }),
          contents,
        }),
      );
      return { record, variants, contents };
    } catch (failure) {
      await this.#reject(record, failure);
      return null;
    }
  }

  async #reject(record: BundleRecord, failure: unknown): Promise<void> {
    const { store, log } = this.#parts;
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
  }

  async #options(): Promise<VerifyOptions> {
    const { trust, world, hostVersion } = this.#parts;
    const view = await trust.view();
    this.#until = Math.min(this.#until, view.until ?? Infinity);
    return { trust: view, now: world.now(), mode: 'load', hostVersion };
  }

  async #manifest(record: BundleRecord, options: VerifyOptions): Promise<Manifest> {
    const { files, approvals } = this.#parts;
    const head = files.readBundle(record.digest, ENVELOPE_END) ?? new Uint8Array();
    const signed = verifyEnvelope(readEnvelope(head), options);
    const approved = await approvals.proven(record.approval ?? '', 'bundle.install');
    this.#heed(approved);
    if (signed.digest !== record.digest) throw refusal('bundle_files', 'digest');
    if (approved?.facts['digest'] !== signed.digest) throw refusal('bundle_permission', 'approval');
    return signed.manifest;
  }

  #heed(approved: ApprovalRequest | null): void {
    const expires = approved === null ? null : expiryIn(approved);
    if (expires !== null) this.#until = Math.min(this.#until, expires);
  }

  async #contents(record: BundleRecord, options: VerifyOptions): Promise<VerifiedBundle> {
    try {
      const bytes = this.#parts.files.readBundle(record.digest) ?? new Uint8Array();
      const bundle = verifyBundle(bytes, options);
      if (bundle.digest !== record.digest) throw refusal('bundle_files', 'digest');
      return bundle;
    } catch (failure) {
      this.forget(); // the next question reads it anew
      await this.#reject(record, failure);
      throw failure;
    }
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
      this.#heed(request);
      if (request?.facts['capability'] === id && request.facts['digest'] === digest)
        enabled.add(id);
    }
    return enabled;
  }
}

/** What the active bundles offered at one moment. */
export class Offers {
  readonly #variants: readonly OfferedVariant[];

  constructor(variants: readonly OfferedVariant[]) {
    this.#variants = variants;
  }

  /**
   * The variant of a capability that a `pick` takes. What is not enabled takes nothing from what is: it is
   * named only where nothing else reads this.
   */
  find(id: string, pick: Picker): OfferedVariant | undefined {
    const variants = this.#variants.filter(({ manifest }) => manifest.id === id);
    return pick(variants.filter(isEnabled)) ?? pick(variants);
  }

  /** The first variant that may be called, or none. */
  enabled(id: string): OfferedVariant | undefined {
    return this.#variants.find((one) => one.manifest.id === id && isEnabled(one));
  }
}

function offer(
  manifest: ManifestCapability,
  { target, contents }: Pick<OfferedVariant, 'target'> & Pick<LoadedBundle, 'contents'>,
): OfferedVariant {
  const offered: OfferedVariant = {
    target,
    manifest,
    input: manifest.input,
    load: once(async () => loadVariant(offered, await contents())),
  };
  return offered;
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}

const isEnabled = ({ target }: OfferedVariant): boolean => target.capability.enabled;
