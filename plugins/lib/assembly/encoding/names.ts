import { LABELS, NAMES } from '../../generated/encodings';

import { NONE } from './none';

function isBlank(unit: i32): bool {
  return unit == 32 || unit == 9 || unit == 10 || unit == 12 || unit == 13;
}

/** The encoding that a label means (WHATWG Encoding Standard, "get an encoding"), or NONE. */
export function encodingOf(label: string): i32 {
  let from = 0;
  let to = label.length;
  while (from < to && isBlank(label.charCodeAt(from))) from++;
  while (to > from && isBlank(label.charCodeAt(to - 1))) to--;
  if (from == to || to - from > 40) return NONE;
  let key = '|';
  for (let i = from; i < to; i++) {
    const unit = label.charCodeAt(i);
    if (unit == 124 || unit == 61) return NONE;
    key += String.fromCharCode(unit >= 65 && unit <= 90 ? unit | 32 : unit);
  }
  const at = LABELS.indexOf(key + '=');
  if (at < 0) return NONE;
  const digits = at + key.length + 1;
  return base36(LABELS.charCodeAt(digits)) * 36 + base36(LABELS.charCodeAt(digits + 1));
}

function base36(unit: i32): i32 {
  return unit < 58 ? unit - 48 : unit - 87;
}

/** The name we print for an encoding. */
export function nameOf(encoding: i32): string {
  let from = 1;
  for (let i = 0; i < encoding; i++) from = NAMES.indexOf('|', from) + 1;
  return NAMES.substring(from, NAMES.indexOf('|', from));
}

/** The charset parameter of a media type (RFC 9110, 8.3.1), or NONE. */
export function charsetOf(mediaType: string): i32 {
  const lower = mediaType.toLowerCase();
  const at = lower.indexOf('charset=');
  if (at < 0) return NONE;
  let from = at + 8;
  const quoted = from < lower.length && lower.charCodeAt(from) == 34;
  if (quoted) from++;
  let to = from;
  while (to < lower.length && !endsValue(lower.charCodeAt(to))) to++;
  return encodingOf(lower.substring(from, to));
}

function endsValue(unit: i32): bool {
  return unit == 59 || unit == 34 || unit == 44 || isBlank(unit);
}
