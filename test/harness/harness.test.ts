import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { makeTestFolder, openTestGateway } from '../support/home.ts';
import { chainEnd, checkChain } from './chain-check.ts';
import { canary, listOf, plant } from './canaries.ts';
import { sweep } from './leak-sweep.ts';

const TEXT = canary();
const MARK = [{ place: 'text', text: TEXT }];

/** The ways in which a text gets into a file. */
const FORMS: Readonly<Record<string, string | Uint8Array>> = {
  raw: `before${TEXT}after`,
  'base64 at 0': Buffer.from(TEXT).toString('base64'),
  'base64 at 1': Buffer.from(`x${TEXT}yz`).toString('base64'),
  'base64 at 2': Buffer.from(`xy${TEXT}z`).toString('base64'),
  base64url: Buffer.from(`\u00ff\u00fe?${TEXT}`).toString('base64url'),
  hex: Buffer.from(TEXT).toString('hex'),
  'upper hex': Buffer.from(TEXT).toString('hex').toUpperCase(),
  url: encodeURIComponent(TEXT),
  form: new URLSearchParams({ q: TEXT }).toString(),
  json: JSON.stringify({ text: TEXT }),
  'html entities': Array.from(TEXT, (c) => `&#${String(c.charCodeAt(0))};`).join(''),
  utf16le: Buffer.from(TEXT, 'utf16le'),
  utf16be: Buffer.from(TEXT, 'utf16le').swap16(),
  'upper case': TEXT.toUpperCase(),
  'full width': TEXT.replaceAll(/[a-z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
  reversed: Array.from(TEXT).reverse().join(''),
  gzip: Buffer.concat([Buffer.from('header'), gzipSync(`x${TEXT}`)]),
  'gzip in gzip': gzipSync(gzipSync(TEXT)),
  'gzip, cut off': gzipSync(`${TEXT}${'pad '.repeat(100)}`).subarray(0, -12),
  zlib: deflateSync(TEXT),
  'six of its words': TEXT.split(' ').slice(1, 7).join(' '),
  'six of its words, other spaces': TEXT.split(' ').slice(2, 8).join('\n\t- '),
};

describe('sweep (H1, H6): sees a canary', () => {
  test.each(Object.entries(FORMS))('%s', (_, body) => {
    const folder = makeTestFolder();
    mkdirSync(join(folder, 'a', 'b'), { recursive: true });
    writeFileSync(join(folder, 'a', 'b', '.hidden-wal'), body);
    const inFile = sweep(MARK, { folders: [folder], captured: {} });
    const inAnswer = sweep(MARK, { folders: [], captured: { answer: body } });
    expect(inFile.map(({ place }) => place)).toContain('text');
    expect(inAnswer.map(({ place }) => place)).toContain('text');
  });

  test('in the name of a file', () => {
    const folder = makeTestFolder();
    writeFileSync(join(folder, TEXT), '');
    expect(sweep(MARK, { folders: [folder], captured: {} }).length).toBeGreaterThan(0);
  });
});

test('sweep (H1): sees none where there is none, and other canaries are others', () => {
  const folder = makeTestFolder();
  writeFileSync(join(folder, 'file'), JSON.stringify(plant()));
  const five = TEXT.split(' ').slice(0, 5).join(' ');
  expect(sweep(MARK, { folders: [folder], captured: { five } })).toEqual([]);
  expect(sweep(listOf(plant()), { folders: [folder], captured: { five } })).toEqual([]);
});

test('sweep (H2): sees a secret of one word', () => {
  const secret = canary('secret');
  const hits = sweep([{ place: 'secret', text: secret }], {
    folders: [],
    captured: { log: `token=${secret}&x`, encoded: Buffer.from(secret).toString('base64') },
  });
  expect(new Set(hits.map(({ where }) => where))).toEqual(new Set(['log', 'encoded']));
});

test('checkChain (H3): passes for what happened, and for no more and no less', async () => {
  const { services } = await openTestGateway();
  const before = await chainEnd(services);
  await services.tokens.create('agent');
  await checkChain(services, before, { 'policy.decision': 1, 'token.created': 1 });
  const wrong = [{ 'policy.decision': 1 }, { 'policy.decision': 2, 'token.created': 1 }, {}];
  for (const counts of wrong) await expect(checkChain(services, before, counts)).rejects.toThrow();
});
