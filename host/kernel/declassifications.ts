import type { World } from '../core/world.ts';
import type { Guard } from '../store/protocol.ts';
import { listApproved, stillApproved } from '../store/tables/approvals.ts';
import { hasLeft, readSpent } from '../store/tables/spent.ts';
import type { Store } from '../store/store.ts';
import type { Approval } from './approval-request.ts';
import type { Approvals } from './approvals.ts';
import { declassifyRequest, parseDeclassification } from './declassify-request.ts';
import type { Declassification } from './declassify-request.ts';

/** An approval under which a result may count as public, once its verifier has passed exactly it. */
export interface Covering extends Declassification {
  readonly approval: string;
  /** That it still stands, and what must still be left of it, when the result is released. */
  readonly guards: readonly Guard[];
}

/** A result on its way to an agent. */
interface Result {
  readonly capability: string;
  readonly publisher: string;
  readonly run: string;
  readonly bytes: number;
}

/** What is asked for; until when is the host's to say. */
export type Asked = Omit<Declassification, 'expires'>;

const DEFAULT_MILLIS = 3_600_000;

/** The approvals of kind `declassify.public`, as the operator's signature proves them (INV-LABEL-4). */
export class Declassifications {
  readonly #parts: {
    readonly store: Store;
    readonly approvals: Approvals;
    readonly world: World;
  };

  constructor(parts: {
    readonly store: Store;
    readonly approvals: Approvals;
    readonly world: World;
  }) {
    this.#parts = parts;
    parts.approvals.register('declassify.public', {
      question: () => ({
        action: 'administer',
        principal: { kind: 'operator', id: 'operator' },
        task: 'declassify',
        publisherTrusted: false,
        approved: true,
      }),
      apply: () => Promise.resolve({ rows: [] }), // each use looks at the approval itself
    });
  }

  /** The same twice within an hour is one approval. */
  request(wanted: Asked, requester: string): Promise<Approval> {
    const { approvals, world } = this.#parts;
    const expires = Math.ceil((world.now() + DEFAULT_MILLIS) / DEFAULT_MILLIS) * DEFAULT_MILLIS;
    return approvals.request(declassifyRequest({ ...wanted, expires }), requester);
  }

  /** The first that covers all of a result; null where there is none. */
  async covering({ capability, publisher, run, bytes }: Result): Promise<Covering | null> {
    const { store, approvals } = this.#parts;
    for (const approval of await listApproved(store, 'declassify.public', run)) {
      const request = await approvals.proven(approval, 'declassify.public');
      if (request === null) continue;
      const given = parseDeclassification(request);
      const isIt = given.capability === capability && given.publisher === publisher;
      const { maxUses, maxBytes } = given;
      const spent = await readSpent(store, approval);
      const isLeft = spent.uses < maxUses && spent.bytes + bytes <= maxBytes;
      if (!isIt || given.run !== run || !isLeft) continue;
      const guards = [stillApproved(approval), hasLeft(approval, { bytes, maxUses, maxBytes })];
      return { ...given, approval, guards };
    }
    return null;
  }
}
