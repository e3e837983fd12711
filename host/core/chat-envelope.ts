import { z } from 'zod';

/** The worlds that a chat can come from. */
export const CONNECTORS = ['local'] as const;
export type Connector = (typeof CONNECTORS)[number];

/** Why a message concerns us: everything said in a direct conversation does. */
export const ACTIVATIONS = ['direct'] as const;

const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`));
/** A blob in quarantine: the only form in which a text, a name, an emoji or a file stands here. */
const ref = id('q');
const eventId = id('m');

const envelope = {
  format: z.literal('ccos-event/1'),
  id: eventId,
  session: id('s'),
  connection: id('ch'),
  connector: z.enum(CONNECTORS),
  /** When the host received it; ISO 8601. */
  received: z.iso.datetime(),
  /** The first is 1; an edit of a message, and a change of anything else, counts on. */
  version: z.int().positive(),
};
const previous = { previous: eventId };

const said = {
  activation: z.enum(ACTIVATIONS),
  text: ref,
  sender_name: ref.optional(),
  channel_name: ref.optional(),
  thread_name: ref.optional(),
  reply_to: eventId.optional(),
  quote: z.strictObject({ text: ref, author_name: ref.optional() }).optional(),
  attachments: z.array(z.strictObject({ data: ref, file_name: ref.optional() })).max(10),
};

/**
 * One event of a chat as it is kept: ids, closed words and refs. Nothing in it was written by the people
 * in the chat (INV-MSG-1). The JSON Schema beside this file is made of it.
 */
export const chatEnvelopeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('message'), ...envelope, ...said }),
  z.strictObject({ kind: z.literal('edit'), ...envelope, ...previous, ...said }),
  z.strictObject({ kind: z.literal('delete'), ...envelope, ...previous }),
  z.strictObject({
    kind: z.literal('reaction'),
    ...envelope,
    message: eventId,
    change: z.enum(['added', 'removed']),
    emoji: ref.optional(),
  }),
  z.strictObject({
    kind: z.literal('membership'),
    ...envelope,
    change: z.enum(['joined', 'left']),
    sender_name: ref.optional(),
  }),
  z.strictObject({
    kind: z.literal('thread'),
    ...envelope,
    change: z.enum(['opened', 'archived']),
    thread_name: ref.optional(),
  }),
]);
export type ChatEnvelope = z.infer<typeof chatEnvelopeSchema>;
