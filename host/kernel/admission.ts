import type { RowInput } from '../core/event.ts';
import type { InboundKind } from '../core/inbound.ts';
import type { BlobClass } from '../core/label.ts';
import type { Store } from '../store/store.ts';
import type { Channel, Channels } from './channels.ts';
import type { Gate, Judged } from './gate.ts';

/** Why an event of a chat was not taken. */
export const IGNORED_REASONS = [
  'not_connected',
  'sender',
  'too_large',
  'policy',
  'duplicate',
  'unknown',
  'deleted',
  'not_author',
  'malformed',
] as const;
export type IgnoredReason = (typeof IGNORED_REASONS)[number];

/** Something that came from a channel, before anything of it is kept. */
export interface Arrival {
  readonly channel: Channel;
  readonly kind: InboundKind;
  /** The pseudonym of who is behind it. */
  readonly sender: string;
  /** The session that it would belong to; null where it would be the first. */
  readonly session: string | null;
  /** Whoever wrote a message may take it back, on the allow-list or not. */
  readonly withdrawn: boolean;
  readonly parts: readonly { readonly class: BlobClass; readonly bytes: number; limit: number }[];
}

/** What was decided: the decisions to admit, or why nothing is kept. */
export type Admission =
  | { readonly admitted: true; readonly judged: readonly Judged[] }
  | { readonly admitted: false; readonly reason: IgnoredReason };

/**
 * The one way in for everything that a chat can send, whatever its kind (INV-MSG-2): the channel is
 * connected, and who is behind it is on its allow-list, by id. Of anybody else nothing is kept: the row
 * says that something was ignored and why, without its size, its sender or a word of it.
 */
export class AdmissionDesk {
  readonly #store: Store;
  readonly #gate: Gate;
  readonly #channels: Channels;
  readonly #tenant: string;

  constructor(parts: {
    readonly store: Store;
    readonly gate: Gate;
    readonly channels: Channels;
    readonly tenant: string;
  }) {
    this.#store = parts.store;
    this.#gate = parts.gate;
    this.#channels = parts.channels;
    this.#tenant = parts.tenant;
  }

  /** Refusals are on the chain when this resolves; what is admitted is for the caller to record. */
  async admit(arrival: Arrival): Promise<Admission> {
    const { channel, sender, session, parts } = arrival;
    const senderAllowed = arrival.withdrawn || this.#channels.allows(channel.id, sender);
    const known = channel.connected && senderAllowed;
    // Nothing about a stranger's message goes into the decision on it.
    const judged = (known ? parts : [NOTHING]).map((part) =>
      this.#gate.judge(
        {
          action: 'ingest',
          principal: { kind: 'channel', id: channel.id, connected: channel.connected },
          session: { id: session ?? 'new', tenant: this.#tenant },
          tenant: this.#tenant,
          senderAllowed,
          ...part,
        },
        known && session !== null ? { session } : {},
      ),
    );
    if (judged.every(({ verdict }) => verdict.decision === 'allow'))
      return { admitted: true, judged };
    const reason = reasonOf(arrival, senderAllowed);
    const at = judged.findIndex(({ verdict }) => verdict.decision !== 'allow');
    const decisions = judged.slice(0, at + 1).map(({ row }) => row);
    await this.#store.commit({ rows: [...decisions, ignoredRow(channel, arrival.kind, reason)] });
    return { admitted: false, reason };
  }
}

const NOTHING = { class: 'pii.chat.message', bytes: 0, limit: 0 } as const;

function reasonOf({ channel, parts }: Arrival, senderAllowed: boolean): IgnoredReason {
  if (!channel.connected) return 'not_connected';
  if (!senderAllowed) return 'sender';
  return parts.some(({ bytes, limit }) => bytes > limit) ? 'too_large' : 'policy';
}

/** That something came and was not taken. */
export function ignoredRow(
  { id, connector }: Pick<Channel, 'id' | 'connector'>,
  kind: InboundKind | 'unknown',
  reason: IgnoredReason,
): RowInput {
  return { type: 'message.ignored', data: { connector, connection: id, kind, reason } };
}
