import { canonicalJson } from '../core/json.ts';
import type { Json } from '../core/json.ts';
import type { Refuse } from './refusal.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

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

function endOfString(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

function countKeys(value: Json, refuse: Refuse): number {
  if (typeof value === 'string') checkString(value, refuse);
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  for (const [key, member] of Object.entries(value)) {
    if (key === '__proto__') throw refuse('proto');
    checkString(key, refuse);
    keys += countKeys(member, refuse);
  }
  return Array.isArray(value) ? keys : keys + Object.keys(value).length;
}

function checkString(text: string, refuse: Refuse): void {
  if (/\p{Surrogate}/u.test(text)) throw refuse('surrogate');
}
