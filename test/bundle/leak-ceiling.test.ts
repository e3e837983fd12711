import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { capsBytes, outputCeiling } from '../../host/bundle/leak-ceiling.ts';
import { checkSchema } from '../../host/bundle/schema-check.ts';
import { compileSchema } from '../../host/bundle/schema-validate.ts';
import { answerBits, answerTime, leakWords } from '../../host/core/leak.ts';
import { encoder } from './support.ts';

const checked = (schema: unknown): ReturnType<typeof checkSchema> =>
  checkSchema(encoder.encode(JSON.stringify(schema)));
const bits = (schema: unknown): number => outputCeiling(checked(schema)).bits;

describe('outputCeiling: how many values there are at most, as a logarithm (INV-LEAK-1)', () => {
  const cases: readonly (readonly [schema: unknown, values: number])[] = [
    [{ type: 'null' }, 1],
    [{ type: 'boolean' }, 2],
    [{ const: 'x' }, 1],
    [{ enum: ['a', 'b', 'c'] }, 3],
    [{ type: 'integer', minimum: 0, maximum: 99 }, 100],
    [{ type: 'integer', minimum: 0, maximum: 100, multipleOf: 10 }, 11],
    [{ type: ['boolean', 'null'] }, 3],
    [{ type: 'string', enum: ['a', 'b'] }, 2],
    [{ type: 'array', items: { type: 'boolean' }, minItems: 3, maxItems: 3 }, 8],
    [{ type: 'array', prefixItems: [{ type: 'boolean' }], items: false, minItems: 1 }, 2],
    [{ type: 'array', prefixItems: [{ type: 'boolean' }], items: false }, 4],
    [object({ a: { type: 'boolean' }, b: { enum: [1, 2, 3] } }, ['a', 'b']), 6],
    [object({ a: { type: 'boolean' } }), 3],
    [object({ a: false }), 1],
    [{ allOf: [{ type: 'boolean' }, { enum: [true, false, 1] }] }, 2],
    [{ anyOf: [{ type: 'boolean' }, { type: 'null' }] }, 3],
    [{ oneOf: [{ const: 1 }, { const: 2 }] }, 2],
    [{ $ref: '#/$defs/flag', $defs: { flag: { type: 'boolean' } } }, 2],
    [{ type: 'string', maxLength: 0 }, 1],
  ];
  test.each(cases)('%j has %d', (schema, values) => {
    expect(bits(schema)).toBeCloseTo(Math.log2(values), 9);
  });

  test('a string: 8 bits a byte, and what a code point can be where its bytes are not capped', () => {
    const text = { type: 'string', maxLength: 100 };
    expect(bits(text)).toBe(800);
    expect(bits({ anyOf: [text, { type: 'null' }] })).toBeCloseTo(100 * Math.log2(1_112_064), 6);
    expect(bits({ type: 'number' })).toBe(64);
    expect(bits({ type: 'integer' })).toBe(64);
  });

  const unbounded: readonly unknown[] = [
    true,
    {},
    { type: 'string' },
    { maxLength: 10 },
    { type: 'string', pattern: '^[a-z]+$' },
    { type: 'array', items: { type: 'boolean' } },
    { type: 'array', maxItems: 3 },
    { type: 'object' },
    { type: 'object', properties: { a: { type: 'boolean' } } },
    { type: 'object', additionalProperties: { type: 'boolean' }, maxProperties: 3 },
    object({ a: { type: 'string' } }),
    { anyOf: [{ type: 'boolean' }, { type: 'string' }] },
    { not: { type: 'string' } },
  ];
  test.each(unbounded)('%j is bounded by nothing', (schema) => {
    expect(bits(schema)).toBe(Infinity);
  });

  test('keys vary where the schema lets a plugin choose them', () => {
    const map = {
      type: 'object',
      additionalProperties: { type: 'boolean' },
      propertyNames: { maxLength: 10 },
      maxProperties: 2,
    };
    expect(outputCeiling(checked(map))).toEqual({ bits: 2 * 81 + Math.log2(3), keysVary: true });
    expect(outputCeiling(checked(object({ a: { type: 'null' } }))).keysVary).toBe(false);
  });

  test('no schema has more valid values than its ceiling says', () => {
    const values = allValues();
    fc.assert(
      fc.property(smallSchema(3), (schema) => {
        const read = checked(schema);
        const validates = compileSchema(read);
        const count = values.filter((value) => validates(value) && capsBytes(read, value)).length;
        if (count > 0) expect(bits(schema)).toBeGreaterThanOrEqual(Math.log2(count) - 1e-9);
      }),
      { numRuns: 200 },
    );
  });
});

describe('capsBytes: maxLength counts bytes of UTF-8 where a string leaves', () => {
  test.each([
    [{ type: 'string', maxLength: 4 }, 'abcd', '\u{1f600}b'],
    [{ type: 'array', items: { type: 'string', maxLength: 2 } }, ['é'], ['éé']],
    [{ type: 'array', prefixItems: [{ type: 'string', maxLength: 2 }] }, ['é', 'éé'], ['éé']],
    [object({ a: { type: 'string', maxLength: 2 } }), { a: 'é' }, { a: 'éé' }],
    [{ additionalProperties: { type: 'string', maxLength: 2 } }, { x: 'é' }, { x: 'éé' }],
    [{ propertyNames: { maxLength: 2 } }, { é: 1 }, { éé: 1 }],
    [{ $ref: '#/$defs/a', $defs: { a: { type: 'string', maxLength: 2 } } }, 'é', 'éé'],
    [{ allOf: [{ maxLength: 2 }], type: 'string' }, 'é', 'éé'],
  ])('%j', (schema, fits, over) => {
    expect(capsBytes(checked(schema), fits)).toBe(true);
    expect(capsBytes(checked(schema), over)).toBe(false);
  });
});

describe('leak ceiling of an answer', () => {
  test('answerBits counts the failures and the times of an answer', () => {
    expect(answerBits(0, 2000)).toBe(Math.ceil(Math.log2(11) + Math.log2(9)));
    expect(answerBits(800, 2000)).toBe(Math.ceil(800 + Math.log2(9)));
  });

  test('answerTime has few values, none earlier than the answer (D0.3-c)', () => {
    const times = new Set<number>();
    for (let elapsed = 0; elapsed <= 2048; elapsed += 1) {
      const at = answerTime(elapsed);
      expect(at).toBeGreaterThanOrEqual(elapsed);
      times.add(at);
    }
    expect([...times]).toEqual([16, 32, 64, 128, 256, 512, 1024, 2048]);
    expect([2049, 4096, 5000].map(answerTime)).toEqual([4096, 4096, 6144]);
  });

  test('leakWords rounds up', () => {
    expect(leakWords(11)).toBe('at most 11 bits per message, each time it is called');
    expect(leakWords(801)).toBe('at most 101 bytes per message, each time it is called');
    expect(leakWords(16_640)).toBe('at most 2.1 KB per message, each time it is called');
    expect(leakWords(8e6 + 1)).toBe('at most 1.1 MB per message, each time it is called');
  });
});

function object(properties: object, required: readonly string[] = []): object {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** Some values of every kind, so that the valid ones of a small schema can be counted. */
function allValues(): readonly unknown[] {
  const leaves = [null, true, false, 0, 1, 2, 3, '', 'a', 'b', 'é', 'ab', 'aé', 'éé', '\u{1f600}'];
  const lists = [
    [],
    ...leaves.map((a) => [a]),
    ...leaves.flatMap((a) => leaves.map((b) => [a, b])),
  ];
  const pairs = leaves.flatMap((a) => leaves.map((b) => ({ a, b })));
  return [...leaves, ...lists, {}, ...leaves.flatMap((a) => [{ a }, { b: a }, { é: a }]), ...pairs];
}

function smallSchema(depth: number): fc.Arbitrary<unknown> {
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(true, false, { type: 'null' }, { type: 'boolean' }, { const: 'a' }),
    fc.record({ type: fc.constant('string'), maxLength: fc.nat(3) }),
    fc.record({ type: fc.constant('integer'), minimum: fc.nat(2), maximum: fc.nat(3) }),
    fc.record({ enum: fc.uniqueArray(fc.constantFrom(1, 2, 'a', 'b', null), { minLength: 1 }) }),
  );
  if (depth === 0) return leaf;
  const inner = smallSchema(depth - 1);
  const some = fc.array(inner, { minLength: 1, maxLength: 2 });
  return fc.oneof(
    leaf,
    fc.record({ type: fc.constant('array'), items: inner, maxItems: fc.nat(2) }),
    fc.record({ type: fc.constant('array'), prefixItems: some, items: fc.constant(false) }),
    fc.record({
      type: fc.constant('object'),
      properties: fc.record({ a: inner, b: inner }, { requiredKeys: [] }),
      required: fc.subarray(['a', 'b']),
      additionalProperties: fc.constant(false),
    }),
    fc.record({
      type: fc.constant('object'),
      additionalProperties: inner,
      propertyNames: fc.record({ maxLength: fc.nat(2) }),
      maxProperties: fc.nat(2),
    }),
    fc.record({ anyOf: some }),
    fc.record({ oneOf: some }),
    fc.record({ allOf: some }),
    fc.record({ type: fc.constant(['string', 'null']), maxLength: fc.nat(2), allOf: some }),
  );
}
