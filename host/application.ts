import type {
  Application,
  AskPassphrase,
  Connection,
  Gateway,
  HomeOptions,
  Initialised,
  ServeOptions,
} from './cli/application.ts';
import { CcosError } from './core/error.ts';
import type { HomeFiles, KeyStore } from './core/home.ts';
import type { JsonObject } from './core/json.ts';
import { newNonce, proofOf, sameHash } from './crypto/token.ts';
import { fetchClient } from './http/client.ts';
import { announce, readOwner, withdraw } from './runtime/owner.ts';
import { createHome, homeExists, openHome } from './runtime/home.ts';
import { tuneForCommand } from './runtime/v8-flags.ts';
import { readVersion } from './runtime/version.ts';

/** How long a command waits for another command to let go of a home. */
const LOCK_WAIT_MILLIS = 10_000;
const HEALTH_MILLIS = 2000;
/** What is left of a stop: requests in flight have this long to end. */
const DRAIN_MILLIS = 8000;

const version = readVersion();

/** The program as the command line sees it. Everything heavy is loaded when it is needed. */
export const application: Application = {
  version,
  connect: (options) => connect(options, false),
  init: (options) => init(options),
  serve: (options) => serve(options),
  checkConfig({ home }) {
    const { config, sha256 } = openHome(home).readConfig();
    const plain = JSON.parse(JSON.stringify(config)) as JsonObject; // without the unset limits
    return Promise.resolve({ config: plain, file_sha256: sha256 });
  },
  offline: {
    keygen: async () => (await import('./offline.ts')).offline.keygen(),
    pack: async (folder) => (await import('./offline.ts')).offline.pack(folder),
    sign: async (bundle, pem) => (await import('./offline.ts')).offline.sign(bundle, pem),
    inspect: async (bundle) => (await import('./offline.ts')).offline.inspect(bundle),
    verifyAudit: async (asked) => (await import('./offline.ts')).offline.verifyAudit(asked),
    verifyProof: async (proof, key) =>
      (await import('./offline.ts')).offline.verifyProof(proof, key),
    contract: async () => (await import('./offline.ts')).offline.contract(),
  },
};

/** The same, with a sandbox process started before the rest: for a command that is sure to need one. */
export const extracting: Application = {
  ...application,
  connect: (options) => connect(options, true),
};

async function connect(options: HomeOptions, warm: boolean): Promise<Connection> {
  const { home } = options;
  const running = await findGateway(options);
  if (running !== null) return running;
  try {
    return await openInProcess(options, warm);
  } catch (failure) {
    if (!(failure instanceof CcosError) || failure.code !== 'locked') throw failure;
    const started = await findGateway(options);
    if (started !== null) return started;
    throw new CcosError('locked', { pid: readOwner(home)?.pid ?? 0 });
  }
}

async function findGateway({ home, token: other }: HomeOptions): Promise<Connection | null> {
  const owner = readOwner(home);
  const url = owner?.url ?? null;
  if (url === null) return null;
  const token = openHome(home).adminToken();
  if (!(await isOurs(url, token))) return null;
  const client = fetchClient(fetch, { baseUrl: url, token: other ?? token });
  return { client, mode: 'gateway', url, close: () => Promise.resolve() };
}

/** Whoever has taken the port of a gateway that is gone does not know the home: it is told nothing. */
async function isOurs(url: string, token: string): Promise<boolean> {
  const nonce = newNonce();
  try {
    const signal = AbortSignal.timeout(HEALTH_MILLIS);
    const answer = await fetch(`${url}/healthz?nonce=${nonce}`, { signal, redirect: 'error' });
    const { proof } = (await answer.json()) as { readonly proof?: unknown };
    return typeof proof === 'string' && sameHash(proof, proofOf(token, nonce));
  } catch {
    return false;
  }
}

const nobodyToAsk: AskPassphrase = () =>
  Promise.reject(new CcosError('quarantine_locked', { key_store: 'passphrase' }));

/** The files of a home, with its master key wherever that is kept. */
async function openUnlocked({ home, passphrase }: HomeOptions): Promise<HomeFiles> {
  const files = openHome(home);
  if (files.keyStore === 'file') return files;
  const { unlock } = await import('./key-store.ts');
  return unlock(files, passphrase ?? nobodyToAsk);
}

async function openInProcess(options: HomeOptions, warm: boolean): Promise<Connection> {
  const files = await openUnlocked(options);
  const { directory } = files;
  tuneForCommand();
  const [{ openGateway }, { localClient }, { silentLog }] = await Promise.all([
    import('./gateway.ts'),
    import('./http/local-client.ts'),
    import('./runtime/silent-log.ts'),
  ]);
  const gateway = await openGateway({
    home: files,
    log: silentLog,
    version,
    mode: 'in_process',
    lockWaitMillis: LOCK_WAIT_MILLIS,
    warm,
    shutdown: () => undefined,
  });
  announce(directory, { pid: process.pid, url: null });
  return {
    client: localClient(gateway.services, options.token ?? files.adminToken()),
    mode: 'in_process',
    async close() {
      withdraw(directory);
      await gateway.services.blobs.expire().catch(() => undefined); // the next command tries again
      await gateway.close();
    },
  };
}

async function init(options: HomeOptions & { readonly keyStore?: KeyStore }): Promise<Initialised> {
  const { home: directory, keyStore } = options;
  const created = !homeExists(directory);
  const passphrase = askedOnce(options.passphrase ?? nobodyToAsk);
  if (created) await makeHome({ ...options, passphrase });
  const { id, keyStore: kept } = openHome(directory);
  if (keyStore !== undefined && keyStore !== kept)
    throw new CcosError('conflict', { key_store: kept });
  const connection = await connect({ home: directory, passphrase }, false); // writes the first rows, proves that it opens
  await connection.close();
  return { home: directory, home_id: id, key_store: kept, created };
}

/** What was chosen a moment ago opens what it has closed. */
function askedOnce(ask: AskPassphrase): AskPassphrase {
  let answer: Promise<string> | null = null;
  return (which) => (answer ??= ask(which));
}

async function makeHome({
  home,
  passphrase,
  keyStore = 'file',
}: Required<Omit<HomeOptions, 'token'>> & { readonly keyStore?: KeyStore }): Promise<void> {
  const { makeNewHome } = await import('./new-home.ts');
  const { withKeyStore } = await import('./key-store.ts');
  createHome(home, await withKeyStore(makeNewHome(version), keyStore, passphrase));
}

async function serve(options: ServeOptions): Promise<Gateway> {
  const { home: directory } = options;
  if ((await findGateway({ home: directory })) !== null)
    throw new CcosError('locked', { pid: readOwner(directory)?.pid ?? 0 });
  if (!homeExists(directory)) await init(options);
  const files = await openUnlocked(options);
  const { startGateway } = await import('./serving.ts');
  return startGateway({ ...options, files, version, drainMillis: DRAIN_MILLIS });
}
