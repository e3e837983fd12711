import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openRecord, sealRecord } from '../../host/crypto/vault-box.ts';

const key = randomBytes(32);
const value = new TextEncoder().encode('canary-sealed-value');
const refused = expect.objectContaining({
  code: 'integrity',
  detail: { what: 'secret' },
}) as Error;

test('sealRecord, openRecord: a round trip, and never the same bytes twice', () => {
  const sealed = sealRecord(key, value, 'a');
  expect(openRecord(key, sealed, 'a')).toEqual(value);
  expect(sealRecord(key, value, 'a')).not.toEqual(sealed);
  expect(Buffer.from(sealed).includes('canary')).toBe(false);
});

test('sealRecord (INV-SECRET-1): the sealed size does not tell the length of a value', () => {
  const sizes = [0, 1, 8, 64, 254].map((length) => sealRecord(key, randomBytes(length), '').length);
  expect(new Set(sizes).size).toBe(1);
  for (const length of [0, 254, 255, 8192]) {
    const long = Uint8Array.from(randomBytes(length));
    expect(openRecord(key, sealRecord(key, long, 'a'), 'a')).toEqual(long);
  }
});

test('openRecord: integrity for another key, another context, and each changed byte', () => {
  const sealed = sealRecord(key, value, 'a');
  expect(() => openRecord(randomBytes(32), sealed, 'a')).toThrow(refused);
  expect(() => openRecord(key, sealed, 'b')).toThrow(refused);
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => openRecord(key, changed, 'a')).toThrow(refused);
  }
  for (const length of [0, 10, 24, 39, sealed.length - 1])
    expect(() => openRecord(key, sealed.subarray(0, length), 'a')).toThrow(refused);
});
