import { z } from 'zod';
import { EFFECTS } from '../core/abi.ts';
import { BLOB_CLASSES, TAGS, labelOf, tagList } from '../core/label.ts';
import type { Label } from '../core/label.ts';
import {
  ADMIN_TASKS,
  CAPABILITY_KINDS,
  JUSTIFICATIONS,
  OUTPUT_KINDS,
  SINKS,
} from '../policy/question.ts';
import type { Question } from '../policy/question.ts';
import { releaseTo } from '../policy/sample.ts';

const id = z
  .string()
  .max(128)
  .regex(/^[\w.:@/-]+$/);
const count = z.int();
const word = z.string().max(64);
const tags = z
  .array(z.union([z.enum(['public', ...TAGS]), word]))
  .max(16)
  .nullable();
const code = {
  capabilityKind: z.enum(CAPABILITY_KINDS),
  verified: z.boolean(),
  revoked: z.boolean(),
  enabled: z.boolean(),
};
const caller = z.strictObject({ kind: z.enum(['operator', 'agent']), id });
const gateway = z.strictObject({ kind: z.literal('gateway'), id });
const channel = z.strictObject({ kind: z.literal('channel'), id, connected: z.boolean() });
const plugin = z.strictObject({
  kind: z.literal('plugin'),
  id,
  ...code,
  publisher: id,
  effects: z.array(z.enum(EFFECTS)).max(EFFECTS.length),
});
const aboutBlob = {
  principal: plugin,
  blob: z.strictObject({
    ref: id,
    class: z.enum(BLOB_CLASSES),
    tenant: id,
    session: id,
    expires: count,
    purged: z.boolean(),
  }),
  declaredClass: word,
  tenant: id,
  session: id,
  now: count,
  running: z.boolean(),
};

/**
 * A question to the gate as JSON, for a dry run. A label is the list of its tags; an unknown tag, and
 * null, count as raw personal data, as everywhere (INV-LABEL-2).
 */
export const questionSchema = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('ingest'),
    principal: z.union([caller, channel]),
    session: z.strictObject({ id, tenant: id }),
    tenant: id,
    class: z.enum(BLOB_CLASSES),
    bytes: count,
    limit: count,
    senderAllowed: z.boolean(),
  }),
  z.strictObject({
    action: z.literal('observe'),
    principal: caller,
    session: z.strictObject({ id, tenant: id, frozen: z.boolean() }),
    tenant: id,
    scoped: z.boolean(),
  }),
  z.strictObject({
    action: z.literal('execute'),
    principal: caller,
    capability: z.strictObject({ id, ...code, outputKind: z.enum(OUTPUT_KINDS), tenant: id }),
    tenant: id,
    approved: z.boolean(),
    channelGranted: z.boolean(),
  }),
  z.strictObject({
    action: z.literal('accessBlob'),
    ...aboutBlob,
    justification: z.union([z.enum(JUSTIFICATIONS), word]),
    handle: count,
  }),
  z.strictObject({ action: z.literal('deriveBlob'), ...aboutBlob, child: z.boolean() }),
  z.strictObject({
    action: z.literal('release'),
    principal: z.union([caller, gateway, plugin]),
    sink: z.strictObject({ kind: z.enum(SINKS), id }),
    label: tags,
    localDocument: z.boolean(),
    releasedGrant: z.boolean(),
    approved: z.boolean(),
  }),
  z.strictObject({
    action: z.literal('administer'),
    principal: caller,
    task: z.enum(ADMIN_TASKS),
    publisherTrusted: z.boolean(),
    approved: z.boolean(),
  }),
  z.strictObject({
    action: z.literal('bind'),
    principal: gateway,
    address: z.union([z.ipv4(), z.ipv6()]),
    port: count,
    transportChosen: z.boolean(),
    approved: z.boolean(),
  }),
  z.strictObject({
    action: z.literal('useSecret'),
    principal: plugin,
    secret: z.strictObject({ name: id, tenant: id }),
    tenant: id,
    domain: z.string().max(255),
    live: z.boolean(),
    approved: z.boolean(),
  }),
]);
export type AskedQuestion = z.infer<typeof questionSchema>;

/** What is asked most, in short: may a value with these labels leave there? */
export const releaseSchema = z.strictObject({
  sink: z.enum(SINKS),
  labels: tags,
  approved: z.boolean().default(false),
  granted: z.boolean().default(false),
  local_document: z.boolean().default(false),
});
type AskedRelease = z.infer<typeof releaseSchema>;

/** As the gate takes it. */
export function toQuestion(asked: AskedQuestion): Question {
  return asked.action === 'release' ? { ...asked, label: labelFrom(asked.label) } : asked;
}

export function toRelease({ sink, labels, ...facts }: AskedRelease): Question {
  return {
    ...releaseTo(sink),
    label: labelFrom(labels),
    approved: facts.approved,
    releasedGrant: facts.granted,
    localDocument: facts.local_document,
  };
}

function labelFrom(given: readonly string[] | null): Label | undefined {
  return given === null ? undefined : labelOf(given.filter((tag) => tag !== 'public'));
}

/** As it is asked over the wire. */
export function toAsked(question: Question): AskedQuestion {
  if (question.action !== 'release') return questionSchema.parse(question);
  const { label, ...rest } = question;
  return questionSchema.parse({ ...rest, label: label === undefined ? null : tagList(label) });
}
