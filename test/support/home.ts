import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { signContainer } from '../../host/bundle/pack.ts';
import type { HomeFiles } from '../../host/core/home.ts';
import type { World } from '../../host/core/world.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import { openGateway } from '../../host/gateway.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import type { Approval } from '../../host/kernel/approval-request.ts';
import { makeNewHome } from '../../host/new-home.ts';
import { readFirstPartyBundle } from '../../host/runtime/first-party-files.ts';
import type { FirstPartyBundle } from '../../host/runtime/first-party-files.ts';
import { createHome, openHome } from '../../host/runtime/home.ts';
import { silentLog } from '../../host/runtime/silent-log.ts';
import { STATE_WORKER } from '../../host/runtime/paths.ts';
import { readVersion } from '../../host/runtime/version.ts';
import { world as realWorld } from '../../host/runtime/world.ts';
import { openStore } from '../../host/store/store.ts';
import type { Store, StoreOptions } from '../../host/store/store.ts';
import type { WorkerSettings } from '../../host/store/protocol.ts';
import { openState } from '../../host/store/worker/state.ts';
import type { OpenState } from '../../host/store/worker/state.ts';

/**
 * Temporary homes with the real parts in them. What a test file leaves open is closed, and its folders
 * are removed, after the file's last test; a test that needs it earlier calls `close()` itself.
 */
const open = new Set<() => Promise<void>>();
const folders: string[] = [];

afterAll(async () => {
  await Promise.all([...open].map((close) => close()));
  for (const folder of folders)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
});

/** An empty folder below the system's temporary one. */
export function makeTestFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ccos-test-'));
  folders.push(folder);
  return folder;
}

/** A new home: keys, token, default configuration, the signed default pack; no database yet. */
export function makeTestHome(): HomeFiles {
  const directory = join(makeTestFolder(), 'home');
  createHome(directory, makeNewHome(readVersion()));
  return openHome(directory);
}

/** A second home with the same files, as a backup is. The home must be closed. */
export function copyTestHome({ directory }: HomeFiles): HomeFiles {
  const copy = join(makeTestFolder(), 'home');
  cpSync(directory, copy, { recursive: true });
  return openHome(copy);
}

/** What the state worker of a home is started with. */
export function workerSettings(home: HomeFiles): WorkerSettings {
  const keys = home.keys();
  return {
    stateFile: home.stateFile,
    quarantineFile: home.quarantineFile,
    vaultFile: home.vaultFile,
    checkpointLog: home.checkpointLog,
    origin: `ccos/${home.id}`,
    signingKeyPem: keys.chainPem,
    verifierKey: keys.chainVerifierKey,
    masterKey: keys.master,
    lockWaitMillis: 0,
    readOnly: false,
  };
}

/** Opens the databases of a home without a gateway around them. */
export async function openTestStore(
  home: HomeFiles = makeTestHome(),
  changes: Partial<StoreOptions> = {},
): Promise<Store> {
  const store = await openStore({
    ...workerSettings(home),
    workerFile: STATE_WORKER,
    world: realWorld,
    envelope: () => ({ tenant: 'local', policy: { pack: 'test', sha256: '0'.repeat(64) } }),
    ...changes,
  });
  return { ...store, close: closeOnce(() => store.close()) };
}

/** What the worker of {@link openTestStore} holds, on this thread and from the sources. */
export async function openTestState(
  home: HomeFiles = makeTestHome(),
  changes: Partial<WorkerSettings> = {},
): Promise<OpenState> {
  const state = await openState({ ...workerSettings(home), ...changes });
  const close = closeOnce(async () => {
    await state.handlers.close(null);
  });
  return {
    ...state,
    handlers: {
      ...state.handlers,
      async close() {
        await close();
        return null;
      },
    },
  };
}

/** Opens a home as `ccos` does, in this process; it listens nowhere. */
export async function openTestGateway(
  home: HomeFiles = makeTestHome(),
  mode: 'gateway' | 'in_process' = 'in_process',
): Promise<OpenGateway> {
  const gateway = await openGateway({
    home,
    log: silentLog,
    version: readVersion(),
    mode,
    lockWaitMillis: 0,
    warm: false,
    shutdown: () => undefined,
  });
  return { ...gateway, close: closeOnce(() => gateway.close()) };
}

/** Signs the built bundles with a new key, and approves the key, the bundles and what they offer. */
export async function approveBundles(
  { services }: OpenGateway,
  names: readonly FirstPartyBundle[],
): Promise<void> {
  const key = generateKeyPair();
  const trust = await services.trust.request({
    publisher: 'ccos',
    publicKey: key.raw,
    namespaces: ['ccos/*'],
    effects: ['quarantine.read', 'quarantine.derive'],
  });
  await approve(services, trust);
  for (const name of names) {
    const signed = signContainer(readFirstPartyBundle(name), key);
    const { approvals } = await services.installer.install(signed);
    for (const approval of approvals) await approve(services, approval);
  }
}

export const approveDocuments = (gateway: OpenGateway): Promise<void> =>
  approveBundles(gateway, ['documents']);

async function approve({ approvals }: OpenGateway['services'], approval: Approval): Promise<void> {
  await approvals.approve(approval.id, { digest: approval.digest, by: 'operator' });
}

/** The real world with a clock that a test can move. */
export function movableWorld(): World & { readonly move: (millis: number) => void } {
  let moved = 0;
  return {
    ...realWorld,
    now: () => realWorld.now() + moved,
    move(millis) {
      moved += millis;
    },
  };
}

function closeOnce(close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | null = null;
  const once = (): Promise<void> => {
    open.delete(once);
    closed ??= close();
    return closed;
  };
  open.add(once);
  return once;
}
