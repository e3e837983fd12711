import { canonicalJson } from './json.ts';
import type { Json } from './json.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/** Makes the error of one check; `why` is a word of that check's closed vocabulary. */
type Refuse = (why: string) => Error;

/** How JSON is read: `depth` in nested arrays and objects; `canonical` demands RFC 8785 bytes. */
export interface StrictJsonOptions {
  readonly depth: number;
  readonly canonical: boolean;
  readonly refuse: Refuse;
}

/**
 * Reads JSON without the freedoms that make two readers see two things: UTF-8 without BOM, no key
 * twice, no `__proto__`, no lone surrogate. The depth is checked before anything recursive runs.
 */
export function parseStrictJson(bytes: Uint8Array, options: StrictJsonOptions): Json {
  const { refuse } = options;
  const colons = scan(bytes, options);
  let text: string;
  let value: Json;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuse('utf8');
  }
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw refuse('syntax');
  }
  // Valid UTF-8 has no surrogates: only an escape makes one.
  if (SURROGATE_ESCAPE.test(text)) checkStrings(value, refuse);
  if (countKeys(value, refuse) !== colons) throw refuse('duplicate_key');
  if (options.canonical && canonicalJson(value) !== text) throw refuse('canonical');
  return value;
}

/** Counts the colons outside strings, one for each key that was written. */
function scan(bytes: Uint8Array, { depth, refuse }: StrictJsonOptions): number {
  let open = 0;
  let colons = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at + 1);
    else if (byte === COLON) colons++;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++open > depth) throw refuse('depth');
    } else if (byte === 0x5d || byte === 0x7d) open--;
  }
  return colons;
}

/** The quote that is not escaped: an even number of backslashes stands before it. */
function endOfString(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(QUOTE, from); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let first = at;
    while (first > from && bytes[first - 1] === BACKSLASH) first--;
    if ((at - first) % 2 === 0) return at;
  }
  return bytes.length;
}

function countKeys(value: Json, refuse: Refuse): number {
  if (typeof value !== 'object' || value === null) return 0;
  const names = Array.isArray(value) ? [] : Object.keys(value);
  if (names.includes('__proto__')) throw refuse('proto');
  let keys = names.length;
  for (const member of Object.values(value)) keys += countKeys(member, refuse);
  return keys;
}

function checkStrings(value: Json, refuse: Refuse): void {
  if (typeof value === 'string' && /\p{Surrogate}/u.test(value)) throw refuse('surrogate');
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    checkStrings(key, refuse);
    checkStrings(member, refuse);
  }
}
