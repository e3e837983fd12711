import { CcosError, asCcosError } from '../core/error.ts';
import type { HomeFiles } from '../core/home.ts';
import type { World } from '../core/world.ts';
import type { Acts } from '../kernel/acts.ts';
import { factText } from '../kernel/approval-request.ts';
import type { Applied, Approval, ApprovalRequest } from '../kernel/approval-request.ts';
import type { Approvals } from '../kernel/approvals.ts';
import type { Gate } from '../kernel/gate.ts';
import {
  activateBundle,
  deleteBundle,
  disableCapabilities,
  disableCapability,
  insertBundle,
  listBundles,
  listCapabilities,
  offerCapability,
  setBundleState,
  setCapability,
} from '../kernel/records.ts';
import type { BundleRecord, CapabilityRecord, Store } from '../kernel/records.ts';
import { lackedEffects } from './lacked-effects.ts';
import { capabilityRequest, installRequest } from './requests.ts';
import { administer } from './trust-store.ts';
import type { TrustStore } from './trust-store.ts';
import { verifyBundle } from './verify.ts';
import type { VerifiedBundle } from './verify.ts';

interface Parts {
  readonly store: Store;
  readonly gate: Gate;
  readonly approvals: Approvals;
  readonly acts: Acts;
  readonly trust: TrustStore;
  readonly files: HomeFiles;
  readonly world: World;
  readonly hostVersion: string;
  /** Called when what is enabled has changed. */
  readonly changed: () => void;
}

/** What an install comes to: the bundle, and the approvals that it waits for. */
export interface Installed {
  readonly bundle: BundleRecord;
  readonly approvals: readonly Approval[];
}

/**
 * Installing verifies, records and asks; it never enables. The file is content-addressed and inert
 * until the approval of exactly this digest flips the pointer, in one transaction with its rows.
 */
export class Installer {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.approvals.register('bundle.install', {
      question: () => administer('installBundle', true),
      apply: (request, approval) => this.#activate(request, approval),
      after: parts.changed,
      end: async (request, approval) => {
        const bundle = await this.get(factText(request, 'name'));
        if (bundle.state === 'active' && bundle.approval === approval)
          await this.disable(bundle.name);
      },
    });
    parts.approvals.register('capability.enable', {
      question: () => administer('enableCapability', true),
      apply: (request, approval) => this.#enable(request, approval),
      after: parts.changed,
      ends: (_, approval) => ({ rows: [], changes: [disableCapability(approval)] }),
    });
  }

  /** Every refusal leaves one row and changes nothing else. */
  async verify(bytes: Uint8Array): Promise<VerifiedBundle> {
    try {
      const trust = await this.#parts.trust.view();
      const options = { trust, now: this.#parts.world.now(), mode: 'install' as const };
      const { hostVersion } = this.#parts;
      const bundle = verifyBundle(bytes, { ...options, hostVersion });
      const floor = this.#parts.acts.standing.floorOf(bundle.manifest.name);
      if (floor === null) return bundle;
      return verifyBundle(bytes, { ...options, hostVersion, floor });
    } catch (failure) {
      const { code, detail } = asCcosError(failure);
      await this.#parts.store.commit({
        rows: [{ type: 'bundle.rejected', data: { code, ...detail } }],
      });
      throw failure;
    }
  }

  async install(bytes: Uint8Array): Promise<Installed> {
    const { store, files, world } = this.#parts;
    const bundle = await this.verify(bytes).catch((failure: unknown) =>
      this.#lacks(failure, bytes),
    );
    const { manifest, digest } = bundle;
    const known = await this.#find(manifest.name, digest);
    if (known?.state === 'active')
      return { bundle: known, approvals: await this.#ask(bundle, known) };
    const record: BundleRecord = {
      name: manifest.name,
      digest,
      sequence: manifest.sequence,
      version: manifest.version,
      publisher: manifest.publisher.id,
      state: 'pending',
      installed: world.now(),
      approval: null,
    };
    // What lies there already may be anything: only what was verified is kept.
    const stored = files.readBundle(digest);
    if (stored === null || !Buffer.from(bytes).equals(stored)) files.writeBundle(digest, bytes);
    if (known === null) {
      await store.commit({
        rows: [
          {
            type: 'bundle.verified',
            data: {
              bundle: record.name,
              digest,
              sequence: record.sequence,
              signers: [...bundle.signers],
            },
          },
        ],
        changes: [
          insertBundle(record),
          ...capabilityIds(bundle).map((id) =>
            offerCapability({ id, bundle: record.name, digest, state: 'pending', approval: null }),
          ),
        ],
      });
    }
    return { bundle: record, approvals: await this.#ask(bundle, record) };
  }

  /** Where effects of its publisher are all that a bundle lacks, they are asked for (GP3-a). */
  async #lacks(failure: unknown, bytes: Uint8Array): Promise<never> {
    const { trust: store, world, acts, hostVersion } = this.#parts;
    const lacked = lackedEffects(failure, bytes, {
      ...{ trust: await store.view(), now: world.now(), mode: 'install', hostVersion },
      floorOf: (name) => acts.standing.floorOf(name),
    });
    if (lacked === null) throw failure;
    const { id } = await store.requestEffects(lacked.publisher, lacked.effects);
    throw new CcosError('approval_required', { why: 'effect' }, { approval_id: id });
  }

  async list(): Promise<{
    readonly bundles: readonly BundleRecord[];
    readonly capabilities: readonly CapabilityRecord[];
  }> {
    const { store } = this.#parts;
    return { bundles: await listBundles(store), capabilities: await listCapabilities(store) };
  }

  /** The newest record of a name, the active one first. */
  async get(name: string): Promise<BundleRecord> {
    const bundles = (await listBundles(this.#parts.store)).filter((bundle) => bundle.name === name);
    const found = bundles.find(({ state }) => state === 'active') ?? bundles[0];
    if (found === undefined) throw new CcosError('not_found', { what: 'bundle' });
    return found;
  }

  /** Its capabilities are not called any more; installing the same file again asks anew. */
  async disable(name: string): Promise<BundleRecord> {
    const { acts, gate, approvals } = this.#parts;
    const disabled = await acts.turn(async (record) => {
      const bundle = await this.get(name);
      if (bundle.state !== 'active') throw new CcosError('conflict', { state: bundle.state });
      const granted = await this.#granted(name, bundle.digest);
      const withdrawn = await approvals.withdrawal(granted, 'disabled');
      await record(withdrawn.acts, (signed) =>
        gate.admit([gate.judge(administer('disableBundle', true))], {
          rows: [
            { type: 'bundle.disabled', data: { bundle: name, digest: bundle.digest } },
            ...withdrawn.rows,
          ],
          changes: [
            setBundleState(name, bundle.digest, 'disabled'),
            disableCapabilities(name, bundle.digest),
            ...withdrawn.changes,
            ...signed,
          ],
          checkpoint: true,
        }),
      );
      return bundle;
    });
    this.#parts.changed();
    return { ...disabled, state: 'disabled' };
  }

  /** Files, records and what still waits go; the floor stays, so an older bundle cannot take the name. */
  async remove(name: string): Promise<BundleRecord> {
    const { acts, gate, files, approvals, store } = this.#parts;
    const removed = await acts.turn(async (record) => {
      const bundle = await this.get(name);
      const waiting = (await approvals.list('pending')).filter((asked) => isAbout(asked, name));
      const ids = [...(await this.#granted(name)), ...waiting.map(({ id }) => id)];
      const withdrawn = await approvals.withdrawal(ids, 'removed');
      const all = (await listBundles(store)).filter((other) => other.name === name);
      await record(withdrawn.acts, (signed) =>
        gate.admit([gate.judge(administer('removeBundle', true))], {
          rows: [
            { type: 'bundle.removed', data: { bundle: name, digest: bundle.digest } },
            ...withdrawn.rows,
          ],
          changes: [...deleteBundle(name), ...withdrawn.changes, ...signed],
          checkpoint: true,
        }),
      );
      for (const { digest } of all) files.removeBundle(digest);
      return bundle;
    });
    this.#parts.changed();
    return removed;
  }

  /** The approvals by which a bundle and what it offers are in force: of one digest, or of all. */
  async #granted(name: string, digest?: string): Promise<readonly string[]> {
    const { store } = this.#parts;
    const bundles = (await listBundles(store)).filter((bundle) => bundle.name === name);
    const offered = (await listCapabilities(store)).filter(({ bundle }) => bundle === name);
    return [...bundles, ...offered]
      .filter((record) => digest === undefined || record.digest === digest)
      .flatMap(({ approval }) => (approval === null ? [] : [approval]));
  }

  async #find(name: string, digest: string): Promise<BundleRecord | null> {
    const bundles = await listBundles(this.#parts.store);
    return bundles.find((bundle) => bundle.name === name && bundle.digest === digest) ?? null;
  }

  /** The approvals that this digest still lacks, the bundle's own first. */
  async #ask(bundle: VerifiedBundle, record: BundleRecord): Promise<readonly Approval[]> {
    const { approvals, store } = this.#parts;
    const capabilities = await listCapabilities(store);
    const enabled = (id: string): boolean =>
      capabilities.some(
        (known) => known.id === id && known.digest === record.digest && known.state === 'enabled',
      );
    const requests = [
      ...(record.state === 'active' ? [] : [installRequest(bundle)]),
      ...capabilityIds(bundle)
        .filter((id) => !enabled(id))
        .map((id) => capabilityRequest(bundle, id)),
    ];
    const asked: Approval[] = [];
    for (const request of requests) asked.push(await approvals.request(request));
    return asked;
  }

  /** Verifies the stored file once more: what is activated is what was approved. */
  async #activate(request: ApprovalRequest, approval: string): Promise<Applied> {
    const { files, store, approvals } = this.#parts;
    const digest = factText(request, 'digest');
    const bytes = files.readBundle(digest);
    if (bytes === null) throw new CcosError('stale_approval', { why: 'file_gone' });
    const bundle = await this.verify(bytes);
    if (bundle.digest !== digest) throw new CcosError('bundle_files', { why: 'digest' });
    const { name, sequence, version } = bundle.manifest;
    const active = (await listBundles(store)).find(
      (known) => known.name === name && known.state === 'active',
    );
    const replaced = await approvals.withdrawal([active?.approval ?? ''], 'replaced');
    return {
      rows: [
        { type: 'bundle.installed', data: { bundle: name, digest, sequence, version, approval } },
        ...replaced.rows,
      ],
      changes: [...activateBundle({ name, digest, approval }), ...replaced.changes],
      acts: [{ act: 'bundle.floor', bundle: name, sequence, digest, version }, ...replaced.acts],
    };
  }

  /** Only a capability of the bundle that is active; anything else has changed since it was asked. */
  async #enable(request: ApprovalRequest, approval: string): Promise<Applied> {
    const { store, approvals } = this.#parts;
    const id = factText(request, 'capability');
    const bundle = factText(request, 'bundle');
    const digest = factText(request, 'digest');
    const before = (await listCapabilities(store)).find(
      (known) => known.id === id && known.bundle === bundle,
    );
    const replaced = await approvals.withdrawal([before?.approval ?? ''], 'replaced');
    return {
      rows: [
        { type: 'capability.enabled', data: { capability: id, bundle, digest, approval } },
        ...replaced.rows,
      ],
      changes: [
        setCapability({ id, bundle, digest, state: 'enabled', approval }),
        ...replaced.changes,
      ],
      acts: replaced.acts,
      guards: [
        {
          sql: `SELECT 1 FROM bundle WHERE name = ? AND digest = ? AND state = 'active'`,
          args: [bundle, digest],
          rows: 1,
        },
      ],
    };
  }
}

/** Whether a request asks for a bundle of this name, or for something that it offers. */
function isAbout({ kind, facts }: ApprovalRequest, name: string): boolean {
  if (kind === 'bundle.install') return facts['name'] === name;
  return kind === 'capability.enable' && facts['bundle'] === name;
}

/** The ids that a bundle offers, each once. */
export function capabilityIds({ manifest }: VerifiedBundle): readonly string[] {
  return [...new Set(manifest.capabilities.map(({ id }) => id))].sort();
}
