import type { Json } from '../core/json.ts';
import { leakWords } from '../core/leak.ts';
import type { ApprovalKind } from '../policy/approval-kind.ts';
import type { ApprovalRequest } from './approval-request.ts';

/** What saying yes comes to, for somebody who knows none of our words. */
export interface Risk {
  readonly level: 'low' | 'medium' | 'high';
  /** Whole sentences, of fixed words and of facts that the digest covers. */
  readonly words: readonly string[];
}

/** What can carry data or trust out of the operator's hands. */
const HIGH: readonly ApprovalKind[] = [
  'publisher.trust',
  'secret.bind',
  'egress.exception',
  'fs.exception',
  'declassify.public',
  'raw.reveal',
  'policy.update',
  'bind.open',
  'node.pair',
  'node.scope',
  'tenant.create',
];

const MEDIUM: readonly ApprovalKind[] = [
  'channel.connect',
  'channel.grant',
  'capability.enable',
  'capability.update',
  'effect.grant',
  'attachment.text',
  'secret.insert',
];

export function isHighRisk(kind: string): boolean {
  return (HIGH as readonly string[]).includes(kind);
}

type Words = (facts: ApprovalRequest['facts'], request: ApprovalRequest) => readonly string[];

const DESCRIBED: Partial<Record<ApprovalKind, Words>> = {
  'channel.connect': ({ connector }) => [
    `This lets the gateway take in messages of ${say(connector)} from the senders that you allow, and keep them encrypted.`,
    'It lets nothing and nobody read them: each reader needs an approval of its own.',
  ],
  'channel.grant': (facts) => [
    `This lets ${say(facts['capability'])} read the messages of ${say(facts['channel'])} and send agents what it makes of them${upTo(facts['leak_bits'])}.`,
    `A result may repeat at most ${say(facts['max_verbatim_words'])} words of a message in a row.`,
    facts['same_audience'] === true
      ? 'Results may be sent back into the conversation that they come from, and into no other.'
      : 'Results are sent into no conversation, not even their own.',
  ],
  'capability.enable': (facts) => [
    `This lets ${say(facts['capability'])}, of the bundle ${say(facts['bundle'])} ${say(facts['version'])}, be called.`,
    facts['leak_bits'] === undefined
      ? 'Agents are sent nothing of what it reads.'
      : `Where a channel grants it, it can read a message and send an agent ${leak(facts['leak_bits'])}.`,
    'Another version of it needs another approval.',
  ],
  'publisher.trust': ({ publisher, namespaces }) => [
    `This lets whoever holds this key publish bundles as ${say(publisher)}, under ${say(namespaces)}.`,
    'If the key is not theirs, you would install code of a stranger. Compare it with what they publish elsewhere.',
  ],
  'effect.grant': ({ publisher, effects }) => [
    `This lets bundles of ${say(publisher)} offer capabilities that have the effect ${say(effects)}.`,
    'None of them can be called before it has an approval of its own.',
  ],
  'bundle.install': ({ name, version }) => [
    `This lets the code of ${say(name)} ${say(version)} be loaded; it replaces another version of it.`,
    'It lets none of its capabilities be called yet.',
  ],
  'secret.insert': ({ secret }) => [
    `This lets the host attach the secret ${say(secret)} to requests, once you bind it to a capability and a host.`,
    'Nobody is shown its value.',
  ],
  'secret.rotate': ({ secret }) => [
    `This lets the new value of the secret ${say(secret)} be used where the old one is; the old one is destroyed.`,
  ],
  'secret.bind': (facts) => [
    `This lets requests of ${say(facts['capability'])} carry the secret ${say(facts['secret'])} to ${say(facts['domain'])}.`,
    `Whoever runs ${say(facts['domain'])} can then act with it.`,
    ...usesOf(facts),
  ],
  'egress.exception': sends,
  'fs.exception': sends,
  'declassify.public': (facts) => [
    `This lets results of ${say(facts['capability'])} in the run ${say(facts['run'])} count as public once ${say(facts['verifier'])} has passed them, one by one: at most ${say(facts['max_bytes'])} bytes in all.`,
    'What is public may leave to every host that a capability was approved for; it cannot be called back.',
    ...usesOf(facts),
  ],
  'raw.reveal': ({ ref }) => [
    `This lets you read the message or file ${say(ref)} as it was sent, once.`,
    'It is what somebody wrote in confidence: the chain keeps that you looked.',
  ],
  'limit.raise': ({ limit, to }) => [
    `This lets a call take up to ${say(to)} of ${say(limit)}; it can cost time and memory and shows nothing to anybody.`,
  ],
  'bind.open': ({ address, port, transport }) => [
    `This lets other machines reach the gateway at ${say(address)}, port ${say(port)}.`,
    transport === 'tls'
      ? 'Each request needs a token and is encrypted on the way.'
      : 'Each request needs a token, and whoever is on the way can read it, and the token, and use it.',
  ],
};

/** The same for what was asked and for what was granted of it. */
export function riskOf(request: ApprovalRequest): Risk {
  const { kind, facts } = request;
  const level = isHighRisk(kind) ? 'high' : MEDIUM.includes(kind) ? 'medium' : 'low';
  const { expires } = facts;
  const until = typeof expires === 'string' ? [`It ends at ${expires}.`] : [];
  return {
    level,
    words: [...(DESCRIBED[kind]?.(facts, request) ?? [`This lets: ${request.summary}.`]), ...until],
  };
}

function sends(facts: ApprovalRequest['facts']): readonly string[] {
  const { label } = facts;
  const carried =
    Array.isArray(label) && label.length > 0 ? label.join(', ') : 'what counts as public';
  return [
    `This lets ${say(facts['capability'])} read what the ${facts['run'] === undefined ? 'session' : 'run'} ${say(facts['run'] ?? facts['session'])} knows (${carried}) and send it to ${say(facts['target'])}: at most ${say(facts['max_bytes'])} bytes in all.`,
    'What has left cannot be called back.',
    ...usesOf(facts),
  ];
}

function usesOf({ max_uses: uses }: ApprovalRequest['facts']): readonly string[] {
  return uses === undefined
    ? []
    : [`It can be used ${uses === 1 ? 'once' : `${say(uses)} times`}.`];
}

const leak = (bits: Json | undefined): string =>
  typeof bits === 'number' ? leakWords(bits) : 'nothing';

const upTo = (bits: Json | undefined): string => (bits === undefined ? '' : `: ${leak(bits)}`);

function say(fact: Json | undefined): string {
  if (Array.isArray(fact)) return fact.map(say).join(', ');
  return typeof fact === 'string' || typeof fact === 'number' ? String(fact) : 'nothing';
}
