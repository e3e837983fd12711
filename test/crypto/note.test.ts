import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateKeyPair, readKeyPair } from '../../host/crypto/ed25519.ts';
import {
  openCheckpoint,
  parseVerifierKey,
  signCheckpoint,
  verifierKey,
} from '../../host/crypto/note.ts';
import { makeTestFolder } from '../support/home.ts';

const ROOT = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
const CHECKPOINT = { origin: 'ccos/0123456789abcdef', size: 20_852_163, rootBase64: ROOT };
/** The keys of the examples of golang.org/x/mod/sumdb/note: `AQ` or `AY` stand for the algorithm. */
const GO_VERIFIER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_SECRET = 'AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
/** What the same example signs, and the signature that Go gives. */
const GO_TEXT =
  'If you think cryptography is the answer to your problem,\n' +
  "then you don't know what your problem is.\n";
const GO_SIGNATURE =
  'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=';

function goKeyPair(): ReturnType<typeof readKeyPair> {
  const seed = Buffer.from(GO_SECRET, 'base64').subarray(1);
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return readKeyPair(key.export({ type: 'pkcs8', format: 'pem' }).toString());
}

test('verifierKey: the key id and encoding of the example of Go and C2SP signed-note', () => {
  const key = goKeyPair();
  expect(verifierKey('PeterNeumann', key)).toBe(GO_VERIFIER);
  expect(parseVerifierKey(`${GO_VERIFIER}\n`)).toEqual({
    name: 'PeterNeumann',
    key: { id: key.id, raw: key.raw },
  });
});

test('signCheckpoint: signs as Go signs: the key id, then Ed25519 over the text with its newline', () => {
  const key = goKeyPair();
  const theirs = Buffer.from(GO_SIGNATURE, 'base64');
  expect(Buffer.from(key.sign(Buffer.from(GO_TEXT)))).toEqual(theirs.subarray(4));
  const note = signCheckpoint({ ...CHECKPOINT, origin: 'PeterNeumann' }, key);
  const [, encoded = ''] = /— PeterNeumann (\S+)\n$/.exec(note) ?? [];
  expect(Buffer.from(encoded, 'base64').subarray(0, 4)).toEqual(theirs.subarray(0, 4));
});

test('openCheckpoint: opens what signCheckpoint signed, and the text is that of C2SP tlog-checkpoint', () => {
  const key = generateKeyPair();
  const note = signCheckpoint(CHECKPOINT, key);
  expect(note.split('\n\n')[0]).toBe(`${CHECKPOINT.origin}\n20852163\n${ROOT}`);
  expect(openCheckpoint(note, CHECKPOINT.origin, key)).toEqual(CHECKPOINT);
});

test('openCheckpoint: opens a note that others have signed beside us, as witnesses do', () => {
  const key = generateKeyPair();
  const witness = signCheckpoint({ ...CHECKPOINT, origin: 'witness' }, generateKeyPair());
  const line = witness.split('\n\n')[1] ?? '';
  const note = signCheckpoint(CHECKPOINT, key);
  expect(openCheckpoint(`${note}${line}`, CHECKPOINT.origin, key).size).toBe(CHECKPOINT.size);
});

test('openCheckpoint (attack 61): refuses another key, another origin, and every changed byte of the text', () => {
  const key = generateKeyPair();
  const note = signCheckpoint(CHECKPOINT, key);
  const refused = expect.objectContaining({ code: 'integrity' }) as unknown;
  const opens =
    (text: string, name: string, by = key) =>
    (): unknown =>
      openCheckpoint(text, name, by);
  expect(opens(note, CHECKPOINT.origin, generateKeyPair())).toThrow(refused);
  expect(opens(note, 'ccos/other')).toThrow(refused);
  const end = note.indexOf('\n\n');
  for (let at = 0; at < end; at += 1) {
    const changed = Buffer.from(note);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(opens(changed.toString(), CHECKPOINT.origin)).toThrow(refused);
  }
});

test.each([
  ['no signature', `${CHECKPOINT.origin}\n1\n${ROOT}\n`],
  ['a size with a leading zero', `${CHECKPOINT.origin}\n01\n${ROOT}\n\n— x y\n`],
  ['a negative size', `${CHECKPOINT.origin}\n-1\n${ROOT}\n\n— x y\n`],
  ['a short root', `${CHECKPOINT.origin}\n1\nAAAA\n\n— x y\n`],
  ['an extension line', `${CHECKPOINT.origin}\n1\n${ROOT}\nmore\n\n— x y\n`],
  ['nothing', ''],
])('openCheckpoint: refuses %s', (_, note) => {
  const refused = { code: 'integrity', detail: { what: 'checkpoint' } };
  expect(() => openCheckpoint(note, CHECKPOINT.origin, generateKeyPair())).toThrow(
    expect.objectContaining({ code: refused.code }) as Error,
  );
});

test.each([
  ['another key id', GO_VERIFIER.replace('c74f20a3', 'c74f20a4')],
  ['another algorithm', GO_VERIFIER.replace('+AR', '+BR')],
  ['a short key', 'PeterNeumann+c74f20a3+ARpc'],
  ['a name with a space', GO_VERIFIER.replace('Peter', 'Peter ')],
  ['words', 'not a key'],
])('parseVerifierKey: refuses %s', (_, text) => {
  expect(() => parseVerifierKey(text)).toThrow(
    expect.objectContaining({ code: 'invalid_input' }) as Error,
  );
});

const openssl = spawnSync('openssl', ['version']).status === 0;
if (!openssl) process.stderr.write('SKIPPED: openssl is missing, so nothing else checks a note\n');

test.skipIf(!openssl)('signCheckpoint: openssl verifies the signature of a checkpoint', () => {
  const key = generateKeyPair();
  const [text = '', line = ''] = signCheckpoint(CHECKPOINT, key).split('\n\n');
  const signature = Buffer.from(line.trim().split(' ')[2] ?? '', 'base64').subarray(4);
  const folder = makeTestFolder();
  const file = (name: string, content: Uint8Array | string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.raw]);
  const verify = (message: string): string =>
    execFileSync('openssl', [
      ...['pkeyutl', '-verify', '-rawin', '-pubin', '-keyform', 'DER'],
      ...['-inkey', file('key.der', spki), '-in', file('text', message)],
      ...['-sigfile', file('signature', signature)],
    ]).toString();
  expect(verify(`${text}\n`)).toContain('Verified Successfully');
  expect(() => verify(`${text}.\n`)).toThrow();
});
