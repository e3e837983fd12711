import { defang } from '../core/defang.ts';
import type { Json } from '../core/json.ts';
import type { Label } from '../core/label.ts';

/** What leaves, and where a link may lead without anybody having to ask. */
interface Leaving {
  readonly label: Label;
  /** Of its manifest: domains as `core/domain.ts` writes them. */
  readonly hosts: readonly string[];
}

const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

/**
 * Text of a run that knows something, on its way out: nothing in it is followed by a program that shows it
 * (INV-EGRESS-3). JSON and forms are defanged in their values, behind whatever escapes, one within the
 * other too; bytes that are no UTF-8 stay as they are, for no program takes a link from them.
 */
export function inert(bytes: Uint8Array, leaving: Leaving): Uint8Array {
  if (leaving.label.tags.size === 0) return bytes;
  const text = decode(bytes);
  if (text === null) return bytes;
  const safe = inertText(text, (one) => defang(one, leaving.hosts));
  return safe === text ? bytes : encoder.encode(safe);
}

function inertText(text: string, safe: (text: string) => string): string {
  const value = parseJson(text);
  if (value !== undefined) {
    const mended = mapStrings(value, (one) => inertText(one, safe));
    return JSON.stringify(mended) === JSON.stringify(value) ? text : JSON.stringify(mended);
  }
  if (!FORM.test(text)) return safe(text);
  const form = [...new URLSearchParams(text)];
  const mended = form.map(([name, one]): [string, string] => [
    inertText(name, safe),
    inertText(one, safe),
  ]);
  const isSame = form.every(([name, one], i) => mended[i]?.[0] === name && mended[i][1] === one);
  return isSame ? text : new URLSearchParams(mended).toString();
}

/** `application/x-www-form-urlencoded`, whatever it is called (URL standard, 5.1). */
const FORM = /^[\w.*+%-]+=[\w.*+%-]*(?:&[\w.*+%-]*=?[\w.*+%-]*)*$/;

function parseJson(text: string): Json | undefined {
  if (!/^\s*["[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function mapStrings(value: Json, safe: (text: string) => string): Json {
  if (typeof value === 'string') return safe(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isArray(value)) return value.map((item) => mapStrings(item, safe));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [safe(name), mapStrings(item, safe)]),
  );
}

const isArray = (value: Json & object): value is readonly Json[] => Array.isArray(value);

function decode(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
