import { createApp } from '../../host/http/app.ts';
import { loopbackHosts } from '../../host/http/guards.ts';
import type { Doors, OwnHosts } from '../../host/http/guards.ts';
import type { Services } from '../../host/http/services.ts';
import { listen, upgradeWebSocket } from '../../host/runtime/node-server.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import { makeTestHome, openTestGateway } from './home.ts';

/** A gateway of this process that listens on a socket of its own. */
export interface Served {
  readonly url: string;
  readonly port: number;
  /** Of the admin plane. */
  readonly token: string;
  readonly agentToken: string;
  readonly services: Services;
  readonly close: () => Promise<void>;
}

/** What a test takes away to see that it matters. */
export interface Without {
  readonly ownHosts?: OwnHosts;
  readonly services?: Partial<Services>;
  readonly lockout?: Doors['lockout'];
}

const open = new Map<OpenGateway, { readonly token: string; readonly agentToken: string }>();

/** A new home, and its gateway; {@link serve} listens for it, once as it is and once without a guard. */
export async function openHomeToServe(): Promise<OpenGateway> {
  const home = makeTestHome();
  const gateway = await openTestGateway(home, 'gateway');
  const { token } = await gateway.services.tokens.create('agent', { session: 'one' });
  open.set(gateway, { token: home.adminToken(), agentToken: token });
  return gateway;
}

export async function serve(gateway: OpenGateway, without: Without = {}): Promise<Served> {
  const services = { ...gateway.services, ...without.services };
  let port = 0;
  const app = createApp(services, {
    version: '0.0.0',
    upgradeWebSocket,
    ownHosts: without.ownHosts ?? (() => loopbackHosts(port)),
    ready: () => 'ready',
    ...(without.lockout && { lockout: without.lockout }),
  });
  const listening = await listen(app, { hostname: '127.0.0.1', port: 0 });
  ({ port } = listening);
  const { token = '', agentToken = '' } = open.get(gateway) ?? {};
  return {
    url: `http://127.0.0.1:${String(port)}`,
    port,
    token,
    agentToken,
    services: gateway.services,
    close: () => listening.close(0),
  };
}
