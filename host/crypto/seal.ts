import { webcrypto } from 'node:crypto';
import { CcosError } from '../core/error.ts';

/**
 * AES-256-GCM by WebCrypto, in chunks by the STREAM construction (Hoang, Reyhanitabar, Rogaway,
 * Vizár 2015): the nonce is 7 random bytes, the chunk's number and a flag on the last one, so chunks
 * cannot be swapped, dropped or cut off; the associated data is what the key belongs to.
 */
const { subtle } = webcrypto;
type Key = webcrypto.CryptoKey;

const NONCE_PREFIX_BYTES = 7;
const NONCE_BYTES = 12;
const KEY_BYTES = 32;

export type Bytes = Uint8Array<ArrayBuffer>;

export async function importKey(raw: Bytes): Promise<Key> {
  if (raw.length !== KEY_BYTES) throw new CcosError('quarantine_locked', { why: 'key' });
  return subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

export function randomKey(): Bytes {
  return webcrypto.getRandomValues(new Uint8Array(KEY_BYTES));
}

/** Seals a small secret under `key`; the nonce stands before the ciphertext. */
export async function wrap(key: Key, secret: Bytes, context: string): Promise<Bytes> {
  const iv = webcrypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const sealed = await subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: utf8(context) },
    key,
    secret,
  );
  const out = new Uint8Array(NONCE_BYTES + sealed.byteLength);
  out.set(iv);
  out.set(new Uint8Array(sealed), NONCE_BYTES);
  return out;
}

export async function unwrap(key: Key, wrapped: Uint8Array, context: string): Promise<Bytes> {
  const iv = Uint8Array.from(wrapped.subarray(0, NONCE_BYTES));
  const sealed = Uint8Array.from(wrapped.subarray(NONCE_BYTES));
  return new Uint8Array(await open({ key, iv, context }, sealed));
}

/** The chunks of `bytes`, each sealed; the first one begins with the nonce prefix. */
export async function sealChunks(
  key: Key,
  bytes: Uint8Array,
  options: { readonly context: string; readonly chunkBytes: number },
): Promise<readonly Bytes[]> {
  const prefix = webcrypto.getRandomValues(new Uint8Array(NONCE_PREFIX_BYTES));
  const count = Math.max(1, Math.ceil(bytes.length / options.chunkBytes));
  const sealed: Bytes[] = [];
  for (let part = 0; part < count; part += 1) {
    const iv = nonce(prefix, part, part === count - 1);
    const plain = Uint8Array.from(
      bytes.subarray(part * options.chunkBytes, (part + 1) * options.chunkBytes),
    );
    const additionalData = utf8(options.context);
    const cipher = await subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, plain);
    sealed.push(part === 0 ? concat(prefix, new Uint8Array(cipher)) : new Uint8Array(cipher));
  }
  return sealed;
}

/** Throws `integrity` where a chunk is missing, moved or changed, or belongs to another context. */
export async function openChunks(
  key: Key,
  sealed: readonly Uint8Array[],
  options: { readonly context: string; readonly bytes: number },
): Promise<Bytes> {
  const out = new Uint8Array(options.bytes);
  const prefix = Uint8Array.from(sealed[0]?.subarray(0, NONCE_PREFIX_BYTES) ?? []);
  let at = 0;
  for (const [part, chunk] of sealed.entries()) {
    const iv = nonce(prefix, part, part === sealed.length - 1);
    const cipher = Uint8Array.from(part === 0 ? chunk.subarray(NONCE_PREFIX_BYTES) : chunk);
    const plain = new Uint8Array(await open({ key, iv, context: options.context }, cipher));
    if (at + plain.length > out.length) throw damaged();
    out.set(plain, at);
    at += plain.length;
  }
  if (at !== out.length || sealed.length === 0) throw damaged();
  return out;
}

/** HMAC-SHA-256 under a key derived from the blob's own: nobody can test a guess once that is gone. */
export async function commitment(rawKey: Bytes, bytes: Uint8Array): Promise<string> {
  const base = await subtle.importKey('raw', rawKey, 'HKDF', false, ['deriveKey']);
  const derived = await subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: utf8('ccos-commitment-v1') },
    base,
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    false,
    ['sign'],
  );
  const mac = await subtle.sign('HMAC', derived, Uint8Array.from(bytes));
  return Buffer.from(mac).toString('hex');
}

async function open(
  with_: { readonly key: Key; readonly iv: Bytes; readonly context: string },
  sealed: Bytes,
): Promise<ArrayBuffer> {
  const { key, iv, context } = with_;
  try {
    return await subtle.decrypt(
      { name: 'AES-GCM', iv, additionalData: utf8(context) },
      key,
      sealed,
    );
  } catch {
    throw damaged();
  }
}

function nonce(prefix: Bytes, part: number, last: boolean): Bytes {
  const out = new Uint8Array(NONCE_BYTES);
  out.set(prefix);
  new DataView(out.buffer).setUint32(NONCE_PREFIX_BYTES, part);
  out[NONCE_BYTES - 1] = last ? 1 : 0;
  return out;
}

function concat(a: Bytes, b: Bytes): Bytes {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

const damaged = (): CcosError => new CcosError('integrity', { what: 'blob' });
const utf8 = (text: string): Bytes => new TextEncoder().encode(text);
