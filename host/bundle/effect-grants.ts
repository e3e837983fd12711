import { EFFECTS } from '../core/abi.ts';
import type { Effect } from '../core/abi.ts';
import { CcosError } from '../core/error.ts';
import type { Acts } from '../kernel/acts.ts';
import { expiryIn } from '../kernel/approval-narrowing.ts';
import { factText } from '../kernel/approval-request.ts';
import type { Applied, Approval, ApprovalRequest } from '../kernel/approval-request.ts';
import type { Approvals } from '../kernel/approvals.ts';
import { listApproved, listPublishers, widenPublisher } from '../kernel/records.ts';
import type { Store } from '../kernel/records.ts';

interface Parts {
  readonly store: Store;
  readonly approvals: Approvals;
  readonly acts: Acts;
}

/** What a publisher's bundles may do beyond its terms, and until when the first part of it holds. */
interface Granted {
  readonly effects: readonly Effect[];
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Further effects for a publisher who is trusted: `effect.grant`, on top of the terms of its trust. */
export class EffectGrants {
  readonly #parts: Parts;

  constructor(parts: Parts, changed: () => void) {
    this.#parts = parts;
    parts.approvals.register('effect.grant', {
      question: () => ({
        action: 'administer',
        principal: { kind: 'operator', id: 'operator' },
        task: 'trustPublisher',
        publisherTrusted: false,
        approved: true,
      }),
      apply: (request, approval) => this.#apply(request, approval),
      after: changed,
    });
  }

  /** Throws `not_found` for a publisher whom nobody trusts. */
  async request(publisher: string, effects: readonly Effect[]): Promise<Approval> {
    const { approvals, acts } = this.#parts;
    const terms = acts.standing.termsOf(publisher);
    if (terms === null) throw new CcosError('not_found', { what: 'publisher' });
    const asked = [...new Set(effects)].sort();
    return approvals.request({
      kind: 'effect.grant',
      subject: publisher,
      summary: `let bundles of ${publisher} have further effects`,
      changes: [
        ...asked.map((value) => ({
          effect: 'WIDENS' as const,
          what: 'with capabilities that have the effect',
          value,
        })),
        {
          effect: 'SAME',
          what: 'each bundle and each capability still needs an approval of its own',
        },
      ],
      facts: { publisher, effects: asked, terms },
    });
  }

  /** By the operator's signature, and for as long as the terms are those that they were granted on (INV-APPR-2). */
  async of(publisher: string): Promise<Granted> {
    const { store, approvals } = this.#parts;
    const effects: string[] = [];
    let until = Infinity;
    for (const approval of await listApproved(store, 'effect.grant', publisher)) {
      const request = await approvals.proven(approval, 'effect.grant');
      if (request === null || !this.#isOn(request, publisher)) continue;
      const words = request.facts['effects'];
      if (Array.isArray(words)) effects.push(...words.map(String));
      until = Math.min(until, expiryIn(request) ?? Infinity);
    }
    return { effects: EFFECTS.filter((effect) => effects.includes(effect)), until };
  }

  #isOn({ facts }: ApprovalRequest, publisher: string): boolean {
    const terms = this.#parts.acts.standing.termsOf(publisher);
    return facts['publisher'] === publisher && facts['terms'] === terms;
  }

  async #apply(request: ApprovalRequest, approval: string): Promise<Applied> {
    const publisher = factText(request, 'publisher');
    const known = (await listPublishers(this.#parts.store)).find(({ id }) => id === publisher);
    if (known === undefined || !this.#isOn(request, publisher))
      throw new CcosError('stale_approval', {}, { approval_id: approval });
    const words = request.facts['effects'];
    const asked = Array.isArray(words) ? words.map(String) : [];
    const effects = [...new Set([...known.effects, ...asked])];
    return { rows: [], changes: [widenPublisher(publisher, effects)] };
  }
}
