import type { InboundEvent } from '../../host/core/inbound.ts';
import { inboundSchema } from '../../host/core/inbound.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import type { Services } from '../../host/http/services.ts';
import { channelId } from '../../host/kernel/channels.ts';
import { openTestGateway } from './home.ts';

/** A gateway with the local channel connected, and one sender let in. */
export interface Chat {
  readonly gateway: OpenGateway;
  readonly services: Services;
  readonly channel: string;
}

export const ANN = 'ann-4711';

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

/** An event as its connector would hand it in; what is not said is that of a short message by Ann. */
export function event(said: Readonly<Record<string, unknown>> = {}): InboundEvent {
  return inboundSchema.parse({
    kind: 'message',
    channel: 'general-4712',
    ...((said['kind'] ?? 'message') === 'message' && { id: 'msg-4713', text: 'hello' }),
    sender: ANN,
    ...said,
  });
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
