import type { Effect } from '../core/abi.ts';
import { EFFECTS } from '../core/abi.ts';
import { BLOB_CLASSES, PUBLIC, TAGS, labelOf, tagList } from '../core/label.ts';
import type { Label } from '../core/label.ts';
import type { ActionName, Question } from './question.ts';
import { ADMIN_TASKS, CAPABILITY_KINDS, JUSTIFICATIONS, OUTPUT_KINDS, SINKS } from './question.ts';
import { AGENT, CHANNEL, GATEWAY, OPERATOR, PLUGIN } from './sample.ts';

/** A question with one fact changed. */
export interface Variation {
  /** Where the fact stands, such as `capability.enabled`. */
  readonly fact: string;
  readonly value: string;
  readonly instead: string;
  readonly question: Question;
}

/** What the rules of a pack name themselves: a search has to try it. */
export interface Literals {
  readonly ids: readonly string[];
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
}
export const NO_LITERALS: Literals = { ids: [], texts: [], numbers: [] };

type Facts = readonly (readonly [path: string, values: readonly unknown[]])[];

const FLAG = [true, false];
const ANOTHER = ['another'];
const MOST = Number.MAX_SAFE_INTEGER;
const LABELS: readonly (Label | undefined)[] = [
  PUBLIC,
  ...TAGS.map((tag) => labelOf([tag])),
  undefined,
];
const EFFECT_SETS: readonly (readonly Effect[])[] = [
  [],
  ...EFFECTS.map((effect) => [effect]),
  EFFECTS,
];
const ADDRESSES = ['127.0.0.1', '::1', '192.168.1.1', '203.0.113.7'];

const BLOB_FACTS: Facts = [
  ['principal.capabilityKind', CAPABILITY_KINDS],
  ['principal.verified', FLAG],
  ['principal.revoked', FLAG],
  ['principal.enabled', FLAG],
  ['principal.effects', EFFECT_SETS],
  ['blob.class', BLOB_CLASSES],
  ['blob.expires', [0, MOST]],
  ['blob.purged', FLAG],
  ['declaredClass', BLOB_CLASSES],
  ['tenant', ANOTHER],
  ['session', ANOTHER],
  ['running', FLAG],
];

/** What a rule can look at, and what it can be. */
const FACTS: Readonly<Record<ActionName, Facts>> = {
  ingest: [
    ['principal', [OPERATOR, AGENT, CHANNEL, { ...CHANNEL, connected: false }]],
    ['class', BLOB_CLASSES],
    ['bytes', [-1, 0, MOST]],
    ['senderAllowed', FLAG],
    ['tenant', ANOTHER],
  ],
  observe: [
    ['principal', [OPERATOR, AGENT]],
    ['session.frozen', FLAG],
    ['scoped', FLAG],
    ['tenant', ANOTHER],
  ],
  execute: [
    ['principal', [OPERATOR, AGENT]],
    ['capability.capabilityKind', CAPABILITY_KINDS],
    ['capability.outputKind', OUTPUT_KINDS],
    ['capability.verified', FLAG],
    ['capability.revoked', FLAG],
    ['capability.enabled', FLAG],
    ['approved', FLAG],
    ['channelGranted', FLAG],
    ['tenant', ANOTHER],
  ],
  accessBlob: [...BLOB_FACTS, ['justification', [...JUSTIFICATIONS, 'none']], ['handle', [-1, 0]]],
  deriveBlob: [...BLOB_FACTS, ['child', FLAG]],
  release: [
    ['principal', [AGENT, OPERATOR, GATEWAY, PLUGIN]],
    ['sink.kind', SINKS],
    ['label', LABELS],
    ['localDocument', FLAG],
    ['releasedGrant', FLAG],
    ['approved', FLAG],
  ],
  administer: [
    ['principal', [OPERATOR, AGENT]],
    ['task', ADMIN_TASKS],
    ['publisherTrusted', FLAG],
    ['approved', FLAG],
  ],
  bind: [
    ['address', ADDRESSES],
    ['port', [-1, 0, 65_536]],
    ['transportChosen', FLAG],
    ['approved', FLAG],
  ],
  useSecret: [
    ['principal.capabilityKind', CAPABILITY_KINDS],
    ['principal.verified', FLAG],
    ['principal.revoked', FLAG],
    ['principal.enabled', FLAG],
    ['principal.effects', EFFECT_SETS],
    ['tenant', ANOTHER],
    ['live', FLAG],
    ['approved', FLAG],
  ],
};

/** The question again and again, each time with another value of one fact. */
export function variations(question: Question, literals = NO_LITERALS): readonly Variation[] {
  return [...FACTS[question.action], ...named(question.action, literals)].flatMap(
    ([fact, values]) => {
      const path = fact.split('.');
      const value = word(path.reduce(inside, question));
      return values
        .filter((other) => word(other) !== value)
        .map((other) => ({
          fact,
          value,
          instead: word(other),
          question: replaced(question, path, other) as Question, // one fact is another of its type
        }));
    },
  );
}

/** The facts that a rule can name by a value of its own, and of which kind that is. */
const NAMED: Readonly<
  Record<ActionName, readonly (readonly [path: string, kind: 'ids' | 'texts' | 'numbers'])[]>
> = {
  ingest: [
    ['principal.id', 'ids'],
    ['bytes', 'numbers'],
  ],
  observe: [['principal.id', 'ids']],
  execute: [
    ['principal.id', 'ids'],
    ['capability.id', 'ids'],
  ],
  accessBlob: [
    ['principal.id', 'ids'],
    ['principal.publisher', 'texts'],
    ['handle', 'numbers'],
  ],
  deriveBlob: [
    ['principal.id', 'ids'],
    ['principal.publisher', 'texts'],
  ],
  release: [
    ['principal.id', 'ids'],
    ['sink.id', 'ids'],
  ],
  administer: [['principal.id', 'ids']],
  bind: [
    ['address', 'texts'],
    ['port', 'numbers'],
  ],
  useSecret: [
    ['principal.id', 'ids'],
    ['principal.publisher', 'texts'],
    ['secret.name', 'ids'],
  ],
};

function named(action: ActionName, { ids, texts, numbers }: Literals): Facts {
  const around = numbers.flatMap((number) => [number - 1, number, number + 1]);
  const values = { ids, texts, numbers: around };
  return NAMED[action].map(([path, kind]) => [path, values[kind]]);
}

function inside(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[name]; // the paths are of the questions' types
}

function replaced(value: unknown, [name, ...rest]: readonly string[], to: unknown): unknown {
  if (name === undefined) return to;
  return { ...(value as object), [name]: replaced(inside(value, name), rest, to) };
}

/** A fact in one word, for people. */
function word(value: unknown): string {
  if (value === undefined) return 'unlabelled';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(' ');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value).replaceAll('"', '');
  if ('tags' in value) return tagList(value as Label).join(' ');
  if ('connected' in value) return value.connected === true ? 'channel' : 'unconnected channel';
  return 'kind' in value ? String(value.kind) : 'another';
}
