import { findAddress } from './address.ts';
import { findCode } from './codes.ts';
import { findNumber } from './numbers.ts';
import { deobfuscated, despaced, plainOf } from './plain.ts';

/** What names a person, or reaches one, or opens something. */
export type IdentifierKind =
  'email' | 'handle' | 'url' | 'phone' | 'card' | 'iban' | 'ip' | 'number' | 'key' | 'name';

/** Kinds that noise has too seldom to be mistaken. */
const SURE: readonly IdentifierKind[] = ['email', 'url', 'phone', 'card', 'iban', 'ip'];

/** An identifier in text as a person writes it, with the usual ways of writing around it. */
export function findWrittenOut(text: string): IdentifierKind | undefined {
  const plain = plainOf(text);
  const found = findPlain(plain);
  if (found !== undefined) return found;
  const joined = despaced(plain);
  const fromJoined = joined === undefined ? undefined : findPlain(joined);
  if (fromJoined !== undefined) return fromJoined;
  const address = deobfuscated(joined ?? plain);
  const fromAddress = address === undefined ? undefined : findAddress(address);
  return fromAddress === 'handle' ? undefined : fromAddress;
}

/** An identifier in text that was decoded from something which may have been anything. */
export function findIdentifier(text: string): IdentifierKind | undefined {
  const found = findPlain(plainOf(text));
  return found !== undefined && SURE.includes(found) ? found : undefined;
}

function findPlain(plain: string): IdentifierKind | undefined {
  return findAddress(plain) ?? findCode(plain) ?? findNumber(plain);
}
