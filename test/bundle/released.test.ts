import { expect, test } from 'vitest';
import { capabilityRequest } from '../../host/bundle/requests.ts';
import { CAPABILITY, bundle, refusalOf, verify } from './support.ts';
import type { JsonObject } from '../../host/core/json.ts';

const RELEASED = {
  ...CAPABILITY,
  output: { kind: 'released', schema: 'schemas/out.json', classes: ['pii.redacted'] },
};

const withSchema = (schema: JsonObject): Uint8Array =>
  bundle({ capabilities: [RELEASED] }, { 'schemas/out.json': JSON.stringify(schema) });

const SUMMARY = {
  type: 'object',
  properties: { summary: { type: 'string', maxLength: 2000 }, urgent: { type: 'boolean' } },
  required: ['summary', 'urgent'],
  additionalProperties: false,
};

test('verifyBundle: a released output whose schema leaves anything unbounded is refused (INV-LEAK-1)', () => {
  const { summary, ...others } = SUMMARY.properties;
  expect(refusalOf(() => verify(withSchema({ ...SUMMARY })))).toBe('accepted');
  const open = { ...SUMMARY, properties: { ...others, summary: { type: summary.type } } };
  expect(refusalOf(() => verify(withSchema(open)))).toBe('bundle_schema unbounded');
  expect(refusalOf(() => verify(withSchema({ type: 'object' })))).toBe('bundle_schema unbounded');
  const load = (): unknown => verify(withSchema(open), { mode: 'load' });
  expect(refusalOf(load)).toBe('bundle_schema unbounded');
});

test('verifyBundle: what stays in quarantine needs no bound', () => {
  const derived = bundle({}, { 'schemas/out.json': '{"type":"object"}' });
  expect(refusalOf(() => verify(derived))).toBe('accepted');
});

test('capabilityRequest: the leak ceiling stands in the approval, in words and in bits (GP3-b)', () => {
  const { changes, facts } = capabilityRequest(verify(withSchema({ ...SUMMARY })), CAPABILITY.id);
  // 16,000 bits of text, 1 of the flag, 18 times of an answer, and less than 1 for ten failures.
  expect(facts['leak_bits']).toBe(16_001 + 5);
  expect(changes).toContainEqual({
    effect: 'WIDENS',
    what: 'the most that it can tell an agent of what it reads, were it hostile',
    value: 'at most 2.1 KB per message, each time it is called',
  });
  const derived = capabilityRequest(verify(bundle()), CAPABILITY.id);
  expect(derived.facts['leak_bits']).toBeUndefined();
  expect(derived.changes.map(({ what }) => what).join()).toContain('agents get nothing');
});
