import { decodeBase64 } from './base64.ts';
import { sha256 } from './digest.ts';
import { parsePublicKey, verifySignature } from './ed25519.ts';
import type { KeyPair, PublicKey } from './ed25519.ts';
import { CcosError } from '../core/error.ts';

/**
 * C2SP signed-note and tlog-checkpoint (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), with the one
 * signature algorithm 0x01, Ed25519. Go's golang.org/x/mod/sumdb/note reads the same bytes.
 */
const ED25519 = 1;

/** What a checkpoint says: the log's name, its size and its RFC 6962 root hash in base64. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly rootBase64: string;
}

/** `name+hash+key`: how a verifier is told the key (signed-note, "Verifier keys"). */
export function verifierKey(name: string, key: PublicKey): string {
  const id = noteKeyId(name, key.raw).toString('hex');
  return `${name}+${id}+${Buffer.from([ED25519, ...key.raw]).toString('base64')}`;
}

export function parseVerifierKey(text: string): { readonly name: string; readonly key: PublicKey } {
  const refused = new CcosError('invalid_input', { field: 'verifier_key' });
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim());
  if (match === null) throw refused;
  const [, name = '', id, encoded = ''] = match;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes[0] !== ED25519) throw refused;
  const key = parsePublicKey(bytes.subarray(1));
  if (noteKeyId(name, key.raw).toString('hex') !== id) throw refused;
  return { name, key };
}

export function signCheckpoint(checkpoint: Checkpoint, key: KeyPair): string {
  const text = `${checkpoint.origin}\n${String(checkpoint.size)}\n${checkpoint.rootBase64}\n`;
  const signature = Buffer.concat([
    noteKeyId(checkpoint.origin, key.raw),
    key.sign(Buffer.from(text)),
  ]);
  return `${text}\n— ${checkpoint.origin} ${signature.toString('base64')}\n`;
}

/** The checkpoint of a note that `key` has signed; throws `integrity` where it has not. */
export function openCheckpoint(note: string, origin: string, key: PublicKey): Checkpoint {
  const refused = (why: string): CcosError =>
    new CcosError('integrity', { what: 'checkpoint', why });
  const end = note.indexOf('\n\n');
  if (end < 0) throw refused('format');
  const text = note.slice(0, end + 1);
  const [name, size, rootBase64, ...extra] = text.split('\n');
  if (name !== origin || size === undefined || !/^(0|[1-9][0-9]{0,15})$/.test(size))
    throw refused('format');
  if (rootBase64 === undefined || !/^[A-Za-z0-9+/]{43}=$/.test(rootBase64) || extra.join('') !== '')
    throw refused('format');
  const signed = note
    .slice(end + 2)
    .split('\n')
    .some((line) => isSignedBy(line, { text, origin, key }));
  if (!signed) throw refused('signature');
  return { origin, size: Number(size), rootBase64 };
}

function isSignedBy(
  line: string,
  note: { readonly text: string; readonly origin: string; readonly key: PublicKey },
): boolean {
  const [dash, name, encoded = ''] = line.split(' ');
  if (dash !== '—' || name !== note.origin) return false;
  const decoded = decodeBase64(encoded);
  if (decoded === undefined) return false;
  const bytes = Buffer.from(decoded);
  if (!bytes.subarray(0, 4).equals(noteKeyId(note.origin, note.key.raw))) return false;
  return verifySignature(note.key, Buffer.from(note.text), bytes.subarray(4));
}

function noteKeyId(name: string, raw: Uint8Array): Buffer {
  return sha256(name, '\n', Uint8Array.of(ED25519), raw).subarray(0, 4);
}
