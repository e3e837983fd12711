import { randomBytes } from 'node:crypto';

/**
 * Texts that nobody would write by chance, one for each place where a person's words can stand: eight
 * invented words and an identifier. A sweep that finds one anywhere has found a leak.
 */
export const PLACES = [
  'text',
  'edit',
  'attachment',
  'file_name',
  'sender_name',
  'channel_name',
  'thread_name',
  'emoji',
  'quote',
  'quote_author',
  'link',
  'stranger',
] as const;
export type Place = (typeof PLACES)[number];

export interface Canary {
  readonly place: string;
  readonly text: string;
}
export type Canaries = Readonly<Record<Place, string>>;

const VOWELS = 'aeiou';
const CONSONANTS = 'bdfgklmnprstvz';

function word(): string {
  return [...randomBytes(6)]
    .map((byte, at) => (at % 2 === 0 ? CONSONANTS : VOWELS).charAt(byte % (at % 2 === 0 ? 14 : 5)))
    .join('');
}

/** A fresh one; a secret is one word of 32 hex digits. */
export function canary(kind: 'phrase' | 'secret' = 'phrase'): string {
  if (kind === 'secret') return `ccnry${randomBytes(16).toString('hex')}`;
  return [...Array.from({ length: 8 }, word), `ccnry${randomBytes(4).toString('hex')}`].join(' ');
}

/** One for every place. */
export function plant(): Canaries {
  return Object.fromEntries(PLACES.map((place) => [place, canary()])) as Canaries; // every place is there
}

export const listOf = (planted: Readonly<Record<string, string>>): readonly Canary[] =>
  Object.entries(planted).map(([place, text]) => ({ place, text }));
