import { CcosError, asCcosError } from '../core/error.ts';
import type { RowInput } from '../core/event.ts';
import { newId } from '../core/id.ts';
import type { InboundEvent } from '../core/inbound.ts';
import type { LimitValues } from '../core/limits.ts';
import type { World } from '../core/world.ts';
import { ignoredRow } from '../kernel/admission.ts';
import type { AdmissionDesk, IgnoredReason } from '../kernel/admission.ts';
import { intentRow } from '../kernel/blobs.ts';
import type { Blobs } from '../kernel/blobs.ts';
import type { Channel, Channels } from '../kernel/channels.ts';
import type { Gate, Judged } from '../kernel/gate.ts';
import type { Intake, Part, PartRefs, Telling } from '../kernel/intake.ts';
import type { EventRecord, Messages, NewEvent } from '../kernel/messages.ts';
import type { Store } from '../kernel/records.ts';
import type { Runs } from '../kernel/runs.ts';
import type { Session, Sessions } from '../kernel/sessions.ts';
import { InTurn } from './in-turn.ts';
import { decisionsOn, envelopeOf, partsOf } from './message-parts.ts';
import { outsideNames } from './outside-names.ts';

interface Parts {
  readonly store: Store;
  readonly gate: Gate;
  readonly channels: Channels;
  readonly desk: AdmissionDesk;
  readonly sessions: Sessions;
  readonly runs: Runs;
  readonly messages: Messages;
  readonly intake: Intake;
  readonly blobs: Blobs;
  readonly world: World;
  readonly limits: () => Promise<LimitValues>;
}

/** The pseudonyms of what an event is about. */
interface Pseudonyms {
  readonly native: string;
  readonly target: string;
  readonly revision: string;
}

type Who = Pick<Session, 'tenant' | 'connection' | 'channel' | 'thread' | 'sender'>;

/** An event, and everything that was found out about it before anything of it is kept. */
interface Arrived {
  readonly channel: Channel;
  readonly event: InboundEvent;
  readonly names: Pseudonyms;
  /** The version before. */
  readonly before: EventRecord | null;
  readonly who: Who | null;
  readonly session: Session | null;
  /** The message that is answered or reacted to. */
  readonly target: EventRecord | null;
}

/**
 * What comes from a chat: admitted, put into quarantine, recorded, and durable before it is acknowledged.
 * The same event twice is one; an edit is a new version, and a deletion destroys.
 */
export class Inbound {
  readonly #parts: Parts;
  readonly #turns = new InTurn();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Resolves alike for what was taken and what was ignored: who may speak is nobody's business. */
  async receive(channelId: string, event: InboundEvent): Promise<void> {
    const channel = await this.#parts.channels.get(channelId);
    const names = await this.#pseudonyms(channel, event);
    await this.#turns.run(`${channel.id} ${names.native}`, () => this.#take(channel, event, names));
  }

  /** What could not be read at all still came. */
  async refuse(channelId: string, reason: IgnoredReason): Promise<void> {
    const channel = await this.#parts.channels.get(channelId);
    await this.#ignore(channel, 'unknown', reason);
  }

  async #take(channel: Channel, event: InboundEvent, names: Pseudonyms): Promise<void> {
    const arrived = await this.#lookUp(channel, event, names);
    const parts = partsOf(event);
    const judged = await this.#admit(arrived, parts);
    if (judged === null) return;
    const reason = (await this.#isRepeated(arrived)) ? 'duplicate' : refusalOf(arrived);
    const { who } = arrived;
    if (reason !== null || who === null) {
      await this.#ignore(channel, event.kind, reason ?? 'unknown');
      return;
    }
    await this.#parts.gate.admit(judged);
    const session = arrived.session ?? (await this.#parts.sessions.open(who, channel.connector));
    await this.#keep({ ...arrived, session }, parts);
  }

  /** Null for what is ignored. Who may speak is told when his message is too large. */
  async #admit(arrived: Arrived, parts: readonly Part[]): Promise<readonly Judged[] | null> {
    const { channel, event, who, session } = arrived;
    const { inputBytes } = await this.#parts.limits();
    const admission = await this.#parts.desk.admit({
      channel,
      kind: event.kind,
      sender: who?.sender ?? '',
      session: session?.id ?? null,
      withdrawn: isOwnWithdrawal(arrived),
      parts: decisionsOn(parts, inputBytes),
    });
    if (admission.admitted) return admission.judged;
    if (admission.reason === 'too_large') throw new CcosError('too_large', {});
    return null;
  }

  async #keep(arrived: Arrived & { readonly session: Session }, parts: readonly Part[]) {
    const { channel, event, session, before } = arrived;
    const run = await this.#parts.runs.currentOf(session.id);
    const place = { session: session.id, ...(run !== null && { run: run.id }) };
    const { messages } = this.#parts;
    const stale = before === null ? 0 : await messages.countDerived(before.id);
    const destroys = before !== null && isWithdrawal(event) && (await messages.hasBlobs(before));
    try {
      await this.#parts.intake.take(place, parts, (refs) =>
        this.#tell(arrived, refs, { place, stale, destroys }),
      );
    } catch (failure) {
      if (asCcosError(failure).code !== 'conflict') throw failure;
      return this.#ignore(channel, event.kind, 'duplicate'); // taken at the same moment
    }
    if (destroys) await this.#parts.blobs.destroyDeleted();
  }

  #tell(
    arrived: Arrived & { readonly session: Session },
    refs: PartRefs,
    {
      place,
      stale,
      destroys,
    }: {
      readonly place: { readonly session: string; readonly run?: string };
      readonly stale: number;
      readonly destroys: boolean;
    },
  ): Telling {
    const { event, before } = arrived;
    const made = this.#newEvent(arrived, refs);
    const rows: RowInput[] = [
      {
        type: 'message.ingest',
        ...place,
        data: {
          connector: arrived.channel.connector,
          connection: arrived.channel.id,
          kind: event.kind,
          message: made.id,
          version: made.version,
          activation: 'direct',
          attachments: 'attachments' in event ? event.attachments.length : 0,
          ...('change' in event && { change: event.change }),
          ...(before !== null && { previous: before.id, stale }),
        },
      },
      ...(destroys ? [{ ...intentRow('deleted'), ...place }] : []),
    ];
    return { rows, changes: this.#changes(arrived, made) };
  }

  #changes(arrived: Arrived & { readonly session: Session }, made: NewEvent): Telling['changes'] {
    const { messages } = this.#parts;
    const { event, before, session } = arrived;
    if (before !== null && isWithdrawal(event)) return messages.withdraws(before, made);
    const moved = event.kind === 'membership' ? [messages.moves(session, stateAfter(event))] : [];
    const added = before === null ? messages.adds(made) : messages.replaces(before, made);
    return [...added, ...moved];
  }

  #newEvent(
    { channel, event, names, before, session, target }: Arrived & { readonly session: Session },
    refs: PartRefs,
  ): NewEvent {
    const id = newId('m', this.#parts.world);
    const version = (before?.version ?? 0) + 1;
    const frame = {
      id,
      session: session.id,
      connection: channel.id,
      connector: channel.connector,
      received: new Date(this.#parts.world.now()).toISOString(),
      version,
      ...(before !== null && { previous: before.id }),
      ...(target !== null && { target: target.id }),
    };
    const of = new Map(partsOf(event).map(({ name, class: c }) => [name, c]));
    return {
      id,
      session: session.id,
      connection: channel.id,
      native: names.native,
      version,
      kind: event.kind,
      state: event.kind === 'delete' ? 'deleted' : 'live',
      change: 'change' in event ? event.change : '',
      revision: names.revision,
      envelope: JSON.stringify(envelopeOf(event, frame, refs)),
      blobs: [...refs].map(([name, ref]) => ({ ref, class: of.get(name) ?? 'pii.chat.message' })),
    };
  }

  async #lookUp(channel: Channel, event: InboundEvent, names: Pseudonyms): Promise<Arrived> {
    const { messages, sessions } = this.#parts;
    const before = await messages.find(channel.id, names.native);
    const target = names.target === '' ? null : await messages.find(channel.id, names.target);
    const found = { channel, event, names, before, target };
    const at = (sender: string) =>
      sessions.locate({
        connection: channel.id,
        connector: channel.connector,
        channel: event.channel,
        thread: 'thread' in event ? event.thread : undefined,
        sender,
      });
    if (event.kind !== 'delete') {
      const who = await at(event.sender);
      return { ...found, who, session: await sessions.find(who) };
    }
    const author = before === null ? null : await sessions.get(before.session);
    const who = event.sender === undefined ? author : await at(event.sender);
    return { ...found, who, session: author };
  }

  async #pseudonyms(channel: Channel, event: InboundEvent): Promise<Pseudonyms> {
    const { native, target, revision } = outsideNames(channel.id, event);
    const lists = [native, target, revision].filter((list) => list !== null);
    const found = await this.#parts.sessions.pseudonyms(lists);
    const of = (list: readonly string[] | null): string =>
      list === null ? '' : (found[lists.indexOf(list)] ?? '');
    return { native: of(native), target: of(target), revision: of(revision) };
  }

  async #isRepeated({ channel, event, names, before }: Arrived): Promise<boolean> {
    if (event.kind === 'message') return before !== null;
    if (event.kind === 'delete') return before?.kind === 'delete';
    if (event.kind !== 'edit') return before?.change === event.change;
    return (
      names.revision !== '' && (await this.#parts.messages.hasRevision(channel.id, names.revision))
    );
  }

  async #ignore(channel: Channel, kind: InboundEvent['kind'] | 'unknown', reason: IgnoredReason) {
    await this.#parts.store.commit({ rows: [ignoredRow(channel, kind, reason)] });
  }
}

/** Whoever wrote a message may take it back, on the allow-list or not. */
function isOwnWithdrawal({ event, who, session }: Arrived): boolean {
  return event.kind === 'delete' && session !== null && who?.sender === session.sender;
}

function isWithdrawal(event: InboundEvent): boolean {
  return event.kind === 'delete' || (event.kind === 'reaction' && event.change === 'removed');
}

const stateAfter = ({ change }: { readonly change: 'joined' | 'left' }): 'active' | 'frozen' =>
  change === 'left' ? 'frozen' : 'active';

/** Why an admitted event means nothing here; null where it does. */
function refusalOf(arrived: Arrived): IgnoredReason | null {
  switch (arrived.event.kind) {
    case 'message':
    case 'thread':
      return null;
    case 'edit':
      return refusalOfEdit(arrived);
    case 'delete':
      return arrived.before === null ? 'unknown' : null;
    case 'reaction':
      return refusalOfReaction(arrived);
    case 'membership':
      return stateAfter(arrived.event) === 'frozen' && arrived.session === null ? 'unknown' : null;
  }
}

function refusalOfEdit({ before, session }: Arrived): IgnoredReason | null {
  if (before === null) return 'unknown';
  if (before.state === 'deleted') return 'deleted';
  return before.session === session?.id ? null : 'not_author';
}

function refusalOfReaction({ event, before, target }: Arrived): IgnoredReason | null {
  if (target === null || (isWithdrawal(event) && before === null)) return 'unknown';
  return target.state === 'deleted' ? 'deleted' : null;
}
