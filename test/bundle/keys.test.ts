import { createPublicKey, verify as nodeVerify } from 'node:crypto';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../host/core/json.ts';
import { keyId, parsePublicKey, verifyTwice } from '../../host/crypto/ed25519.ts';
import {
  bundle,
  codeOf,
  envelopeOf,
  KEY,
  publisher,
  trust,
  verify,
  withEnvelope,
} from './support.ts';

const FIELD = 2n ** 255n - 19n;
const ORDER_8 = '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05';
const ORDER_8_NEGATIVE = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a';

/** The encoding of a y coordinate, reduced or not, with the sign bit of x. */
function encode(y: bigint, sign: 0 | 1): Uint8Array {
  const bytes = Buffer.from(y.toString(16).padStart(64, '0'), 'hex').reverse();
  bytes[31] = (bytes[31] ?? 0) | (sign << 7);
  return Uint8Array.from(bytes);
}

function withSign(hex: string, sign: 0 | 1): Uint8Array {
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
  bytes[31] = (bytes[31] ?? 0) | (sign << 7);
  return bytes;
}

/** Every encoding of a point of small order: the 11 that verifiers accept and those they should not parse. */
const SMALL_ORDER = ([0, 1] as const).flatMap((sign) => [
  encode(0n, sign),
  encode(1n, sign),
  withSign(ORDER_8, sign),
  withSign(ORDER_8_NEGATIVE, sign),
  encode(FIELD - 1n, sign),
  encode(FIELD, sign),
  encode(FIELD + 1n, sign),
]);

const NON_CANONICAL = ([0, 1] as const).flatMap((sign) =>
  Array.from({ length: 19 }, (_, above) => encode(FIELD + BigInt(above), sign)),
);

test('N13 parsePublicKey: small-order and non-canonical keys are refused in every encoding', () => {
  for (const raw of [...SMALL_ORDER, ...NON_CANONICAL]) {
    expect(
      codeOf(() => parsePublicKey(raw)),
      Buffer.from(raw).toString('hex'),
    ).toBe('invalid_input');
  }
  for (const length of [0, 31, 33]) {
    expect(codeOf(() => parsePublicKey(new Uint8Array(length)))).toBe('invalid_input');
  }
  expect(parsePublicKey(KEY.raw).id).toBe(KEY.id);
});

test('N13 verifyBundle: a signature forged under a small-order key never installs', () => {
  const forged = Uint8Array.from([1, ...new Array<number>(63).fill(0)]);
  const good = bundle();
  let acceptedByNode = 0;
  for (const raw of SMALL_ORDER) {
    const key = { id: keyId(raw), raw };
    for (let message = 0; message < 32; message++) {
      const bytes = Uint8Array.from([message]);
      if (acceptsInNode(raw, bytes, forged)) acceptedByNode++;
      expect(verifyTwice(key, bytes, forged)).toBe(false);
    }
    const signatures = [{ keyid: key.id, sig: Buffer.from(forged).toString('base64') }];
    const container = withEnvelope(good, canonicalJson({ ...envelopeOf(good), signatures }));
    const poisoned = trust({ publishers: [publisher({ keys: [key] })] });
    expect(codeOf(() => verify(container, { trust: poisoned }))).toBe('bundle_signature');
  }
  // Node 20 takes them, which is why keys are screened; OpenSSL 3.5 has learnt to refuse them.
  if (process.versions.node.startsWith('20.')) expect(acceptedByNode).toBeGreaterThan(0);
});

function acceptsInNode(raw: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  return nodeVerify(null, message, key, signature);
}
