import { expect, test } from 'vitest';
import { ed25519 } from '@noble/curves/ed25519.js';
import {
  generateKeyPair,
  keyId,
  parsePublicKey,
  readKeyPair,
  verifySignature,
  verifyTwice,
} from '../../host/crypto/ed25519.ts';
import { preAuthEncoding } from '../../host/crypto/dsse.ts';
import { openStatement, signStatement } from '../../host/crypto/sealed-statement.ts';

const MESSAGE = Buffer.from('what is signed');
const TYPE = 'application/vnd.ccos.test+json';

test('verifySignature: RFC 8032 7.1, test 2; the same by the second verifier', () => {
  const key = parsePublicKey(
    Buffer.from('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', 'hex'),
  );
  const signature = Buffer.from(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    'hex',
  );
  expect(verifySignature(key, Buffer.of(0x72), signature)).toBe(true);
  expect(verifyTwice(key, Buffer.of(0x72), signature)).toBe(true);
  expect(verifyTwice(key, Buffer.of(0x73), signature)).toBe(false);
});

test('verifySignature: refuses another message, key, length, and the malleable form S + L', () => {
  const key = generateKeyPair();
  const signature = key.sign(MESSAGE);
  expect(verifySignature(key, MESSAGE, signature)).toBe(true);
  expect(verifySignature(key, Buffer.from('other'), signature)).toBe(false);
  expect(verifySignature(generateKeyPair(), MESSAGE, signature)).toBe(false);
  expect(verifySignature(key, MESSAGE, signature.subarray(1))).toBe(false);
  expect(verifySignature(key, MESSAGE, Buffer.concat([signature, Buffer.of(0)]))).toBe(false);
  const malleable = addOrder(signature);
  expect(verifySignature(key, MESSAGE, malleable)).toBe(false);
  expect(verifyTwice(key, MESSAGE, malleable)).toBe(false);
});

test('readKeyPair: reads the PEM that it gave, and refuses another algorithm and no key', () => {
  const key = generateKeyPair();
  expect(readKeyPair(key.pem)).toMatchObject({ id: key.id, raw: key.raw });
  expect(key.id).toBe(keyId(key.raw));
  const refused = expect.objectContaining({ code: 'invalid_input' }) as Error;
  expect(() => readKeyPair('nothing')).toThrow(refused);
  expect(() => readKeyPair(X25519_PEM)).toThrow(refused);
});

test('preAuthEncoding: the example of the DSSE specification', () => {
  const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
  expect(encoded.toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
});

test('openStatement: gives the payload of its own type and key, and null for everything else', () => {
  const key = generateKeyPair();
  const envelope = signStatement(TYPE, '{"a":1}', key);
  expect(openStatement(envelope, TYPE, key)).toBe('{"a":1}');
  expect(openStatement(envelope, 'application/other', key)).toBeNull();
  expect(openStatement(envelope, TYPE, generateKeyPair())).toBeNull();
  const retyped = envelope.replace(TYPE, 'application/other');
  expect(openStatement(retyped, 'application/other', key)).toBeNull();
  const payload = Buffer.from('{"a":2}').toString('base64');
  const changed = { ...(JSON.parse(envelope) as object), payload };
  expect(openStatement(JSON.stringify(changed), TYPE, key)).toBeNull();
});

test.each([
  '',
  'null',
  '[]',
  '{}',
  '{"payload":1,"payloadType":"x","signatures":[]}',
  '{"signatures":7}',
])('openStatement: null for %j', (envelope) => {
  expect(openStatement(envelope, TYPE, generateKeyPair())).toBeNull();
});

/** The same signature with S + L for S: valid to a verifier that does not demand the least S. */
function addOrder(signature: Uint8Array): Uint8Array {
  const s = [...signature.subarray(32)].reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let rest = s + ed25519.Point.Fn.ORDER;
  const bytes = Uint8Array.from({ length: 32 }, () => {
    const byte = Number(rest % 256n);
    rest /= 256n;
    return byte;
  });
  return Buffer.concat([signature.subarray(0, 32), bytes]);
}

const X25519_PEM = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VuBCIEIEBBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5f
-----END PRIVATE KEY-----
`;
