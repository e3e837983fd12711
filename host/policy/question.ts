import type { Effect } from '../core/abi.ts';
import type { BlobClass, Label } from '../core/label.ts';

/** Where a value can leave to. */
export const SINKS = [
  'agent',
  'operator',
  'channel.origin',
  'channel.other',
  'http.public',
  'http.private',
  'fs',
  'log',
  'metrics',
  'export',
  'node',
  'tenant',
] as const;
export type SinkKind = (typeof SINKS)[number];

export const ADMIN_TASKS = [
  'installBundle',
  'trustPublisher',
  'revokePublisher',
  'enableCapability',
  'disableBundle',
  'removeBundle',
  'raiseLimit',
  'createToken',
  'revokeToken',
  'purge',
  'exportAudit',
  'setConfig',
  'storeSecret',
  'insertSecret',
  'rotateSecret',
  'bindSecret',
  'revokeSecret',
  'connectChannel',
  'disconnectChannel',
  'admitSender',
  'grantChannel',
  'endGrant',
  'allowEgress',
  'declassify',
  'openBind',
  'secondApproval',
  'denyApproval',
  'revokeApproval',
  'revealRaw',
] as const;
export type AdminTask = (typeof ADMIN_TASKS)[number];

/** The closed reasons for opening a blob; the constitution has the same list. */
export const JUSTIFICATIONS = [
  'extract.text',
  'summarize',
  'classify',
  'find.facts',
  'draft.reply',
  'parse.child',
  'operator.review',
] as const;
export type Justification = (typeof JUSTIFICATIONS)[number];

export const CAPABILITY_KINDS = ['transform', 'action', 'verifier', 'agent'] as const;
export type CapabilityKind = (typeof CAPABILITY_KINDS)[number];

export const OUTPUT_KINDS = ['derived', 'released', 'action'] as const;
export type OutputKind = (typeof OUTPUT_KINDS)[number];

/** Who asks from outside: the person with the admin credential, or an external agent. */
export interface Caller {
  readonly kind: 'operator' | 'agent';
  readonly id: string;
}

export interface Gateway {
  readonly kind: 'gateway';
  readonly id: string;
}

/** A chat that messages come from. */
export interface ChannelParty {
  readonly kind: 'channel';
  readonly id: string;
  /** By a live approval. */
  readonly connected: boolean;
}

/** A conversation; a frozen one shows nothing until its sender is let in again. */
export interface SessionFacts {
  readonly id: string;
  readonly tenant: string;
  readonly frozen: boolean;
}

interface CodeState {
  readonly capabilityKind: CapabilityKind;
  /** The module's bytes match the signature of its bundle. */
  readonly verified: boolean;
  /** Its bundle, its key or its publisher is revoked. */
  readonly revoked: boolean;
  readonly enabled: boolean;
}

/** One version of one capability, as the one who asks; `id` is `name@version`. */
export interface Plugin extends CodeState {
  readonly kind: 'plugin';
  readonly id: string;
  readonly publisher: string;
  readonly effects: readonly Effect[];
}

/** One version of one capability, as what is called. */
export interface Capability extends CodeState {
  readonly id: string;
  readonly outputKind: OutputKind;
  readonly tenant: string;
}

export interface Blob {
  readonly ref: string;
  readonly class: BlobClass;
  readonly tenant: string;
  readonly session: string;
  /** Milliseconds since the epoch; at this instant the blob has expired. */
  readonly expires: number;
  readonly purged: boolean;
}

/** A local document, or a part of a message, goes into quarantine. Sizes in bytes. */
export interface IngestQuestion {
  readonly action: 'ingest';
  readonly principal: Caller | ChannelParty;
  readonly session: { readonly id: string; readonly tenant: string };
  readonly tenant: string;
  readonly class: BlobClass;
  readonly bytes: number;
  readonly limit: number;
  /** Of a channel: whoever speaks there is on its allow-list. False elsewhere. */
  readonly senderAllowed: boolean;
}

/** An agent looks at a session: refs and counters. */
export interface ObserveQuestion {
  readonly action: 'observe';
  readonly principal: Caller;
  readonly session: SessionFacts;
  readonly tenant: string;
  /** The credential is for this session, or for all of them. */
  readonly scoped: boolean;
}

export interface ExecuteQuestion {
  readonly action: 'execute';
  readonly principal: Caller;
  readonly capability: Capability;
  readonly tenant: string;
  /** A live grant lets this caller call this capability. */
  readonly approved: boolean;
  /** A live grant lets it read what the call is about; false where that is no chat. */
  readonly channelGranted: boolean;
}

interface BlobQuestion {
  readonly principal: Plugin;
  readonly blob: Blob;
  /** What the capability's manifest says that it opens; whatever it says. */
  readonly declaredClass: string;
  readonly tenant: string;
  readonly session: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The plugin is in a call of this session, and the blob is a handle of that call. */
  readonly running: boolean;
}

export interface AccessBlobQuestion extends BlobQuestion {
  readonly action: 'accessBlob';
  /** One of {@link JUSTIFICATIONS}; anything else is denied. */
  readonly justification: string;
  readonly handle: number;
}

/** What a plugin made of `blob` becomes a blob of its own. */
export interface DeriveBlobQuestion extends BlobQuestion {
  readonly action: 'deriveBlob';
  /** A child of the document, and not the plugin's output. */
  readonly child: boolean;
}

export interface ReleaseQuestion {
  readonly action: 'release';
  readonly principal: Caller | Gateway | Plugin;
  readonly sink: { readonly kind: SinkKind; readonly id: string };
  /** A value without a label counts as raw personal data (INV-LABEL-2). */
  readonly label: Label | undefined;
  /** Text of a local file that the operator named. */
  readonly localDocument: boolean;
  /** A live grant says that the output of this capability is released here. */
  readonly releasedGrant: boolean;
  /** A live approval of the kind that this sink needs. */
  readonly approved: boolean;
}

export interface AdministerQuestion {
  readonly action: 'administer';
  readonly principal: Caller;
  readonly task: AdminTask;
  /** Of `installBundle`: a trusted key signed it. False for other tasks. */
  readonly publisherTrusted: boolean;
  readonly approved: boolean;
}

export interface BindQuestion {
  readonly action: 'bind';
  readonly principal: Gateway;
  /** A literal IPv4 or IPv6 address; a host name is denied. */
  readonly address: string;
  readonly port: number;
  /** Over TLS, or the operator has said that it may go in the clear. */
  readonly transportChosen: boolean;
  readonly approved: boolean;
}

/** A plugin wants a secret attached to its request; it never sees the value. */
export interface UseSecretQuestion {
  readonly action: 'useSecret';
  readonly principal: Plugin;
  readonly secret: { readonly name: string; readonly tenant: string };
  readonly tenant: string;
  /** Host and port that the request goes to, as `core/domain.ts` writes them. */
  readonly domain: string;
  /** It was inserted by an approval and is not revoked. */
  readonly live: boolean;
  /** A live approval binds it to this version of this capability and to this domain. */
  readonly approved: boolean;
}

/** Everything that the host asks the gate. */
export type Question =
  | IngestQuestion
  | ObserveQuestion
  | ExecuteQuestion
  | AccessBlobQuestion
  | DeriveBlobQuestion
  | ReleaseQuestion
  | AdministerQuestion
  | BindQuestion
  | UseSecretQuestion;
export type ActionName = Question['action'];
