import { labelOf } from '../core/label.ts';
import type {
  ActionName,
  Capability,
  Plugin,
  Question,
  ReleaseQuestion,
  SinkKind,
} from './question.ts';
import { SINKS } from './question.ts';

/** Far from every instant that a blob of a real home expires at. */
const NEVER = Number.MAX_SAFE_INTEGER;

export const AGENT = { kind: 'agent', id: 'agent' } as const;
export const OPERATOR = { kind: 'operator', id: 'operator' } as const;
export const GATEWAY = { kind: 'gateway', id: 'gateway' } as const;
export const CHANNEL = { kind: 'channel', id: 'channel', connected: true } as const;
export const PLUGIN: Plugin = {
  kind: 'plugin',
  id: 'plugin@1.0.0',
  capabilityKind: 'transform',
  verified: true,
  revoked: false,
  enabled: true,
  publisher: 'publisher',
  effects: ['quarantine.read', 'quarantine.derive'],
};
const CAPABILITY: Capability = {
  id: 'plugin@1.0.0',
  capabilityKind: 'transform',
  outputKind: 'derived',
  verified: true,
  revoked: false,
  enabled: true,
  tenant: 'local',
};
const ABOUT_BLOB = {
  principal: PLUGIN,
  blob: {
    ref: 'q_0',
    class: 'pii.attachment',
    tenant: 'local',
    session: 'session',
    expires: NEVER,
    purged: false,
  },
  declaredClass: 'pii.attachment',
  tenant: 'local',
  session: 'session',
  now: 1,
  running: true,
} as const;

/** Who releases to the sinks that are not for agents' words. */
const PRINCIPALS: Partial<Record<SinkKind, ReleaseQuestion['principal']>> = {
  operator: OPERATOR,
  log: GATEWAY,
  metrics: GATEWAY,
};

/** A release to a sink with nothing that would open it, by the one who releases there. */
export function releaseTo(sink: SinkKind): ReleaseQuestion {
  return {
    action: 'release',
    principal: PRINCIPALS[sink] ?? AGENT,
    sink: { kind: sink, id: sink },
    label: labelOf(['pii.redacted']),
    localDocument: false,
    releasedGrant: false,
    approved: false,
  };
}

/** One question of each kind, which a pack that lets the product work allows. */
export const SAMPLES = {
  ingest: {
    action: 'ingest',
    principal: AGENT,
    session: { id: 'session', tenant: 'local' },
    tenant: 'local',
    class: 'pii.attachment',
    bytes: 1024,
    limit: 1_048_576,
    senderAllowed: true,
  },
  observe: {
    action: 'observe',
    principal: AGENT,
    session: { id: 'session', tenant: 'local', frozen: false },
    tenant: 'local',
    scoped: true,
  },
  execute: {
    action: 'execute',
    principal: AGENT,
    capability: CAPABILITY,
    tenant: 'local',
    approved: true,
    channelGranted: true,
  },
  accessBlob: {
    action: 'accessBlob',
    ...ABOUT_BLOB,
    justification: 'extract.text',
    handle: 0,
  },
  deriveBlob: { action: 'deriveBlob', ...ABOUT_BLOB, child: true },
  release: { ...releaseTo('agent'), releasedGrant: true },
  administer: {
    action: 'administer',
    principal: OPERATOR,
    task: 'installBundle',
    publisherTrusted: true,
    approved: true,
  },
  bind: {
    action: 'bind',
    principal: GATEWAY,
    address: '127.0.0.1',
    port: 8822,
    transportChosen: true,
    approved: true,
  },
  useSecret: {
    action: 'useSecret',
    principal: { ...PLUGIN, capabilityKind: 'action', effects: ['net.http'] },
    secret: { name: 'NAME', tenant: 'local' },
    tenant: 'local',
    domain: 'api.example.org',
    live: true,
    approved: true,
  },
} as const satisfies Record<ActionName, Question>;

/** Where a search through all questions starts from: each kind, and what leaves. */
export const BASES: readonly Question[] = [
  ...Object.values(SAMPLES),
  ...SINKS.map((sink) => ({ ...releaseTo(sink), approved: true })),
  { ...releaseTo('operator'), label: labelOf(['pii.attachment']), localDocument: true },
];
