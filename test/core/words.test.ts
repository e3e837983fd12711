import { expect, test } from 'vitest';
import { configSchema } from '../../host/core/config.ts';
import { CcosError, ERRORS, asCcosError, fromBody } from '../../host/core/error.ts';
import type { ErrorCode } from '../../host/core/error.ts';
import { newId, parseId } from '../../host/core/id.ts';
import { canonicalJson } from '../../host/core/json.ts';
import { PUBLIC, TAGS, join, labelOf, tagList } from '../../host/core/label.ts';
import { DEFAULT_LIMITS, LIMITS } from '../../host/core/limits.ts';
import { world } from '../../host/runtime/world.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];

test('CcosError (INV-ERR-1): its sentence is the fixed one of its code, whatever it was thrown about', () => {
  for (const code of CODES) {
    const error = new CcosError(code, { count: 3 }, { rule_id: 'base.1' });
    expect(error.toBody()).toEqual({
      code,
      message: ERRORS[code][2],
      rule_id: 'base.1',
      details: { count: 3 },
    });
    expect(error.message).toBe(code);
  }
});

test('asCcosError (INV-ERR-1): a failure that is not ours says nothing of itself', () => {
  const stranger = new Error('Dear Sir, my password is hunter2');
  expect(JSON.stringify(asCcosError(stranger).toBody())).not.toContain('hunter2');
  expect(asCcosError('text').toBody()).toEqual({ code: 'internal', message: ERRORS.internal[2] });
  const ours = new CcosError('gone');
  expect(asCcosError(ours)).toBe(ours);
});

test('fromBody: throws on the client what the server threw; an unknown code is internal', () => {
  const error = new CcosError('limit', { limit: 'pages' }, { decision_id: 'd_1' });
  expect(fromBody(error.toBody())).toEqual(error);
  expect(fromBody({ code: 'nonsense' as ErrorCode, message: 'x' }).code).toBe('internal');
});

test('newId: prefix and 128 random bits, no two alike; parseId takes exactly that', () => {
  const ids = Array.from({ length: 1000 }, () => newId('q', world));
  expect(new Set(ids).size).toBe(1000);
  for (const id of ids) expect(parseId('q', id)).toBe(id);
});

test.each(['', 'q_', 'q_1', `ap_${'0'.repeat(32)}`, `q_${'0'.repeat(31)}G`, `q_${'0'.repeat(33)}`])(
  'parseId: refuses %j and tells its length only',
  (raw) => {
    expect(() => parseId('q', raw)).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        detail: { field: 'q_id', length: raw.length },
      }) as Error,
    );
  },
);

test('canonicalJson: RFC 8785: keys by UTF-16 unit, numbers as ECMAScript writes them', () => {
  const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6 };
  expect(canonicalJson(value)).toBe(
    '{"\\r":2,"1":4,"\u0080":6,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
  );
  expect(canonicalJson([333333333.33333329, 1e30, 4.5, 2e-3, 1e-27])).toBe(
    '[333333333.3333333,1e+30,4.5,0.002,1e-27]',
  );
});

test.each([Number.NaN, Infinity, undefined, () => 1])(
  'canonicalJson: throws for %j, which JSON cannot say',
  (value) => {
    expect(() => canonicalJson(value)).toThrow();
  },
);

test('join (INV-LABEL-1): the union of tags and origins; nothing is lost, PUBLIC adds nothing', () => {
  const a = labelOf(['pii.chat.message'], ['one']);
  const b = labelOf(['secret.token', 'pii.chat.message'], ['two']);
  expect(join(a, b, PUBLIC)).toEqual(labelOf(['pii.chat.message', 'secret.token'], ['one', 'two']));
  for (const left of TAGS)
    for (const right of TAGS)
      expect(tagList(join(labelOf([left]), labelOf([right])))).toEqual(
        [...new Set([left, right])].sort(),
      );
  expect(join()).toEqual(PUBLIC);
});

test('labelOf (INV-LABEL-2): an unknown tag counts as raw personal data', () => {
  expect(tagList(labelOf(['public']))).toEqual(['pii.chat.message']);
  expect(tagList(labelOf(['pii.redacted', 'Pii.Redacted']))).toEqual([
    'pii.chat.message',
    'pii.redacted',
  ]);
  expect(tagList(labelOf([]))).toEqual(['public']);
});

test('configSchema: everything has a default', () => {
  expect(configSchema.parse({})).toEqual({
    port: 8822,
    approvals: { twoPeople: false },
    files: { folders: {} },
    log: { level: 'info' },
    retention: { hours: 24 },
    sandbox: { processes: LIMITS.sandboxProcesses[0], idleSeconds: 60 },
    limits: {},
  });
});

test.each([
  [{ porrt: 1 }],
  [{ limits: { page: 1 } }],
  [{ retention: { hours: 25 } }],
  [{ retention: { hours: 0 } }],
  [{ log: { level: 'debug' } }],
  [{ port: 1.5 }],
  [{ port: '8822' }],
])('configSchema: refuses %j', (raw) => {
  expect(configSchema.safeParse(raw).success).toBe(false);
});

test('configSchema (INV-LIMIT-1): no limit above its hard maximum', () => {
  for (const name of ['inputBytes', 'pages', 'callMillis', 'memoryPages', 'textBytes'] as const) {
    const most = LIMITS[name][1];
    expect(configSchema.safeParse({ limits: { [name]: most } }).success).toBe(true);
    expect(configSchema.safeParse({ limits: { [name]: most + 1 } }).success).toBe(false);
    expect(DEFAULT_LIMITS[name]).toBeLessThanOrEqual(most);
  }
});
