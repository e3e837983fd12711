import { CcosError } from './error.ts';
import type { World } from './world.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type QuarantineRef = Branded<'q'>;
export type CallId = Branded<'call'>;
export type DecisionId = Branded<'d'>;
export type ApprovalId = Branded<'ap'>;
export type RowId = Branded<'e'>;
export type TokenId = Branded<'t'>;
export type SessionId = Branded<'s'>;
export type RunId = Branded<'run'>;
export type SecretRecordId = Branded<'sec'>;
export type EventId = Branded<'m'>;

interface IdOf {
  q: QuarantineRef;
  call: CallId;
  d: DecisionId;
  ap: ApprovalId;
  e: RowId;
  t: TokenId;
  s: SessionId;
  run: RunId;
  sec: SecretRecordId;
  m: EventId;
}

const RANDOM_BYTES = 16;

/** A new id: prefix, underscore, 128 random bits in hex. It names something and grants nothing. */
export function newId<Prefix extends keyof IdOf>(prefix: Prefix, world: World): IdOf[Prefix] {
  return `${prefix}_${toHex(world.randomBytes(RANDOM_BYTES))}` as IdOf[Prefix]; // minted here
}

/** An id that came from outside. The error says which kind was expected and how long the bad one was. */
export function parseId<Prefix extends keyof IdOf>(prefix: Prefix, raw: string): IdOf[Prefix] {
  const body = raw.slice(prefix.length + 1);
  if (!raw.startsWith(`${prefix}_`) || !/^[0-9a-f]{32}$/.test(body))
    throw new CcosError('invalid_input', { field: `${prefix}_id`, length: raw.length });
  return raw as IdOf[Prefix]; // parsed here
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
