import { describe, expect, test } from 'vitest';
import { isLinearPattern } from '../../host/bundle/linear-pattern.ts';
import { checkSchema } from '../../host/bundle/schema-check.ts';
import { compileSchema } from '../../host/bundle/schema-validate.ts';
import { encoder } from './support.ts';

function compile(schema: unknown): (value: unknown) => boolean {
  return compileSchema(checkSchema(encoder.encode(JSON.stringify(schema))));
}

describe('compileSchema: every keyword of the subset is honoured', () => {
  const cases: readonly (readonly [schema: object, valid: unknown, invalid: unknown])[] = [
    [{ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'string' }, 'a', 1],
    [{ type: 'integer' }, 1, 1.5],
    [{ type: ['null', 'boolean'] }, null, 'x'],
    [{ type: 'array' }, [], {}],
    [{ const: null }, null, 0],
    [{ const: { a: [1] } }, { a: [1] }, { a: [2] }],
    [{ enum: ['a', 2] }, 2, 'b'],
    [{ minimum: 1, maximum: 2 }, 2, 3],
    [{ exclusiveMinimum: 1 }, 1.1, 1],
    [{ exclusiveMaximum: 1 }, 0.9, 1],
    [{ multipleOf: 0.1 }, 0.3, 0.35],
    [{ minLength: 2 }, '\u{1f600}b', '\u{1f600}'],
    [{ maxLength: 2 }, '\u{1f600}b', 'abc'],
    [{ pattern: '^[a-z]{1,3}$' }, 'abc', 'abcd'],
    [{ minItems: 1 }, [0], []],
    [{ maxItems: 1 }, [0], [0, 0]],
    [{ prefixItems: [{ type: 'string' }], items: { type: 'number' } }, ['a', 1], ['a', 'b']],
    [{ items: { type: 'number' } }, [1, 2], [1, '2']],
    [{ minProperties: 1 }, { a: 1 }, {}],
    [{ maxProperties: 1 }, { a: 1 }, { a: 1, b: 2 }],
    [{ required: ['toString'] }, { toString: 1 }, {}],
    [{ properties: { a: { type: 'string' } } }, { a: 'b' }, { a: 1 }],
    [{ properties: { a: true }, additionalProperties: false }, { a: 1 }, { a: 1, constructor: 1 }],
    [{ additionalProperties: { type: 'string' } }, { b: 'c' }, { b: 1 }],
    [{ propertyNames: { maxLength: 1 } }, { a: 1 }, { ab: 1 }],
    [{ allOf: [{ minimum: 1 }, { maximum: 3 }] }, 2, 4],
    [{ anyOf: [{ type: 'string' }, { minimum: 3 }] }, 3, 2],
    [{ oneOf: [{ minimum: 1 }, { minimum: 3 }] }, 2, 4],
    [{ not: { type: 'string' } }, 1, 'a'],
    [{ $defs: { a: { maxLength: 1 } }, items: { $ref: '#/$defs/a' } }, ['a'], ['ab']],
    [{ $ref: '#/$defs/a', $defs: { a: { maxLength: 3 } }, minLength: 2 }, 'ab', 'a'],
  ];
  test.each(cases)('%j', (schema, valid, invalid) => {
    const validate = compile(schema);
    expect(validate(valid)).toBe(true);
    expect(validate(invalid)).toBe(false);
  });
  test('a boolean schema', () => {
    expect(compile(true)({})).toBe(true);
    expect(compile(false)({})).toBe(false);
  });
});

test('compileSchema: a value too deep or too large for its schema is invalid, in bounded time', () => {
  const started = performance.now();
  const validate = compile({ allOf: new Array(30).fill({ items: { not: { type: 'string' } } }) });
  expect(validate([1, 2])).toBe(true);
  expect(validate(new Array(100_000).fill(0))).toBe(false);
  const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
  expect(validate(deep)).toBe(false);
  expect(compile({})(undefined)).toBe(false);
  expect(performance.now() - started).toBeLessThan(5000);
});

test('checkSchema: width counts what applies to one place', () => {
  const width = (schema: unknown) => checkSchema(encoder.encode(JSON.stringify(schema))).width;
  expect(width({ properties: { a: {}, b: {}, c: { items: {} } } })).toBe(1);
  expect(width({ properties: { a: { allOf: [{}, {}] } } })).toBe(3);
  expect(width({ allOf: [{ items: {} }, { items: { not: {} } }] })).toBe(3);
});

describe('isLinearPattern', () => {
  const linear = [
    '^$',
    '^abc$',
    '^[0-9a-f]{64}$',
    '^[a-z][a-z0-9-]{0,63}$',
    '^\\d{4}-\\d{2}-\\d{2}$',
    '^.*$',
    '^-?[0-9]+',
    '^\\$$',
    '^[^\\]]+$',
    '^a{3,}$',
  ];
  const refused = [
    '',
    'a',
    '$',
    '^(a)$',
    '^(a+)+$',
    '^a|b$',
    '^a*b$',
    '^a+a+$',
    '^a{1,2}b$',
    '^a?a?a?a?$',
    '^a{1001}$',
    '^a{5,4}$',
    '^a**$',
    '^a*?$',
    '^(?=a)$',
    '^\\1$',
    '^\\b$',
    '^\\p{L}+$',
    '^[a$',
    '^a$b',
    '^\\',
    '^[z-a]$',
    '^\\-$',
    '^{2}$',
    '^a$$',
  ];
  test.each(linear)('accepts %s', (pattern) => {
    expect(isLinearPattern(pattern)).toBe(true);
  });
  test.each(refused)('refuses %j', (pattern) => {
    expect(isLinearPattern(pattern)).toBe(false);
  });
});
