import { z } from 'zod';
import { CONNECTORS } from '../../core/chat-envelope.ts';
import { CcosError } from '../../core/error.ts';
import { inboundSchema } from '../../core/inbound.ts';
import { FIXED } from '../../core/limits.ts';
import type { Channel, ChannelGrant } from '../../kernel/channels.ts';
import type { Credential } from '../../kernel/tokens.ts';
import { parseInbound } from '../inbound-body.ts';
import { route } from '../route.ts';
import type { Services } from '../services.ts';
import { approvalView, iso } from '../views.ts';

const SENDER = z.strictObject({ sender: z.string().min(1).max(8192) });
const CAPABILITY = z.string().max(128);

export const channelRoutes = [
  route({
    method: 'GET',
    path: '/v1/admin/channels',
    summary: 'The chats that are connected',
    async handle(services) {
      const all = await services.channels.list();
      return { channels: await Promise.all(all.map((channel) => describe(services, channel))) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/channels',
    summary: 'Asks for the approval that connects a chat',
    json: z.strictObject({ kind: z.enum(CONNECTORS) }),
    async handle({ channels }, { json }) {
      return { approval: approvalView(await channels.connect(json.kind)) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/admin/channels/:id',
    summary: 'One chat, with whom it listens to and what may read it',
    async handle(services, { params }) {
      const channel = await services.channels.get(params['id'] ?? '');
      const senders = services.channels.senders(channel.id);
      return {
        channel: {
          ...(await describe(services, channel)),
          allowed: senders.map(({ sender, since }) => ({ sender, since: iso(since) })),
        },
      };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/admin/channels/:id',
    summary: 'Ends a chat with its senders, grants and credentials',
    async handle({ channels }, { params }) {
      await channels.disconnect(params['id'] ?? '');
      return { id: params['id'], state: 'disconnected' };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/channels/:id/token',
    summary: 'Makes a credential for what speaks for a chat; it is shown once',
    async handle({ channels, tokens }, { params }) {
      const channel = await channels.get(params['id'] ?? '');
      if (!channel.connected) throw new CcosError('conflict', { why: 'channel_disconnected' });
      return { ...(await tokens.create('channel', { channel: channel.id })), channel: channel.id };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/channels/:id/allow',
    summary: 'Lets a sender in, by id',
    json: SENDER,
    async handle({ channels }, { params, json }) {
      const id = params['id'] ?? '';
      return { channel: id, sender: await channels.allow(id, json.sender), allowed: true };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/channels/:id/deny',
    summary: 'Lets a sender in no more; what he said is shown to nobody',
    json: SENDER,
    async handle({ channels }, { params, json }) {
      const id = params['id'] ?? '';
      return { channel: id, sender: await channels.deny(id, json.sender), allowed: false };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/channels/:id/grants',
    summary: 'Asks for the approval that lets a capability read a chat',
    json: z.strictObject({
      capability: CAPABILITY,
      max_verbatim_words: z.int().min(0).max(25).optional(),
      same_audience: z.boolean().optional(),
    }),
    async handle(services, { params, json }) {
      const approval = await services.channels.requestGrant({
        channel: params['id'] ?? '',
        ...(await enabledVersion(services, json.capability)),
        ...(json.max_verbatim_words !== undefined && {
          maxVerbatimWords: json.max_verbatim_words,
        }),
        ...(json.same_audience !== undefined && { sameAudience: json.same_audience }),
      });
      return { approval: approvalView(approval) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/channels/:id/grants/end',
    summary: 'Ends what lets a capability read a chat',
    json: z.strictObject({ capability: CAPABILITY }),
    async handle(services, { params, json }) {
      const id = params['id'] ?? '';
      const grants = await services.channels.grants(id);
      const of = grants.find(({ capability }) => capability.split('@')[0] === json.capability);
      if (of === undefined) throw new CcosError('not_found', { what: 'grant' });
      await services.channels.revokeGrant(id, of.capability);
      return { channel: id, capability: of.capability, granted: false };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/channels/local/messages',
    plane: 'channel',
    summary: 'Something that was said, changed or done in the local channel',
    maxBytes: FIXED.eventBytes,
    event: inboundSchema,
    refused: ({ inbound }, credential) => inbound.refuse(channelOf(credential), 'too_large'),
    async handle({ inbound }, { bytes, contentType, credential }) {
      const channel = channelOf(credential);
      const event = await parseInbound(bytes, contentType).catch(async (failure: unknown) => {
        await inbound.refuse(channel, 'malformed');
        throw failure;
      });
      await inbound.receive(channel, event);
      return { received: true };
    },
  }),
];

function channelOf({ channel }: Credential): string {
  if (channel === null) throw new CcosError('not_found', { what: 'channel' });
  return channel;
}

async function enabledVersion({ registry }: Services, id: string) {
  const variants = await registry.variants();
  const found = variants.find(({ target }) => target.name === id && target.capability.enabled);
  if (found === undefined) throw new CcosError('not_found', { what: 'capability' });
  const { leak } = await found.load();
  return { capability: found.target.capability.id, ...(leak !== null && { leakBits: leak.bits }) };
}

async function describe({ channels }: Services, { id, connector, connected, since }: Channel) {
  const senders = channels.senders(id);
  const grants = await channels.grants(id);
  return {
    id,
    kind: connector,
    state: connected ? 'connected' : 'disconnected',
    since: iso(since),
    senders: senders.length,
    grants: grants.map(grantView),
  };
}

function grantView({ capability, maxVerbatimWords, sameAudience, approval }: ChannelGrant) {
  return {
    capability,
    max_verbatim_words: maxVerbatimWords,
    same_audience: sameAudience,
    approval,
  };
}
