import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  commitment,
  importKey,
  openChunks,
  randomKey,
  sealChunks,
  unwrap,
  wrap,
} from '../../host/crypto/seal.ts';
import { newToken, sameHash, tokenHash } from '../../host/crypto/token.ts';
import { decodeBase64, encodeBase64 } from '../../host/crypto/base64.ts';
import { sha256, sha256Hex } from '../../host/crypto/digest.ts';

const CHUNK = 64;
const CONTEXT = 'blob 1';
function failureOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (failure) {
    return failure;
  }
}
const damaged = { code: 'integrity', detail: { what: 'blob' } };
const bytesOf = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from(randomBytes(length));

test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])(
  'sealChunks: %i bytes come back through openChunks',
  (length) => {
    const key = importKey(randomKey());
    const bytes = bytesOf(length);
    const sealed = sealChunks(key, bytes, { context: CONTEXT, chunkBytes: CHUNK });
    expect(sealed).toHaveLength(Math.max(1, Math.ceil(length / CHUNK)));
    expect(openChunks(key, sealed, { context: CONTEXT, bytes: length })).toEqual(bytes);
  },
);

test('openChunks (INV-QUAR-1): integrity for chunks swapped, dropped, cut, repeated, changed or of another context', () => {
  const key = importKey(randomKey());
  const bytes = bytesOf(3 * CHUNK);
  const [a = bytesOf(0), b = bytesOf(0), c = bytesOf(0)] = sealChunks(key, bytes, {
    context: CONTEXT,
    chunkBytes: CHUNK,
  });
  const changed = Uint8Array.from(b);
  changed[3] = (changed[3] ?? 0) ^ 1;
  const shapes = [
    [a, c, b],
    [b, a, c],
    [a, b],
    [b, c],
    [a, b, c.subarray(1)],
    [a, b, b, c],
    [a, changed, c],
    [],
  ];
  for (const sealed of shapes)
    expect(
      failureOf(() => openChunks(key, sealed, { context: CONTEXT, bytes: bytes.length })),
    ).toMatchObject(damaged);
  const whole = [a, b, c];
  expect(
    failureOf(() => openChunks(key, whole, { context: 'blob 2', bytes: bytes.length })),
  ).toMatchObject(damaged);
  for (const length of [bytes.length - 1, bytes.length + 1])
    expect(
      failureOf(() => openChunks(key, whole, { context: CONTEXT, bytes: length })),
    ).toMatchObject(damaged);
  const other = importKey(randomKey());
  expect(
    failureOf(() => openChunks(other, whole, { context: CONTEXT, bytes: bytes.length })),
  ).toMatchObject(damaged);
});

test('unwrap: gives the secret under its key and its context, and nothing under another', () => {
  const key = importKey(randomKey());
  const secret = randomKey();
  const wrapped = wrap(key, secret, 'one');
  expect(unwrap(key, wrapped, 'one')).toEqual(secret);
  expect(failureOf(() => unwrap(key, wrapped, 'two'))).toMatchObject(damaged);
  expect(failureOf(() => unwrap(importKey(randomKey()), wrapped, 'one'))).toMatchObject(damaged);
  expect(failureOf(() => unwrap(key, wrapped.subarray(0, 5), 'one'))).toMatchObject(damaged);
});

test('importKey: quarantine_locked for a key of another length', () => {
  expect(failureOf(() => importKey(new Uint8Array(31)))).toMatchObject({
    code: 'quarantine_locked',
  });
});

test('commitment: the same under the same key, another under another, and not the hash', () => {
  const [key, other] = [randomKey(), randomKey()];
  const text = Buffer.from('a guess');
  expect(commitment(key, text)).toBe(commitment(key, text));
  expect(commitment(key, text)).not.toBe(commitment(other, text));
  expect(commitment(key, text)).not.toBe(sha256Hex(text));
});

test('tokenHash: not the bare hash of the token; newToken has 256 bits and never repeats', () => {
  const token = newToken();
  expect(token).toMatch(/^ccos_[A-Za-z0-9_-]{43}$/);
  expect(newToken()).not.toBe(token);
  expect(tokenHash(token)).not.toBe(sha256Hex(token));
  expect(sameHash(tokenHash(token), tokenHash(token))).toBe(true);
  expect(sameHash(tokenHash(token), tokenHash(newToken()))).toBe(false);
  expect(sameHash('a', 'ab')).toBe(false);
});

test.each(['QQ', 'QR==', 'Q Q==', 'QQ==\n', 'QQ-_', '*'])(
  'decodeBase64: undefined for %j, which is not canonical',
  (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  },
);

test('decodeBase64: undoes encodeBase64 (RFC 4648, section 10)', () => {
  const words = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'];
  const encoded = words.map((word) => encodeBase64(Buffer.from(word)));
  expect(encoded).toEqual(['', 'Zg==', 'Zm8=', 'Zm9v', 'Zm9vYg==', 'Zm9vYmE=', 'Zm9vYmFy']);
  const decoded = encoded.map((text) => Buffer.from(decodeBase64(text) ?? []).toString());
  expect(decoded).toEqual(words);
});

test('sha256: its parts are hashed as one text', () => {
  expect(sha256('ab', Buffer.from('c')).toString('hex')).toBe(sha256Hex('abc'));
});
