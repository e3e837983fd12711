import { createHmac, randomFillSync } from 'node:crypto';
import nacl from 'tweetnacl';
import { CcosError } from '../core/error.ts';
import type { Bytes } from './seal.ts';

/** What a sealed secret is padded to a multiple of: a database shows no length of a password. */
const PADDING_BYTES = 256;
const LENGTH_BYTES = 2;

/**
 * NaCl secretbox (XSalsa20-Poly1305) under a key of its own for each record: HMAC-SHA256 of the vault's
 * key over `context`, which says what the record is, so no row can pass for another. The nonce stands
 * before the box.
 */
export function sealRecord(vaultKey: Uint8Array, value: Uint8Array, context: string): Bytes {
  const size = Math.ceil((LENGTH_BYTES + value.length) / PADDING_BYTES) * PADDING_BYTES;
  const plain = new Uint8Array(size);
  new DataView(plain.buffer).setUint16(0, value.length);
  plain.set(value, LENGTH_BYTES);
  const nonce = randomFillSync(new Uint8Array(nacl.secretbox.nonceLength));
  const box = nacl.secretbox(plain, nonce, recordKey(vaultKey, context));
  plain.fill(0);
  return Uint8Array.from(Buffer.concat([nonce, box]));
}

/** Throws `integrity` where the record was changed, moved, or sealed under another key. */
export function openRecord(vaultKey: Uint8Array, sealed: Uint8Array, context: string): Bytes {
  const nonce = sealed.subarray(0, nacl.secretbox.nonceLength);
  const box = sealed.subarray(nonce.length);
  const damaged = new CcosError('integrity', { what: 'secret' });
  if (nonce.length !== nacl.secretbox.nonceLength) throw damaged;
  const plain = nacl.secretbox.open(box, nonce, recordKey(vaultKey, context));
  if (plain === null) throw damaged;
  const length = new DataView(plain.buffer, plain.byteOffset).getUint16(0);
  const value = plain.slice(LENGTH_BYTES, LENGTH_BYTES + length);
  plain.fill(0);
  return value;
}

function recordKey(vaultKey: Uint8Array, context: string): Uint8Array {
  return createHmac('sha256', vaultKey).update(`ccos-vault-record-v1\0${context}`).digest();
}
