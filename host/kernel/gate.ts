import { CcosError } from '../core/error.ts';
import type { DecisionFacts } from '../core/error.ts';
import type { RowInput } from '../core/event.ts';
import { newId } from '../core/id.ts';
import type { JsonObject } from '../core/json.ts';
import { tagList } from '../core/label.ts';
import type { Label } from '../core/label.ts';
import type { World } from '../core/world.ts';
import type { ApprovalKind } from '../policy/approval-kind.ts';
import type { PolicyEngine } from '../policy/engine.ts';
import type {
  AccessBlobQuestion,
  DeriveBlobQuestion,
  Question,
  ReleaseQuestion,
} from '../policy/question.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Committed, Store, Transaction } from '../store/store.ts';

/** Where in the work a decision belongs. */
export interface Place {
  readonly session?: string;
  readonly run?: string;
  readonly call?: string;
}

/** A decision that was made and is not yet durable. */
export interface Judged {
  readonly id: string;
  readonly verdict: Verdict;
  readonly row: RowInput;
}

/** What a denial carries when an approval would lift it: asked for by whoever gets the error. */
export class NeedsApproval extends CcosError {
  readonly kind: ApprovalKind;
  constructor(kind: ApprovalKind, decision: DecisionFacts) {
    super('approval_required', {}, decision);
    this.kind = kind;
  }
}

/**
 * The one place where a request meets policy. Decisions are durable before their effect: `admit`
 * resolves when the rows of all decisions are on the chain and every one allows (INV-GATE-1); a
 * denial is on the chain too, alone, without the transaction it would have allowed (INV-GATE-2).
 */
export class Gate {
  readonly #store: Store;
  readonly #world: World;
  readonly #engine: () => PolicyEngine | null;

  constructor(parts: {
    readonly store: Store;
    readonly world: World;
    readonly engine: () => PolicyEngine | null;
  }) {
    this.#store = parts.store;
    this.#world = parts.world;
    this.#engine = parts.engine;
  }

  /** Decides without recording: for {@link admit}, and for a dry run. Throws `policy_unavailable`. */
  judge(question: Question, place: Place = {}): Judged {
    const engine = this.#engine();
    if (engine === null) throw new CcosError('policy_unavailable', {});
    const verdict = engine.decide(question);
    const id = newId('d', this.#world);
    return { id, verdict, row: decisionRow({ id, question, verdict }, place) };
  }

  /**
   * Commits the decisions with `transaction`, or, when one of them does not allow, those up to it, alone;
   * then throws.
   */
  async admit(
    judged: readonly Judged[],
    transaction: Transaction = { rows: [] },
  ): Promise<Committed> {
    const at = judged.findIndex(({ verdict }) => verdict.decision !== 'allow');
    const refused = judged[at];
    const rows = judged.map(({ row }) => row);
    if (refused === undefined)
      return this.#store.commit({ ...transaction, rows: [...rows, ...transaction.rows] });
    await this.#store.commit({ rows: rows.slice(0, at + 1) });
    throw refusalOf(refused);
  }
}

/** Whether an error is what a decision came to, which is on the chain. */
export function isRefusal(failure: unknown): boolean {
  return failure instanceof CcosError && failure.decision.decision_id !== undefined;
}

/** The error of a decision that does not allow. */
export function refusalOf({ id, verdict }: Judged): CcosError {
  const facts = {
    decision_id: id,
    rule_id: verdict.rules.join(' '),
    reason: verdict.reason,
  };
  if (verdict.decision === 'needs-approval' && verdict.approvalKind !== undefined)
    return new NeedsApproval(verdict.approvalKind, facts);
  if (verdict.rules.includes('engine.error')) return new CcosError('policy_unavailable', {}, facts);
  return new CcosError('policy_denied', {}, facts);
}

function decisionRow(
  decided: { readonly id: string; readonly question: Question; readonly verdict: Verdict },
  place: Place,
): RowInput {
  const { id, question, verdict } = decided;
  const { call, ...at } = place;
  return {
    type: 'policy.decision',
    ...at,
    data: {
      decision_id: id,
      gate: question.action,
      principal: `${question.principal.kind}:${question.principal.id}`,
      ...subjectOf(question),
      ...(call !== undefined && { call }),
      decision: verdict.decision,
      rule: verdict.rules.join(' '),
      reason: verdict.reason,
      ...(verdict.approvalKind !== undefined && { approval_kind: verdict.approvalKind }),
      ...(verdict.unmet !== undefined && { unmet: [...verdict.unmet] }),
    },
  };
}

/** What the question is about, in ids, tags and counts. */
function subjectOf(question: Question): JsonObject {
  switch (question.action) {
    case 'ingest':
      return { class: question.class, bytes: question.bytes };
    case 'observe':
      return {};
    case 'execute':
      return { capability: question.capability.id };
    case 'accessBlob':
    case 'deriveBlob':
      return aboutBlob(question);
    case 'release':
      return releaseSubject(question);
    case 'administer':
      return { task: question.task };
    case 'bind':
      return { address: question.address, port: question.port };
    case 'useSecret':
      return { secret: question.secret.name, domain: question.domain };
  }
}

function aboutBlob(question: AccessBlobQuestion | DeriveBlobQuestion): JsonObject {
  const { ref, class: of } = question.blob;
  if (question.action === 'deriveBlob') return { ref, class: of };
  return { ref, class: of, handle: question.handle, justification: question.justification };
}

function wordsOf(label: Label | undefined): readonly string[] {
  return label === undefined ? ['unlabelled'] : [...tagList(label)];
}

/** From which conversations a value came matters where it may leave them. */
function releaseSubject({ sink, label }: ReleaseQuestion): JsonObject {
  const isEgress = !['agent', 'operator', 'log', 'metrics'].includes(sink.kind);
  return {
    sink: sink.kind,
    label: wordsOf(label),
    ...(isEgress && { origins: [...(label?.origins ?? [])].sort() }),
  };
}
