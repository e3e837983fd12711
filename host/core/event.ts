import type { JsonObject } from './json.ts';

/** Everything the causal chain can say. */
export const EVENT_TYPES = [
  'quarantine.put',
  'quarantine.access',
  'quarantine.purge',
  'quarantine.purged',
  'quarantine.reveal',
  'egress.attempt',
  'egress.result',
  'capability.call',
  'capability.enabled',
  'capability.result',
  'plugin.host_call',
  'transform.rejected',
  'label.downgrade_attempt',
  'label.declassified',
  'policy.decision',
  'policy.loaded',
  'config.loaded',
  'approval.request',
  'approval.decision',
  'approval.used',
  'approval.expired',
  'approval.revoked',
  'bind.opened',
  'bind.closed',
  'bundle.verified',
  'bundle.rejected',
  'bundle.installed',
  'bundle.disabled',
  'bundle.removed',
  'publisher.trusted',
  'publisher.revoked',
  'limit.raised',
  'secret.put',
  'secret.rotated',
  'secret.revoked',
  'secret.used',
  'token.created',
  'token.revoked',
  'message.ingest',
  'message.ignored',
  'channel.connected',
  'channel.disconnected',
  'channel.sender_allowed',
  'channel.sender_denied',
  'channel.granted',
  'channel.grant_ended',
  'session.created',
  'run.complete',
  'request.refused',
  'input.refused',
  'sandbox.killed',
  'gateway.start',
  'gateway.stop',
  'gateway.recovered',
  'home.created',
  'home.migrated',
  'trace.exported',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Salted with the key of a blob: they die with it. To its bytes, and to the arguments of its call. */
export interface Commitments {
  readonly bytes: string;
  readonly args: string;
}

/**
 * One row before it is chained. `data` holds ids, tags, counts, codes and salted commitments, never a
 * text that a person or a plugin wrote (INV-CHAIN-2). Rows of one call name it there as `call`.
 */
export interface RowInput {
  readonly type: EventType;
  readonly data: JsonObject;
  readonly id?: string;
  readonly parent?: string;
  readonly session?: string;
  readonly run?: string;
  readonly step?: string;
  /** Fields of `data` that become commitments to the blob put away with this row. */
  readonly commitAs?: Readonly<Record<string, keyof Commitments>>;
}

/** What every row carries beside its `data`. */
export interface Envelope {
  readonly tenant: string;
  readonly policy: { readonly pack: string; readonly sha256: string };
}

/** A row as it is read back. */
export interface Row {
  readonly seq: number;
  readonly id: string;
  readonly ts: string;
  readonly tenant: string;
  readonly type: EventType;
  readonly parent: string | null;
  readonly session: string | null;
  readonly run: string | null;
  readonly step: string | null;
  readonly policy: { readonly pack: string; readonly sha256: string };
  readonly prev_hash: string;
  readonly hash: string;
  readonly data: JsonObject;
}
