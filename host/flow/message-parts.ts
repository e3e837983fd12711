import { chatEnvelopeSchema } from '../core/chat-envelope.ts';
import type { ChatEnvelope } from '../core/chat-envelope.ts';
import type { InboundEvent } from '../core/inbound.ts';
import type { BlobClass } from '../core/label.ts';
import { FIXED } from '../core/limits.ts';
import type { Part, PartRefs } from '../kernel/intake.ts';

/** What people wrote in an event, each under the name of its place. */
export function partsOf(event: InboundEvent): readonly Part[] {
  switch (event.kind) {
    case 'message':
    case 'edit':
      return [
        words('text', event.text, 'pii.chat.message'),
        ...names(event, ['sender_name', 'channel_name', 'thread_name']),
        ...(event.quote === undefined
          ? []
          : [
              words('quote.text', event.quote.text),
              ...optional('quote.author_name', event.quote.author_name),
            ]),
        ...event.attachments.flatMap(({ data, file_name }, at) => [
          { name: `attachments.${String(at)}.data`, class: 'pii.attachment', bytes: data } as const,
          ...optional(`attachments.${String(at)}.file_name`, file_name),
        ]),
      ];
    case 'reaction':
      return event.change === 'added' ? [words('emoji', event.emoji)] : [];
    case 'membership':
      return names(event, ['sender_name']);
    case 'thread':
      return names(event, ['thread_name']);
    case 'delete':
      return [];
  }
}

/** What is decided on: the text, all the names together, and each attachment. */
export function decisionsOn(
  parts: readonly Part[],
  attachmentBytes: number,
): readonly { readonly class: BlobClass; readonly bytes: number; readonly limit: number }[] {
  const sizeOf = (of: BlobClass): number =>
    parts.reduce((sum, part) => sum + (part.class === of ? part.bytes.length : 0), 0);
  const has = (of: BlobClass): boolean => parts.some((part) => part.class === of);
  const group = (of: BlobClass, limit: number) =>
    has(of) ? [{ class: of, bytes: sizeOf(of), limit }] : [];
  const decisions = [
    ...group('pii.chat.message', FIXED.messageTextBytes),
    ...group('pii.chat.metadata', FIXED.messageNamesBytes),
    ...parts
      .filter((part) => part.class === 'pii.attachment')
      .map(({ bytes }) => ({
        class: 'pii.attachment' as const,
        bytes: bytes.length,
        limit: attachmentBytes,
      })),
  ];
  return decisions.length > 0
    ? decisions
    : [{ class: 'pii.chat.metadata', bytes: 0, limit: FIXED.messageNamesBytes }];
}

/** What an envelope says beside the event itself. */
export interface Frame {
  readonly id: string;
  readonly session: string;
  readonly connection: string;
  readonly connector: string;
  readonly received: string;
  readonly version: number;
  readonly previous?: string;
  /** The message that is answered or reacted to. */
  readonly target?: string;
}

/** INV-MSG-1: a ref in the place of each text; the schema takes nothing else. */
export function envelopeOf(event: InboundEvent, frame: Frame, refs: PartRefs): ChatEnvelope {
  const { target, previous, ...head } = frame;
  const before = previous === undefined ? {} : { previous };
  const envelope = { format: 'ccos-event/1', kind: event.kind, ...head };
  switch (event.kind) {
    case 'message':
      return chatEnvelopeSchema.parse({ ...envelope, ...saidOf(event, target, refs) });
    case 'edit':
      return chatEnvelopeSchema.parse({ ...envelope, ...before, ...saidOf(event, target, refs) });
    case 'delete':
      return chatEnvelopeSchema.parse({ ...envelope, ...before });
    case 'reaction':
      return chatEnvelopeSchema.parse({
        ...envelope,
        message: target,
        change: event.change,
        ...at(refs, 'emoji'),
      });
    case 'membership':
      return chatEnvelopeSchema.parse({
        ...envelope,
        change: event.change,
        ...at(refs, 'sender_name'),
      });
    case 'thread':
      return chatEnvelopeSchema.parse({
        ...envelope,
        change: event.change,
        ...at(refs, 'thread_name'),
      });
  }
}

function saidOf(
  event: InboundEvent & { readonly kind: 'message' | 'edit' },
  target: string | undefined,
  refs: PartRefs,
): Readonly<Record<string, unknown>> {
  return {
    activation: 'direct',
    ...at(refs, 'text'),
    ...at(refs, 'sender_name'),
    ...at(refs, 'channel_name'),
    ...at(refs, 'thread_name'),
    ...(target !== undefined && { reply_to: target }),
    ...(event.quote !== undefined && {
      quote: { ...at(refs, 'quote.text', 'text'), ...at(refs, 'quote.author_name', 'author_name') },
    }),
    attachments: event.attachments.map((_, n) => ({
      ...at(refs, `attachments.${String(n)}.data`, 'data'),
      ...at(refs, `attachments.${String(n)}.file_name`, 'file_name'),
    })),
  };
}

function at(refs: PartRefs, name: string, field = name): Readonly<Record<string, string>> {
  const ref = refs.get(name);
  return ref === undefined ? {} : { [field]: ref };
}

function words(name: string, text: string, of: BlobClass = 'pii.chat.metadata'): Part {
  return { name, class: of, bytes: new TextEncoder().encode(text) };
}

function optional(name: string, text: string | undefined): readonly Part[] {
  return text === undefined ? [] : [words(name, text)];
}

function names<Name extends string>(
  event: Readonly<Partial<Record<Name, string | undefined>>>,
  fields: readonly Name[],
): readonly Part[] {
  return fields.flatMap((field) => optional(field, event[field]));
}
