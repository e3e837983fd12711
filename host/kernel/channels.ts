import { CONNECTORS } from '../core/chat-envelope.ts';
import type { Connector } from '../core/chat-envelope.ts';
import { CcosError } from '../core/error.ts';
import type { World } from '../core/world.ts';
import type { AdminTask } from '../policy/question.ts';
import {
  deleteChannelGrant,
  endChannel,
  findChannel,
  insertChannel,
  insertChannelGrant,
  isConnected,
  listChannelGrants,
  listChannels,
  noChannelOf,
} from '../store/tables/channels.ts';
import type { ChannelRecord } from '../store/tables/channels.ts';
import { setSenderState } from '../store/tables/sessions.ts';
import type { Store, Transaction } from '../store/store.ts';
import type { Acts } from './acts.ts';
import { factText } from './approval-request.ts';
import type { Approval, ApprovalRequest } from './approval-request.ts';
import type { Approvals } from './approvals.ts';
import { grantRequest } from './channel-requests.ts';
import type { GrantRequest } from './channel-requests.ts';
import type { Gate, Judged } from './gate.ts';
import type { Sessions } from './sessions.ts';
import type { Act } from './standing.ts';
import type { Tokens } from './tokens.ts';

/** A channel as it is now. */
export interface Channel {
  readonly id: string;
  readonly connector: Connector;
  readonly approval: string;
  /** By the operator's signature, and not ended since. */
  readonly connected: boolean;
  readonly since: number;
}

/** What the operator has signed for one version of one capability on one channel. */
export interface ChannelGrant {
  readonly channel: string;
  /** `id@version`. */
  readonly capability: string;
  readonly approval: string;
  /** How many words of the source in a row a result may hold. */
  readonly maxVerbatimWords: number;
  /** What was made of a conversation may go back to it. */
  readonly sameAudience: boolean;
}

interface Parts {
  readonly store: Store;
  readonly gate: Gate;
  readonly approvals: Approvals;
  readonly sessions: Sessions;
  readonly acts: Acts;
  readonly tokens: Pick<Tokens, 'list'>;
  readonly world: World;
}

/** Somebody is let in, or no more: the row, the signed act, and what becomes of his sessions. */
interface Admits {
  readonly type: 'channel.sender_allowed' | 'channel.sender_denied';
  readonly act: Act;
  readonly state: 'active' | 'frozen';
}

/** The chats that are connected: which, who may speak in them, and what may read them. */
export class Channels {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.approvals.register('channel.connect', {
      question: () => question('connectChannel', true),
      apply: (request, approval) => Promise.resolve(this.#connects(request, approval)),
      end: (_, approval) => this.disconnect(channelId(approval)),
    });
    parts.approvals.register('channel.grant', {
      question: () => question('grantChannel', true),
      apply: (request, approval) => Promise.resolve(grants(request, approval)),
      end: (request) =>
        this.revokeGrant(factText(request, 'channel'), factText(request, 'capability')),
    });
  }

  /** Asks for the approval; its id becomes the channel's. Throws `conflict` where it is connected. */
  async connect(connector: Connector): Promise<Approval> {
    const known = (await this.list()).find((it) => it.connected && isOf(it, connector));
    if (known !== undefined)
      throw new CcosError('conflict', { channel: known.id, why: 'channel_connected' });
    return this.#parts.approvals.request({
      kind: 'channel.connect',
      subject: connector,
      summary: `connect the channel ${connector}`,
      changes: [
        {
          effect: 'WIDENS',
          what: 'messages of the senders that you allow go into quarantine; nothing reads them yet',
          value: connector,
        },
      ],
      facts: { connector },
    });
  }

  async list(): Promise<readonly Channel[]> {
    const records = await listChannels(this.#parts.store);
    return Promise.all(records.map((record) => this.#toChannel(record)));
  }

  /** Throws `not_found`. */
  async get(id: string): Promise<Channel> {
    const record = await findChannel(this.#parts.store, id);
    if (record === null) throw new CcosError('not_found', { what: 'channel' });
    return this.#toChannel(record);
  }

  /** Ends it with its grants, its senders and its credentials; its sessions are frozen. */
  async disconnect(id: string): Promise<void> {
    const { acts, approvals, tokens, world } = this.#parts;
    await acts.turn(async (record) => {
      const { approval } = await this.#demandConnected(id);
      const grants = await listChannelGrants(this.#parts.store, id);
      const ended = [approval, ...grants.map((grant) => grant.approval)];
      const withdrawn = await approvals.withdrawal(ended, 'removed');
      const at = world.now();
      const live = tokens
        .list()
        .filter(({ channel, revoked }) => channel === id && revoked === null);
      const lost: readonly Act[] = [
        ...live.map(({ id: token }) => ({ act: 'token.revoke', token, at }) as const),
        ...this.senders(id).map(
          ({ sender }) => ({ act: 'sender.deny', channel: id, sender }) as const,
        ),
      ];
      await record([...withdrawn.acts, ...lost], (signed) =>
        this.#administer('disconnectChannel', {
          rows: [{ type: 'channel.disconnected', data: { channel: id } }, ...withdrawn.rows],
          changes: [...withdrawn.changes, ...endChannel(id, at), ...signed],
          guards: [isConnected(id)],
          checkpoint: true,
        }),
      );
    });
  }

  /** `sender` is an id of the outside: a name is no identity, and nothing looks one up. */
  allow(id: string, sender: string): Promise<string> {
    return this.#admits(id, sender, (channel, pseudonym) => ({
      type: 'channel.sender_allowed',
      act: { act: 'sender.allow', channel, sender: pseudonym, at: this.#parts.world.now() },
      state: 'active',
    }));
  }

  deny(id: string, sender: string): Promise<string> {
    return this.#admits(id, sender, (channel, pseudonym) => ({
      type: 'channel.sender_denied',
      act: { act: 'sender.deny', channel, sender: pseudonym },
      state: 'frozen',
    }));
  }

  /** By pseudonym. */
  senders(id: string): readonly { readonly sender: string; readonly since: number }[] {
    const senders = this.#parts.acts.standing.senders(id);
    return [...senders].map(([sender, since]) => ({ sender, since }));
  }

  /** Whether the operator has let the pseudonym in (INV-TRUST-2). */
  allows(id: string, sender: string): boolean {
    return this.#parts.acts.standing.senders(id).has(sender);
  }

  /** Asks for a grant; the same request is one approval, whoever makes it. */
  async requestGrant(wanted: GrantRequest, requester: string | null = null): Promise<Approval> {
    await this.#demandConnected(wanted.channel);
    return this.#parts.approvals.request(grantRequest(wanted), requester);
  }

  /** What the operator's signature allows this version of this capability here; null for nothing. */
  async granted(channel: string, capability: string): Promise<ChannelGrant | null> {
    const grants = await this.grants(channel);
    return grants.find((grant) => grant.capability === capability) ?? null;
  }

  async grants(channel: string): Promise<readonly ChannelGrant[]> {
    const proven: ChannelGrant[] = [];
    for (const { capability, approval } of await listChannelGrants(this.#parts.store, channel)) {
      const request = await this.#parts.approvals.proven(approval, 'channel.grant');
      if (request?.facts['channel'] !== channel || request.facts['capability'] !== capability)
        continue;
      proven.push({
        channel,
        capability,
        approval,
        maxVerbatimWords: Number(request.facts['max_verbatim_words']),
        sameAudience: request.facts['same_audience'] === true,
      });
    }
    return proven;
  }

  async revokeGrant(channel: string, capability: string): Promise<void> {
    const { acts, approvals } = this.#parts;
    await acts.turn(async (record) => {
      const grant = await this.granted(channel, capability);
      if (grant === null) throw new CcosError('not_found', { what: 'grant' });
      const withdrawn = await approvals.withdrawal([grant.approval], 'removed');
      await record(withdrawn.acts, (signed) =>
        this.#administer('endGrant', {
          rows: [{ type: 'channel.grant_ended', data: { channel, capability } }, ...withdrawn.rows],
          changes: [...withdrawn.changes, deleteChannelGrant(channel, capability), ...signed],
          checkpoint: true,
        }),
      );
    });
  }

  async #admits(
    id: string,
    sender: string,
    change: (channel: string, pseudonym: string) => Admits,
  ): Promise<string> {
    const { acts, sessions } = this.#parts;
    return acts.turn(async (record) => {
      const { connector } = await this.#demandConnected(id);
      const pseudonym = await sessions.senderOf(connector, sender);
      const { type, act, state } = change(id, pseudonym);
      await record([act], (signed) =>
        this.#administer('admitSender', {
          rows: [{ type, data: { channel: id, sender: pseudonym } }],
          changes: [setSenderState(id, pseudonym, state), ...signed],
          guards: [isConnected(id)],
          checkpoint: true,
        }),
      );
      return pseudonym;
    });
  }

  /** INV-APPR-2: connected is what the operator has signed, and the database has not ended. */
  async #toChannel(record: ChannelRecord): Promise<Channel> {
    const { id, kind, approval, connected, ended } = record;
    const request = await this.#parts.approvals.proven(approval, 'channel.connect');
    const proven = channelId(approval) === id && request?.facts['connector'] === kind;
    return {
      id,
      connector: toConnector(kind),
      approval,
      connected: proven && ended === null,
      since: connected,
    };
  }

  #connects(request: ApprovalRequest, approval: string): Transaction {
    const kind = factText(request, 'connector');
    const id = channelId(approval);
    const connected = this.#parts.world.now();
    return {
      rows: [{ type: 'channel.connected', data: { channel: id, connector: kind, approval } }],
      changes: [insertChannel({ id, kind, approval, connected, ended: null })],
      guards: [noChannelOf(kind)],
    };
  }

  async #demandConnected(id: string): Promise<Channel> {
    const channel = await this.get(id);
    if (!channel.connected)
      throw new CcosError('conflict', { channel: id, why: 'channel_disconnected' });
    return channel;
  }

  async #administer(task: AdminTask, transaction: Transaction): Promise<void> {
    await this.#parts.gate.admit([this.#judge(task)], transaction);
  }

  #judge(task: AdminTask): Judged {
    return this.#parts.gate.judge(question(task, false));
  }
}

function isOf(channel: Channel, connector: string): boolean {
  return channel.connector === connector;
}

/** The channel that an approval connects. */
export const channelId = (approval: string): string => approval.replace(/^ap_/, 'ch_');

function grants(request: ApprovalRequest, approval: string): Transaction {
  const channel = factText(request, 'channel');
  const capability = factText(request, 'capability');
  return {
    rows: [{ type: 'channel.granted', data: { channel, capability, approval } }],
    changes: [insertChannelGrant({ channel, capability, approval })],
    guards: [isConnected(channel)],
  };
}

function question(task: AdminTask, approved: boolean) {
  return {
    action: 'administer',
    principal: { kind: 'operator', id: 'operator' },
    task,
    publisherTrusted: false,
    approved,
  } as const;
}

function toConnector(word: string): Connector {
  const known = CONNECTORS.find((connector) => connector === word);
  if (known === undefined) throw new CcosError('integrity', { what: 'channel' });
  return known;
}
