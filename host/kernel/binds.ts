import { CcosError } from '../core/error.ts';
import type { ApprovalRequest } from './approval-request.ts';
import type { Approvals } from './approvals.ts';
import { NeedsApproval } from './gate.ts';
import type { Gate } from './gate.ts';
import type { Store } from '../store/store.ts';

/** How what is said goes over the network; null where nobody has said. */
export type Transport = 'tls' | 'in_the_clear' | null;

/** Where a gateway wants to listen. */
export interface Bind {
  readonly address: string;
  readonly port: number;
  readonly transport: Transport;
}

/** A socket beyond loopback: it is there as long as its approval. */
interface OpenBind {
  readonly bind: Bind;
  readonly close: () => Promise<void>;
}

/** Whether the gateway may listen somewhere: asked before it does, and while it does. */
export class Binds {
  readonly #gate: Gate;
  readonly #approvals: Approvals;
  readonly #gatewayId: string;
  readonly #store: Store;
  readonly #open = new Set<OpenBind>();

  constructor(parts: {
    readonly store: Store;
    readonly gate: Gate;
    readonly approvals: Approvals;
    readonly gatewayId: string;
  }) {
    this.#store = parts.store;
    this.#gate = parts.gate;
    this.#approvals = parts.approvals;
    this.#gatewayId = parts.gatewayId;
    parts.approvals.register('bind.open', {
      question: () => ({
        action: 'administer',
        principal: { kind: 'operator', id: 'operator' },
        task: 'openBind',
        publisherTrusted: false,
        approved: true,
      }),
      apply: () => Promise.resolve({ rows: [] }),
      ended: () => this.closeWithdrawn(),
    });
  }

  /**
   * Durable before anything listens. Resolves with the approval under which it may, or null where it needs
   * none. Throws `policy_denied`, or `approval_required` with the approval for exactly this address, port
   * and transport.
   */
  async admit(bind: Bind): Promise<string | null> {
    const { address, port, transport } = bind;
    const approval = await this.#approved(bind);
    const judged = this.#gate.judge({
      action: 'bind',
      principal: { kind: 'gateway', id: this.#gatewayId },
      address,
      port,
      transportChosen: transport !== null,
      approved: approval !== null,
    });
    const opened = {
      type: 'bind.opened',
      data: { address, port, transport: transport ?? 'none', approval },
    } as const;
    try {
      await this.#gate.admit([judged], { rows: approval === null ? [] : [opened] });
      return approval;
    } catch (failure) {
      if (!(failure instanceof NeedsApproval)) throw failure;
      const { id } = await this.#approvals.request(bindRequest(bind));
      throw new CcosError('approval_required', {}, { ...failure.decision, approval_id: id });
    }
  }

  /** A socket that has been opened where only an approval lets one be. */
  opened(bind: Bind, close: () => Promise<void>): void {
    this.#open.add({ bind, close });
  }

  /** Closes what listens by an approval that was taken back or has expired. */
  async closeWithdrawn(): Promise<void> {
    for (const open of this.#open) {
      if ((await this.#approved(open.bind)) !== null || !this.#open.delete(open)) continue;
      await open.close();
      const { address, port, transport } = open.bind;
      const data = { address, port, transport: transport ?? 'none' };
      await this.#store.commit({ rows: [{ type: 'bind.closed', data }] });
    }
  }

  /** By the operator's signature under exactly this (INV-APPR-2). */
  async #approved(bind: Bind): Promise<string | null> {
    const wanted = Object.entries(bindRequest(bind).facts);
    for (const { id, kind } of await this.#approvals.list('approved')) {
      if (kind !== 'bind.open') continue;
      const request = await this.#approvals.proven(id, 'bind.open');
      if (request !== null && wanted.every(([name, value]) => request.facts[name] === value))
        return id;
    }
    return null;
  }
}

function bindRequest({ address, port, transport }: Bind): ApprovalRequest {
  const words = transport ?? 'none';
  return {
    kind: 'bind.open',
    subject: address,
    summary: `listen at ${address}, port ${String(port)}`,
    changes: [
      {
        effect: 'WIDENS',
        what: 'machines that reach this address can talk to the gateway',
        value: address,
      },
      transport === 'tls'
        ? { effect: 'SAME', what: 'what is said, tokens too, is encrypted on the way' }
        : { effect: 'WIDENS', what: 'what is said, tokens too, can be read on the way' },
      { effect: 'SAME', what: 'every request needs a token' },
    ],
    facts: { address, port, transport: words },
  };
}
