import { randomBytes } from 'node:crypto';
import { argon2id } from '@noble/hashes/argon2.js';
import { expect, test } from 'vitest';
import { openWithPassphrase, sealWithPassphrase } from '../../host/crypto/passphrase.ts';
import { importKey, unwrap } from '../../host/crypto/seal.ts';
import { canonicalJson } from '../../host/core/json.ts';
import { failureOf } from '../store/support.ts';

const key = Uint8Array.from(randomBytes(32));
const PASSPHRASE = 'correct horse battery';
const sealed = await sealWithPassphrase(key, PASSPHRASE, 'home one');
const parsed = JSON.parse(sealed) as Record<string, string | number>;

test('openWithPassphrase: the key for the passphrase, quarantine_locked for another one', async () => {
  expect(await openWithPassphrase(sealed, PASSPHRASE, 'home one')).toEqual(key);
  for (const wrong of ['', 'correct horse batterY', `${PASSPHRASE} `])
    expect(await failureOf(openWithPassphrase(sealed, wrong, 'home one'))).toEqual({
      code: 'quarantine_locked',
      detail: { why: 'passphrase' },
    });
});

test('openWithPassphrase: another home, other parameters and changed bytes open nothing', async () => {
  expect(await failureOf(openWithPassphrase(sealed, PASSPHRASE, 'home two'))).toMatchObject({
    code: 'quarantine_locked',
  });
  for (const change of [{ passes: 1 }, { lanes: 1 }, { memory_kib: 8192 }])
    expect(
      await failureOf(
        openWithPassphrase(JSON.stringify({ ...parsed, ...change }), PASSPHRASE, 'home one'),
      ),
    ).toMatchObject({ code: 'quarantine_locked' });
  const refusals = [
    '',
    '{}',
    JSON.stringify({ ...parsed, memory_kib: 4_194_304 }), // 4 GiB that nobody has proved to be ours
    JSON.stringify({ ...parsed, passes: 1e6 }),
    JSON.stringify({ ...parsed, kdf: 'none' }),
    JSON.stringify({ ...parsed, salt: 'AA==' }),
    JSON.stringify({ ...parsed, sealed: '***' }),
  ];
  for (const text of refusals)
    expect(await failureOf(openWithPassphrase(text, PASSPHRASE, 'home one'))).toEqual({
      code: 'integrity',
      detail: { what: 'master_key' },
    });
});

test('sealWithPassphrase: RFC 9106’s second option, as another implementation computes it', () => {
  expect(parsed).toMatchObject({ kdf: 'argon2id', memory_kib: 65_536, passes: 3, lanes: 4 });
  const salt = Buffer.from(String(parsed['salt']), 'base64');
  expect(salt).toHaveLength(16);
  const raw = argon2id(PASSPHRASE, salt, { m: 65_536, t: 3, p: 4, dkLen: 32 });
  const { sealed: box, ...head } = parsed;
  const context = canonicalJson({ ...head, context: 'home one' });
  const bytes = Buffer.from(String(box), 'base64');
  expect(unwrap(importKey(raw), bytes, context)).toEqual(key);
});

test('sealWithPassphrase: a short passphrase is refused; é is é however it was typed', async () => {
  expect(await failureOf(sealWithPassphrase(key, 'elevenchars', ''))).toMatchObject({
    code: 'invalid_input',
  });
  const composed = await sealWithPassphrase(key, 'caf\u00e9 au lait!', '');
  expect(await openWithPassphrase(composed, 'cafe\u0301 au lait!', '')).toEqual(key);
});
