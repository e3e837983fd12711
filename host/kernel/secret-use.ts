import type { RowInput } from '../core/event.ts';
import { CcosError } from '../core/error.ts';
import type { World } from '../core/world.ts';
import type { Plugin } from '../policy/question.ts';
import type { Change, Guard } from '../store/protocol.ts';
import { readChildRows, readNamedRows } from '../store/tables/chain.ts';
import { findSecret, listBindings, secretIs, touchSecret } from '../store/tables/secrets.ts';
import type { SecretRecord } from '../store/tables/secrets.ts';
import { hasLeft, readSpent } from '../store/tables/spent.ts';
import type { Store } from '../store/store.ts';
import type { Approvals } from './approvals.ts';
import type { Gate, Judged, NeedsApproval, Place } from './gate.ts';
import { bindRequest, provesBinding, provesSecret } from './secret-requests.ts';
import { secretContext } from './secret-value.ts';

interface Parts {
  readonly store: Store;
  readonly gate: Gate;
  readonly approvals: Approvals;
  readonly world: World;
  readonly tenant: string;
}

/** A plugin names a secret for a request that is on its way. */
export interface SecretUse {
  readonly plugin: Plugin;
  /** As the plugin wrote it. */
  readonly name: string;
  /** As `core/domain.ts` writes it. */
  readonly domain: string;
  readonly place: Place;
  /** The row of the attempt that it is attached to. */
  readonly parent: string;
}

/** A use that was judged; what it changes is committed with what it is for. */
export interface OpenedSecret {
  readonly judged: Judged;
  readonly rows: readonly RowInput[];
  readonly changes: readonly Change[];
  readonly guards: readonly Guard[];
  /** The value, to attach and to forget; asked for after the commit. */
  readonly value: () => Promise<Uint8Array>;
  /** The error of a refused commit, with the approval that would bind it where that is what it lacks. */
  readonly withApproval: (failure: NeedsApproval) => Promise<CcosError>;
}

/** One use of a secret. `outcome` is `lost` where a crash has cut the request off. */
export interface SecretUsage {
  readonly at: string;
  readonly capability: string;
  readonly call: string | null;
  readonly run: string | null;
  readonly domain: string;
  readonly outcome: string;
}

/** The approval that binds a secret to a use, and how many it allows; null where nobody has counted. */
interface Bound {
  readonly approval: string;
  readonly maxUses: number | null;
}

/** Giving a secret to the host's own hand, for one request; every use is a row before it happens. */
export class SecretUses {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Judges a use. INV-SECRET-2: only what approvals have put into use and bound to this version of this
   * capability, its publisher and this domain.
   */
  async prepare(use: SecretUse): Promise<OpenedSecret> {
    const { store, tenant, world } = this.#parts;
    const secret = await findSecret(store, { tenant, name: use.name }, 'active');
    const bound = secret === null ? null : await this.#binding(secret, use);
    const judged = await this.#judge(use, secret, bound);
    if (secret === null)
      return {
        ...{ judged, rows: [], changes: [], guards: [] },
        value: () => Promise.reject(new CcosError('policy_denied')), // whatever a pack may say
        withApproval: (failure) => Promise.resolve(failure),
      };
    return {
      judged,
      rows: [usedRow(use, bound)],
      changes: [touchSecret(secret, world.now())],
      guards: [secretIs(secret, 'active', secret.record), ...leftOf(bound)],
      value: () =>
        store.ask('secretRead', { record: secret.record, context: secretContext(secret) }),
      withApproval: (failure) => this.#withApproval(failure, secret, use),
    };
  }

  /** The newest uses, oldest first, from the chain. */
  async usage(name: string, limit: number): Promise<readonly SecretUsage[]> {
    const { store } = this.#parts;
    const uses = await readNamedRows(store, { type: 'secret.used', name, limit });
    const attempts = uses.flatMap(({ parent }) => parent ?? []);
    const results = await readChildRows(store, 'egress.result', attempts);
    const outcomes = new Map(results.map((row) => [row.parent, row.data['outcome']]));
    return uses.map(({ ts, run, parent, data }) => ({
      at: ts,
      capability: wordOf(data['capability']) ?? '',
      call: wordOf(data['call']),
      run,
      domain: wordOf(data['domain']) ?? '',
      outcome: wordOf(outcomes.get(parent)) ?? 'lost',
    }));
  }

  async #judge(use: SecretUse, secret: SecretRecord | null, bound: Bound | null): Promise<Judged> {
    const { gate, tenant } = this.#parts;
    return gate.judge(
      {
        action: 'useSecret',
        principal: use.plugin,
        // A name that nobody has given to a secret is a stranger's text: it goes into no row.
        secret: { name: secret?.name ?? 'unknown', tenant },
        tenant,
        domain: use.domain,
        live: secret !== null && (await this.#isLive(secret)),
        approved: bound !== null,
      },
      use.place,
    );
  }

  async #withApproval(
    failure: NeedsApproval,
    secret: SecretRecord,
    { plugin, domain }: SecretUse,
  ): Promise<CcosError> {
    const to = { capability: plugin.id, publisher: plugin.publisher, domain };
    const { id } = await this.#parts.approvals.request(bindRequest(secret, to));
    return new CcosError('approval_required', {}, { ...failure.decision, approval_id: id });
  }

  async #isLive(secret: SecretRecord): Promise<boolean> {
    const { approvals } = this.#parts;
    const id = secret.approval ?? '';
    return (
      provesSecret(await approvals.proven(id, 'secret.insert'), secret) ||
      provesSecret(await approvals.proven(id, 'secret.rotate'), secret)
    );
  }

  /** By the operator's signature, and with a use left where he has counted them. */
  async #binding(secret: SecretRecord, { plugin, domain }: SecretUse): Promise<Bound | null> {
    const bound = (await listBindings(this.#parts.store, secret.tenant)).find(
      (binding) =>
        binding.name === secret.name &&
        binding.capability === plugin.id &&
        binding.publisher === plugin.publisher &&
        binding.domain === domain,
    );
    if (bound === undefined) return null;
    const { approval } = bound;
    const request = await this.#parts.approvals.proven(approval, 'secret.bind');
    if (!provesBinding(request, secret, bound)) return null;
    const most = request?.facts['max_uses'];
    const maxUses = typeof most === 'number' ? most : null;
    if (maxUses !== null && (await readSpent(this.#parts.store, approval)).uses >= maxUses)
      return null;
    return { approval, maxUses };
  }
}

function leftOf(bound: Bound | null): readonly Guard[] {
  if (bound === null) return [];
  const { approval, maxUses } = bound;
  return maxUses === null ? [] : [hasLeft(approval, { bytes: 0, maxUses, maxBytes: 0 })];
}

function usedRow(
  { plugin, name, domain, place, parent }: SecretUse,
  bound: Bound | null,
): RowInput {
  const { call, ...at } = place;
  return {
    type: 'secret.used',
    ...at,
    parent,
    data: {
      name,
      capability: plugin.id,
      ...(call !== undefined && { call }),
      domain,
      ...(bound !== null && { approval: bound.approval }),
    },
  };
}

const wordOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
