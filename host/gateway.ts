import { TENANT, assembleKernel } from './assemble-kernel.ts';
import { Installer } from './bundle/installer.ts';
import { examineBundles } from './bundle/examine.ts';
import { Registry } from './bundle/registry.ts';
import { TrustStore } from './bundle/trust-store.ts';
import { asCcosError } from './core/error.ts';
import type { Outside } from './core/outside.ts';
import type { RowInput } from './core/event.ts';
import type { HomeFiles } from './core/home.ts';
import type { JsonObject } from './core/json.ts';
import { LIMITS } from './core/limits.ts';
import { Actor } from './flow/act.ts';
import { Extractor } from './flow/extract.ts';
import { ProgressBoard } from './flow/progress.ts';
import type { Services } from './http/services.ts';
import { parseKeys } from './home-keys.ts';
import type { ParsedKeys } from './home-keys.ts';
import { Acts } from './kernel/acts.ts';
import type { Binds } from './kernel/binds.ts';
import type { Calls } from './kernel/calls.ts';
import type { Gate } from './kernel/gate.ts';
import { verifyPack } from './kernel/pack-signature.ts';
import type { InForce } from './kernel/policies.ts';
import type { Runs } from './kernel/runs.ts';
import { SettingsService } from './kernel/settings.ts';
import type { Current } from './kernel/settings.ts';
import { loadPack } from './policy/pack.ts';
import { assembleChat } from './chat.ts';
import { examineHome, walls } from './runtime/doctor.ts';
import type { LeveledLog } from './runtime/leveled-log.ts';
import { SANDBOX_PROCESS, STATE_WORKER } from './runtime/paths.ts';
import { RUNTIME, runtimeVersion } from './runtime/runtime.ts';
import { world } from './runtime/world.ts';
import { createSandbox } from './sandbox/index.ts';
import type { Sandbox } from './sandbox/index.ts';
import { openStore } from './store/store.ts';
import type { Store } from './store/store.ts';

export interface GatewayOptions {
  readonly home: HomeFiles;
  readonly log: LeveledLog;
  readonly version: string;
  readonly mode: 'gateway' | 'in_process';
  readonly lockWaitMillis: number;
  /** Starts a sandbox process before anything else, for a call that is certain to come. */
  readonly warm: boolean;
  readonly shutdown: () => void;
  /** The network and the files; those of this machine where nothing is said. */
  readonly outside?: Outside;
}

/** A home that is open, with everything put together. */
export interface OpenGateway {
  readonly services: Services;
  readonly config: Current;
  readonly sandbox: Sandbox;
  /** Where the gateway may listen: asked before it does, and told what it has opened. */
  readonly binds: Pick<Binds, 'admit' | 'opened' | 'closeWithdrawn'>;
  /** Reads the configuration again; names what waits for a restart. */
  readonly reload: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** Opens a home: the one place where everything is constructed and joined. */
export async function openGateway(options: GatewayOptions): Promise<OpenGateway> {
  const { home, log } = options;
  const current: Current = home.readConfig();
  log.setLevel(current.config.log.level);
  const sandbox = startSandbox(current, log);
  if (options.warm) sandbox.warm();
  let store: Store | null = null;
  try {
    const state = await openState(home, options.lockWaitMillis);
    store = state.store;
    return await joinGateway({ ...options, ...state, sandbox, current });
  } catch (failure) {
    await sandbox.close();
    await store?.close();
    throw failure;
  }
}

async function joinGateway(joined: Joined): Promise<OpenGateway> {
  const { store, sandbox, current, log, home } = joined;
  const acts = await Acts.open({ store, operator: joined.keys.operator, files: home });
  const parts = assemble({ ...joined, acts });
  await recordStart(parts, joined);
  return {
    services: parts.services,
    config: current,
    sandbox,
    binds: parts.binds,
    async reload() {
      const restart = await parts.services.settings.reload();
      log.setLevel(current.config.log.level);
      log.info('config.loaded', { restart: restart.length });
      return restart;
    },
    async close() {
      await sandbox.close();
      try {
        if (joined.mode === 'gateway')
          await store.commit({ rows: [{ type: 'gateway.stop', data: {} }] });
      } finally {
        await store.close();
      }
    },
  };
}

function startSandbox({ config }: Current, log: LeveledLog): Sandbox {
  return createSandbox({
    processFile: SANDBOX_PROCESS,
    runtime: RUNTIME,
    processes: config.sandbox.processes,
    idleMs: config.sandbox.idleSeconds * 1000,
    maxMemoryPages: LIMITS.memoryPages[1],
    log,
    world,
  });
}

/** The databases and the policy engine are slow to load and do not need each other. */
async function openState(
  home: HomeFiles,
  lockWaitMillis: number,
): Promise<Pick<Joined, 'store' | 'inForce' | 'keys'>> {
  const keys = parseKeys(home.keys());
  const pack = home.readPack();
  const identity = verifyPack(pack, keys.operator);
  // One object: within a message to the worker it is copied once.
  const policy = { pack: identity.version, sha256: identity.sha256 };
  const envelope = { tenant: TENANT, policy };
  const opening = openStore({
    workerFile: STATE_WORKER,
    world,
    envelope: () => envelope,
    stateFile: home.stateFile,
    quarantineFile: home.quarantineFile,
    vaultFile: home.vaultFile,
    checkpointLog: home.checkpointLog,
    origin: keys.origin,
    signingKeyPem: keys.chainPem,
    verifierKey: keys.chainVerifierKey,
    masterKey: keys.master,
    lockWaitMillis,
    readOnly: false,
  });
  const [store, engine] = await Promise.allSettled([opening, loadPack(pack.files, identity)]);
  if (store.status === 'rejected') throw asCcosError(store.reason);
  if (engine.status === 'rejected') {
    await store.value.close();
    throw asCcosError(engine.reason);
  }
  return { store: store.value, inForce: { engine: engine.value, pack }, keys };
}

interface Joined extends GatewayOptions {
  readonly store: Store;
  readonly inForce: InForce;
  readonly keys: ParsedKeys;
  readonly sandbox: Sandbox;
  readonly current: Current;
}

interface Assembled {
  readonly services: Services;
  readonly calls: Calls;
  readonly gate: Gate;
  readonly runs: Runs;
  readonly binds: Binds;
}

interface WithActs extends Joined {
  readonly acts: Acts;
}

function assemble(joined: WithActs): Assembled {
  const { home, log, store, sandbox, current } = joined;
  const kernel = assembleKernel(joined);
  const { gate, approvals, runs, calls, limits, sessions, audit, blobs, tokens } = kernel;
  const { trust, registry, installer } = makeBundles(joined, kernel);
  const retentionMillis = (): number => current.config.retention.hours * 3_600_000;
  const extractor = new Extractor({
    store,
    registry,
    calls,
    runs,
    approvals,
    sandbox,
    world,
    limits: () => limits.effective(),
    retentionMillis,
  });
  const chat = assembleChat({ ...kernel, registry, sandbox, retentionMillis });
  const actor = new Actor({ ...kernel, registry, sandbox, limits: () => limits.effective() });
  const services: Services = {
    actor,
    extractor,
    progress: new ProgressBoard(),
    installer,
    registry,
    trust,
    approvals,
    audit,
    blobs,
    sessions,
    exceptions: kernel.exceptions,
    secrets: kernel.secrets,
    secretUses: kernel.secretUses,
    policies: kernel.policies,
    reveals: kernel.reveals,
    runs,
    ...chat,
    tokens,
    settings: new SettingsService({ files: home, store, gate, limits, current }),
    store,
    log,
    world,
    status: () => statusOf(services, joined, started),
    doctor: async () => [...examineHome(home), await examineBundles(registry)],
    shutdown: joined.shutdown,
  };
  const started = world.now();
  return { services, calls, gate, runs, binds: kernel.binds };
}

function makeBundles(
  { home, log, version }: Joined,
  kernel: ReturnType<typeof assembleKernel>,
): Pick<Services, 'trust' | 'registry' | 'installer'> {
  const trust = new TrustStore({
    ...kernel,
    changed() {
      registry.forget();
    },
  });
  const common = { ...kernel, trust, files: home, hostVersion: version };
  const registry: Registry = new Registry({ ...common, log });
  return { trust, registry, installer: new Installer({ ...common, changed: registry.forget }) };
}

async function recordStart(parts: Assembled, joined: Joined): Promise<void> {
  const { store, inForce, current } = joined;
  const { version, sha256 } = inForce.engine;
  const rows: RowInput[] = [];
  if (store.openedSize === 0) rows.push({ type: 'home.created', data: { home: joined.home.id } });
  if (store.migratedFrom !== null)
    rows.push({ type: 'home.migrated', data: { from: store.migratedFrom } });
  if (joined.mode === 'gateway' || store.openedSize === 0)
    rows.push(
      { type: 'gateway.start', data: { version: joined.version, mode: joined.mode } },
      { type: 'policy.loaded', data: { version, sha256 } },
      { type: 'config.loaded', data: { file: 'config.json', sha256: current.sha256 } },
    );
  if (rows.length > 0) await store.commit({ rows });
  await parts.services.blobs.destroyDeleted();
  await parts.services.blobs.recover();
  const lost = await parts.calls.recoverLost();
  const { count, changes } = await parts.runs.lostCommands();
  if (lost + count + store.recovered > 0)
    await store.commit({
      rows: [
        {
          type: 'gateway.recovered',
          data: { calls: lost, runs: count, blobs: store.recovered },
        },
      ],
      changes,
    });
}

async function statusOf(services: Services, joined: Joined, started: number): Promise<JsonObject> {
  const { home, inForce, sandbox, version, mode } = joined;
  const { bundles, capabilities } = await services.installer.list();
  const pending = await services.approvals.list('pending');
  const [head] = await services.audit.rows({ limit: 1 });
  const enabled = capabilities.filter(({ state }) => state === 'enabled').length;
  return {
    version,
    home: home.directory,
    home_id: home.id,
    mode,
    pid: process.pid,
    started: new Date(started).toISOString(),
    uptime_seconds: Math.round((world.now() - started) / 1000),
    runtime: { name: RUNTIME, version: runtimeVersion() },
    policy: { version: inForce.engine.version, sha256: inForce.engine.sha256 },
    chain: { rows: head?.seq ?? 0 },
    quarantine: { ...(await services.blobs.stats()) },
    sandbox: { ...sandbox.stats() },
    bundles: bundles.filter(({ state }) => state === 'active').length,
    capabilities: { enabled, disabled: capabilities.length - enabled },
    approvals: { pending: pending.length },
    walls: [...walls()],
  };
}
