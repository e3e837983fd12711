import { readKeyPair } from '../../host/crypto/ed25519.ts';
import type { KeyPair } from '../../host/crypto/ed25519.ts';
import type { Row } from '../../host/core/event.ts';
import type { HomeFiles } from '../../host/core/home.ts';
import { Acts } from '../../host/kernel/acts.ts';
import type { Approval, ApprovalRequest } from '../../host/kernel/approval-request.ts';
import { Approvals } from '../../host/kernel/approvals.ts';
import { Blobs } from '../../host/kernel/blobs.ts';
import { Calls } from '../../host/kernel/calls.ts';
import { EgressExceptions } from '../../host/kernel/egress-exceptions.ts';
import { Egress } from '../../host/kernel/egress.ts';
import { Gate, NeedsApproval } from '../../host/kernel/gate.ts';
import { LimitGrants } from '../../host/kernel/limit-grants.ts';
import { packDigest } from '../../host/kernel/pack-signature.ts';
import { Runs } from '../../host/kernel/runs.ts';
import { Sessions } from '../../host/kernel/sessions.ts';
import { SecretUses } from '../../host/kernel/secret-use.ts';
import type { SecretUse } from '../../host/kernel/secret-use.ts';
import { Secrets } from '../../host/kernel/secrets.ts';
import { ApprovalWatches } from '../../host/kernel/watches.ts';
import { Tokens } from '../../host/kernel/tokens.ts';
import { configSchema } from '../../host/core/config.ts';
import { loadPack } from '../../host/policy/pack.ts';
import type { AdministerQuestion } from '../../host/policy/question.ts';
import { readDefaultPack } from '../../host/runtime/default-pack.ts';
import { readRows } from '../../host/store/tables/chain.ts';
import type { Store } from '../../host/store/store.ts';
import { makeTestHome, movableWorld, openTestStore } from '../support/home.ts';

/** The engine of the default pack; the parts of the kernel share it. */
const pack = readDefaultPack();
export const engine = await loadPack(pack, { version: 'test', sha256: packDigest(pack) });

export interface Kernel {
  readonly home: HomeFiles;
  readonly store: Store;
  readonly world: ReturnType<typeof movableWorld>;
  readonly gate: Gate;
  readonly approvals: Approvals;
  readonly acts: Acts;
  readonly tokens: Tokens;
  readonly blobs: Blobs;
  readonly secrets: Secrets;
  readonly secretUses: SecretUses;
  readonly exceptions: EgressExceptions;
  readonly egress: Egress;
  readonly watches: ApprovalWatches;
  readonly calls: Calls;
  readonly runs: Runs;
  readonly sessions: Sessions;
  readonly operator: KeyPair;
  /** The limits in force with this configuration. */
  readonly limits: LimitGrants;
  readonly setLimits: (limits: Readonly<Record<string, number>>) => void;
  /** Of the configuration. */
  readonly demandTwoPeople: () => void;
}

/** The kernel over a real store, without bundles, sandbox or HTTP. */
export async function openKernel(home = makeTestHome(), raw?: Partial<Store>): Promise<Kernel> {
  const world = movableWorld();
  const opened = await openTestStore(home, { world });
  const store = { ...opened, ...raw };
  const operator = readKeyPair(home.keys().operatorPem);
  const gate = new Gate({ store, world, engine: () => engine });
  const acts = await Acts.open({ store, operator, files: home });
  let config = configSchema.parse({});
  const twoPeople = (): boolean => config.approvals.twoPeople;
  const approvals = new Approvals({ store, gate, world, operator, acts, twoPeople });
  const runs = new Runs({ store, world, tenant: 'local' });
  const secretUses = new SecretUses({ store, gate, approvals, world, tenant: 'local' });
  const exceptions = new EgressExceptions({ store, approvals, world });
  const watches = new ApprovalWatches({ store, world, approvals });
  return {
    home,
    store,
    world,
    gate,
    approvals,
    acts,
    operator,
    tokens: new Tokens({ acts, gate, world, adminToken: home.adminToken() }),
    blobs: new Blobs({ store, gate, world }),
    secrets: new Secrets({ store, gate, approvals, acts, world, tenant: 'local' }),
    secretUses,
    exceptions,
    egress: new Egress({ store, gate, approvals, exceptions, world, secretUses, watches }),
    watches,
    calls: new Calls({ store, gate, world, tenant: 'local' }),
    runs,
    sessions: new Sessions({ store, world, runs, tenant: 'local' }),
    limits: new LimitGrants({ store, approvals, config: () => config }),
    setLimits(limits) {
      config = configSchema.parse({ limits });
    },
    demandTwoPeople() {
      config = configSchema.parse({ approvals: { twoPeople: true } });
    },
  };
}

export const PURGE: AdministerQuestion = {
  action: 'administer',
  principal: { kind: 'operator', id: 'operator' },
  task: 'purge',
  publisherTrusted: false,
  approved: false,
};
/** The same by an agent: no rule lets it. */
export const AGENT_PURGE: AdministerQuestion = {
  ...PURGE,
  principal: { kind: 'agent', id: 'a1' },
};

/** A request for `limit.raise`, the one kind that the kernel alone can answer. */
export const raise = (to: number): ApprovalRequest => ({
  kind: 'limit.raise',
  subject: 'pages',
  summary: 'raise the limit pages',
  changes: [{ effect: 'WIDENS', what: 'the limit pages', value: to }],
  facts: { limit: 'pages', from: 2000, to },
});

export async function rowsOf(store: Store, type?: string): Promise<readonly Row[]> {
  return readRows(store, { after: 0, limit: 1000, ...(type !== undefined && { type }) });
}

export function approve({ approvals }: Kernel, { id, digest }: Approval): Promise<Approval> {
  return approvals.approve(id, { digest, by: 'operator' });
}

/** Changes the database as somebody with the file could. */
export async function tamper(
  store: Store,
  sql: string,
  ...args: (string | number)[]
): Promise<void> {
  await store.commit({ rows: [], changes: [{ sql, args }] });
}

/** One use of a secret by itself, committed as `Egress` commits it with the request that it is for. */
export async function openSecret(
  { secretUses, gate }: Kernel,
  use: SecretUse,
): Promise<Uint8Array> {
  const { judged, value, withApproval, ...transaction } = await secretUses.prepare(use);
  try {
    await gate.admit([judged], transaction);
  } catch (failure) {
    const isUnbound = failure instanceof NeedsApproval && failure.kind === 'secret.bind';
    throw isUnbound ? await withApproval(failure) : failure;
  }
  return value();
}
