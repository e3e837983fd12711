import { UsageError } from './failure.ts';

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** ISO 8601 in local time with its offset, to the second; what is no time stays as it is. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const offset = -time.getTimezoneOffset();
  const shifted = new Date(time.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const size = Math.abs(offset);
  const zone = `${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${shifted}${offset < 0 ? '-' : '+'}${zone}`;
}

/** `--since`: a time, or how long ago (`30s`, `15m`, `2h`, `7d`), as ISO 8601 in UTC. */
export function sinceTime(text: string, now: number): string {
  const match = /^([0-9]{1,6})([smhd])$/.exec(text);
  if (match !== null) {
    const [, count, unit] = match;
    const size = UNITS[unit as keyof typeof UNITS]; // the pattern admits these four
    return new Date(now - Number(count) * size).toISOString();
  }
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new UsageError('--since takes a time or an age', 'such as 2h, 7d or 2026-01-31T12:00');
  return time.toISOString();
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
