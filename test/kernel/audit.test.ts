import { expect, test } from 'vitest';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import { digestToBase64, leafHash, verifyInclusion } from '../../host/crypto/merkle.ts';
import { openCheckpoint, parseVerifierKey, signCheckpoint } from '../../host/crypto/note.ts';
import { verifierKey as verifierKeyOf } from '../../host/crypto/note.ts';
import { Audit } from '../../host/kernel/audit.ts';
import { checkProof, writeProof } from '../../host/store/proof.ts';
import { Gate } from '../../host/kernel/gate.ts';
import { world } from '../../host/runtime/world.ts';
import { engine } from './support.ts';
import { copyTestHome, makeTestHome, openTestStore } from '../support/home.ts';
import { failureOf, fill } from '../store/support.ts';

const ROWS = 300;
const home = makeTestHome();
const verifierKey = home.keys().chainVerifierKey;

async function openAudit(): Promise<Audit> {
  const store = await openTestStore(copyTestHome(home));
  await fill(store, 1, ROWS);
  const gate = new Gate({ store, world, engine: () => engine });
  return new Audit({ store, gate, verifierKey });
}

test('Audit.prove (C2SP tlog-proof): index, path and checkpoint prove the body of the row, and of no other', async () => {
  const audit = await openAudit();
  for (const seq of [1, 2, 129, 256, 257, ROWS]) {
    const { proof, body } = await audit.prove(seq);
    const [head = '', ...note] = proof.split('\n\n');
    const [version, extra, index, ...hashes] = head.split('\n');
    expect([version, index]).toEqual(['c2sp.org/tlog-proof@v1', `index ${String(seq - 1)}`]);
    expect(extra).toBe(`extra ${Buffer.from(body).toString('base64')}`);
    const { name, key } = parseVerifierKey(verifierKey);
    const { size, rootBase64 } = openCheckpoint(note.join('\n\n'), name, key);
    const digest = (base64: string): string => Buffer.from(base64, 'base64').toString('latin1');
    const at = { index: seq - 1, size, root: digest(rootBase64) };
    expect(size).toBe(ROWS);
    expect(verifyInclusion(leafHash(body), at, hashes.map(digest))).toBe(true);
    expect(verifyInclusion(leafHash(`${body} `), at, hashes.map(digest))).toBe(false);
  }
});

test('checkProof: takes each proof, and no proof with one bit flipped, wherever it is', async () => {
  const audit = await openAudit();
  for (const seq of [1, ROWS]) {
    const { proof } = await audit.prove(seq);
    const row = await audit.row(seq);
    expect(checkProof(proof, verifierKey)).toMatchObject({ ok: true, seq, size: ROWS, row });
  }
  const { proof } = await audit.prove(257);
  const bytes = Buffer.from(proof);
  const seen = new Set<string>();
  for (let at = 0; at < bytes.length * 8; at++) {
    const flipped = Buffer.from(bytes);
    flipped[at >> 3] = (flipped[at >> 3] ?? 0) ^ (1 << (at & 7));
    const verdict = checkProof(flipped.toString('utf8'), verifierKey);
    expect(verdict.ok, `bit ${String(at)}`).toBe(false);
    if (!verdict.ok) seen.add(verdict.why);
  }
  expect([...seen].sort()).toEqual(['format', 'inclusion', 'signature']);
});

test('checkProof: refuses another key, another row under the path, and a path of another row', async () => {
  const audit = await openAudit();
  const other = makeTestHome().keys().chainVerifierKey;
  const { proof, body } = await audit.prove(5);
  const refused = (text: string, key = verifierKey) => checkProof(text, key);
  expect(refused(proof, other)).toEqual({ ok: false, why: 'signature' });
  const renamed = other.replace(/^[^+]+/, verifierKey.split('+')[0] ?? '');
  expect(() => refused(proof, renamed)).toThrow('invalid_input');
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  const lying = proof.replace(encoded(body), encoded(body.replace('"seq":5', '"seq":6')));
  expect(refused(lying)).toEqual({ ok: false, why: 'inclusion' });
  expect(refused(proof.replace('index 4', 'index 5'))).toEqual({ ok: false, why: 'inclusion' });
  const without = proof.replace(/extra .*\n/, '');
  expect(refused(without)).toEqual({ ok: false, why: 'format' });
  expect(refused('')).toEqual({ ok: false, why: 'format' });
});

test('Audit: not_found for a row, a proof or a tile that is not there', async () => {
  const audit = await openAudit();
  const missing = { code: 'not_found' };
  for (const seq of [0, -1, 1.5, ROWS + 1]) {
    expect(await failureOf(audit.prove(seq))).toMatchObject(missing);
    expect(await failureOf(audit.row(seq))).toMatchObject(missing);
  }
  for (const path of [
    'tile/0/002',
    'tile/0/001',
    'tile/0/001.p/45',
    'tile/0/000.p/257',
    'tile/64/000',
    'tile/0/../../state.db',
    'checkpoint',
    '',
  ])
    expect(await failureOf(audit.readFile(ROWS, path))).toMatchObject(missing);
});

// An export is a decision and a row of its own, which it holds.
test('Audit.exported (C2SP tlog-tiles): names every tile of the size, and each can be read', async () => {
  const audit = await openAudit();
  const { files, size } = await audit.exported();
  expect([...files].sort()).toEqual([
    'tile/0/000',
    'tile/0/001.p/46',
    'tile/1/000.p/1',
    'tile/entries/000',
    'tile/entries/001.p/46',
  ]);
  const lengths = await Promise.all(
    files.map(async (path) => [path, (await audit.readFile(size, path)).length] as const),
  );
  const hashes = lengths.filter(([path]) => !path.includes('entries'));
  expect(Object.fromEntries(hashes)).toEqual({
    'tile/0/000': 256 * 32,
    'tile/0/001.p/46': 46 * 32,
    'tile/1/000.p/1': 32,
  });
});

/** A log that is signed by the right key and whose row does not say where it is. */
test('checkProof: refuses a row that names another place than its own', () => {
  const key = generateKeyPair();
  const body = '{"seq":2}';
  const rootBase64 = digestToBase64(leafHash(body));
  const checkpoint = signCheckpoint({ origin: 'log', size: 1, rootBase64 }, key);
  const proof = writeProof({ seq: 1, body, hashes: [], checkpoint });
  expect(checkProof(proof, verifierKeyOf('log', key))).toEqual({ ok: false, why: 'row' });
});
