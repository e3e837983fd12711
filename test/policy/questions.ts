import { labelOf } from '../../host/core/label.ts';
import type {
  AccessBlobQuestion,
  AdministerQuestion,
  BindQuestion,
  Blob,
  Capability,
  DeriveBlobQuestion,
  ExecuteQuestion,
  IngestQuestion,
  ObserveQuestion,
  Plugin,
  ReleaseQuestion,
  UseSecretQuestion,
} from '../../host/policy/question.ts';

export const AGENT = { kind: 'agent', id: 'a1' } as const;
export const OPERATOR = { kind: 'operator', id: 'o1' } as const;
export const GATEWAY = { kind: 'gateway', id: 'g1' } as const;
export const NOW = Date.UTC(2026, 0, 1);

export const PLUGIN: Plugin = {
  kind: 'plugin',
  id: 'ccos.attachment.extract_text@1.0.0',
  capabilityKind: 'transform',
  verified: true,
  revoked: false,
  enabled: true,
  publisher: 'first-party',
  effects: ['quarantine.read', 'quarantine.derive'],
};
export const CAPABILITY: Capability = {
  id: PLUGIN.id,
  capabilityKind: 'transform',
  outputKind: 'derived',
  verified: true,
  revoked: false,
  enabled: true,
  tenant: 't1',
};
export const BLOB: Blob = {
  ref: 'q_1',
  class: 'pii.attachment',
  tenant: 't1',
  session: 's1',
  expires: NOW + 1,
  purged: false,
};

// Each of these is allowed by the shipped pack; a test changes one thing.

export const INGEST: IngestQuestion = {
  action: 'ingest',
  principal: AGENT,
  session: { id: 's1', tenant: 't1' },
  tenant: 't1',
  class: 'pii.attachment',
  bytes: 10,
  limit: 10,
  senderAllowed: false,
};
export const CHANNEL = { kind: 'channel', id: 'ch1', connected: true } as const;
/** A part of a message of somebody on the allow-list. */
export const MESSAGE: IngestQuestion = {
  ...INGEST,
  principal: CHANNEL,
  class: 'pii.chat.message',
  senderAllowed: true,
};
export const OBSERVE: ObserveQuestion = {
  action: 'observe',
  principal: AGENT,
  session: { id: 's1', tenant: 't1', frozen: false },
  tenant: 't1',
  scoped: true,
};
export const EXECUTE: ExecuteQuestion = {
  action: 'execute',
  principal: AGENT,
  capability: CAPABILITY,
  tenant: 't1',
  approved: true,
  channelGranted: true,
};
const ABOUT_BLOB = {
  principal: PLUGIN,
  blob: BLOB,
  declaredClass: 'pii.attachment',
  tenant: 't1',
  session: 's1',
  now: NOW,
  running: true,
} as const;
export const ACCESS: AccessBlobQuestion = {
  action: 'accessBlob',
  ...ABOUT_BLOB,
  justification: 'extract.text',
  handle: 0,
};
export const DERIVE: DeriveBlobQuestion = { action: 'deriveBlob', ...ABOUT_BLOB, child: true };
export const RELEASE: ReleaseQuestion = {
  action: 'release',
  principal: AGENT,
  sink: { kind: 'agent', id: 'a1' },
  label: labelOf(['pii.redacted'], ['conversation-1']),
  localDocument: false,
  releasedGrant: true,
  approved: false,
};
export const ADMINISTER: AdministerQuestion = {
  action: 'administer',
  principal: OPERATOR,
  task: 'installBundle',
  publisherTrusted: true,
  approved: true,
};
export const USE_SECRET: UseSecretQuestion = {
  action: 'useSecret',
  principal: { ...PLUGIN, capabilityKind: 'action', effects: ['net.http'] },
  secret: { name: 'TOKEN', tenant: 't1' },
  tenant: 't1',
  domain: 'api.example.org',
  live: true,
  approved: true,
};
export const BIND: BindQuestion = {
  action: 'bind',
  principal: GATEWAY,
  address: '127.0.0.1',
  port: 8822,
  transportChosen: true,
  approved: false,
};
