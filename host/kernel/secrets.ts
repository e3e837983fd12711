import { CcosError } from '../core/error.ts';
import { newId } from '../core/id.ts';
import type { World } from '../core/world.ts';
import type { AdminTask } from '../policy/question.ts';
import {
  activateSecret,
  bindSecret,
  deleteSecret,
  findSecret,
  insertSecret,
  listBindings,
  listSecrets,
  noneActive,
  revokeSecret,
  secretIs,
  unbindSecret,
} from '../store/tables/secrets.ts';
import type { BindingRecord, SecretName, SecretRecord } from '../store/tables/secrets.ts';
import type { Store, Transaction } from '../store/store.ts';
import type { Acts } from './acts.ts';
import { factText } from './approval-request.ts';
import type { Applied, Approval, ApprovalRequest } from './approval-request.ts';
import type { Approvals } from './approvals.ts';
import type { Gate, Judged } from './gate.ts';
import { inserted, nameIn, unbound } from './secret-changes.ts';
import { bindRequest, insertRequest, rotateRequest } from './secret-requests.ts';
import { checkSecretValue, secretContext } from './secret-value.ts';

/** To what a secret may be attached, and where it may go. */
export type Binding = Pick<BindingRecord, 'capability' | 'publisher' | 'domain'>;

/** A secret as the operator sees it: never its value, nor how long that is. */
export interface SecretView {
  readonly name: string;
  readonly state: SecretRecord['state'];
  readonly rotating: boolean;
  readonly bindings: readonly Binding[];
  readonly created: number;
  readonly used: number | null;
}

interface Parts {
  readonly store: Store;
  readonly gate: Gate;
  readonly approvals: Approvals;
  readonly acts: Acts;
  readonly world: World;
  readonly tenant: string;
}

const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

/**
 * The secrets of a home as the operator handles them. A value is sealed in the vault first and its row
 * with the state comes after, so a crash in between leaves an orphan, which the next start removes.
 * INV-SECRET-1: a value goes in and comes out for an attached request only; nothing shows it.
 */
export class Secrets {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.approvals.register('secret.insert', {
      question: () => administer('insertSecret', true),
      apply: (request, approval) => Promise.resolve(inserted(request, approval)),
      end: (request, approval) => this.#end(request, approval),
    });
    parts.approvals.register('secret.rotate', {
      question: () => administer('rotateSecret', true),
      apply: (request, approval) => this.#rotated(request, approval),
      after: (request) => {
        this.#destroy(factText(request, 'replaces'));
      },
      end: (request, approval) => this.#end(request, approval),
    });
    parts.approvals.register('secret.bind', {
      question: () => administer('bindSecret', true),
      apply: (request, approval) => this.#bound(request, approval),
      ends: unbound,
    });
  }

  /** Stores a value under a name that has none, or none that was approved; asks for its approval. */
  async put(rawName: string, value: Uint8Array): Promise<Approval> {
    const at = this.#nameOf(rawName);
    const record = newId('sec', this.#parts.world);
    const now = this.#parts.world.now();
    const secret: SecretRecord = {
      ...at,
      record,
      state: 'pending',
      lineage: record,
      created: now,
      stored: now,
      used: null,
      approval: null,
    };
    const waited = await findSecret(this.#parts.store, at, 'pending');
    await this.#store(secret, value, {
      rows: [{ type: 'secret.put', data: { name: at.name, record } }],
      changes: [deleteSecret(at, 'pending'), deleteSecret(at, 'revoked'), insertSecret(secret)],
      guards: [noneActive(at)],
    });
    if (waited !== null) this.#destroy(waited.record);
    return this.#parts.approvals.request(insertRequest(secret));
  }

  /** Stores what shall replace the value; until its approval the present one is used. */
  async rotate(rawName: string, value: Uint8Array): Promise<Approval> {
    const at = this.#nameOf(rawName);
    const present = await findSecret(this.#parts.store, at, 'active');
    if (present === null) throw new CcosError('not_found', { what: 'secret' });
    const record = newId('sec', this.#parts.world);
    const next: SecretRecord = {
      ...present,
      record,
      state: 'pending',
      stored: this.#parts.world.now(),
      approval: null,
    };
    const waited = await findSecret(this.#parts.store, at, 'pending');
    await this.#store(next, value, {
      rows: [{ type: 'secret.put', data: { name: at.name, record } }],
      changes: [deleteSecret(at, 'pending'), insertSecret(next)],
      guards: [secretIs(at, 'active', present.record)],
    });
    if (waited !== null) this.#destroy(waited.record);
    return this.#parts.approvals.request(rotateRequest(next, present));
  }

  /** Ends it at once, with its bindings and with what waited for an approval. */
  async revoke(rawName: string): Promise<void> {
    const at = this.#nameOf(rawName);
    const { store } = this.#parts;
    const active = await findSecret(store, at, 'active');
    const pending = await findSecret(store, at, 'pending');
    if (active === null && pending === null) throw new CcosError('not_found', { what: 'secret' });
    await this.#withdraw([active?.approval ?? '', ...(await this.#boundBy(at))], {
      rows: [{ type: 'secret.revoked', data: { name: at.name } }],
      changes: [deleteSecret(at, 'pending'), revokeSecret(at), unbindSecret(at)],
    });
    for (const secret of [active, pending])
      if (secret !== null) await store.ask('secretDelete', { record: secret.record });
  }

  /** Asks for the approval that lets a capability have it attached on the way to a domain. */
  async bind(rawName: string, to: Binding): Promise<Approval> {
    const at = this.#nameOf(rawName);
    const { store } = this.#parts;
    const secret =
      (await findSecret(store, at, 'active')) ?? (await findSecret(store, at, 'pending'));
    if (secret === null) throw new CcosError('not_found', { what: 'secret' });
    return this.#parts.approvals.request(bindRequest(secret, to));
  }

  async unbind(rawName: string, from: Pick<Binding, 'capability' | 'domain'>): Promise<void> {
    const at = this.#nameOf(rawName);
    const { name } = at;
    const { capability, domain } = from;
    await this.#withdraw(await this.#boundBy(at, from), {
      rows: [{ type: 'secret.revoked', data: { name, capability, domain } }],
      changes: [unbindSecret(at, from)],
    });
  }

  async list(): Promise<readonly SecretView[]> {
    const { store, tenant } = this.#parts;
    const all = await listSecrets(store, tenant);
    const bindings = await listBindings(store, tenant);
    const isShown = ({ name, state }: SecretRecord): boolean =>
      state !== 'pending' || !all.some((other) => other.name === name && other.state === 'active');
    return all.filter(isShown).map(({ name, state, created, used }) => ({
      name,
      state,
      rotating: state === 'active' && all.some((o) => o.name === name && o.state === 'pending'),
      bindings: bindings
        .filter((bound) => bound.name === name)
        .map(({ capability, publisher, domain }) => ({ capability, publisher, domain })),
      created,
      used,
    }));
  }

  #nameOf(raw: string): SecretName {
    if (!NAME.test(raw)) throw new CcosError('invalid_input', { field: 'name' });
    return { tenant: this.#parts.tenant, name: raw };
  }

  async #store(secret: SecretRecord, value: Uint8Array, transaction: Transaction): Promise<void> {
    checkSecretValue(value);
    const { store, gate } = this.#parts;
    const { record } = secret;
    await store.ask('secretPut', { record, context: secretContext(secret), value });
    try {
      await gate.admit([this.#judge('storeSecret')], transaction);
    } catch (failure) {
      await store.ask('secretDelete', { record });
      throw failure;
    }
  }

  /** What nothing names any more; a crash before this is mended at the next start. */
  #destroy(record: string): void {
    this.#parts.store.ask('secretDelete', { record }).catch(() => undefined);
  }

  /** The approvals of its bindings, or of one. */
  async #boundBy(
    { tenant, name }: SecretName,
    one?: Pick<Binding, 'capability' | 'domain'>,
  ): Promise<readonly string[]> {
    return (await listBindings(this.#parts.store, tenant))
      .filter((bound) => bound.name === name)
      .filter((bound) => bound.capability === (one ?? bound).capability)
      .filter((bound) => bound.domain === (one ?? bound).domain)
      .map(({ approval }) => approval);
  }

  /** Takes grants back with their rows: the database alone brings none of them back (INV-TRUST-2). */
  async #withdraw(grants: readonly string[], { rows, changes = [] }: Transaction): Promise<void> {
    const { acts, approvals, gate } = this.#parts;
    await acts.turn(async (record) => {
      const withdrawn = await approvals.withdrawal(grants, 'removed');
      await record(withdrawn.acts, (signed) =>
        gate.admit([this.#judge('revokeSecret')], {
          rows: [...rows, ...withdrawn.rows],
          changes: [...changes, ...withdrawn.changes, ...signed],
          checkpoint: true,
        }),
      );
    });
  }

  async #rotated(request: ApprovalRequest, approval: string): Promise<Applied> {
    const at = nameIn(request);
    const [record, replaces] = [factText(request, 'record'), factText(request, 'replaces')];
    const before = await findSecret(this.#parts.store, at, 'active');
    const ids = [before?.approval ?? ''];
    const { rows, changes, acts } = await this.#parts.approvals.withdrawal(ids, 'replaced');
    return {
      rows: [{ type: 'secret.rotated', data: { name: at.name, record } }, ...rows],
      changes: [deleteSecret(at, 'active'), activateSecret(at, approval), ...changes],
      guards: [secretIs(at, 'active', replaces), secretIs(at, 'pending', record)],
      acts,
    };
  }

  /** The approval under which the value is in use is taken back: the value goes, with its bindings. */
  async #end(request: ApprovalRequest, approval: string): Promise<void> {
    const at = nameIn(request);
    const active = await findSecret(this.#parts.store, at, 'active');
    if (active?.approval === approval) await this.revoke(at.name);
  }

  async #bound(request: ApprovalRequest, approval: string): Promise<Transaction> {
    const at = nameIn(request);
    const { store } = this.#parts;
    const secret =
      (await findSecret(store, at, 'active')) ?? (await findSecret(store, at, 'pending'));
    if (secret?.lineage !== factText(request, 'lineage'))
      throw new CcosError('stale_approval', {}, { approval_id: approval });
    return {
      rows: [],
      changes: [
        bindSecret({
          ...at,
          capability: factText(request, 'capability'),
          publisher: factText(request, 'publisher'),
          domain: factText(request, 'domain'),
          approval,
        }),
      ],
      guards: [secretIs(at, secret.state, secret.record)],
    };
  }

  #judge(task: AdminTask): Judged {
    return this.#parts.gate.judge(administer(task, false));
  }
}

function administer(task: AdminTask, approved: boolean): Parameters<Gate['judge']>[0] {
  return {
    action: 'administer',
    principal: { kind: 'operator', id: 'operator' },
    task,
    publisherTrusted: false,
    approved,
  };
}
