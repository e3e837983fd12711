import type { Listening, Tls } from './core/serve.ts';
import type { OpenGateway } from './gateway.ts';
import { createApp } from './http/app.ts';
import { hostsAt, loopbackHosts } from './http/guards.ts';
import type { OwnHosts } from './http/guards.ts';
import { ownAddresses } from './runtime/own-addresses.ts';
import { loadServer } from './runtime/runtime.ts';

const LOOPBACK = '127.0.0.1';

export interface Stopping {
  readonly begin: () => void;
  readonly begun: () => boolean;
  readonly onBegin: (work: () => Promise<void>) => void;
  readonly done: Promise<void>;
}

interface Wanted {
  readonly version: string;
  readonly stopping: Stopping;
  readonly address: string;
  readonly port: number;
  readonly inTheClear: boolean;
  readonly tls?: Tls;
}

/** The sockets of a gateway. */
interface Servers {
  /** For the commands of this machine. */
  readonly url: string;
  /** For others, where there is one. */
  readonly openUrl?: string;
  readonly close: (graceMillis: number) => Promise<void>;
}

/**
 * Listens where policy lets it, and nowhere before. Beyond loopback the commands of this machine have a
 * socket of their own there: a certificate is for a name that loopback has not.
 */
export async function openServers(gateway: OpenGateway, wanted: Wanted): Promise<Servers> {
  const { address, port, tls, inTheClear } = wanted;
  const transport = tls !== undefined ? 'tls' : inTheClear ? 'in_the_clear' : null;
  const bind = { address, port, transport } as const;
  const approval = await gateway.binds.admit(bind);
  if (isLoopback(address) && tls === undefined) return openLocal(gateway, wanted);
  const scheme = tls === undefined ? 'http' : 'https';
  const names = namesOf(wanted);
  const open = await listenAt(gateway, wanted, {
    ...{ address, port, scheme },
    ownHosts: (at) => hostsAt(names, { port: at, scheme }),
    ...(tls !== undefined && { tls }),
  });
  const local = await openLocal(gateway, { ...wanted, address: LOOPBACK, port: 0 }).catch(
    async (failure: unknown) => {
      await open.close(0);
      throw failure;
    },
  );
  if (approval !== null) gateway.binds.opened(bind, () => open.close(0));
  return {
    url: local.url,
    openUrl: urlOf(scheme, address, open.port),
    async close(graceMillis) {
      await Promise.all([open.close(graceMillis), local.close(graceMillis)]);
    },
  };
}

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** What others may call us: the addresses that lead here, and the names of the certificate. */
function namesOf({ address, tls }: Wanted): readonly string[] {
  const local = isLoopback(address) ? ['localhost'] : [];
  return [...ownAddresses(address), ...(tls?.names ?? []), ...local];
}

async function openLocal(gateway: OpenGateway, wanted: Wanted): Promise<Servers> {
  const { address, port } = wanted;
  const ownHosts = loopbackHosts;
  const listening = await listenAt(gateway, wanted, { address, port, ownHosts, scheme: 'http' });
  return { url: urlOf('http', address, listening.port), close: listening.close };
}

async function listenAt(
  gateway: OpenGateway,
  { version, stopping }: Wanted,
  at: {
    readonly address: string;
    readonly port: number;
    readonly scheme: 'http' | 'https';
    readonly ownHosts: (port: number) => ReturnType<OwnHosts>;
    readonly tls?: Tls;
  },
): Promise<Listening> {
  const { listen, upgradeWebSocket } = await loadServer();
  const { address, port, scheme, ownHosts, tls } = at;
  let listening: Listening | null = null;
  const app = createApp(gateway.services, {
    ...{ version, upgradeWebSocket, scheme },
    ownHosts: () => ownHosts(listening?.port ?? port),
    ready: () => (stopping.begun() ? 'stopping' : 'ready'),
  });
  listening = await listen(app, { hostname: address, port, ...(tls !== undefined && { tls }) });
  return listening;
}

function urlOf(scheme: string, address: string, port: number): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `${scheme}://${host}:${String(port)}`;
}
