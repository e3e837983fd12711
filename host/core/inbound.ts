import { z } from 'zod';

/**
 * What a connector hands to the host: one event of a chat, with the words that people wrote. It exists in
 * memory only, between the connector and the quarantine; what is kept is a `ChatEnvelope`. Ids are
 * those of the outside, any text; nothing is looked up by a name.
 */
const outsideId = z.string().min(1).max(8192);
const words = z.string();

const where = { channel: outsideId, thread: outsideId.optional(), sender: outsideId };

const attachment = z.strictObject({
  file_name: words.optional(),
  data: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
});

/** What a message says, first or after an edit. */
const said = {
  text: words.default(''),
  sender_name: words.optional(),
  channel_name: words.optional(),
  thread_name: words.optional(),
  reply_to: outsideId.optional(),
  quote: z.strictObject({ text: words, author_name: words.optional() }).optional(),
};

const message = z.strictObject({
  kind: z.literal('message'),
  id: outsideId,
  ...where,
  ...said,
  attachments: z.array(attachment).max(10).default([]),
});
/** `revision` tells two edits apart from one edit that came twice. */
const edit = z.strictObject({
  ...message.shape,
  kind: z.literal('edit'),
  revision: outsideId.optional(),
});
/** `sender` is who wrote the message; where a platform does not say, the host knows. */
const deletion = z.strictObject({
  kind: z.literal('delete'),
  id: outsideId,
  ...where,
  sender: outsideId.optional(),
});
const reaction = z.strictObject({
  kind: z.literal('reaction'),
  message: outsideId,
  ...where,
  emoji: words.min(1),
  change: z.enum(['added', 'removed']),
});
/** `sender` is the member. */
const membership = z.strictObject({
  kind: z.literal('membership'),
  channel: outsideId,
  sender: outsideId,
  sender_name: words.optional(),
  change: z.enum(['joined', 'left']),
});
const thread = z.strictObject({
  kind: z.literal('thread'),
  ...where,
  thread: outsideId,
  thread_name: words.optional(),
  change: z.enum(['opened', 'archived']),
});

export const inboundSchema = z.discriminatedUnion('kind', [
  message,
  edit,
  deletion,
  reaction,
  membership,
  thread,
]);
export type InboundEvent = z.infer<typeof inboundSchema>;
export type InboundKind = InboundEvent['kind'];
