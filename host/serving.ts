import type { Gateway } from './cli/application.ts';
import type { HomeFiles } from './core/home.ts';
import type { Listening } from './core/serve.ts';
import { openGateway } from './gateway.ts';
import type { OpenGateway } from './gateway.ts';
import { createApp } from './http/app.ts';
import { loopbackHosts } from './http/guards.ts';
import { createLog } from './runtime/log.ts';
import { announce, withdraw } from './runtime/owner.ts';
import { tuneForGateway } from './runtime/v8-flags.ts';
import { loadServer } from './runtime/runtime.ts';

const LOOPBACK = '127.0.0.1';
/** A checkpoint at least this often, and the sweep of what has expired. */
const CHECKPOINT_MILLIS = 5000;
const EXPIRY_MILLIS = 10 * 60_000;

/** Opens a home and listens; the answers to `/readyz` follow the steps. */
export async function startGateway(options: {
  readonly home: string;
  readonly files: HomeFiles;
  readonly port?: number;
  readonly bind?: string;
  readonly version: string;
  readonly drainMillis: number;
}): Promise<Gateway> {
  const { version, drainMillis, files: home } = options;
  const log = createLog('info');
  const stopping = makeStop();
  tuneForGateway();
  const gateway = await openGateway({
    home,
    log,
    version,
    mode: 'gateway',
    lockWaitMillis: 0,
    warm: false,
    shutdown: stopping.begin,
  });
  const port = options.port ?? gateway.config.config.port;
  const address =
    options.bind === undefined || options.bind === 'localhost' ? LOOPBACK : options.bind;
  const server = await listenFor(gateway, { version, address, port, stopping }).catch(
    async (failure: unknown) => {
      await gateway.close();
      throw failure;
    },
  );
  const host = address.includes(':') ? `[${address}]` : address;
  const url = `http://${host}:${String(server.port)}`;
  announce(options.home, { pid: process.pid, url });
  const timers = startTimers(gateway);
  log.info('gateway.ready', { port: server.port });
  stopping.onBegin(async () => {
    log.info('gateway.stopping');
    for (const timer of timers) clearInterval(timer);
    withdraw(options.home);
    await server.close(drainMillis);
    await gateway.close();
    log.info('gateway.stopped');
  });
  return {
    url,
    home: options.home,
    reload: async () => ({ restart_needed: await gateway.reload() }),
    stop() {
      stopping.begin();
      return stopping.done;
    },
    stopped: stopping.done,
  };
}

interface Stopping {
  readonly begin: () => void;
  readonly begun: () => boolean;
  readonly onBegin: (work: () => Promise<void>) => void;
  readonly done: Promise<void>;
}

/** One stop, however often it is asked for. */
function makeStop(): Stopping {
  let begun = false;
  let work: (() => Promise<void>) | null = null;
  let finish: (value: Promise<void>) => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const start = (): void => {
    if (begun && work !== null) finish(work());
  };
  return {
    begin() {
      if (begun) return;
      begun = true;
      start();
    },
    begun: () => begun,
    onBegin(given) {
      work = given;
      start();
    },
    done,
  };
}

async function listenFor(
  gateway: OpenGateway,
  options: {
    readonly version: string;
    readonly address: string;
    readonly port: number;
    readonly stopping: Stopping;
  },
): Promise<Listening> {
  await gateway.admitBind(options.address, options.port);
  const { listen, upgradeWebSocket } = await loadServer();
  let listening: Listening | null = null;
  const app = createApp(gateway.services, {
    version: options.version,
    upgradeWebSocket,
    ownHosts: () => loopbackHosts(listening?.port ?? options.port),
    ready: () => (options.stopping.begun() ? 'stopping' : 'ready'),
  });
  listening = await listen(app, options.address, options.port);
  return listening;
}

function startTimers({ services }: OpenGateway): readonly ReturnType<typeof setInterval>[] {
  let seen = 0;
  services.store.onCommit((rows) => {
    seen += rows.length;
  });
  const quietly = (work: () => Promise<unknown>) => (): void => {
    work().catch(() => {
      services.log.error('gateway.background_failed');
    });
  };
  const checkpoint = quietly(async () => {
    if (seen === 0) return;
    seen = 0;
    await services.audit.checkpoint();
  });
  const expire = quietly(() => services.blobs.expire());
  expire();
  return [setInterval(checkpoint, CHECKPOINT_MILLIS), setInterval(expire, EXPIRY_MILLIS)];
}
