import { CcosError } from './core/error.ts';
import type { HomeKeys } from './core/home.ts';
import { readKeyPair } from './crypto/ed25519.ts';
import type { KeyPair } from './crypto/ed25519.ts';
import { parseVerifierKey } from './crypto/note.ts';

const MASTER_BYTES = 32;

/** The keys of a home, as they are worked with. */
export interface ParsedKeys extends HomeKeys {
  readonly operator: KeyPair;
  /** The name of the chain, as its verifier key says it. */
  readonly origin: string;
}

/** Throws `integrity` for a key that is damaged, or that is not the other half of its verifier key. */
export function parseKeys(keys: HomeKeys): ParsedKeys {
  const operator = orDamaged('operator.key', () => readKeyPair(keys.operatorPem));
  const chain = orDamaged('chain.key', () => readKeyPair(keys.chainPem));
  const verifier = orDamaged('chain.vkey', () => parseVerifierKey(keys.chainVerifierKey));
  if (verifier.key.id !== chain.id) throw damaged('chain.key');
  if (keys.master.length !== MASTER_BYTES) throw damaged('master.key');
  return { ...keys, operator, origin: verifier.name };
}

type Part = 'operator.key' | 'chain.key' | 'chain.vkey' | 'master.key';

function orDamaged<Value>(part: Part, parse: () => Value): Value {
  try {
    return parse();
  } catch {
    throw damaged(part);
  }
}

const damaged = (file: Part): CcosError =>
  new CcosError('integrity', { what: 'home', why: 'damaged_file', file });
