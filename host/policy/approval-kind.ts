/** Every kind of approval there is. A rule's `@approval` names one; nothing else grants anything. */
export const APPROVAL_KINDS = [
  'channel.connect',
  'channel.grant',
  'capability.enable',
  'capability.update',
  'effect.grant',
  'attachment.text',
  'publisher.trust',
  'bundle.install',
  'secret.insert',
  'secret.rotate',
  'secret.bind',
  'egress.exception',
  'fs.exception',
  'declassify.public',
  'raw.reveal',
  'budget.extension',
  'retention.change',
  'limit.raise',
  'policy.update',
  'bind.open',
  'checkpoint.resume',
  'schedule.create',
  'node.pair',
  'node.scope',
  'tenant.create',
] as const;
export type ApprovalKind = (typeof APPROVAL_KINDS)[number];

export function isApprovalKind(word: string): word is ApprovalKind {
  return (APPROVAL_KINDS as readonly string[]).includes(word);
}
