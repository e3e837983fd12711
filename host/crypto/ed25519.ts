import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from './digest.ts';
import { CcosError } from '../core/error.ts';

/** DER prefix of an Ed25519 SubjectPublicKeyInfo (RFC 8410); the raw 32 bytes follow. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** A public key that was screened: canonical encoding, not of small order (RFC 8032, strict). */
export interface PublicKey {
  readonly id: string;
  readonly raw: Uint8Array;
}

/** A private key and its public half. */
export interface KeyPair extends PublicKey {
  readonly sign: (message: Uint8Array) => Uint8Array;
  readonly pem: string;
}

/** `ed25519:` and base64url of SHA-256("ccos-key-v1\0" || raw). */
export function keyId(raw: Uint8Array): string {
  return `ed25519:${sha256('ccos-key-v1\0', raw).toString('base64url')}`;
}

/** Refuses what `node:crypto` would let through: small-order points and encodings that are not canonical. */
export function parsePublicKey(raw: Uint8Array): PublicKey {
  const refused = new CcosError('invalid_input', { field: 'public_key' });
  if (raw.length !== 32) throw refused;
  let point;
  try {
    point = ed25519.Point.fromBytes(raw, false);
  } catch {
    throw refused;
  }
  if (point.isSmallOrder()) throw refused;
  return { id: keyId(raw), raw: Uint8Array.from(raw) };
}

/** Fast verification for a key that was screened when it was enrolled. */
export function verifySignature(
  key: PublicKey,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signature.length !== 64) return false;
  return verify(null, message, toKeyObject(key.raw), signature);
}

/** Two independent verifiers must agree; used when a key or a bundle is enrolled. */
export function verifyTwice(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (!verifySignature(key, message, signature)) return false;
  return ed25519.verify(signature, message, key.raw, { zip215: false });
}

export function generateKeyPair(): KeyPair {
  return fromPrivate(generateKeyPairSync('ed25519').privateKey);
}

/** Reads PKCS#8 PEM. */
export function readKeyPair(pem: string): KeyPair {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new CcosError('invalid_input', { field: 'private_key' });
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new CcosError('invalid_input', { field: 'private_key' });
  return fromPrivate(key);
}

function fromPrivate(key: KeyObject): KeyPair {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const raw = Uint8Array.from(der.subarray(SPKI_PREFIX.length));
  return {
    id: keyId(raw),
    raw,
    sign: (message) => Uint8Array.from(sign(null, message, key)),
    pem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function toKeyObject(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
}
