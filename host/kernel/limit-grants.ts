import type { Config } from '../core/config.ts';
import { CcosError } from '../core/error.ts';
import { DEFAULT_LIMITS, LIMITS } from '../core/limits.ts';
import type { LimitName, LimitValues } from '../core/limits.ts';
import { grantLimit, listLimitGrants } from '../store/tables/limits.ts';
import type { Store } from '../store/store.ts';
import { factText } from './approval-request.ts';
import type { Approval, ApprovalRequest } from './approval-request.ts';
import type { Approvals } from './approvals.ts';

/**
 * The limits in force: the configuration lowers them freely; above the default it takes an approval,
 * which the operator's signature proves (INV-LIMIT-1).
 */
export class LimitGrants {
  readonly #store: Store;
  readonly #approvals: Approvals;
  readonly #config: () => Config;

  constructor(parts: {
    readonly store: Store;
    readonly approvals: Approvals;
    readonly config: () => Config;
  }) {
    this.#store = parts.store;
    this.#approvals = parts.approvals;
    this.#config = parts.config;
    parts.approvals.register('limit.raise', {
      question: () => ({
        action: 'administer',
        principal: { kind: 'operator', id: 'operator' },
        task: 'raiseLimit',
        publisherTrusted: false,
        approved: true,
      }),
      apply: (request, approval) => {
        const name = factText(request, 'limit');
        const value = Number(request.facts['to']);
        return Promise.resolve({
          rows: [{ type: 'limit.raised', data: { limit: name, value, approval } }],
          changes: [grantLimit(name, value, approval)],
        });
      },
    });
  }

  async effective(): Promise<LimitValues> {
    const wanted = this.#config().limits;
    const raised = Object.entries(wanted).filter(
      ([name, value]) => isLimit(name) && value !== undefined && value > DEFAULT_LIMITS[name],
    );
    const granted = raised.length === 0 ? new Map<string, number>() : await this.#granted();
    const values = Object.entries(wanted).flatMap(([name, value]) => {
      if (!isLimit(name) || value === undefined) return [];
      const most = Math.max(DEFAULT_LIMITS[name], granted.get(name) ?? 0);
      return [[name, Math.min(value, most)] as const];
    });
    return { ...DEFAULT_LIMITS, ...Object.fromEntries(values) };
  }

  /** The approvals that the configuration still lacks. */
  async ask(): Promise<readonly Approval[]> {
    const granted = await this.#granted();
    const asked: Approval[] = [];
    for (const [name, value] of Object.entries(this.#config().limits)) {
      if (!isLimit(name) || value === undefined) continue;
      if (value <= Math.max(DEFAULT_LIMITS[name], granted.get(name) ?? 0)) continue;
      asked.push(await this.#approvals.request(raiseRequest(name, value)));
    }
    return asked;
  }

  async #granted(): Promise<ReadonlyMap<string, number>> {
    const granted = new Map<string, number>();
    for (const { name, value, approval } of await listLimitGrants(this.#store)) {
      const request = await this.#approvals.proven(approval, 'limit.raise');
      if (request?.facts['limit'] === name && request.facts['to'] === value)
        granted.set(name, value);
    }
    return granted;
  }
}

function raiseRequest(name: LimitName, value: number): ApprovalRequest {
  const [usual, most] = LIMITS[name];
  if (value > most) throw new CcosError('invalid_input', { limit: name, most });
  return {
    kind: 'limit.raise',
    subject: name,
    summary: `raise the limit ${name} from ${String(usual)} to ${String(value)}`,
    changes: [
      {
        effect: 'WIDENS',
        what: `the limit ${name}, by default ${String(usual)}, at most ${String(most)}`,
        value,
      },
    ],
    facts: { limit: name, from: usual, to: value },
  };
}

function isLimit(name: string): name is LimitName {
  return name in LIMITS;
}
