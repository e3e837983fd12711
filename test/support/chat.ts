import type { OpenGateway } from '../../host/gateway.ts';
import type { Services } from '../../host/http/services.ts';
import { channelId } from '../../host/kernel/channels.ts';
import { ANN, event } from './chat-event.ts';
import { openTestGateway } from './home.ts';

/** A gateway with the local channel connected, and one sender let in. */
export interface Chat {
  readonly gateway: OpenGateway;
  readonly services: Services;
  readonly channel: string;
}

export async function openChat(gateway?: OpenGateway): Promise<Chat> {
  const opened = gateway ?? (await openTestGateway());
  const channel = await connectLocal(opened.services);
  await opened.services.channels.allow(channel, ANN);
  return { gateway: opened, services: opened.services, channel };
}

/** Connects the local channel by an approval; resolves with its id. */
export async function connectLocal({ channels, approvals }: Services): Promise<string> {
  const { id, digest } = await channels.connect('local');
  await approvals.approve(id, { digest, by: 'operator' });
  return channelId(id);
}

export const say = ({ services, channel }: Chat, said: Readonly<Record<string, unknown>> = {}) =>
  services.inbound.receive(channel, event(said));

/** The one session that there is. */
export async function onlySession({ services }: Pick<Chat, 'services'>): Promise<string> {
  const chats = (await services.sessions.list({ limit: 10 })).filter(({ id }) => id !== 'local');
  const [only] = chats;
  if (only === undefined || chats.length > 1) throw new Error(`${String(chats.length)} sessions`);
  return only.id;
}
