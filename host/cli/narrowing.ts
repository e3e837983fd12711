import type { JsonObject } from '../core/json.ts';
import type { Options } from './command.ts';
import { UsageError } from './failure.ts';
import type { Narrowing } from './settle.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

export const NARROWING_OPTIONS = {
  scope: { help: 'facts of it with narrower values, as JSON', value: 'JSON' },
  expires: { help: 'how long it holds: 30m, 12h, 7d', value: 'DURATION' },
  'max-uses': { help: 'how often it can be used', value: 'N' },
} as const;

/** What the operator leaves of a request. Throws {@link UsageError}. */
export function narrowingOf(options: Options): Narrowing {
  const [scope, expires, uses] = ['scope', 'expires', 'max-uses'].map((it) => options.text(it));
  return {
    ...(scope !== undefined && { scope: parseScope(scope) }),
    ...(expires !== undefined && { expires_in: parseDuration(expires) }),
    ...(uses !== undefined && { max_uses: parseCount(uses) }),
  };
}

function parseScope(text: string): JsonObject {
  const refused = new UsageError(
    '--scope is a JSON object',
    `usage: --scope '{"max_bytes": 1000}'`,
  );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused;
  return value as JsonObject; // parsed from JSON
}

function parseDuration(text: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,6})([smhd])$/.exec(text) ?? [];
  if (count === undefined)
    throw new UsageError('--expires is a duration', 'usage: --expires 30m, 12h or 7d');
  return Number(count) * (UNITS[unit] ?? 1);
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new UsageError('--max-uses is a number', 'usage: --max-uses 1');
  return Number(text);
}
