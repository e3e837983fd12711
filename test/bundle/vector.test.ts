import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parsePublicKey } from '../../host/crypto/ed25519.ts';
import { packBundle, readUnsigned } from '../../host/bundle/pack.ts';
import { codeOf, publisher, trust, verify } from './support.ts';

interface Vector {
  readonly public_key: string;
  readonly key_id: string;
  readonly verified_at: string;
  readonly host_version: string;
  readonly digest: string;
  readonly changes: readonly { what: string; offset: number; xor: number; code: string }[];
}

const file = (name: string) => readFileSync(`test/vectors/bundle/${name}`);
const BYTES = Uint8Array.from(file('minimal.ccosb'));
const VECTOR = JSON.parse(file('minimal.json').toString()) as Vector;
const KEY = parsePublicKey(Uint8Array.from(Buffer.from(VECTOR.public_key, 'base64')));
const OPTIONS = {
  trust: trust({ publishers: [publisher({ keys: [KEY] })] }),
  now: Date.parse(VECTOR.verified_at),
  hostVersion: VECTOR.host_version,
};

test('ccos-bundle/1 vector: verified, with the recorded digest and key', () => {
  for (const mode of ['install', 'load'] as const) {
    const { digest, signers } = verify(BYTES, { ...OPTIONS, mode });
    expect(digest).toBe(VECTOR.digest);
    expect(signers).toEqual([VECTOR.key_id]);
  }
});

test('ccos-bundle/1 vector: packed again from its parts, it has the same payload', () => {
  const { manifest, files, envelope } = readUnsigned(BYTES);
  expect(packBundle({ manifest: manifest as never, files }).payload).toEqual(envelope.payload);
});

test.each(VECTOR.changes)(
  'ccos-bundle/1 vector: $what changed is $code',
  ({ offset, xor, code }) => {
    const bytes = Uint8Array.from(BYTES);
    bytes[offset] = (bytes[offset] ?? 0) ^ xor;
    expect(codeOf(() => verify(bytes, OPTIONS))).toBe(code);
  },
);
