import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readContainer, writeContainer } from '../../host/bundle/container.ts';
import { fuzzContainer, fuzzEnvelope, fuzzManifest, fuzzModule } from './fuzz.ts';
import { bundle, codeOf, MODULE, packed, verify } from './support.ts';

const GOOD = bundle();
const ENVELOPE = readContainer(GOOD).get('bundle.dsse.json') ?? new Uint8Array();

test('verifyBundle: any changed byte of a valid bundle is a typed refusal', () => {
  fc.assert(
    fc.property(fc.nat(GOOD.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bytes = Uint8Array.from(GOOD);
      bytes[at] = (bytes[at] ?? 0) ^ change;
      expect(codeOf(() => verify(bytes, { mode: 'load' }))).toMatch(/^bundle_/);
    }),
    { numRuns: 3000 },
  );
});

test('verifyBundle: a bundle cut anywhere is a typed refusal', () => {
  fc.assert(
    fc.property(fc.nat(GOOD.length - 1), (length) => {
      expect(codeOf(() => verify(GOOD.subarray(0, length)))).toMatch(/^bundle_/);
    }),
  );
});

test('writeContainer, readContainer: any files come back as they were, in one form', () => {
  const name = fc.stringMatching(/^[d-z0-9]{1,8}(\/[d-z0-9]{1,8}){0,2}\.x$/);
  const files = fc.array(fc.tuple(name, fc.uint8Array({ maxLength: 1500 })), { maxLength: 12 });
  fc.assert(
    fc.property(files, (list) => {
      const all = new Map([...list, ['bundle.dsse.json', new Uint8Array([1])] as const]);
      const written = writeContainer(all);
      const read = readContainer(written);
      expect(new Map(read)).toEqual(all);
      expect([...read.keys()][0]).toBe('bundle.dsse.json');
      expect(writeContainer(new Map([...all].reverse()))).toEqual(written);
    }),
  );
});

const RUN = { seed: 20_261_125, count: 2000 };

test('fuzz: container, envelope, manifest and section walk give typed errors or the same bytes', () => {
  const results = [
    fuzzContainer(GOOD, RUN),
    fuzzEnvelope(ENVELOPE, RUN),
    fuzzManifest(packed().payload, RUN),
    fuzzModule(MODULE, RUN),
  ];
  for (const { refused } of results) expect(refused).toBeGreaterThan(RUN.count / 4);
});
