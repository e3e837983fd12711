import type { HomeFiles } from './core/home.ts';
import type { Outside } from './core/outside.ts';
import type { ParsedKeys } from './home-keys.ts';
import { Actions } from './kernel/actions.ts';
import type { Acts } from './kernel/acts.ts';
import { Approvals } from './kernel/approvals.ts';
import { Audit } from './kernel/audit.ts';
import { Binds } from './kernel/binds.ts';
import { Blobs } from './kernel/blobs.ts';
import { Calls } from './kernel/calls.ts';
import { Declassifications } from './kernel/declassifications.ts';
import { Egress } from './kernel/egress.ts';
import { EgressExceptions } from './kernel/egress-exceptions.ts';
import { FileEgress } from './kernel/file-egress.ts';
import { Gate } from './kernel/gate.ts';
import { HttpEgress } from './kernel/http-egress.ts';
import { LimitGrants } from './kernel/limit-grants.ts';
import { Policies } from './kernel/policies.ts';
import type { InForce } from './kernel/policies.ts';
import { Reveals } from './kernel/reveals.ts';
import { Runs } from './kernel/runs.ts';
import { SecretUses } from './kernel/secret-use.ts';
import { Secrets } from './kernel/secrets.ts';
import { Sessions } from './kernel/sessions.ts';
import type { Current } from './kernel/settings.ts';
import { Tokens } from './kernel/tokens.ts';
import { ApprovalWatches } from './kernel/watches.ts';
import { makeOutside } from './runtime/outside.ts';
import { world } from './runtime/world.ts';
import type { Store } from './store/store.ts';

/** One home has one tenant until tenants are made. */
export const TENANT = 'local';

export interface KernelParts {
  readonly home: HomeFiles;
  readonly store: Store;
  readonly inForce: InForce;
  readonly current: Current;
  readonly keys: ParsedKeys;
  readonly acts: Acts;
  /** The network and the files; those of this machine where nothing is said. */
  readonly outside?: Outside;
}

/** The gate, and what is judged and recorded by it alone. */
export function assembleKernel({
  home,
  store,
  inForce,
  current,
  keys,
  acts,
  outside = makeOutside({ keepOut: home.directory }),
}: KernelParts) {
  const { chainVerifierKey, operator } = keys;
  const gate = new Gate({ store, world, engine: () => inForce.engine });
  const twoPeople = (): boolean => current.config.approvals.twoPeople;
  const approvals = new Approvals({ store, gate, world, operator, acts, twoPeople });
  const kernel = { store, gate, approvals, acts, world, tenant: TENANT };
  const runs = new Runs(kernel);
  const secretUses = new SecretUses(kernel);
  const retentionMillis = (): number => current.config.retention.hours * 3_600_000;
  const exceptions = new EgressExceptions(kernel);
  const watches = new ApprovalWatches(kernel);
  const out = {
    egress: new Egress({ ...kernel, exceptions, secretUses, watches }),
    outside,
    world,
  };
  return {
    ...kernel,
    runs,
    exceptions,
    declassifications: new Declassifications(kernel),
    actions: new Actions({ ...kernel, retentionMillis }),
    http: new HttpEgress(out),
    files: new FileEgress({ ...out, folders: () => current.config.files.folders }),
    sessions: new Sessions({ ...kernel, runs }),
    calls: new Calls(kernel),
    limits: new LimitGrants({ store, approvals, config: () => current.config }),
    audit: new Audit({ store, gate, verifierKey: chainVerifierKey }),
    policies: new Policies({ inForce, signer: operator.id }),
    binds: new Binds({ store, gate, approvals, gatewayId: home.id }),
    blobs: new Blobs(kernel),
    reveals: new Reveals(kernel),
    secrets: new Secrets(kernel),
    secretUses,
    tokens: new Tokens({ ...kernel, adminToken: home.adminToken() }),
  };
}
