import { FIXED } from '../core/limits.ts';
import { ENVELOPE_PATH, isBundlePath } from './path.ts';
import { refusal } from './refusal.ts';

const BLOCK = 512;
const END = 2 * BLOCK;
const MAGIC = 'ustar\x0000';

/**
 * Reads the container of a bundle: ustar (POSIX.1-1988) in the one form that {@link writeContainer}
 * writes, so that equal contents are equal bytes. The values are views of `bytes`.
 * Refuses with `bundle_container`, and with `bundle_limit` what is well formed but too large.
 */
export function readContainer(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  if (bytes.length > FIXED.bundleBytes) throw refusal('bundle_limit', 'bundle_bytes');
  const files = new Map<string, Uint8Array>();
  let at = 0;
  let previous = '';
  while (bytes[at] !== 0) {
    const { name, size } = readHeader(bytes, at, files.size);
    checkPlace(name, previous, files);
    const start = at + BLOCK;
    at = start + padded(size);
    if (at + END > bytes.length) throw refused('truncated', files.size);
    if (!isZero(bytes, start + size, at)) throw refused('padding', files.size);
    files.set(name, bytes.subarray(start, start + size));
    previous = name;
  }
  if (bytes.length !== at + END || !isZero(bytes, at, bytes.length)) {
    throw refused('end', files.size);
  }
  if (files.size === 0) throw refused('empty', 0);
  checkParents(files);
  return files;
}

/** How much of a container is enough to hold any envelope. */
export const ENVELOPE_END = BLOCK + FIXED.envelopeBytes;

/** The envelope alone, from the first {@link ENVELOPE_END} bytes of a container. Refuses as that does. */
export function readEnvelope(head: Uint8Array): Uint8Array {
  const { name, size } = readHeader(head, 0, 0);
  if (name !== ENVELOPE_PATH) throw refused('first', 0);
  if (size > FIXED.envelopeBytes) throw refusal('bundle_limit', 'envelope_bytes');
  if (BLOCK + size > head.length) throw refused('truncated', 0);
  return head.subarray(BLOCK, BLOCK + size);
}

/** Writes a container; the same files give the same bytes. Refuses what {@link readContainer} would. */
export function writeContainer(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const entries = [...files].sort(([left], [right]) => compareEntries(left, right));
  const length = entries.reduce((sum, [, bytes]) => sum + BLOCK + padded(bytes.length), END);
  const container = new Uint8Array(length);
  let at = 0;
  for (const [index, [name, bytes]] of entries.entries()) {
    if (!isBundlePath(name)) throw refused('name', index);
    container.set(encodeHeader(name, bytes.length), at);
    container.set(bytes, at + BLOCK);
    at += BLOCK + padded(bytes.length);
  }
  readContainer(container);
  return container;
}

function readHeader(bytes: Uint8Array, at: number, file: number): { name: string; size: number } {
  const header = bytes.subarray(at, at + BLOCK);
  if (header.length < BLOCK) throw refused('truncated', file);
  if (ascii(header, 257, 265) !== MAGIC) throw refused('magic', file);
  const name = ascii(header, 0, 100).replace(/\0+$/, '');
  if (!isBundlePath(name)) throw refused('name', file);
  const digits = /^([0-7]{11})\0$/.exec(ascii(header, 124, 136))?.[1];
  if (digits === undefined) throw refused('size', file);
  const size = Number.parseInt(digits, 8);
  const expected = encodeHeader(name, size);
  if (header.some((byte, index) => byte !== expected[index])) throw refused('header', file);
  if (file === FIXED.bundleFiles) throw refusal('bundle_limit', 'files');
  if (size > FIXED.bundleFileBytes) throw refusal('bundle_limit', 'file_bytes', { file });
  return { name, size };
}

/** The whole header follows from name and size: mode 0644, everything else zero. */
function encodeHeader(name: string, size: number): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const put = (at: number, text: string): void => {
    header.set(
      Uint8Array.from(text, (character) => character.charCodeAt(0)),
      at,
    );
  };
  put(0, name);
  put(100, '0000644\x000000000\x000000000\x00');
  put(124, `${octal(size, 11)}\x00${octal(0, 11)}\x00`);
  put(148, ' '.repeat(8));
  put(156, '0');
  put(257, MAGIC);
  put(329, '0000000\x000000000\x00');
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(148, `${octal(sum, 6)}\x00 `);
  return header;
}

function checkPlace(name: string, previous: string, files: ReadonlyMap<string, Uint8Array>): void {
  if (files.size === 0) {
    if (name !== ENVELOPE_PATH) throw refused('first', 0);
    return;
  }
  if (files.has(name)) throw refused('duplicate', files.size);
  if (compareEntries(previous, name) > 0) throw refused('order', files.size);
}

/** A path that is a file and a directory could not be written to a disk. */
function checkParents(files: ReadonlyMap<string, Uint8Array>): void {
  for (const [file, name] of [...files.keys()].entries()) {
    const parts = name.split('/');
    const parents = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
    if (parents.some((parent) => files.has(parent))) throw refused('parent', file);
  }
}

/** The envelope first, then by bytes (names are ASCII). */
function compareEntries(left: string, right: string): number {
  if (left === ENVELOPE_PATH) return -1;
  if (right === ENVELOPE_PATH) return 1;
  return left < right ? -1 : 1;
}

function ascii(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false;
  return true;
}

function refused(why: string, file: number): Error {
  return refusal('bundle_container', why, { file });
}
