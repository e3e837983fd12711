import type { Json, JsonObject } from '../core/json.ts';
import { escapeLine } from './escape.ts';
import { localTime } from './time.ts';

export type Field = readonly [name: string, value: string | number | boolean | undefined];

const DIGEST_SHOWN = 12;

/** Named values, one a line, aligned; what is undefined is left out. Values are escaped here. */
export function page(fields: readonly Field[]): string {
  const present = fields.filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...present.map(([name]) => name.length));
  return present
    .map(([name, value]) => `${name.padEnd(width)}  ${escapeLine(String(value))}`.trimEnd())
    .join('\n');
}

/** A digest in a table; `show` and `--json` have it whole. */
export function shortDigest(digest: string): string {
  return digest.length > DIGEST_SHOWN ? `${digest.slice(0, DIGEST_SHOWN)}…` : digest;
}

export function list(words: readonly string[]): string {
  return words.length === 0 ? '-' : words.join(', ');
}

export function optionalTime(iso: string | undefined): string | undefined {
  return iso === undefined ? undefined : localTime(iso);
}

/** One field for each value of a JSON object, named by its path (`limits.pages`, `capabilities.0.id`). */
export function leaves(object: JsonObject | readonly Json[], prefix = ''): readonly Field[] {
  return Object.entries(object).flatMap(([name, value]: readonly [string, Json]) => {
    const path = `${prefix}${escapeLine(name)}`;
    return isNested(value) ? leaves(value, `${path}.`) : [[path, JSON.stringify(value)] as const];
  });
}

/** A list of one plain value is one value; a longer one has a line for each. */
function isNested(value: Json): value is JsonObject | readonly Json[] {
  if (Array.isArray(value)) return value.length > 1 || typeof value[0] === 'object';
  return typeof value === 'object' && value !== null;
}
