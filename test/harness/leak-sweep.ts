import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync, inflateSync } from 'node:zlib';
import type { Canary } from './canaries.ts';

/**
 * H1 and H2: looks for canaries in files and in captured bytes, as they are and in the forms that code
 * gives to a text without meaning to hide it.
 */
export interface Hit {
  readonly place: string;
  readonly form: string;
  readonly where: string;
}

export interface Swept {
  /** Every file below them, whatever its name. */
  readonly folders: readonly string[];
  /** What left: answers, frames, both streams of a process, bytes of a sink. */
  readonly captured: Readonly<Record<string, string | Uint8Array>>;
}

const WINDOW_WORDS = 6;
const INFLATED_BYTES = 64 * 1024 * 1024;
const MAX_DEPTH = 2;

export function sweep(canaries: readonly Canary[], { folders, captured }: Swept): readonly Hit[] {
  const hunted = canaries.map(prepare);
  const files = folders.flatMap(filesBelow);
  const bodies = [
    ...files.map((file) => ({ where: file, bytes: readFileSync(file) })),
    ...files.map((file) => ({ where: `name of ${file}`, bytes: Buffer.from(file) })),
    ...Object.entries(captured).map(([where, body]) => ({ where, bytes: Buffer.from(body) })),
  ];
  return bodies.flatMap((body) => hitsIn(hunted, { ...body, depth: 0 }));
}

interface Hunted {
  readonly place: string;
  readonly needles: readonly (readonly [form: string, needle: Buffer])[];
  readonly windows: readonly string[];
}

function prepare({ place, text }: Canary): Hunted {
  const words = fold(text).split(' ');
  const windows = Array.from({ length: Math.max(1, words.length - WINDOW_WORDS + 1) }, (_, at) =>
    words.slice(at, at + WINDOW_WORDS).join(' '),
  );
  return { place, needles: formsOf(text), windows };
}

interface Body {
  readonly where: string;
  readonly bytes: Buffer;
  /** How often it was opened. */
  readonly depth: number;
}

function hitsIn(hunted: readonly Hunted[], { where, bytes, depth }: Body): readonly Hit[] {
  const folded = [fold(bytes.toString('utf8')), fold(bytes.toString('utf16le'))];
  const found = hunted.flatMap(({ place, needles, windows }) => [
    ...needles
      .filter(([, needle]) => bytes.includes(needle))
      .map(([form]) => ({ place, form, where })),
    ...windows
      .filter((window) => folded.some((text) => text.includes(window)))
      .map(() => ({ place, form: 'window', where })),
  ]);
  if (depth >= MAX_DEPTH) return found;
  const inner = inflated(bytes).flatMap((part) =>
    hitsIn(hunted, { where: `${where} (inflated)`, bytes: part, depth: depth + 1 }),
  );
  return [...found, ...inner];
}

/** Lower case, compatibility-composed, and one space for whatever stands between words. */
function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function formsOf(text: string): readonly (readonly [string, Buffer])[] {
  const bytes = Buffer.from(text);
  const ascii = (form: string, encoded: string) => [form, Buffer.from(encoded)] as const;
  const escaped = (each: (code: number) => string): string =>
    Array.from(text, (character) => each(character.codePointAt(0) ?? 0)).join('');
  const hex = bytes.toString('hex');
  return [
    ['raw', bytes],
    ...[0, 1, 2].flatMap((offset) => base64Forms(bytes, offset)),
    ascii('hex', hex),
    ascii('hex', hex.toUpperCase()),
    ascii('url', encodeURIComponent(text)),
    ascii('url', encodeURIComponent(text).replaceAll('%20', '+')),
    ascii('url', [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')),
    ascii('json', JSON.stringify(text).slice(1, -1)),
    ascii(
      'json',
      escaped((code) => `\\u${code.toString(16).padStart(4, '0')}`),
    ),
    ascii(
      'html',
      escaped((code) => `&#${String(code)};`),
    ),
    ascii(
      'html',
      escaped((code) => `&#x${code.toString(16)};`),
    ),
    ['utf16le', Buffer.from(text, 'utf16le')],
    ['utf16be', Buffer.from(text, 'utf16le').swap16()],
    ascii('reversed', Array.from(text).reverse().join('')),
  ];
}

/** What stays the same of the text's base64 wherever it begins within three bytes. */
function base64Forms(bytes: Buffer, offset: number): readonly (readonly [string, Buffer])[] {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const whole = padded.toString('base64').replaceAll('=', '');
  const first = offset === 0 ? 0 : offset + 1;
  const last = padded.length % 3 === 0 ? whole.length : whole.length - 1;
  const stable = whole.slice(first, last);
  const url = stable.replaceAll('+', '-').replaceAll('/', '_');
  return [
    ['base64', Buffer.from(stable)],
    ['base64url', Buffer.from(url)],
  ];
}

/** Everything in a body that gzip or zlib can open, even where it was cut off. */
function inflated(body: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: INFLATED_BYTES };
  for (const [magic, open] of [
    [Buffer.from([0x1f, 0x8b, 0x08]), gunzipSync],
    [Buffer.from([0x78, 0x01]), inflateSync],
    [Buffer.from([0x78, 0x9c]), inflateSync],
    [Buffer.from([0x78, 0xda]), inflateSync],
  ] as const)
    for (let at = body.indexOf(magic); at >= 0; at = body.indexOf(magic, at + 1))
      try {
        parts.push(open(body.subarray(at), options));
      } catch {
        // it only looked like one
      }
  return parts.filter(({ length }) => length > 0);
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}
