import type { Gateway, ServeOptions } from './cli/application.ts';
import type { HomeFiles } from './core/home.ts';
import { openGateway } from './gateway.ts';
import type { OpenGateway } from './gateway.ts';
import { createLog } from './runtime/log.ts';
import { openServers } from './open-servers.ts';
import type { Stopping } from './open-servers.ts';
import { announce, withdraw } from './runtime/owner.ts';
import { tuneForGateway } from './runtime/v8-flags.ts';
import { world } from './runtime/world.ts';
import { readTls } from './runtime/tls.ts';

const LOOPBACK = '127.0.0.1';
/** A checkpoint at least this often, and the sweep of what has expired. */
const CHECKPOINT_MILLIS = 5000;
/** How long a socket may outlive the end of its approval; one that is taken back closes it at once. */
const BINDS_MILLIS = 5000;
const EXPIRY_MILLIS = 10 * 60_000;

/** Opens a home and listens; the answers to `/readyz` follow the steps. */
export async function startGateway(
  options: ServeOptions & {
    readonly files: HomeFiles;
    readonly version: string;
    readonly drainMillis: number;
  },
): Promise<Gateway> {
  const { version, drainMillis, files: home } = options;
  const log = createLog('info');
  const stopping = makeStop();
  const tls = options.tls === undefined ? undefined : readTls(options.tls, world.now());
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
  const { bind: asked = 'localhost', inTheClear = false } = options;
  const opened = await openServers(gateway, {
    ...{ version, stopping, inTheClear },
    address: asked === 'localhost' ? LOOPBACK : asked,
    port: options.port ?? gateway.config.config.port,
    ...(tls !== undefined && { tls }),
  }).catch(async (failure: unknown) => {
    await gateway.close();
    throw failure;
  });
  const { url, openUrl } = opened;
  announce(options.home, { pid: process.pid, url });
  const timers = startTimers(gateway);
  log.info('gateway.ready', { port: Number(new URL(url).port) });
  stopping.onBegin(async () => {
    log.info('gateway.stopping');
    for (const timer of timers) clearInterval(timer);
    withdraw(options.home);
    await opened.close(drainMillis);
    await gateway.close();
    log.info('gateway.stopped');
  });
  return {
    url,
    ...(openUrl !== undefined && { openUrl }),
    home: options.home,
    reload: async () => ({ restart_needed: await gateway.reload() }),
    stop() {
      stopping.begin();
      return stopping.done;
    },
    stopped: stopping.done,
  };
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

function startTimers(gateway: OpenGateway): readonly ReturnType<typeof setInterval>[] {
  const { services } = gateway;
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
  const binds = quietly(() => gateway.binds.closeWithdrawn());
  const expire = quietly(() => services.blobs.expire());
  expire();
  return [
    setInterval(checkpoint, CHECKPOINT_MILLIS),
    setInterval(binds, BINDS_MILLIS),
    setInterval(expire, EXPIRY_MILLIS),
  ];
}
