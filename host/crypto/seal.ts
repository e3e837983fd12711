import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomFillSync,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { CcosError } from '../core/error.ts';

/**
 * AES-256-GCM, in chunks by the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): the
 * nonce is 7 random bytes, the chunk's number and a flag on the last one, so chunks cannot be swapped,
 * dropped or cut off; the associated data is what the key belongs to. All of it is synchronous: the
 * state worker waits for nothing else, and a small blob costs less than a hop to a thread pool.
 */
const ALGORITHM = 'aes-256-gcm';
const NONCE_PREFIX_BYTES = 7;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

export type Bytes = Uint8Array<ArrayBuffer>;
export type Key = KeyObject;

export function importKey(raw: Uint8Array): Key {
  if (raw.length !== KEY_BYTES) throw new CcosError('quarantine_locked', { why: 'key' });
  return createSecretKey(raw);
}

export function randomKey(): Bytes {
  return randomFillSync(new Uint8Array(KEY_BYTES));
}

/** Seals a small secret under `key`; the nonce stands before the ciphertext. */
export function wrap(key: Key, secret: Uint8Array, context: string): Bytes {
  const iv = randomFillSync(new Uint8Array(NONCE_BYTES));
  return concat(iv, seal({ key, iv, context }, secret));
}

export function unwrap(key: Key, wrapped: Uint8Array, context: string): Bytes {
  const iv = wrapped.subarray(0, NONCE_BYTES);
  return open({ key, iv, context }, wrapped.subarray(NONCE_BYTES));
}

/** The chunks of `bytes`, each sealed; the first one begins with the nonce prefix. */
export function sealChunks(
  key: Key,
  bytes: Uint8Array,
  options: { readonly context: string; readonly chunkBytes: number },
): readonly Bytes[] {
  const { context, chunkBytes } = options;
  const prefix = randomFillSync(new Uint8Array(NONCE_PREFIX_BYTES));
  const count = Math.max(1, Math.ceil(bytes.length / chunkBytes));
  return Array.from({ length: count }, (_, part) => {
    const iv = nonce(prefix, part, part === count - 1);
    const plain = bytes.subarray(part * chunkBytes, (part + 1) * chunkBytes);
    const sealed = seal({ key, iv, context }, plain);
    return part === 0 ? concat(prefix, sealed) : sealed;
  });
}

/** Throws `integrity` where a chunk is missing, moved or changed, or belongs to another context. */
export function openChunks(
  key: Key,
  sealed: readonly Uint8Array[],
  options: { readonly context: string; readonly bytes: number },
): Bytes {
  const { context } = options;
  const out = new Uint8Array(options.bytes);
  const prefix = sealed[0]?.subarray(0, NONCE_PREFIX_BYTES) ?? new Uint8Array();
  let at = 0;
  for (const [part, chunk] of sealed.entries()) {
    const iv = nonce(prefix, part, part === sealed.length - 1);
    const plain = open({ key, iv, context }, part === 0 ? chunk.subarray(prefix.length) : chunk);
    if (at + plain.length > out.length) throw damaged();
    out.set(plain, at);
    at += plain.length;
  }
  if (at !== out.length || sealed.length === 0) throw damaged();
  return out;
}

/** HMAC-SHA-256 under a key derived from the blob's own: nobody can test a guess once that is gone. */
export function commitment(
  rawKey: Uint8Array,
  bytes: Uint8Array | string,
  purpose: 'blob' | 'args' = 'blob',
): string {
  const info = purpose === 'blob' ? 'ccos-commitment-v1' : 'ccos-args-commitment-v1';
  const derived = hkdfSync('sha256', rawKey, '', info, KEY_BYTES);
  return createHmac('sha256', Buffer.from(derived)).update(bytes).digest('hex');
}

interface Sealing {
  readonly key: Key;
  readonly iv: Uint8Array;
  readonly context: string;
}

/** Ciphertext and tag. */
function seal({ key, iv, context }: Sealing, plain: Uint8Array): Bytes {
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(context));
  const body = cipher.update(plain);
  cipher.final();
  return concat(body, cipher.getAuthTag());
}

function open({ key, iv, context }: Sealing, sealed: Uint8Array): Bytes {
  if (sealed.length < TAG_BYTES || iv.length !== NONCE_BYTES) throw damaged();
  const end = sealed.length - TAG_BYTES;
  try {
    const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(end));
    const plain = decipher.update(sealed.subarray(0, end));
    decipher.final();
    return Uint8Array.from(plain);
  } catch {
    throw damaged();
  }
}

function nonce(prefix: Uint8Array, part: number, last: boolean): Bytes {
  const out = new Uint8Array(NONCE_BYTES);
  out.set(prefix);
  new DataView(out.buffer).setUint32(NONCE_PREFIX_BYTES, part);
  out[NONCE_BYTES - 1] = last ? 1 : 0;
  return out;
}

function concat(a: Uint8Array, b: Uint8Array): Bytes {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

const damaged = (): CcosError => new CcosError('integrity', { what: 'blob' });
