import type { CedarValueJson, EntityJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import type { Label, Tag } from '../core/label.ts';
import { labelOf } from '../core/label.ts';
import type {
  AccessBlobQuestion,
  AdministerQuestion,
  BindQuestion,
  Caller,
  ChannelParty,
  DeriveBlobQuestion,
  ExecuteQuestion,
  Gateway,
  IngestQuestion,
  ObserveQuestion,
  Plugin,
  Question,
  ReleaseQuestion,
  UseSecretQuestion,
  SessionFacts,
} from './question.ts';

/** A question in Cedar's words, with only the entities that its rules can look at. */
export interface CedarRequest {
  readonly principal: TypeAndId;
  readonly action: TypeAndId;
  readonly resource: TypeAndId;
  readonly context: Record<string, CedarValueJson>;
  readonly entities: EntityJson[];
}

/** One of ours: its id in the plain form. */
type Entity = EntityJson & { readonly uid: TypeAndId };

const PII = uid('Label', 'pii');
const RAW = uid('Label', 'pii.raw');
const CHAT = uid('Label', 'pii.chat');

/** The groups that each tag belongs to: a value is sent as a member of all of them. */
const GROUPS = {
  'pii.redacted': [PII],
  'pii.chat.message': [PII, RAW, CHAT],
  'pii.chat.metadata': [PII, RAW, CHAT],
  'pii.attachment': [PII, RAW],
  'secret.token': [],
  'internal.system': [],
} as const satisfies Record<Tag, readonly TypeAndId[]>;

/** The one who asks, and anyone else: what a tenant or a session is to the question. */
const OWN = 'own';

function standing(id: string, asking: string): string {
  return id === asking ? OWN : 'other';
}

const PUBLIC_PARENTS = [uid('Label', 'public')];

/**
 * Says how things stand to each other and not which they are: a tenant or a session is `own` or `other`,
 * a blob has expired or has not, and no ref or instant is in it. Rules cannot name what is random, and
 * questions that differ in nothing else are one request, whose answer is the same.
 */
export function cedarRequest(question: Question): CedarRequest {
  switch (question.action) {
    case 'ingest':
      return ingest(question);
    case 'observe':
      return observe(question);
    case 'execute':
      return execute(question);
    case 'accessBlob':
      return accessBlob(question);
    case 'deriveBlob':
      return deriveBlob(question);
    case 'release':
      return release(question);
    case 'administer':
      return administer(question);
    case 'bind':
      return bind(question);
    case 'useSecret':
      return useSecret(question);
  }
}

function ingest(question: IngestQuestion): CedarRequest {
  const { tenant, bytes, limit, senderAllowed, principal } = question;
  const session = sessionEntity({ ...question.session, frozen: false }, tenant);
  return {
    principal: partyId(principal),
    action: uid('Action', question.action),
    resource: session.uid,
    context: { tenant: OWN, class: ref('Label', question.class), bytes, limit, senderAllowed },
    entities: [session, ...(principal.kind === 'channel' ? [channelEntity(principal)] : [])],
  };
}

function observe(question: ObserveQuestion): CedarRequest {
  const session = sessionEntity(question.session, question.tenant);
  return {
    principal: partyId(question.principal),
    action: uid('Action', question.action),
    resource: session.uid,
    context: { tenant: OWN, scoped: question.scoped },
    entities: [session],
  };
}

function execute(question: ExecuteQuestion): CedarRequest {
  const { id, capabilityKind, outputKind, verified, revoked, enabled, tenant } =
    question.capability;
  const { approved, channelGranted } = question;
  const capability = entity(uid('Capability', id), {
    kind: ref('CapabilityKind', capabilityKind),
    outputKind: ref('OutputKind', outputKind),
    verified,
    revoked,
    enabled,
    tenant: standing(tenant, question.tenant),
  });
  return {
    principal: partyId(question.principal),
    action: uid('Action', question.action),
    resource: capability.uid,
    context: { tenant: OWN, approved, channelGranted },
    entities: [capability],
  };
}

function accessBlob(question: AccessBlobQuestion): CedarRequest {
  const { justification, handle } = question;
  return aboutBlob(question, { justification, handle });
}

function deriveBlob(question: DeriveBlobQuestion): CedarRequest {
  return aboutBlob(question, { child: question.child });
}

function aboutBlob(
  question: AccessBlobQuestion | DeriveBlobQuestion,
  own: Record<string, CedarValueJson>,
): CedarRequest {
  const { declaredClass, running } = question;
  const blob = blobEntity(question);
  return {
    principal: partyId(question.principal),
    action: uid('Action', question.action),
    resource: blob.uid,
    context: { ...own, declaredClass, tenant: OWN, session: OWN, running },
    entities: [pluginEntity(question.principal), blob],
  };
}

function release(question: ReleaseQuestion): CedarRequest {
  const { principal, localDocument, releasedGrant, approved } = question;
  const sink = entity(uid('Sink', question.sink.id), {}, [uid('SinkKind', question.sink.kind)]);
  const payload = entity(uid('Value', 'payload'), {}, labelParents(question.label));
  return {
    principal: partyId(principal),
    action: uid('Action', question.action),
    resource: sink.uid,
    context: { payload: { __entity: payload.uid }, localDocument, releasedGrant, approved },
    entities: [sink, payload, ...(principal.kind === 'plugin' ? [pluginEntity(principal)] : [])],
  };
}

function administer(question: AdministerQuestion): CedarRequest {
  const { publisherTrusted, approved } = question;
  return {
    principal: partyId(question.principal),
    action: uid('Action', question.action),
    resource: uid('AdminTask', question.task),
    context: { publisherTrusted, approved },
    entities: [],
  };
}

function bind(question: BindQuestion): CedarRequest {
  const { address, port } = question;
  const endpoint = entity(uid('Endpoint', 'endpoint'), {
    addr: { __extn: { fn: 'ip', arg: address } },
    port,
  });
  return {
    principal: partyId(question.principal),
    action: uid('Action', question.action),
    resource: endpoint.uid,
    context: { approved: question.approved, transportChosen: question.transportChosen },
    entities: [endpoint],
  };
}

function useSecret(question: UseSecretQuestion): CedarRequest {
  const { tenant, live, approved } = question;
  const secret = entity(uid('Secret', question.secret.name), { tenant: question.secret.tenant });
  return {
    principal: partyId(question.principal),
    action: uid('Action', question.action),
    resource: secret.uid,
    context: { tenant, live, approved },
    entities: [pluginEntity(question.principal), secret],
  };
}

/** INV-LABEL-2: what has no label, or a tag that nobody knows, is a member of the raw tags. */
function labelParents(label: Label | undefined): TypeAndId[] {
  const { tags } = labelOf(label === undefined ? ['unlabelled'] : [...label.tags]);
  if (tags.size === 0) return PUBLIC_PARENTS;
  return [...tags].flatMap((tag) => [uid('Label', tag), ...GROUPS[tag]]);
}

function sessionEntity({ tenant, frozen }: SessionFacts, own: string): Entity {
  return entity(uid('Session', OWN), { tenant: standing(tenant, own), frozen });
}

function channelEntity(channel: ChannelParty): Entity {
  return entity(partyId(channel), { connected: channel.connected });
}

/** Throws RangeError where an instant is none; whoever asks Cedar turns that into a denial. */
function blobEntity({
  blob,
  tenant,
  session,
  now,
}: AccessBlobQuestion | DeriveBlobQuestion): Entity {
  if (!Number.isFinite(blob.expires) || !Number.isFinite(now)) throw new RangeError('instant');
  return entity(
    uid('Blob', 'blob'),
    {
      class: blob.class,
      tenant: standing(blob.tenant, tenant),
      session: standing(blob.session, session),
      purged: blob.purged,
      expired: blob.expires <= now,
    },
    labelParents(labelOf([blob.class])),
  );
}

function pluginEntity(plugin: Plugin): Entity {
  const { verified, revoked, enabled, publisher } = plugin;
  return entity(partyId(plugin), {
    kind: ref('CapabilityKind', plugin.capabilityKind),
    verified,
    revoked,
    enabled,
    publisher,
    effects: plugin.effects.map((effect) => ref('Effect', effect)),
  });
}

const PARTY_TYPES = {
  operator: 'Operator',
  agent: 'Agent',
  gateway: 'Gateway',
  plugin: 'Plugin',
  channel: 'Channel',
} as const;

function partyId(party: Caller | ChannelParty | Gateway | Plugin): TypeAndId {
  return uid(PARTY_TYPES[party.kind], party.id);
}

function entity(
  id: TypeAndId,
  attrs: Record<string, CedarValueJson>,
  parents: TypeAndId[] = [],
): Entity {
  return { uid: id, attrs, parents };
}

function uid(type: string, id: string): TypeAndId {
  return { type: `Gate::${type}`, id };
}

function ref(type: string, id: string): CedarValueJson {
  return { __entity: uid(type, id) };
}
