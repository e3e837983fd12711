import { EFFECTS } from '../core/abi.ts';
import type { Effect } from '../core/abi.ts';
import { CcosError } from '../core/error.ts';
import type { JsonObject } from '../core/json.ts';
import { parsePublicKey } from '../crypto/ed25519.ts';
import type { PublicKey } from '../crypto/ed25519.ts';
import type { Acts } from '../kernel/acts.ts';
import { expiryIn } from '../kernel/approval-narrowing.ts';
import { factText } from '../kernel/approval-request.ts';
import type { Applied, Approval, ApprovalRequest } from '../kernel/approval-request.ts';
import type { Approvals } from '../kernel/approvals.ts';
import type { Gate } from '../kernel/gate.ts';
import { listBundles, listPublishers, trustKey } from '../kernel/records.ts';
import type { Store } from '../kernel/records.ts';
import type { World } from '../core/world.ts';
import { EffectGrants } from './effect-grants.ts';
import type { TrustedKey, TrustView } from './trust.ts';

/** The person with the admin credential. */
export const OPERATOR = { kind: 'operator', id: 'operator' } as const;

/** A key that somebody wants pinned, as `ccos bundle keygen` writes it. */
export interface OfferedKey {
  readonly publisher: string;
  readonly publicKey: Uint8Array;
  readonly namespaces: readonly string[];
  readonly effects: readonly Effect[];
}

/** A publisher as the operator sees it. */
export interface PublisherView {
  readonly id: string;
  readonly namespaces: readonly string[];
  readonly max_effects: readonly string[];
  readonly threshold: number;
  readonly keys: readonly {
    readonly id: string;
    readonly status: 'active' | 'revoked';
    readonly revoked_since?: number;
  }[];
}

interface Parts {
  readonly store: Store;
  readonly gate: Gate;
  readonly approvals: Approvals;
  readonly acts: Acts;
  readonly world: World;
  /** What was loaded under the trust of before is to be loaded anew. */
  readonly changed: () => void;
}

/** Whom the operator trusts. A key counts only with the approval that he signed for it (INV-TRUST-1). */
export class TrustStore {
  readonly #parts: Parts;
  readonly #grants: EffectGrants;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#grants = new EffectGrants(parts, parts.changed);
    parts.approvals.register('publisher.trust', {
      question: () => administer('trustPublisher', true),
      apply: (request, approval) => Promise.resolve(trustTransaction(request, approval)),
      after: parts.changed,
      end: async (request) => {
        const key = factText(request, 'key_id');
        if (parts.acts.standing.revokedSince(key) === null) await this.revoke(key);
      },
    });
  }

  async view(): Promise<TrustView> {
    const publishers = await listPublishers(this.#parts.store);
    const bundles = await listBundles(this.#parts.store);
    const ends: number[] = [];
    const trusted = await Promise.all(
      publishers.map(async (publisher) => {
        const proven = await Promise.all(
          publisher.keys.map((key) => this.#provenKey(publisher.id, key, ends)),
        );
        const terms = await this.#terms(publisher.id, ends);
        const granted = await this.#grants.of(publisher.id);
        ends.push(granted.until);
        // The table narrows what was approved; it widens nothing (INV-APPR-2).
        const approved = (name: string): readonly string[] => words(terms, name);
        return {
          id: publisher.id,
          namespaces: publisher.namespaces.filter((one) => approved('namespaces').includes(one)),
          maxEffects: EFFECTS.filter(
            (effect) =>
              publisher.effects.includes(effect) &&
              (approved('effects').includes(effect) || granted.effects.includes(effect)),
          ),
          threshold: publisher.threshold,
          keys: proven.filter((key) => key !== null),
        };
      }),
    );
    return {
      publishers: trusted,
      until: Math.min(...ends),
      revokedBundles: new Set(),
      installedBefore: (digest, since) =>
        bundles.some(
          ({ digest: known, approval, installed }) =>
            known === digest && approval !== null && installed < since,
        ),
    };
  }

  async list(): Promise<readonly PublisherView[]> {
    const { store, acts } = this.#parts;
    const publishers = await listPublishers(store);
    const { publishers: trusted } = await this.view();
    return publishers.map(({ id, namespaces, threshold, keys }) => ({
      id,
      namespaces,
      max_effects: trusted.find((known) => known.id === id)?.maxEffects ?? [],
      threshold,
      keys: keys.map((key) => {
        const since = acts.standing.revokedSince(key.id);
        if (since === null) return { id: key.id, status: 'active' };
        return { id: key.id, status: 'revoked', revoked_since: since };
      }),
    }));
  }

  /** Asks for the approval that pins a key; throws `conflict` where the key is pinned already. */
  async request(offered: OfferedKey): Promise<Approval> {
    const key = parsePublicKey(offered.publicKey);
    const publishers = await listPublishers(this.#parts.store);
    if (publishers.some(({ keys }) => keys.some(({ id }) => id === key.id)))
      throw new CcosError('conflict', { key: key.id });
    return this.#parts.approvals.request(trustRequest(offered, key));
  }

  /** Asks for effects beyond what the publisher may have. */
  requestEffects(publisher: string, effects: readonly Effect[]): Promise<Approval> {
    return this.#grants.request(publisher, effects);
  }

  /** From now on the key's signatures count only for what was installed before. */
  async revoke(keyId: string): Promise<void> {
    const { store, acts, gate, world } = this.#parts;
    await acts.turn(async (record) => {
      const publishers = await listPublishers(store);
      const known = publishers.some(({ keys }) => keys.some(({ id }) => id === keyId));
      if (!known || acts.standing.revokedSince(keyId) !== null)
        throw new CcosError('not_found', { what: 'key' });
      const judged = gate.judge(administer('revokePublisher', true));
      await record([{ act: 'key.revoke', key: keyId, since: world.now() }], (changes) =>
        gate.admit([judged], {
          rows: [{ type: 'publisher.revoked', data: { key: keyId } }],
          changes,
          checkpoint: true,
        }),
      );
    });
  }

  /** What the newest approval for a publisher grants it. */
  async #terms(publisher: string, ends: number[]): Promise<JsonObject> {
    const { approvals, acts } = this.#parts;
    const approval = acts.standing.termsOf(publisher);
    if (approval === null) return {};
    const request = await approvals.proven(approval, 'publisher.trust');
    if (request?.facts['publisher'] !== publisher) return {};
    ends.push(expiryIn(request) ?? Infinity);
    return request.facts;
  }

  async #provenKey(
    publisher: string,
    key: {
      readonly id: string;
      readonly raw: Uint8Array;
      readonly approval: string;
    },
    ends: number[],
  ): Promise<TrustedKey | null> {
    const request = await this.#parts.approvals.proven(key.approval, 'publisher.trust');
    if (request?.facts['key_id'] !== key.id || request.facts['publisher'] !== publisher)
      return null;
    const parsed = parsePublicKey(key.raw);
    if (parsed.id !== key.id) return null;
    ends.push(expiryIn(request) ?? Infinity);
    const revokedSince = this.#parts.acts.standing.revokedSince(key.id);
    return { ...parsed, ...(revokedSince !== null && { revokedSince }) };
  }
}

/** A question of administration by the operator. */
export function administer(
  task:
    | 'trustPublisher'
    | 'revokePublisher'
    | 'installBundle'
    | 'enableCapability'
    | 'disableBundle'
    | 'removeBundle',
  approved: boolean,
): Parameters<Gate['judge']>[0] {
  const publisherTrusted = task === 'installBundle';
  return { action: 'administer', principal: OPERATOR, task, approved, publisherTrusted };
}

function trustRequest(offered: OfferedKey, key: PublicKey): ApprovalRequest {
  const namespaces = [...offered.namespaces].sort();
  const effects = [...offered.effects].sort();
  return {
    kind: 'publisher.trust',
    subject: offered.publisher,
    summary: `trust the key ${key.id} to publish bundles as ${offered.publisher}`,
    changes: [
      { effect: 'WIDENS', what: 'bundles signed by this key can be installed', value: key.id },
      ...namespaces.map((value) => ({
        effect: 'WIDENS' as const,
        what: 'under names that match',
        value,
      })),
      ...effects.map((value) => ({
        effect: 'WIDENS' as const,
        what: 'with capabilities that have the effect',
        value,
      })),
      {
        effect: 'SAME',
        what: 'each bundle and each capability still needs an approval of its own',
      },
    ],
    facts: {
      publisher: offered.publisher,
      key_id: key.id,
      public_key: Buffer.from(key.raw).toString('base64'),
      namespaces,
      effects,
    },
  };
}

function trustTransaction(request: ApprovalRequest, approval: string): Applied {
  const { facts } = request;
  const publisher = factText(request, 'publisher');
  const keyId = factText(request, 'key_id');
  return {
    rows: [{ type: 'publisher.trusted', data: { publisher, key: keyId, approval } }],
    changes: trustKey({
      publisher,
      keyId,
      approval,
      namespaces: words(facts, 'namespaces'),
      effects: words(facts, 'effects'),
      raw: Buffer.from(factText(request, 'public_key'), 'base64'),
    }),
    acts: [{ act: 'publisher.terms', publisher, approval }],
  };
}

function words(facts: JsonObject, name: string): readonly string[] {
  const value = facts[name];
  return Array.isArray(value) ? value.map(String) : [];
}
